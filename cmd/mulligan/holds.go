package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/explain"
	"mulligan/internal/plaintext"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// watching is what `mulligan holds` is asked for.
type watching struct {
	at            where
	history, json bool
	limit         int
}

func holdsCommand(w world) *cobra.Command {
	var s watching
	cmd := &cobra.Command{
		Use:     "holds",
		GroupID: holdGroup,
		Short:   "Show what holds retries back: holds that people set, breakers that are open",
		Long: `Shows the holds in force and the breakers that make retries wait: what many
executions fail of alike is tried by one of them, the probe, until it succeeds.
Then the others are let go, at a share of the rate that the account's budget
allows, which grows with every success.

It needs cloudformation:DescribeStacks on the stack, and dynamodb:GetItem and
dynamodb:Query on its ledger's table.`,
		Example: "  mulligan holds\n  mulligan holds --history",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.run(cmd, w) },
	}
	cmd.Flags().BoolVar(&s.history, "history", false, "who held and released what, the newest first")
	cmd.Flags().IntVar(&s.limit, "limit", 20, "how many changes at most, with --history")
	cmd.Flags().BoolVar(&s.json, "json", false, "as JSON")
	s.at.flags(cmd, deployment.DefaultStack)
	return cmd
}

func (s watching) run(cmd *cobra.Command, w world) error {
	switch {
	case cmd.Flags().Changed("limit") && !s.history:
		return errors.New("--limit: expected with --history")
	case s.limit < 1:
		return fmt.Errorf("--limit: expected 1 or more, got %d", s.limit)
	}
	in, err := s.at.find(cmd.Context(), w)
	if err != nil {
		return err
	}
	kept, err := holdsOf(in)
	if err != nil {
		return err
	}
	if s.history {
		return s.changes(cmd, w, in, kept)
	}
	b, unread, err := look(cmd.Context(), w, in, kept)
	if err != nil {
		return err
	}
	if s.json {
		err = indented(cmd.OutOrStdout(), b)
	} else {
		b.write(cmd.OutOrStdout(), w)
	}
	return errors.Join(unread, err)
}

// heldBack is what holds retries back in a deployment.
type heldBack struct {
	Stack    string       `json:"stack"`
	Region   string       `json:"region"`
	Account  string       `json:"account"`
	Fault    string       `json:"fault,omitempty"` // why the holds cannot be read: everything is held then
	Holds    []retry.Hold `json:"holds"`           // in force
	Breakers []breakerRow `json:"breakers"`        // open, or letting go at less than the full rate

	in  place
	now time.Time
}

// breakerRow is a breaker as it is shown.
type breakerRow struct {
	Scope  string    `json:"scope"`
	Open   bool      `json:"open"`
	Opened time.Time `json:"opened,omitzero"`
	Why    string    `json:"why,omitempty"`
	Probe  string    `json:"probe,omitempty"`  // ARN of the execution that probes, lower-cased
	Called bool      `json:"called,omitempty"` // its retry was accepted
	Next   time.Time `json:"next,omitzero"`    // when the next may probe
	Failed int       `json:"failed,omitempty"` // probes in a row
	Rate   int       `json:"rate"`             // percent of the rate that the account's budget allows
}

// look reads what is shown; unread are breakers that are left out.
func look(ctx context.Context, w world, in place, kept holds) (b heldBack, unread, err error) {
	current, err := kept.Current(ctx)
	if err != nil {
		return b, nil, err
	}
	breakers, unread := kept.Breakers(ctx)
	b = heldBack{
		Stack: in.Stack, Region: in.Home.Region, Account: in.Home.Account, Fault: current.Fault,
		Holds: standingHolds(current, w.now()), Breakers: []breakerRow{}, in: in, now: w.now(),
	}
	for _, one := range breakers {
		b.Breakers = append(b.Breakers, breakerRow{
			Scope: one.Scope, Open: one.IsOpen(), Opened: one.Opened, Why: one.Why, Probe: one.Probe, Called: one.Called,
			Next: one.Next, Failed: one.Failed, Rate: one.Rate,
		})
	}
	return b, unread, nil
}

// standingHolds are the holds in force, by scope; never nil.
func standingHolds(h retry.Holds, now time.Time) []retry.Hold {
	standing := []retry.Hold{}
	for _, hold := range h.Holds {
		if hold.Until.After(now) {
			standing = append(standing, hold)
		}
	}
	slices.SortFunc(standing, func(a, b retry.Hold) int { return strings.Compare(a.Scope, b.Scope) })
	return standing
}

// write is what is held back, for people.
func (b heldBack) write(out io.Writer, w world) {
	switch {
	case b.Fault != "":
		fmt.Fprintf(out, "The holds of %s cannot be read (%s): everything is held until they can.\n", b.in, plaintext.Line(b.Fault, maxPolicyLine))
	case len(b.Holds) == 0:
		fmt.Fprintf(out, "No holds are set in %s.\n", b.in)
	default:
		fmt.Fprintf(out, "Holds in %s\n", b.in)
		b.writeHolds(out, w)
	}
	if len(b.Breakers) == 0 {
		fmt.Fprintln(out, "No breaker is open.")
	}
	for _, one := range b.Breakers {
		fmt.Fprintln(out)
		one.write(out, w, b.now)
	}
	if len(b.Breakers) > 0 {
		fmt.Fprintf(out, "\nBreakers end by themselves. `mulligan explain%s --execution ARN` tells when the turn of one execution comes.\n", b.in.toExplain())
	}
}

func (b heldBack) writeHolds(out io.Writer, w world) {
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "  SCOPE\tUNTIL\tLEFT\tSINCE\tBY\tNOTE")
	for _, hold := range b.Holds {
		fmt.Fprintf(columns, "  %s\t%s\t%s\t%s\t%s\t%s\n", explain.HoldInWords(hold.Scope), hold.Until.In(w.zone).Format(timeLayout),
			about(hold.Until.Sub(b.now)), hold.Since.In(w.zone).Format(timeLayout), orWord(plainly(hold.Author, authorWidth), "-"), orWord(plainly(hold.Note, noteWidth), "-"))
	}
	_ = columns.Flush() // as every other write to the terminal
}

// about is a length to the minute, or to the second if it is short.
func about(d time.Duration) string {
	if d < 2*time.Minute {
		return policyfile.Length(max(d.Round(time.Second), 0))
	}
	return policyfile.Length(d.Round(time.Minute))
}

// write is a breaker for people.
func (r breakerRow) write(out io.Writer, w world, now time.Time) {
	moment := func(t time.Time) string { return t.In(w.zone).Format(timeLayout) }
	fmt.Fprintf(out, "Breaker: %s\n", explain.BreakerInWords(r.Scope))
	if !r.Open {
		fmt.Fprintf(out, "  closed again  lets go at %d %% of the rate that the account's budget allows, more with every success\n", r.Rate)
		return
	}
	fmt.Fprintf(out, "  open since    %s, for %s\n", moment(r.Opened), about(now.Sub(r.Opened)))
	fmt.Fprintf(out, "  why           %s\n", orWord(plainly(r.Why, maxPolicyLine), "-"))
	fmt.Fprintf(out, "  probe         %s\n", r.probing(moment, now))
	if r.Failed > 0 {
		fmt.Fprintf(out, "  failed        %s in a row\n", plurals(r.Failed, "probe", "probes"))
	}
	fmt.Fprintf(out, "  then          the others are let go at %d %% of the rate that the account's budget allows\n", r.Rate)
}

// probing says who probes, and when another may. Nothing is written when that
// moment passes: whoever comes next finds it past.
func (r breakerRow) probing(moment func(time.Time) string, now time.Time) string {
	who, past := plainly(r.Probe, maxPolicyLine), !r.Next.After(now)
	switch {
	case r.Probe == "" && past:
		return "nobody yet: it is whoever comes next"
	case r.Probe == "":
		return "nobody; the next may from " + moment(r.Next)
	case r.Called && past:
		return who + ", called; no end of it is on record: whoever comes next takes it to have succeeded"
	case r.Called:
		return who + ", called; no end of it is on record: if it has not failed by " + moment(r.Next) + ", it has succeeded"
	case past:
		return who + ", whose call is not on record; given up at " + moment(r.Next) + " for whoever comes next"
	default:
		return who + ", which waits for its call; given up for another at " + moment(r.Next)
	}
}

// changes shows the history of the holds.
func (s watching) changes(cmd *cobra.Command, w world, in place, kept holds) error {
	found, err := kept.History(cmd.Context(), s.limit+1)
	if err != nil {
		return err
	}
	more := len(found) > s.limit
	found = found[:min(s.limit, len(found))]
	if s.json {
		return indented(cmd.OutOrStdout(), changeRows(found))
	}
	writeChanges(cmd.OutOrStdout(), w, in, found, more)
	return nil
}
