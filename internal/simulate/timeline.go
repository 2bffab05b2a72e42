package simulate

import (
	"cmp"
	"fmt"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// An Entry is one line of a timeline.
type Entry struct {
	At   time.Time
	Who  string
	What string // on one line
}

// maxTold bounds a line's text, in characters.
const maxTold = 240

// tell adds to the timeline, where one was asked for.
func (r *run) tell(who, format string, args ...any) {
	if r.telling {
		r.timeline = append(r.timeline, Entry{r.now, who, plaintext.Line(fmt.Sprintf(format, args...), maxTold)})
	}
}

// wrote is a change in short.
func wrote(c retry.Change) string {
	n := c.Record
	d := n.Decision
	switch {
	case len(c.Takes) > 0:
		return fmt.Sprintf("the claim of retry %d: %s, %s, due %s", n.Claim.Retry, d.Verdict, d.Reason, n.Claim.Due.Format(time.TimeOnly))
	case c.Tally != nil:
		return fmt.Sprintf("the outcome of retry %d: %s; %s", n.Claim.Retry, c.Tally.Result, stands(n))
	default:
		return stands(n)
	}
}

func stands(n retry.Record) string {
	text := cmp.Or(string(n.Kind), "no failure yet")
	if n.Pause.Reason != "" {
		text += fmt.Sprintf(", waits (%s) until %s", n.Pause.Reason, n.Pause.Due.Format(time.TimeOnly))
	}
	return text + ": " + string(n.Decision.Verdict) + ", " + string(n.Decision.Reason)
}

// The digest of what happened: FNV-1a over numbers.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// mark adds numbers to the digest.
func (r *run) mark(numbers ...uint64) {
	for _, n := range numbers {
		r.digest = (r.digest ^ n) * prime
	}
}

func hash(text string) uint64 {
	h := uint64(offset)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return h
}
