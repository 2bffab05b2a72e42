package explain

import (
	"fmt"
	"time"

	"mulligan/internal/retry"
)

// heldBack says what a failure waits for, and which holds and breakers it met.
func (t *Story) heldBack(p *page) {
	if t.Waits == nil && len(t.Holds)+len(t.Breakers) == 0 {
		return
	}
	p.heading("Holds and breakers, and who waits for what")
	if t.Waits != nil {
		t.Waits.text(p)
	}
	for _, h := range t.Holds {
		h.text(p)
	}
	for _, b := range t.Breakers {
		b.text(p, t.JudgedAt)
	}
}

func (w *Waits) text(p *page) {
	p.field("it waits for", w.For)
	switch {
	case w.None:
		p.field("  its turn", "none is left that comes before it is too old for a retry")
	case w.Turn.IsZero():
	case w.After.IsZero():
		p.field("  its turn", clock(w.Turn)+", and nobody is before it")
	default:
		p.field("  its turn", fmt.Sprintf("%s, after others: the turn before it is %s", clock(w.Turn), clock(w.After)))
	}
	if w.Every > 0 {
		p.field("  one turn", "every "+span(time.Duration(w.Every)*time.Second))
	}
}

func (h Hold) text(p *page) {
	p.field("hold", fmt.Sprintf("on %s, until %s", h.On, clock(h.Until)))
	p.field("  set by", h.Author+", at "+clock(h.Since))
	p.field("  note", h.Note)
	if h.Releases != "" {
		p.field("  ended before by", h.Releases)
	}
}

func (b Breaker) text(p *page, now time.Time) {
	p.field("breaker", b.Of)
	if !b.Open {
		p.field("  closed again", b.closed())
		return
	}
	since := clock(b.Opened)
	if b.Change == "opened" {
		since += ", by this failure"
	}
	p.field("  open since", since)
	p.field("  because of", b.Why)
	p.field("  its probe", b.probes(now))
	if b.Failed > 0 {
		p.field("  have failed", count(b.Failed, "probe")+" in a row")
	}
	p.field("  it lets go", fmt.Sprintf("at %d %% of the rate of the account's budget, once a probe has succeeded", b.Rate))
}

func (b Breaker) closed() string {
	text := fmt.Sprintf("it lets go at %d %% of the rate of the account's budget, faster with every success", b.Rate)
	if b.Change == "closed" {
		text = "by this decision; " + text
	}
	return text
}

// probes says who probes, and when another may.
func (b Breaker) probes(now time.Time) string {
	who := b.Probe
	if b.Mine {
		who = "this execution"
	}
	switch {
	case b.Probe == "" && b.Change == "probe failed":
		return "nobody: this one has failed; the next may go at " + clock(b.Next)
	case b.Probe == "" && !b.Next.After(now):
		return "nobody yet: it is whoever comes next"
	case b.Probe == "":
		return "nobody; the next may go at " + clock(b.Next)
	case b.Called:
		return who + ", whose retry was accepted: if it has not failed by " + clock(b.Next) + ", it has succeeded"
	default:
		return who + ", whose retry is to be called; another may go at " + clock(b.Next)
	}
}

// retryBefore says how the retry before this failure ended.
func (t *Story) retryBefore() string {
	switch {
	case t.Outcome != retry.FailedAnew:
		return ""
	case t.Facts != nil && t.Facts.Same:
		return "failed again: in the same step, with the same words"
	default:
		return "failed again"
	}
}
