package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"mulligan/internal/explain"
	"mulligan/internal/ledger"
)

func releaseCommand(w world) *cobra.Command {
	h := holding{w: w}
	cmd := &cobra.Command{
		Use:     "release [--pipeline NAME | --class CLASS | --account | --all]",
		GroupID: holdGroup,
		Short:   "End a hold before its time",
		Long: `Ends the hold on exactly that scope: the one on a pipeline stays when the one on
everything is released. What it held back comes back with the next sweeps, every
five minutes, up to 50 each time and the oldest first, and is decided anew.

Exit code: 0 when it is released, or with --dry-run could be, or was not set at
all; 1 on errors or when the answer was no.

It needs cloudformation:DescribeStacks on the stack, and dynamodb:GetItem,
dynamodb:PutItem and dynamodb:Query on its ledger's table.`,
		Example: "  mulligan release\n  mulligan release --pipeline payments-daily --note 'the input is mended' --yes",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return h.release(cmd) },
	}
	h.flags(cmd)
	return cmd
}

func (h *holding) release(cmd *cobra.Command) error {
	if err := h.find(cmd); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if h.stood.Scope == "" {
		return h.notHeld(out)
	}
	fmt.Fprintf(out, "This releases %s in %s: the hold %s.\n", explain.HoldInWords(h.on), h.in, h.w.setBy(h.stood))
	fmt.Fprintln(out, "What it held back comes back with the next sweeps, every five minutes, the oldest first, and is decided anew.")
	h.others(out, "Other holds stay")
	if h.dryRun {
		fmt.Fprintln(out, "Nothing is written: this was a dry run.")
		return nil
	}
	if err := h.w.confirm(cmd, out, h.yes, "Release it?", "nothing is written"); err != nil {
		return err
	}
	by := ledger.By{Author: h.author, Note: h.note, At: h.w.now()}
	_, err := h.kept.Release(cmd.Context(), h.on, by, h.seen)
	switch {
	case errors.Is(err, ledger.ErrNotHeld): // it has ended, or somebody else has released it
		return h.notHeld(out)
	case err != nil:
		return unwritten(err)
	}
	fmt.Fprintf(out, "Released: %s.\n", explain.HoldInWords(h.on))
	return nil
}

func (h *holding) notHeld(out io.Writer) error {
	fmt.Fprintf(out, "Nothing was released: no hold on %s is set in %s.\n", explain.HoldInWords(h.on), h.in)
	h.others(out, fmt.Sprintf("Holds that are set, as `mulligan release%s` takes them", h.in.flags))
	return nil
}

// maxOthers bounds the holds that are listed beside the one that is meant.
const maxOthers = 20

// others names the other holds that are in force: they may cover the scope too.
func (h *holding) others(out io.Writer, lead string) {
	var lines []string
	for _, hold := range standingHolds(h.seen, h.w.now()) {
		if hold.Scope != h.on {
			hold.Author, hold.Note = plainly(hold.Author, authorWidth), plainly(hold.Note, noteWidth)
			flags := orWord(toRelease(hold.Scope, h.in.Home), explain.HoldInWords(hold.Scope))
			lines = append(lines, fmt.Sprintf("  %s, %s\n", flags, h.w.setBy(hold)))
		}
	}
	if len(lines) > 0 {
		fmt.Fprintln(out, lead+":")
	}
	for _, line := range lines[:min(maxOthers, len(lines))] {
		fmt.Fprint(out, line)
	}
	if more := len(lines) - maxOthers; more > 0 {
		fmt.Fprintf(out, "  and %d more, which `mulligan holds%s` shows\n", more, h.in.flags)
	}
}
