package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mulligan/internal/letters"
	"mulligan/internal/plaintext"
)

// fate says what became of one letter.
func fate(one letters.Replayed) string {
	switch {
	case one.Err == nil:
		return "queued: watch the log for its verdict"
	case one.Queued:
		return "queued, but still among the dead letters: " + plaintext.Line(one.Err.Error(), maxPolicyLine) + ". Another replay of it is harmless"
	default:
		return "not queued: " + plaintext.Line(one.Err.Error(), maxPolicyLine)
	}
}

// verdicts says where they will be seen.
func (r *replaying) verdicts(queued int) string {
	switch {
	case queued == 0:
		return ""
	case r.in.local:
		return " `mulligan log --follow` shows the verdicts."
	default:
		return " The function's log has a verdict for each within moments; what fails again is back here after three tries."
	}
}

// leftAlone tells which letters --all leaves.
func (r *replaying) leftAlone() string {
	var ids []string
	for _, l := range r.left[:min(maxTold, len(r.left))] {
		ids = append(ids, r.short[l.ID])
	}
	which := strings.Join(ids, ", ")
	if more := len(r.left) - maxTold; more > 0 {
		which += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s not understood and left alone (%s): `mulligan dlq show %s%s` tells more",
		plurals(len(r.left), "letter is", "letters are"), which, r.short[r.left[0].ID], r.in.flags)
}

// doubts tells what may speak against sending some of them.
func (r *replaying) doubts(out io.Writer) {
	ignored, strange := 0, 0
	for _, l := range r.these {
		switch {
		case outlook{l: l, in: r.in.Deployment}.ignored() != "":
			ignored++
		case !l.Understood():
			strange++
		}
	}
	if ignored > 0 {
		fmt.Fprintf(out, "The function would ignore %d of them, and %s be gone: `mulligan dlq show ID%s` tells why.\n",
			ignored, plurals(ignored, "letter would", "letters would"), r.in.flags)
	}
	if strange > 0 {
		fmt.Fprintf(out, "Nobody knows who gave up %d of them.\n", strange)
	}
}

// errLeft ends a replay after which letters stay that were told of before.
var errLeft = errors.New("letters that are not understood stay")

// stays is the error of letters that a replay was to take away and did not. Those
// that it was to leave have been told of: they make the exit code alone.
func (r *replaying) stays(unsent int) error {
	switch {
	case unsent > 0:
		return errors.New(plurals(unsent, "letter stays", "letters stay") + " that should have gone")
	case len(r.left) > 0:
		r.cmd.SilenceErrors = true
		return errLeft
	}
	return nil
}
