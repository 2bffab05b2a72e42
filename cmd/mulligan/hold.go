package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/cause"
	"mulligan/internal/deployment"
	"mulligan/internal/explain"
	"mulligan/internal/ledger"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// holdGroup are the commands to watch and stop retries.
const holdGroup = "hold"

// holds is what those commands ask of a ledger.
type holds interface {
	Current(context.Context) (retry.Holds, error)
	Place(ctx context.Context, hold retry.Hold, seen retry.Holds) (retry.Holds, error)
	Release(ctx context.Context, scope string, by ledger.By, seen retry.Holds) (retry.Holds, error)
	History(ctx context.Context, most int) ([]ledger.HoldChange, error)
	Breakers(context.Context) ([]retry.Breaker, error)
	Outcomes(context.Context) ([]ledger.Outcome, error)
}

// holdsOf is the ledger of a deployment, to watch and stop retries.
func holdsOf(in place) (holds, error) {
	switch kept := in.ledger.(type) {
	case *ledger.Policies:
		return kept.Holds(), nil
	case interface{ held() holds }:
		return kept.held(), nil
	}
	return nil, fmt.Errorf("%s: its ledger cannot be read", in)
}

// holding is a change of holds that a person asks for: both hold and release are.
type holding struct {
	choice
	at     where
	scope  scoping
	length string

	cmd   *cobra.Command
	w     world
	in    place
	kept  holds
	seen  retry.Holds
	on    string           // the scope
	doc   *policy.Document // in force; nil: the built-in one
	hold  retry.Hold       // the one to set
	stood retry.Hold       // the one of that scope that is in force; zero: none
}

func holdCommand(w world) *cobra.Command {
	h := holding{w: w}
	cmd := &cobra.Command{
		Use:     "hold --for LENGTH --note TEXT [--pipeline NAME | --class CLASS | --account | --all]",
		GroupID: holdGroup,
		Short:   "Stop retries of a pipeline, a class of causes, the account or everything, for a while",
		Long: `Sets a hold: until it ends or is released, no retry in its scope is claimed or
called, from the next decision on. What is waiting waits on, and failures that
come meanwhile wait too; they come back one after the other from its end on,
but for those that reach the policy's expire_after before: these expire, and are
not retried. Executions that run are left alone.

Without a scope it is the stack's account in its Region, which is asked about;
--yes takes a scope by name alone. A hold on a scope that has one takes its place.
` + fmt.Sprintf("It lasts %s at most, and ends by itself. %d holds can be in force at once.\n", policyfile.Length(ledger.MaxHold), ledger.MaxHolds) + `
Exit code: 0 when it is set, or with --dry-run could be, 1 on errors or when the
answer was no.

It needs cloudformation:DescribeStacks on the stack, and dynamodb:GetItem,
dynamodb:PutItem and dynamodb:Query on its ledger's table.`,
		Example: "  mulligan hold --for 2h --note 'the feature store is being repaired'\n" +
			"  mulligan hold --pipeline payments-daily --for 1d12h --note 'bad input' --yes\n" +
			"  mulligan hold --class quota_contention --for 45m --note 'a quota increase is on its way'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return h.set(cmd) },
	}
	cmd.Flags().StringVar(&h.length, "for", "", "how long, such as 45m, 2h or 1d12h; 28d at most")
	_ = cmd.MarkFlagRequired("for")
	h.flags(cmd)
	_ = cmd.MarkFlagRequired("note")
	return cmd
}

func (h *holding) flags(cmd *cobra.Command) {
	h.scope.flags(cmd)
	h.choice.flags(cmd)
	h.at.flags(cmd, deployment.DefaultStack)
}

// find looks up the deployment, its holds, and the one of the scope.
func (h *holding) find(cmd *cobra.Command) (err error) {
	h.cmd = cmd
	if err := h.check(); err != nil {
		return err
	}
	if h.in, err = h.at.find(cmd.Context(), h.w); err != nil {
		return err
	}
	if h.kept, err = holdsOf(h.in); err != nil {
		return err
	}
	if h.seen, err = h.kept.Current(cmd.Context()); err != nil {
		return err
	}
	if h.seen.Fault != "" {
		return fmt.Errorf("nothing is written: %w", ledger.UnreadHolds(h.seen))
	}
	h.on = h.scope.of(h.in.Home)
	h.stood = ledger.HoldOn(h.seen, h.on, h.w.now())
	return nil
}

// check refuses what the ledger would refuse after the question.
func (h *holding) check() error {
	if err := h.scope.check(h.cmd); err != nil {
		return err
	}
	h.author = orWord(h.author, h.w.person())
	for _, text := range []struct {
		flag, text string
		most       int
	}{{"--author", h.author, ledger.MaxAuthor}, {"--note", h.note, ledger.MaxHoldNote}} {
		if n := len(text.text); n > text.most {
			return fmt.Errorf("%s: expected at most %d bytes, got %d", text.flag, text.most, n)
		}
	}
	h.author, h.note = plainly(h.author, ledger.MaxAuthor), plainly(h.note, ledger.MaxHoldNote)
	if h.author == "" {
		return errors.New("--author: expected who does it, as your user has no name here")
	}
	return nil
}

// lasting reads --for.
func (h *holding) lasting() (time.Duration, error) {
	d, ok := policyfile.ParseLength(h.length)
	switch {
	case !ok:
		return 0, fmt.Errorf("--for: expected a length such as 45m, 2h or 1d12h, got %.40q", h.length)
	case d < time.Second || d > ledger.MaxHold:
		return 0, fmt.Errorf("--for: expected up to %s, got %s", policyfile.Length(ledger.MaxHold), policyfile.Length(d))
	}
	return d, nil
}

func (h *holding) set(cmd *cobra.Command) error {
	lasts, err := h.lasting()
	if err != nil {
		return err
	}
	switch {
	case plainly(h.note, ledger.MaxHoldNote) == "":
		return errors.New("--note: expected why, got nothing")
	case h.yes && !h.scope.named(cmd):
		return errors.New("--yes: expected a scope by name, as nobody is asked: --account, --all, --pipeline NAME or --class CLASS")
	}
	if err := h.find(cmd); err != nil {
		return err
	}
	now := h.w.now()
	h.hold = retry.Hold{Scope: h.on, Author: h.author, Note: h.note, Since: now, Until: retry.WholeSecond(now.Add(lasts))}
	out := cmd.OutOrStdout()
	if err := h.tell(out, lasts); err != nil {
		return err
	}
	if h.dryRun {
		fmt.Fprintln(out, "Nothing is written: this was a dry run.")
		return nil
	}
	if err := h.w.confirm(cmd, out, h.yes, "Hold it?", "nothing is written"); err != nil {
		return err
	}
	if _, err := h.kept.Place(cmd.Context(), h.hold, h.seen); err != nil {
		return unwritten(err)
	}
	fmt.Fprintf(out, "Held: %s, until %s. `mulligan release%s%s` ends it before.\n", explain.HoldInWords(h.on), h.w.bothZones(h.hold.Until), h.scope.typed(), h.in.flags)
	return nil
}

// tell says what setting the hold would do.
func (h *holding) tell(out io.Writer, lasts time.Duration) error {
	fmt.Fprintf(out, "This holds %s in %s.\n", explain.HoldInWords(h.on), h.in)
	fmt.Fprintf(out, "  until  %s, which is %s from now\n", h.w.bothZones(h.hold.Until), policyfile.Length(lasts))
	fmt.Fprintf(out, "  by     %s\n  note   %s\n", h.author, h.note)
	if h.stood.Scope != "" {
		fmt.Fprintf(out, "It takes the place of the hold %s.\n", h.w.setBy(h.stood))
	}
	fmt.Fprint(out, `No retry in it is claimed or called from the next decision on. Retries that are
claimed or parked wait, and so do failures that come meanwhile. They come back
one after the other from its end on. Executions that run are left alone.
`)
	if err := h.tellExpiry(out); err != nil {
		return err
	}
	h.doubts(out)
	return nil
}

// doubts says what speaks against the hold covering anything.
func (h *holding) doubts(out io.Writer) {
	if h.scope.pipeline != "" {
		fmt.Fprintln(out, "Note: nobody checks that there is a pipeline of this name.")
		if !foldPrefix(h.scope.pipeline, h.in.Prefix) {
			fmt.Fprintf(out, "Note: the stack handles pipelines whose names begin with %s alone: failures of this one are ignored anyway.\n", plaintext.Line(h.in.Prefix, maxPolicyLine))
		}
	}
	if h.scope.class != "" && !h.everRetried(cause.Class(h.scope.class)) {
		fmt.Fprintf(out, "Note: failures of class %s are never retried under the policy in force: there is nothing to hold.\n", h.scope.class)
	}
}

// unwritten tells an error after which nothing was written.
func unwritten(err error) error {
	switch {
	case errors.Is(err, ledger.ErrHoldMoved):
		return fmt.Errorf("nothing is written: %w; run this again to see what it would change now", err)
	case errors.Is(err, ledger.ErrTooManyHolds), errors.Is(err, ledger.ErrHoldsNotRead):
		return fmt.Errorf("nothing is written: %w", err)
	}
	return err
}
