package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"mulligan/internal/explain"
	"mulligan/internal/ledger"
)

// changeRow is a change of the holds as JSON.
type changeRow struct {
	Rev    int       `json:"rev"`
	At     time.Time `json:"at,omitzero"`
	What   string    `json:"what"` // held or released
	Scope  string    `json:"scope"`
	Until  time.Time `json:"until,omitzero"` // of what was held
	Author string    `json:"author"`
	Note   string    `json:"note"`
	Fault  string    `json:"fault,omitempty"` // why it cannot be read
}

func changeRows(found []ledger.HoldChange) []changeRow {
	rows := make([]changeRow, len(found))
	for i, c := range found {
		rows[i] = changeRow{c.Rev, c.At, happened(c), c.Scope, c.Until, c.Author, c.Note, c.Fault}
	}
	return rows
}

func happened(c ledger.HoldChange) string {
	switch {
	case c.Fault != "":
		return "unreadable"
	case c.Released():
		return "released"
	}
	return "held"
}

func writeChanges(out io.Writer, w world, in place, found []ledger.HoldChange, more bool) {
	if len(found) == 0 {
		fmt.Fprintf(out, "No hold was ever set in %s.\n", in)
		return
	}
	fmt.Fprintf(out, "Changes of the holds in %s, newest first\n", in)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "  REV\tWHEN\tWHAT\tSCOPE\tUNTIL\tBY\tNOTE")
	for _, c := range found {
		until := "-"
		if !c.Released() {
			until = c.Until.In(w.zone).Format(timeLayout)
		}
		fmt.Fprintf(columns, "  %d\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Rev, c.At.In(w.zone).Format(timeLayout), happened(c),
			orWord(explain.HoldInWords(c.Scope), "-"), until, orWord(plainly(c.Author, authorWidth), "-"), orWord(plainly(c.Note, noteWidth), "-"))
	}
	_ = columns.Flush() // as every other write to the terminal
	if more {
		fmt.Fprintln(out, "There are older ones: --limit shows more.")
	}
}
