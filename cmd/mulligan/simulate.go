package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/simulate"
)

// simulating is what `mulligan simulate` is asked for.
type simulating struct {
	first           uint64 // seed
	runs            int
	policy, without string
	safety          bool
	asTimeline      bool // the first run's, whatever it comes to
	asJSON          bool
	options         simulate.Options
}

const simulateLong = `Runs the real function, the real sweep and a policy in virtual time, in front of
fakes that duplicate, reorder, delay, lose and crash at every call, before its
effect and after it. After each write, call and invocation it looks whether a
promise is broken. What happens is drawn from a seed, and nothing else decides:
the same seed is the same run on any machine.

Without flags: 1000 runs, and what they came to. --seed N alone is that one run
as a timeline; with --runs M it is the runs of the seeds N to N+M-1. A policy is
in force in all of them, under the defaults of the template's parameters; where
none is given, the built-in one and others are drawn, and the parameters too.

First anything may happen. Then the faults end, and everything that was begun has
to settle. With --safety they never end, and nothing has to.

A run that breaks a promise is made again with fewer and tamer choices, until
none can be left out: what is left is the shortest timeline that was found.
--without takes one of these guards away, to see that it is noticed:
`

const simulateCodes = `
Exit code: 0 when every promise was kept, 1 on an error or when interrupted, 2
when a promise is broken or the policy file has errors.`

func simulateCommand() *cobra.Command {
	s := simulating{first: 1, runs: 1000}
	cmd := &cobra.Command{
		GroupID: policyGroup,
		Use:     "simulate",
		Short:   "See what a policy and Mulligan do when events are lost, doubled and late, and processes die",
		Long:    simulateLong + guards("  ") + simulateCodes,
		Example: "  mulligan simulate\n  mulligan simulate --seed 7 --policy policy.yaml\n  mulligan simulate --without fence",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	flags := cmd.Flags()
	flags.Var(seed{&s.first}, "seed", "the first run's")
	flags.Var(runs{&s.runs}, "runs", "how many runs, 1 where a seed is given")
	flags.StringVar(&s.policy, "policy", "", "the policy `FILE` that is in force in every run")
	flags.BoolVar(&s.safety, "safety", false, "the faults never end, and nothing has to settle")
	flags.StringVar(&s.without, "without", "", "take this `GUARD` away, to see a promise broken")
	flags.BoolVar(&s.asTimeline, "timeline", false, "the first run's timeline too")
	flags.BoolVar(&s.asJSON, "json", false, "the result as JSON")
	return cmd
}

// prepare makes out what the runs are like.
func (s *simulating) prepare(cmd *cobra.Command) error {
	flags := cmd.Flags()
	if flags.Changed("seed") && !flags.Changed("runs") {
		s.runs = 1
	}
	if flags.Changed("without") {
		if err := isGuard(s.without); err != nil {
			return err
		}
	}
	s.options = simulate.Options{Safety: s.safety, Without: s.without}
	if !flags.Changed("policy") {
		return nil
	}
	_, source, err := compile(cmd, s.policy)
	if err != nil {
		return err
	}
	if s.options.Policy, err = simulate.Compile(s.policy, source); err != nil {
		return err
	}
	return nil
}

func (s simulating) run(cmd *cobra.Command) error {
	if err := s.prepare(cmd); err != nil {
		return err
	}
	ctx, uninterrupted := signal.NotifyContext(cmd.Context(), os.Interrupt)
	told := s.told(s.all(ctx, newProgress(cmd.ErrOrStderr(), time.Now)))
	told.Interrupted = ctx.Err() != nil
	uninterrupted() // from here on an interrupt ends the process
	if s.asTimeline || s.runs == 1 && told.Broken == 0 && !told.Interrupted {
		told.Timeline = entries(simulate.Run(s.options, s.first, true).Timeline)
	}
	if err := s.tell(cmd.OutOrStdout(), &told); err != nil {
		return err
	}
	return told.verdict()
}

// tell tells people the totals before it looks for the shortest run, which takes a
// while.
func (s simulating) tell(out io.Writer, told *simulated) error {
	colour := coloured(out)
	if !s.asJSON {
		if err := told.write(out, colour); err != nil {
			return err
		}
	}
	shrinks := told.Broken > 0 && !told.Interrupted
	if shrinks {
		told.Shortest = entries(simulate.Shrink(s.options, told.Failed[0].Seed).Timeline)
	}
	switch {
	case s.asJSON:
		return indented(out, told)
	case shrinks:
		return told.writeShortest(out, colour)
	}
	return nil
}

// verdict is the error that the command ends in.
func (t simulated) verdict() error {
	switch {
	case t.Broken > 0:
		first := t.Failed[0]
		return fmt.Errorf("%w: in %s of %s, the first is %s with seed %d", errBroken, thousands(t.Broken), several(t.Totals.Runs, "run"), first.Invariant, first.Seed)
	case t.Interrupted:
		return fmt.Errorf("interrupted after %s of %s", thousands(t.Totals.Runs), several(t.Asked, "run"))
	}
	return nil
}

// coloured tells whether what is written goes to somebody who sees colours.
func coloured(out io.Writer) bool {
	return out == io.Writer(os.Stdout) && terminal() && os.Getenv("NO_COLOR") == ""
}
