package retry

import "time"

// How often a doubt is looked at again, a minute apart, before what is there
// is believed.
const (
	lookAgainAfter = time.Minute
	staleLooks     = 5 // Describe or the step list lags behind the event
	unsureLooks    = 3 // modified since, and no step failed since
	behindLooks    = 1 // no step ended with the execution
)

// Allowances between the clocks that stamp an event and LastModifiedTime.
const (
	staleAfter   = time.Minute      // an event this much younger than Describe's answer proves a stale read
	repeatWithin = 5 * time.Second  // nearer than this to a stopped failure, an unknown event is its repetition
	endsApart    = 10 * time.Second // an execution ends this near to its last step; a second apart in the developer guide's events
)

// repetition is how much younger than the failure on record an event with an
// end of its own may be and still be about it. After a retry it may not be at
// all: SageMaker cannot truly show a failure that it has left.
func (r Record) repetition() time.Duration {
	if r.leftFailed() {
		return 0
	}
	return repeatWithin
}

// identity says how the failure that SageMaker shows relates to the one on record.
type identity int

const (
	sameFailure identity = iota
	newFailure
	unsure
)

// identify tells one failure of an execution from the next (docs/design.md,
// "Which failure is it?").
func identify(r Record, f Facts) identity {
	switch {
	case r.Failure == Failure{}:
		return newFailure
	case f.LastModified.Equal(r.Failure.LastModified):
		return sameFailure
	case f.Round.After(r.Failure.Round), r.leftFailed():
		return newFailure
	default:
		return unsure
	}
}

// doubt says why the facts cannot be believed yet, or nothing.
func (s Situation) doubt() (why string, looks int) {
	r, f, ended := s.State.Record, s.Facts, s.Notice.EndedAt
	switch {
	case f.LastModified.Before(r.Failure.LastModified):
		return "SageMaker's answer is older than the record", staleLooks
	case s.Notice.Status != "" && is(f.Status, s.Notice.Status):
		return "", 0
	case f.failed() && ended.Sub(f.LastModified) > staleAfter,
		f.failed() && s.Notice.Status != "" && ended.After(f.LastModified):
		return "the event is younger than SageMaker's answer", staleLooks
	case !f.failed() && s.Notice.happened().After(f.LastModified),
		!f.failed() && r.leftFailed() && !r.knows(s.Notice) && !ended.Before(f.LastModified.Truncate(time.Second)):
		// Events tell whole seconds: a run of ours may fail in the one it started in.
		return "SageMaker's answer is older than the event", staleLooks
	case !f.failed():
		return "", 0
	case f.Running:
		return "a step of the failed execution still runs", staleLooks
	}
	switch identify(r, f) {
	case sameFailure:
		if r.Kind == Parked && f.Round.Before(r.Failure.Round) { // a claim has its cause on record
			return "the steps shown are older than the record", staleLooks
		}
		if r.done() && !r.knows(s.Notice) && ended.Sub(f.LastModified) > r.repetition() {
			return "the event is younger than the failure on record", staleLooks
		}
	case unsure:
		return "the execution was modified, and no step failed since", unsureLooks
	case newFailure:
		return s.oneBehind()
	}
	return "", 0
}

// oneBehind says which of the two answers of a look seems to be older than the
// other: a list that lags shows what the run before failed of, and next to a
// Describe that lags it shows a later run.
func (s Situation) oneBehind() (why string, looks int) {
	f := s.Facts
	switch apart := f.LastModified.Sub(f.Ended); {
	case f.Ended.IsZero() && !s.State.Record.leftFailed(): // no step has run yet
	case apart > endsApart && s.Now.Sub(f.LastModified) < lookAgainAfter:
		return "no step ended when the execution did: the steps shown may be older", behindLooks
	case apart < -endsApart:
		return "a step ended after the execution did: SageMaker's answer may be older", staleLooks
	}
	return "", 0
}

// happened is when the failure must have happened, by the event: at its end or,
// if it names none, shortly before the event was sent.
func (n Notice) happened() time.Time {
	if n.EndedAt.IsZero() {
		return n.Emitted
	}
	return n.EndedAt
}

// lookAgain pauses for a minute, as often as the doubt is worth; false when
// that is used up. The failure on record stays what it is.
func (s Situation) lookAgain(why string, looks int) (Move, bool) {
	r := s.State.Record
	again := r.Pause.Reason == LookingAgain && r.Pause.Seen.Equal(s.Facts.LastModified)
	if again && s.Now.Before(r.Pause.Due) {
		return s.waitOn(r.Pause), true
	}
	visit := 1
	if again {
		visit = r.Pause.Visit + 1
	}
	if visit > looks || s.observedLongEnough(looks) {
		return Move{}, false
	}
	return s.pause(r, LookingAgain, WholeSecond(s.Now.Add(lookAgainAfter)), visit, why), true
}

// observedLongEnough tells whether a doubt about a later failure is as old as its
// looks would take: in Observe none of them is written down.
func (s Situation) observedLongEnough(looks int) bool {
	f := s.Facts
	return s.Mode == Observe && f.LastModified.After(s.State.Record.Failure.LastModified) &&
		s.Now.Sub(f.LastModified) > time.Duration(looks)*lookAgainAfter
}

// pause writes a wait without a unit into the record.
func (s Situation) pause(r Record, reason Reason, due time.Time, visit int, evidence string) Move {
	r.Pause = Pause{
		Reason: reason, Due: due, Visit: visit, Seen: s.Facts.LastModified, Notice: s.Notice.original(),
		Schedule: pauseName(s.Notice.Execution, s.Facts, reason, visit), Evidence: evidence,
	}
	r.Pause.Turns = s.turns()
	last := r.Decision
	move := s.writing(s.waitOn(r.Pause), r)
	if reason == LookingAgain && r.Kind != Unseen {
		move.Write.Decision = last // a doubt changes nothing about the failure on record
	}
	return move
}

// waitOn makes sure that a pause ends by its schedule.
func (s Situation) waitOn(p Pause) Move {
	d := s.decision(Wait, p.Reason, p.Evidence)
	d.Due, d.For = p.Due, p.For
	if d.Class == "" {
		d.Class = s.State.Record.Decision.Class
	}
	return Move{Decision: d, Then: Schedule, Wake: s.wake(p.Schedule, p.Due)}
}

// wake is the schedule for a wait. If the notice is that very schedule's, it
// fired early and has deleted itself: the next one needs another name.
func (s Situation) wake(wait string, due time.Time) Wake {
	again := 0
	if s.Notice.Door == DoorWake && s.Notice.Wake.Wait == wait {
		again = s.Notice.Wake.Again + 1
	}
	return Wake{Name: scheduleName(wait, again), Due: due, Wait: wait, Again: again}
}

// WholeSecond rounds up to the second, the finest that a schedule can say, so
// that no schedule fires before what it wakes is due.
func WholeSecond(t time.Time) time.Time {
	return t.Add(time.Second - 1).Truncate(time.Second).UTC()
}
