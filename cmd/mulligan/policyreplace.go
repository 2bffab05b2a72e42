package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"mulligan/internal/backtest"
	"mulligan/internal/ledger"
	"mulligan/internal/plaintext"
)

// choice is what a person says to a policy being replaced.
type choice struct {
	author, note string
	yes, dryRun  bool
}

// replacing puts another policy in force: both apply and rollback do.
type replacing struct {
	choice
	cmd      *cobra.Command
	w        world
	in       place
	current  ledger.Version
	from, to standing
	question string
}

// mostDecisions is how many decisions a back-test looks at: enough for weeks of
// most accounts, and read in seconds.
const mostDecisions = 500

// find looks up where it is to be put in force, and what is.
func (r *replacing) find(at *where) (err error) {
	ctx := r.cmd.Context()
	if r.in, err = at.find(ctx, r.w); err != nil {
		return err
	}
	if r.current, err = r.in.ledger.Current(ctx); err != nil {
		return err
	}
	r.from = inForce(r.current)
	r.author = orWord(r.author, r.w.person())
	return r.check()
}

// check refuses what the ledger would refuse after the question.
func (r *replacing) check() error {
	switch {
	case len(r.author) > ledger.MaxAuthor:
		return fmt.Errorf("--author: expected at most %d bytes, got %d", ledger.MaxAuthor, len(r.author))
	case len(r.note) > ledger.MaxNote:
		return fmt.Errorf("--note: expected at most %d bytes, got %d", ledger.MaxNote, len(r.note))
	}
	return nil
}

func (r *replacing) run() error {
	out := r.cmd.OutOrStdout()
	if r.from.trouble == "" && r.from.hash == r.to.hash {
		fmt.Fprintf(out, "%s%s is in force already in %s. Nothing is written.\n", capital(r.to.String()), appliedBy(r.w, r.current), r.in)
		return nil
	}
	fmt.Fprintf(out, "This puts %s in force in %s, instead of %s%s.\n", r.called(), r.in, r.from, r.since())
	if r.from.trouble != "" {
		fmt.Fprintln(out, "Note:", plaintext.Line(r.from.trouble, maxPolicyLine))
	}
	fmt.Fprintln(out)
	writeDiff(out, &r.in.Deployment, r.from.doc, r.to.doc)
	fmt.Fprintln(out)
	if err := r.backtest(out); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if r.dryRun {
		fmt.Fprintln(out, "Nothing is written: this was a dry run.")
		return nil
	}
	if err := r.w.confirm(r.cmd, out, r.yes, r.question, "nothing is written"); err != nil {
		return err
	}
	return r.write(out)
}

// since tells when what is in force was applied: not of one that only stands in
// for it.
func (r *replacing) since() string {
	if r.from.trouble != "" && !r.from.none {
		return ""
	}
	return appliedBy(r.w, r.current)
}

// called is the policy by its hash and where it comes from.
func (r *replacing) called() string {
	if r.to.doc == nil {
		return r.to.String()
	}
	return r.to.String() + " (" + plaintext.Line(r.to.name, maxPolicyLine) + ")"
}

// backtest shows what both policies would have done to the last decisions. A
// ledger that does not let them be read is no reason not to go on.
func (r *replacing) backtest(out io.Writer) error {
	trails, more, err := r.in.ledger.Decisions(r.cmd.Context(), mostDecisions)
	switch {
	case err != nil:
		fmt.Fprintln(out, "No back-test, as the decisions on record cannot be read:", plaintext.Line(err.Error(), maxPolicyLine))
		return nil
	case len(trails) == 0:
		fmt.Fprintln(out, "No back-test: there is no decision on record yet.")
		return nil
	}
	set := r.in.Settings
	result, err := backtest.Run(backtest.FromTrails(trails), r.from.under(set), r.to.under(set))
	if err != nil {
		return fmt.Errorf("back-test: %w", err)
	}
	result.Old.Name, result.New.Name = r.from.String(), r.to.String()
	if r.from.none {
		result.Old.Name = standing{}.String()
	}
	of := plurals(len(trails), "decision", "decisions")
	if more {
		of = "last " + of
	}
	fmt.Fprintf(out, "Back-test on the %s on record:\n", of)
	return result.Write(out)
}

func (r *replacing) write(out io.Writer) error {
	v := ledger.Version{Hash: r.to.hash, Body: r.to.body, Source: r.to.source, Author: r.author, Note: r.note, At: r.w.now()}
	v, err := r.in.ledger.Apply(r.cmd.Context(), v, r.current.Rev)
	if errors.Is(err, ledger.ErrPolicyMoved) {
		return fmt.Errorf("nothing is written: %w; run this again to see what it would change now", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Rev %d: %s%s. It counts from the next decision on.\n", v.Rev, r.to, by(v.Author))
	return nil
}

// appliedBy tells of a version that was applied, ", rev 3 by alice, ...".
func appliedBy(w world, v ledger.Version) string {
	if v.Rev == 0 {
		return ""
	}
	return fmt.Sprintf(" (rev %d%s, %s)", v.Rev, by(v.Author), v.At.In(w.zone).Format(timeLayout))
}

func by(author string) string {
	if author == "" {
		return ""
	}
	return " by " + plaintext.Line(author, ledger.MaxAuthor)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
