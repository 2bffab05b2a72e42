package explain

import (
	"fmt"
	"time"

	"mulligan/internal/retry"
)

// facts says what SageMaker shows, and what is on record.
func (t *Story) facts(p *page) {
	f := t.Facts
	if f == nil {
		return
	}
	p.heading("What SageMaker shows (" + f.From + ")")
	if !f.Asked {
		p.paragraph("It was not asked: what is on record decided. It would have shown this.", indent)
	}
	if f.Gone {
		p.field("status", "SageMaker knows no such execution: "+f.Detail)
	} else {
		p.field("status", f.Status+t.modified())
		p.field("steps", t.steps())
	}
	for _, step := range f.Failed {
		step.text(p)
	}
	if !f.Gone {
		p.field("parallelism", parallelism(f.Parallelism))
	}
	for i, r := range f.Rerun {
		label := "would run again"
		if t.Verdict == retry.Stop || t.Verdict == retry.Ignore {
			label = "a retry would run"
		}
		if i > 0 {
			label = ""
		}
		p.field(label, named(r.Name, r.Type))
	}
	for _, u := range f.Untold {
		p.field("not told", u)
	}
	t.record(p)
}

func (t *Story) modified() string {
	text := ", last modified " + clock(t.Facts.LastModified)
	if t.Facts.Age > 0 {
		text += fmt.Sprintf("; it ended %s before it was judged", span(time.Duration(t.Facts.Age)*time.Second))
	}
	return text
}

func (t *Story) steps() string {
	text := fmt.Sprintf("%d in all, %d failed", t.Facts.Steps, len(t.Facts.Failed))
	if t.Facts.Running {
		text += ", and one still runs"
	}
	return text
}

// text shows a failed step.
func (f Failed) text(p *page) {
	p.field("failed step", named(f.Name, f.Type))
	reason := "it gives no reason"
	if f.Reason != "" {
		reason = quote(f.Reason)
	}
	p.field("  its reason", reason)
	switch {
	case f.Missing:
		p.field("  its job", "it would be looked at, and is not in the recorded facts: "+f.JobARN)
	case f.Looked && f.Job != "":
		p.field("  its job", quote(f.Job))
	case f.Looked:
		p.field("  its job", "was looked at, and has nothing to say")
	case f.JobARN != "":
		p.field("  its job", "was not looked at: the reason says enough")
	}
}

func named(name, kind string) string {
	if kind == "" {
		return name + " (of a type that nothing tells)"
	}
	return name + " (" + kind + ")"
}

func parallelism(n int32) string {
	if n == 0 {
		return "not limited (MaxParallelExecutionSteps is not set)"
	}
	return fmt.Sprintf("at most %s at once", count(int(n), "step"))
}

// record shows what the ledger knows.
func (t *Story) record(p *page) {
	r := t.Facts.Record
	if r == nil {
		p.heading("What the ledger knows of this execution")
		p.paragraph("Nothing: this is its first failure that Mulligan hears of.", indent)
		return
	}
	p.heading("What the ledger knows of this execution")
	text := "its failure"
	if !r.Ended.IsZero() {
		text = "its failure of " + clock(r.Ended)
	}
	p.field("on record", text+", which is "+string(r.Kind))
	if r.Verdict != "" {
		p.field("decided last", fmt.Sprintf("%s, %s", r.Verdict, r.Reason))
	}
	if r.Waits != "" {
		p.field("waits for", r.Waits+"; it looks again "+clock(r.Until))
	}
	if r.Outcome != "" {
		p.field("its retry", outcomes[r.Outcome])
	}
	if !r.Due.IsZero() {
		p.field("claimed", fmt.Sprintf("retry %d, due %s", r.Retry, clock(r.Due)))
	}
	p.field("retries used", fmt.Sprint(r.Used))
	if r.Repeats > 0 {
		p.field("same failure", fmt.Sprintf("came back %d in a row", r.Repeats))
	}
}
