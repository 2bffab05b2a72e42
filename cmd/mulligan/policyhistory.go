package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
	"mulligan/internal/plaintext"
	"mulligan/internal/policyfile"
)

// timeLayout is for moments that people compare with their calendar.
const timeLayout = "2006-01-02 15:04:05 MST"

// The widest author and note in a table, in characters.
const (
	authorWidth = 30
	noteWidth   = 100
)

func historyCommand(w world) *cobra.Command {
	var (
		at    where
		limit int
	)
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the policies that were applied to a stack",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return fmt.Errorf("--limit: expected 1 or more, got %d", limit)
			}
			in, err := at.find(cmd.Context(), w)
			if err != nil {
				return err
			}
			current, err := in.ledger.Current(cmd.Context())
			if err != nil {
				return err
			}
			versions, err := in.ledger.History(cmd.Context(), limit+1)
			if err != nil {
				return err
			}
			writeHistory(cmd.OutOrStdout(), w, in, current, versions, limit)
			return nil
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many at most, the newest ones")
	at.flags(cmd, deployment.DefaultStack)
	return cmd
}

func writeHistory(out io.Writer, w world, in place, current ledger.Version, versions []ledger.Version, limit int) {
	stands := inForce(current)
	if stands.trouble != "" {
		fmt.Fprintln(out, "Note:", plaintext.Line(stands.trouble, maxPolicyLine))
	}
	if len(versions) == 0 {
		fmt.Fprintf(out, "No policy was ever applied to %s: the built-in one is in force.\n", in)
		return
	}
	fmt.Fprintf(out, "Policies that were applied to %s, newest first; * is in force\n", in)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "  REV\tWHEN\tPOLICY\tBY\tNOTE")
	for _, v := range versions[:min(limit, len(versions))] {
		mark := " "
		if stands.trouble == "" && v.Rev == current.Rev {
			mark = "*"
		}
		fmt.Fprintf(columns, "%s %d\t%s\t%s\t%s\t%s\n", mark, v.Rev, v.At.In(w.zone).Format(timeLayout), hashColumn(v),
			orWord(plaintext.Line(v.Author, authorWidth), "-"), orWord(plaintext.Line(v.Note, noteWidth), "-"))
	}
	_ = columns.Flush() // as every other write to the terminal
	if len(versions) > limit {
		fmt.Fprintln(out, "There are older ones: --limit shows more.")
	}
}

func hashColumn(v ledger.Version) string {
	switch {
	case v.Fault != "":
		return "unreadable"
	case v.Hash == "":
		return policyfile.BuiltIn
	default:
		return plaintext.Line(v.Hash[:min(shortHash, len(v.Hash))], shortHash)
	}
}
