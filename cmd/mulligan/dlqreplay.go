package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/letters"
	"mulligan/internal/plaintext"
)

// replaying is what `mulligan dlq replay` is asked for.
type replaying struct {
	at       where
	all, yes bool

	cmd   *cobra.Command
	w     world
	in    letterbox
	seen  letters.Sight
	these []letters.Letter  // to replay
	left  []letters.Letter  // that --all leaves
	short map[string]string // ids as they are shown
}

func dlqReplayCommand(w world) *cobra.Command {
	r := replaying{w: w}
	cmd := &cobra.Command{
		Use:   "replay ID... | --all",
		Short: "Hand dead letters to the function once more, as they were",
		Long: `Sends what each letter holds to the function's alias live, byte for byte as it
was, asynchronously, and deletes the letter once Lambda has accepted that. What
the function decides is in its log. Mend first what the letters died of: a letter
that fails again is a dead letter again after three tries.

Replaying twice is harmless: the ledger knows the failure by then. That happens
where the letter could not be deleted after it was sent.

--all replays every letter that is understood, leaves the others, and says so. By
its id, any letter can be replayed.

Exit code: 0 when every letter was queued and deleted, 1 on errors, when the
answer was no, or when a letter stays.

` + lookNeeds + `;
to replay, sqs:DeleteMessage there, and lambda:InvokeFunction on the function's
alias live.`,
		Example: "  mulligan dlq replay 3f2a91c0\n" +
			"  mulligan dlq replay --all --stack mulligan-eu --profile ml\n" +
			"  mulligan dlq replay --all --yes",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, ids []string) error { return r.run(cmd, ids) },
	}
	cmd.Flags().BoolVar(&r.all, "all", false, "every letter that is understood")
	cmd.Flags().BoolVarP(&r.yes, "yes", "y", false, "do not ask")
	r.at.flags(cmd, deployment.DefaultStack)
	return cmd
}

func (r *replaying) run(cmd *cobra.Command, ids []string) (err error) {
	r.cmd = cmd
	if r.all == (len(ids) > 0) {
		return errors.New("expected the ids of letters, or --all, one of them; `mulligan dlq list" + r.at.typed() + "` lists the letters")
	}
	if r.in, err = r.at.letterbox(cmd.Context(), r.w); err != nil {
		return err
	}
	if r.seen, err = r.in.look(cmd.Context(), letters.MaxLetters); err != nil {
		return err
	}
	if err := r.choose(ids); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if len(r.these) == 0 {
		return r.nothing(out)
	}
	r.tell(out)
	if err := r.w.confirm(r.cmd, out, r.yes, "Replay?", "nothing is replayed"); err != nil {
		return err
	}
	return r.send(out)
}

// choose finds the letters that are meant.
func (r *replaying) choose(ids []string) error {
	r.short = shortIDs(r.seen.Letters)
	for _, l := range r.seen.Letters {
		switch {
		case r.all && l.Understood():
			r.these = append(r.these, l)
		case r.all:
			r.left = append(r.left, l)
		}
	}
	for _, typed := range ids {
		l, err := r.in.letterNamed(r.seen, typed)
		switch {
		case err != nil:
			return fmt.Errorf("nothing is replayed: %w", err)
		case l.Payload == nil:
			return fmt.Errorf("nothing is replayed: letter %s has nothing to send on: %s", idOf(l), l.Fault)
		case !slices.ContainsFunc(r.these, func(other letters.Letter) bool { return other.ID == l.ID }):
			r.these = append(r.these, l)
		}
	}
	return nil
}

// nothing tells that there is none to replay.
func (r *replaying) nothing(out io.Writer) error {
	if len(r.left) == 0 {
		fmt.Fprintf(out, "There are no dead letters in %s: nothing to replay.\n", r.in.place)
		writeBeside(out, r.seen)
		return nil
	}
	return errors.New("nothing is replayed: " + r.leftAlone())
}

// maxTold bounds the letters that are listed before the question.
const maxTold = 20

// tell says what a yes would do.
func (r *replaying) tell(out io.Writer) {
	fmt.Fprintf(out, "This sends %s of %s to %s, and deletes each once that is accepted:\n", plurals(len(r.these), "dead letter", "dead letters"), r.in.place, r.in.Alias)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, l := range r.these[:min(maxTold, len(r.these))] {
		fmt.Fprintf(columns, "  %s\t%s\t%s\t%s\n", r.short[l.ID], subject(l), orWord(statusOf(l), "-"), plaintext.Line(whyListed(l), whyWidth))
	}
	_ = columns.Flush() // as every other write to the terminal
	if more := len(r.these) - maxTold; more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
	if len(r.left) > 0 {
		fmt.Fprintf(out, "%s, and so the exit code is %d.\n", r.leftAlone(), exitError)
	}
	r.doubts(out)
	writeBeside(out, r.seen)
}

// send replays them, a line each.
func (r *replaying) send(out io.Writer) error {
	var ids []string
	for _, l := range r.these {
		ids = append(ids, l.ID)
	}
	ctx, stop := interruptible(r.cmd.Context())
	defer stop()
	queued, gone := 0, 0
	rest, err := r.in.queue.Replay(ctx, r.in.alias, ids, func(one letters.Replayed) {
		if one.Queued {
			queued++
		}
		if one.Queued && one.Err == nil {
			gone++
		}
		fmt.Fprintf(out, "%s  %s  %s\n", r.short[one.Letter.ID], subject(one.Letter), fate(one))
	})
	for _, id := range rest.Missing {
		fmt.Fprintf(out, "%s  not replayed\n", r.short[id])
	}
	fmt.Fprintf(out, "%d of %s queued.%s\n", queued, plurals(len(r.these), "letter", "letters"), r.verdicts(queued))
	writeKept(out, rest.Kept, letters.ReplayHold)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if err != nil {
		return interrupted(err, rest.Kept, letters.ReplayHold)
	}
	return r.stays(len(r.these) - gone)
}
