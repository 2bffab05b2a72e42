package explain

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// Text writes the story for people, in lines of at most Width characters. Its
// error is the writer's.
func (t *Story) Text(out io.Writer) error {
	p := &page{out: out}
	t.verdict(p)
	t.event(p)
	t.facts(p)
	t.cause(p)
	t.judgement(p)
	t.budgets(p)
	t.heldBack(p)
	t.changes(p)
	t.before(p)
	for i, note := range t.Notes {
		if i == 0 {
			p.heading("Beside that")
		}
		p.hang("  - ", note)
	}
	return p.err
}

// verdict says first what came of it.
func (t *Story) verdict(p *page) {
	if t.Open != "" {
		p.paragraph("Verdict: still open. "+sentence(t.Open), 0)
		p.paragraph(sentence(t.Means), indent)
		p.paragraph(t.Next, indent)
		return
	}
	p.paragraph(fmt.Sprintf("Verdict: %s, %s", t.Verdict, t.Reason), 0)
	p.paragraph(sentence(t.Means), indent)
	p.line("")
	if t.Retry > 0 {
		p.field("retry", fmt.Sprintf("number %d of this execution", t.Retry))
	}
	p.field("due", t.due())
	p.field("because", t.because())
	p.field("rule", t.Rule)
	p.field("it says", t.Message)
	if t.Parallelism > 0 {
		p.field("asks for", "at most "+count(int(t.Parallelism), "step")+" at once (MaxParallelExecutionSteps)")
	}
	p.field("retry before it", t.retryBefore())
	if t.Opened != "" {
		p.field("it opens", "the breaker of "+BreakerInWords(t.Opened)+": others that fail alike wait for this one")
	}
	p.field("what follows", t.Next)
}

// because is the evidence. Where it is the policy's own words, its durations are
// told as people say them; the words of others stay as they are.
func (t *Story) because() string {
	switch t.Reason {
	case retry.Expired, retry.BudgetExhausted:
		return plainSpans(t.Evidence)
	default:
		return t.Evidence
	}
}

func (t *Story) due() string {
	switch wait := t.Due.Sub(t.JudgedAt); {
	case t.Due.IsZero():
		return ""
	case wait > 0:
		return clock(t.Due) + ", " + span(wait) + " after it was judged"
	default:
		return clock(t.Due) + ", which is past"
	}
}

// event says what came in.
func (t *Story) event(p *page) {
	e := t.Event
	heading := "What came in: an event"
	switch retry.Door(e.Door) {
	case retry.DoorWake:
		heading = "What came in: a wake, a one-time schedule of Mulligan's that has fired"
	case retry.DoorSweep:
		heading = "What came in: nothing. The sweep looked at the execution"
	case ByPerson:
		heading = "What is asked about"
	}
	p.heading(heading)
	p.field("from", e.From)
	if e.Execution != "" {
		p.field("execution", e.Execution[strings.LastIndex(e.Execution, "/")+1:]+" of the pipeline "+e.Pipeline)
		p.paragraph(e.Execution, indent)
	}
	if !e.Ended.IsZero() {
		label, how := "failed at", ""
		if e.Status != "" {
			label, how = "ended at", ", as "+e.Status
		}
		p.field(label, clock(e.Ended)+how+cameFrom(e.Previous))
	}
	if !e.Emitted.IsZero() {
		p.field("sent at", clock(e.Emitted))
	}
	p.field("event id", e.ID)
	p.field("it says", e.Says)
	if t.Home.Account != "" {
		p.field("Mulligan is in", fmt.Sprintf("account %s, %s (%s)", t.Home.Account, t.Home.Region, t.Home.From))
	}
}

// ByPerson is the door of a question that no event asked.
const ByPerson retry.Door = "person"

func cameFrom(previous string) string {
	if previous == "" {
		return ""
	}
	return ", out of the status " + previous
}

// cause says what was read from the reasons.
func (t *Story) cause(p *page) {
	c := t.Cause
	if c == nil {
		return
	}
	heading := "The cause that was read from that"
	if t.Facts != nil && !t.Facts.Asked {
		heading = "The cause that would have been read"
	}
	p.heading(heading)
	p.field("class", string(c.Class)+": "+classes[c.Class])
	p.field("label", string(c.Label)+": "+labels[c.Label])
	p.field("confidence", cmp.Or(string(c.Confidence), "none"))
	p.field("read at step", c.Step)
	p.field("by the reading", cmp.Or(c.Rule, "none: no reading knows the words"))
	if c.Evidence != "" {
		p.field("in the words", quote(c.Evidence))
	}
	if c.Fingerprint != "" {
		p.field("fingerprint", c.Fingerprint+", by which the same failure would be known again")
	}
}

// budgets says what the budgets hold.
func (t *Story) budgets(p *page) {
	if len(t.Budgets) == 0 {
		return
	}
	p.heading("The budgets, before this decision")
	for _, b := range t.Budgets {
		text := fmt.Sprintf("%d of %d left", b.Left, b.Size)
		switch {
		case b.Per == "":
			text += "; those that were used do not come back"
		case b.Next.IsZero():
			text += fmt.Sprintf("; %d flow in per %s, one every %s", b.Size, b.Per, span(time.Duration(b.Every)*time.Second))
		default:
			text += fmt.Sprintf("; the next flows in at %s, in %s", clock(b.Next), span(b.Next.Sub(t.JudgedAt)))
		}
		if !b.Turns.IsZero() {
			text += "; failures that wait for it have turns until " + clock(b.Turns)
		}
		p.field(b.Name, text)
	}
}

// changes says what would have changed the decision.
func (t *Story) changes(p *page) {
	if t.Open != "" {
		t.depends(p)
		p.howToRecord(t.Event.Execution)
		return
	}
	p.heading("What would have changed it")
	if len(t.Changes) == 0 {
		p.paragraph("No single thing that Mulligan can think of.", indent)
	}
	for _, c := range t.Changes {
		p.hang("  - ", "had "+c.Had+": "+t.outcome(c))
	}
}

// depends says what an open verdict would be.
func (t *Story) depends(p *page) {
	p.heading("What it would be, on a first look at a fresh failure")
	for _, c := range t.Depends {
		p.hang("  - ", fmt.Sprintf("%s: %s, %s", c.Had, c.Verdict, c.Reason))
	}
}

func (t *Story) outcome(c Change) string {
	if c.Verdict == "" {
		return "it would be a failure to look at, and SageMaker would be asked"
	}
	text := fmt.Sprintf("%s, %s", c.Verdict, c.Reason)
	if wait := c.Due.Sub(t.JudgedAt); !c.Due.IsZero() && wait > 0 {
		text += ", due in " + span(wait)
	}
	return text
}

// before says what the ledger has on the execution.
func (t *Story) before(p *page) {
	if len(t.Before) == 0 {
		return
	}
	p.heading("What the ledger has on this execution, oldest first")
	for _, b := range t.Before {
		text := fmt.Sprintf("%s, %s", b.Verdict, b.Reason)
		if b.Retry > 0 {
			text += fmt.Sprintf(", retry %d", b.Retry)
		}
		if !b.Due.IsZero() {
			text += ", due " + clock(b.Due)
		}
		p.hang("  "+clock(b.At)+"  ", text+": "+b.Evidence)
	}
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
