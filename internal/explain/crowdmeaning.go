package explain

import (
	"fmt"
	"time"

	"mulligan/internal/retry"
)

// inCrowd is what a decision means, and what follows, where people or others who
// wait for the same thing have a say in it; false where they have none.
func inCrowd(j judged) (meaning, bool) {
	d := j.move.Decision
	w := waits(j)
	switch {
	case d.Reason == retry.Probing:
		return j.probing(), true
	case w == nil || d.Verdict != retry.Wait:
		return meaning{}, false
	case d.Reason == retry.SharedBudgetEmpty:
		return j.forUnit(w)
	}
	if scope, ok := scopeOf(w.Key); ok {
		return j.behind(scope, w), true
	}
	return j.heldBy(w), true
}

// taken begins what follows for who waits.
func (j judged) taken() string {
	if j.s.State.Record.Kind == retry.Claimed {
		return "Its unit stays taken, and nothing more is. "
	}
	return "Nothing is taken from a budget. "
}

// tooLate says so if it is too old for a retry when it is due.
func (j judged) tooLate(due time.Time) string {
	if j.asked == nil || !due.After(j.s.Now.Add(j.s.ExpireAfter-j.asked.Age)) {
		return ""
	}
	return fmt.Sprintf(" It is older than %s by then, and is stopped as expired unless it comes back before.", span(j.s.ExpireAfter))
}

// heldBy tells of a hold.
func (j judged) heldBy(w *Waits) meaning {
	if j.s.State.Holds.Fault != "" {
		return meaning{"the holds in the ledger cannot be read, and so nothing is retried",
			j.taken() + "They are read again when it is due: another build may be able to."}
	}
	hold, _ := holdOn(j)
	return meaning{
		"a person has stopped retries for a while: " + areHeld(hold.Scope) + " held",
		fmt.Sprintf("%sIt comes back by itself after the hold's end, one every two seconds, and is judged anew. `%s` ends it before; `mulligan holds` shows what is held.%s",
			j.taken(), releases(w.Key), j.tooLate(w.Until)),
	}
}

// behind tells of a breaker that others are before.
func (j judged) behind(scope string, w *Waits) meaning {
	b := j.s.State.Breakers[scope]
	told := meaning{next: j.taken() + "It has a turn in the line of those that wait, and is judged anew then: while the probe has not succeeded it waits on. `mulligan holds` shows who probes."}
	switch known := b.Rev > 0 || b.IsOpen(); {
	case known && !b.IsOpen():
		told.means = "what it waits for is there again, and those that have waited longer go first"
		told.next = j.taken() + "It has a turn in the line of those that wait, and is judged anew then."
	case scope == retry.CallScope:
		told.means = "SageMaker refuses to start retries for now, and one execution asks for all"
	case j.move.Decision.Reason == retry.Scarce:
		told.means = "what it needs was found scarce, and is taken to be so for everybody until a retry that tries it, the probe, has succeeded"
	default:
		told.means = "many executions fail alike, and one of them is tried first, the probe; the others wait until it has succeeded"
	}
	if b.IsOpen() && b.Probe == "" {
		told.next = j.taken() + "It has a turn in the line of those that wait, and is judged anew then. Nobody probes now: whoever comes first" + from(b.Next, j.s.Now) + " becomes the probe, and until one has succeeded the others wait on."
	}
	if w.None {
		told.next = j.taken() + "No turn is left before it is too old for a retry: it is stopped as expired when it is due. `mulligan holds` shows who probes."
	}
	return told
}

// from is since when, of what is still to come; "" of what has come.
func from(t, now time.Time) string {
	if !t.After(now) {
		return ""
	}
	return ", from " + clock(t) + " on,"
}

// forUnit tells of a budget with others in line before it.
func (j judged) forUnit(w *Waits) (meaning, bool) {
	b, line := j.s.State.Full[w.Key], j.s.State.Lines[w.Key]
	told := meanings[retry.SharedBudgetEmpty]
	if w.None {
		told.next = j.taken() + "No unit that is not promised comes before it is too old for a retry: it is stopped as expired when it is due."
		return told, true
	}
	if !line.After(j.s.Now) {
		return told, false
	}
	if !b.After(j.s.Now) {
		told.means = "a retry would be granted, but what a budget holds is promised to failures that have waited longer"
	}
	told.next = j.taken() + "It has a turn in the line of those that wait for a unit of that budget, and is judged anew then."
	return told, true
}

// probing tells of the probe.
func (j judged) probing() meaning {
	call := "RetryPipelineExecution is called now. "
	if j.s.State.Record.Kind == retry.Claimed {
		call = "RetryPipelineExecution is called now, out of the unit that was taken when the retry was claimed. "
	}
	return meaning{meanings[retry.Probing].means, call + whatProbesTell}
}

// whatProbesTell is what follows from a probe.
const whatProbesTell = "If it succeeds, or runs on without failing, those that wait are let go one after the other, faster with every success. " +
	"If it fails, another one probes after a longer wait. `mulligan holds` shows how it goes."
