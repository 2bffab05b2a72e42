package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/explain"
	"mulligan/internal/retry"
)

// explaining is what `mulligan explain` is asked for.
type explaining struct {
	event, facts, trail, execution string
	policy, mode, home             string
	at                             where
	json, short                    bool
}

func explainCommand(w world) *cobra.Command {
	var e explaining
	cmd := &cobra.Command{
		Use:     "explain --event FILE | --trail FILE | --execution ARN",
		GroupID: policyGroup,
		Short:   "Tell a decision whole: facts, cause, every rule, budgets, verdict, and what would change it",
		Long: `Tells what becomes of a failure and why: what came in, what SageMaker shows, the
cause, each guard and rule in its order and why it did or did not match, the
budgets, the holds and breakers that it meets, the verdict, when it is due, and
what would have changed it. Nothing is written, scheduled or retried, and nobody's
turn is taken.

An event or a wake (--event, - is standard input) is judged on recorded facts,
those of --facts or of facts/ beside the event, which hold what the AWS CLI
prints (see events/README.md). With --stack, or --local for the local account, it
is judged on what SageMaker and the ledger say now.

--execution tells the last decision of the ledger on an execution of that stack.
--trail tells a decision that was taken out of the ledger as JSON.`,
		Example: "  mulligan explain --event events/failed-quota.json\n" +
			"  mulligan explain --short --event events/failed-quota.json\n" +
			"  mulligan explain --event events/failed-quota.json --policy policy.yaml\n" +
			"  mulligan explain --stack mulligan --execution arn:aws:sagemaker:...",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return e.run(cmd, w) },
	}
	e.flags(cmd)
	return cmd
}

func (e *explaining) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&e.event, "event", "", "an event or a wake, as the function gets it")
	flags.StringVar(&e.facts, "facts", "", "what SageMaker showed, recorded (default: facts/NAME beside the event, if it is there)")
	flags.StringVar(&e.trail, "trail", "", "a decision of the ledger")
	flags.StringVar(&e.execution, "execution", "", "ARN of a pipeline execution")
	flags.StringVar(&e.policy, "policy", "", "judge under the policy in this file")
	flags.StringVar(&e.mode, "mode", "", "judge in this mode: enforce, observe or off")
	flags.StringVar(&e.home, "home", "", "account and Region that Mulligan is taken to run in (default: the event's own)")
	flags.BoolVar(&e.json, "json", false, "the same as one JSON object")
	flags.BoolVar(&e.short, "short", false, "the verdict, what decided it, and what would have changed it; nothing else")
	e.at.flags(cmd, "")
	cmd.MarkFlagsMutuallyExclusive("short", "json")
	cmd.MarkFlagsMutuallyExclusive("event", "trail", "execution")
	for _, live := range []string{"stack", "local"} {
		cmd.MarkFlagsMutuallyExclusive(live, "facts")
		cmd.MarkFlagsMutuallyExclusive(live, "home")
	}
}

func (e *explaining) run(cmd *cobra.Command, w world) error {
	switch {
	case e.event == "" && e.trail == "" && e.execution == "":
		return fmt.Errorf("expected what to explain, `%s`, got nothing", cmd.UseLine())
	case e.mode != "" && e.mode != string(retry.Lower(retry.Mode(e.mode), retry.Enforce)):
		return fmt.Errorf("--mode: expected enforce, observe or off, got %.40q", e.mode)
	case e.execution != "" && !e.at.given():
		return errors.New("--execution is looked up in an account: name one with --stack, or --local")
	}
	story, err := e.story(cmd, w)
	if err != nil {
		return err
	}
	switch {
	case e.short:
		return story.Short(cmd.OutOrStdout())
	case !e.json:
		return story.Text(cmd.OutOrStdout())
	}
	text, err := story.JSON()
	if err != nil {
		return err
	}
	_, err = cmd.OutOrStdout().Write(text)
	return err
}

func (e *explaining) story(cmd *cobra.Command, w world) (*explain.Story, error) {
	if e.at.given() {
		return e.live(cmd, w)
	}
	set, err := e.offline(cmd)
	if err != nil {
		return nil, err
	}
	if e.trail != "" {
		return e.ofTrail(cmd, set)
	}
	return e.ofEvent(cmd, set, w.now)
}

// ofTrail tells a decision from a file.
func (e *explaining) ofTrail(cmd *cobra.Command, set explain.Setting) (*explain.Story, error) {
	name, text, err := readInput(cmd, e.trail)
	if err != nil {
		return nil, err
	}
	trail, err := explain.ReadTrail(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return explain.TellTrail(trail, set, name)
}

// ofEvent judges an event on recorded facts, where there are any.
func (e *explaining) ofEvent(cmd *cobra.Command, set explain.Setting, now func() time.Time) (*explain.Story, error) {
	name, payload, err := readInput(cmd, e.event)
	if err != nil {
		return nil, err
	}
	if set.Home, set.HomeFrom, err = e.place(payload); err != nil {
		return nil, err
	}
	notice, ignored := explain.ReadEvent(payload, set, name)
	if ignored != nil {
		return ignored, nil
	}
	q := explain.Question{Setting: set, Notice: notice, EventFrom: name, Now: now()}
	if err := e.recorded(cmd, &q); err != nil {
		return nil, err
	}
	return q.Tell(cmd.Context())
}

// recorded adds recorded facts to a question.
func (e *explaining) recorded(cmd *cobra.Command, q *explain.Question) error {
	name, text, err := e.factsFile(cmd)
	if err != nil || text == nil {
		return err
	}
	recording, err := explain.ReadRecording(text)
	if err == nil {
		err = q.Recorded(recording, name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readInput reads a file, or standard input for "-", within a bound that no
// event and no recording comes near to.
func readInput(cmd *cobra.Command, name string) (string, []byte, error) {
	var text []byte
	err := withInput(cmd, name, func(called string, in io.Reader) (err error) {
		name = called
		text, err = io.ReadAll(io.LimitReader(in, maxInput))
		return err
	})
	return name, text, err
}

// maxInput bounds what is read of a file: the steps of an execution come to a
// few hundred kilobytes.
const maxInput = 16 << 20
