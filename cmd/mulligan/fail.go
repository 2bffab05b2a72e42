package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/account"
	"mulligan/internal/awstest"
	"mulligan/internal/plaintext"
)

// failing is what `mulligan fail` is asked for.
type failing struct {
	order    awstest.FailOrder
	lasts    time.Duration
	noFollow bool
	limit    time.Duration
}

func failCommand(l local) *cobra.Command {
	var f failing
	cmd := &cobra.Command{
		Use:     "fail --class CLASS | --reason TEXT",
		GroupID: localGroup,
		Short:   "Make a pipeline fail there, and watch what becomes of it",
		Long: `Starts an execution in the local account's SageMaker that fails, which reaches
the function as an event through the rule, and follows what becomes of it.

Classes: ` + wrapped(awstest.Classes()) + `

Exit code: 0 when the story has ended, 1 on errors, 3 when it has not ended in
the time that --for gives it; it goes on then.`,
		Example: "  mulligan fail --class capacity\n" +
			"  mulligan fail --class quota_contention --times 2 --refuse 1\n" +
			"  mulligan fail --reason 'AlgorithmError: , exit code: 137' --step Prepare",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd, l) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.order.Class, "class", "", "what it fails of")
	flags.StringVar(&f.order.Reason, "reason", "", "or in which words")
	flags.StringVar(&f.order.Pipeline, "pipeline", "churn", "name of the pipeline")
	flags.StringVar(&f.order.Step, "step", "Train", "the step that fails")
	flags.IntVar(&f.order.Fails, "times", 1, "how many runs fail before one succeeds")
	flags.DurationVar(&f.lasts, "lasts", 2*time.Second, "how long each run takes")
	flags.IntVar(&f.order.Refusals, "refuse", 0, "have SageMaker refuse the next N retries, with ResourceLimitExceeded")
	flags.BoolVar(&f.noFollow, "no-follow", false, "do not watch")
	flags.DurationVar(&f.limit, "for", 5*time.Minute, "how long to watch at most")
	_ = cmd.RegisterFlagCompletionFunc("class", cobra.FixedCompletions(awstest.Classes(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// maxLasts is the control side's limit, in the flag's words.
const maxLasts = 24 * time.Hour

// check holds the flags to what no order would show, where zero means absent,
// and to what an order has in other words.
func (f *failing) check() error {
	switch {
	case (f.order.Class == "") == (f.order.Reason == ""):
		return fmt.Errorf("expected --class or --reason, one of them; classes are %s", strings.Join(awstest.Classes(), ", "))
	case f.order.Fails < 1:
		return fmt.Errorf("--times: expected 1 or more, got %d", f.order.Fails)
	case f.lasts < 0 || f.lasts > maxLasts:
		return fmt.Errorf("--lasts: expected a time from 0s to %v, got %v", maxLasts, f.lasts)
	case f.limit <= 0:
		return fmt.Errorf("--for: expected a time above zero, such as 5m, got %v", f.limit)
	}
	return nil
}

// flagOf has the flags by the fields of an order.
var flagOf = map[string]string{
	"class": "--class", "reason": "--reason", "pipeline": "--pipeline", "step": "--step", "fails": "--times", "refusals": "--refuse",
}

// inFlags words what is wrong with an order for whoever typed the flags.
func inFlags(err error) error {
	field, rest, _ := strings.Cut(err.Error(), ": ")
	if flag, ok := flagOf[field]; ok {
		return fmt.Errorf("%s: %s", flag, rest)
	}
	return err
}

func (f *failing) run(cmd *cobra.Command, l local) error {
	if err := f.check(); err != nil {
		return err
	}
	state, err := l.deployed()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), f.limit)
	defer cancel()
	f.order.Lasts = f.lasts.Seconds()
	made, err := account.Remote{URL: state.Control}.Fail(ctx, f.order)
	if err != nil {
		return inFlags(err)
	}
	f.tell(cmd.OutOrStdout(), made)
	if f.noFollow {
		fmt.Fprintln(cmd.OutOrStdout(), "`mulligan log --follow` shows what becomes of it.")
		return nil
	}
	return f.follow(ctx, cmd.OutOrStdout(), l, state, made)
}

// tell says what was done.
func (f *failing) tell(out io.Writer, made awstest.Execution) {
	reason := f.order.Reason
	if reason == "" {
		reason, _ = awstest.ReasonFor(f.order.Class)
	}
	runs, next := "Its first run fails", "a retry"
	if f.order.Fails > 1 {
		runs, next = fmt.Sprintf("Its first %d runs fail", f.order.Fails), fmt.Sprintf("retry %d", f.order.Fails)
	}
	fmt.Fprintf(out, "%s/%s has started. %s at %s, after %v; %s would succeed.\n  %s\n",
		made.Pipeline, made.ID, runs, f.order.Step, f.lasts, next, plaintext.Line(reason, 200))
	if f.order.Refusals > 0 {
		fmt.Fprintf(out, "SageMaker refuses the next calls of RetryPipelineExecution (%d) with ResourceLimitExceeded.\n", f.order.Refusals)
	}
}

// follow shows the story to its end.
func (f *failing) follow(ctx context.Context, out io.Writer, l local, state account.State, made awstest.Execution) error {
	style := account.Style{Zone: l.zone}
	ended := ""
	for line, err := range account.Follow(ctx, l.sources(state), made.ARN, made.Created) {
		if errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%w: the story has not ended after %v. It goes on: `mulligan log --follow` shows it", errTimedOut, f.limit)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(out, style.Line(line))
		if line.Status != "" {
			ended = fmt.Sprintf("%s in run %d", line.Status, line.Run)
		}
	}
	fmt.Fprintf(out, "That is its end: %s.\n", ended)
	return nil
}

// wrapped lists words over several lines.
func wrapped(words []string) string {
	var b strings.Builder
	width := len("Classes: ")
	for i, word := range words {
		if i > 0 {
			b.WriteString(",")
			width++
		}
		if width+1+len(word) > 78 {
			b.WriteString("\n  ")
			width = 2
		} else if i > 0 {
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
