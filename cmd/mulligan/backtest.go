package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/backtest"
	"mulligan/internal/policy"
)

// What ends a back-test that a CI should stop for.
var (
	errDifferent = errors.New("the policies differ")
	errLasting   = errors.New("the new policy would retry failures whose cause is permanent")
)

// backtesting is what `mulligan backtest` is asked for.
type backtesting struct {
	policy, against                  string
	asJSON, failOnDiff, allowLasting bool
	limits                           policy.Settings
}

func backtestCommand() *cobra.Command {
	b := backtesting{limits: templateLimits}
	cmd := &cobra.Command{
		GroupID: policyGroup,
		Use:     "backtest --policy NEW.yaml [--against OLD.yaml] FAILURES.jsonl...",
		Short:   "See what a policy would have done to recorded failures",
		Long: `Judges recorded failures under two policies and tells, verdict by verdict, what
each would have done, and where they differ. - stands for standard input.

Each line is a JSON object. One with "facts" is a decision out of the ledger,
judged on all that stood then. Others are plain failures with any of
  id, pipeline, message, step_type
  retry     n of the retry in question, 1 if left out
  used      retries made before it, one less than retry if left out
  age       since it ended, as 90m, 2h or 2d
  previous  the status that the execution failed from
  steps     a list of name, type, reason, instead of message and step_type

Other keys may be there, as in collections; one that is misspelt is refused.

The limits of the deployment bound both policies: the defaults of the template's
parameters but for those of --limits, which takes MaxRetries, BackoffInterval,
PipelineRetriesPerDay, AccountRetriesPerHour, BackoffMaxDelay and ExpireAfter.
Plain failures are judged with every shared budget full; decisions out of the
ledger keep the balances that they had, and are judged without the holds and
breakers of their time. "Not on record" counts what was assumed or left out.

Exit code: 0 when done, 1 on an error, 2 when a policy file has errors, 4 with
--fail-on-difference when a verdict or its reason differs, 5 when the new policy
would retry a failure whose cause is permanent, unless the old one would retry
it too, or --allow-permanent is given.`,
		Example: "  mulligan backtest --policy policy.yaml failures.jsonl\n" +
			"  mulligan backtest --policy new.yaml --against old.yaml --fail-on-difference failures.jsonl",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd, args) },
	}
	b.flags(cmd)
	return cmd
}

func (b *backtesting) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&b.policy, "policy", "", "the policy to test")
	flags.StringVar(&b.against, "against", "", "the policy to compare it with (default the built-in one)")
	flags.BoolVar(&b.asJSON, "json", false, "the result as JSON")
	flags.BoolVar(&b.failOnDiff, "fail-on-difference", false, "exit with 4 when a verdict or its reason differs")
	flags.BoolVar(&b.allowLasting, "allow-permanent", false, "let the new policy retry failures whose cause is permanent")
	flags.IntVar(&b.limits.MaxRetries, "max-retries", b.limits.MaxRetries, "the deployment's MaxRetries")
	flags.Var(length{&b.limits.ExpireAfter}, "expire-after", "the deployment's ExpireAfter")
	flags.Var(limits{&b.limits}, "limits", "the deployment's parameters, as MaxRetries=5,BackoffMaxDelay=4h")
	_ = cmd.MarkFlagRequired("policy")
}

// templateLimits are the defaults of the template's parameters.
var templateLimits = policy.Settings{
	MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
	BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
}

func (b *backtesting) run(cmd *cobra.Command, files []string) error {
	if b.limits.MaxRetries < 0 {
		return fmt.Errorf("--max-retries: expected a number from 0, got %d", b.limits.MaxRetries)
	}
	proposed, err := b.load(cmd, b.policy)
	if err != nil {
		return err
	}
	old, name := policy.New(b.limits), "the built-in policy"
	if b.against != "" {
		name = b.against
		if old, err = b.load(cmd, b.against); err != nil {
			return err
		}
	}
	result, err := backtest.Run(failures(cmd, files), old, proposed)
	switch {
	case err != nil:
		return err
	case result.Rows == 0:
		return errors.New("expected at least one recorded failure to judge, got none")
	}
	result.Old.Name, result.New.Name = name, b.policy
	return b.tell(cmd.OutOrStdout(), result)
}

// load reads a policy file.
func (b *backtesting) load(cmd *cobra.Command, name string) (policy.Policy, error) {
	file, _, err := compile(cmd, name)
	if err != nil {
		return policy.Policy{}, err
	}
	return policy.NewFrom(b.limits, file.Document, file.Hash()), nil
}

// failures are those of all files, one after the other.
func failures(cmd *cobra.Command, files []string) iter.Seq2[backtest.Recorded, error] {
	return func(yield func(backtest.Recorded, error) bool) {
		for _, name := range files {
			more := true
			err := withInput(cmd, name, func(name string, in io.Reader) error {
				for rec, err := range backtest.Read(name, in) {
					if more = yield(rec, err) && err == nil; !more {
						break
					}
				}
				return nil
			})
			if err != nil {
				yield(backtest.Recorded{}, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

func (b *backtesting) tell(out io.Writer, r backtest.Result) error {
	var err error
	if b.asJSON {
		err = indented(out, r)
	} else {
		err = r.Write(out)
	}
	switch {
	case err != nil:
		return err
	case r.Permanent > 0 && !b.allowLasting:
		return fmt.Errorf("%w: %d", errLasting, r.Permanent)
	case r.Differ > 0 && b.failOnDiff:
		return fmt.Errorf("%w: %d of %d failures", errDifferent, r.Differ, r.Rows)
	}
	return nil
}
