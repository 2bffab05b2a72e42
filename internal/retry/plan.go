package retry

import (
	"fmt"
	"maps"
	"time"
)

// Recall answers from the record alone, before SageMaker is asked: a failure
// that is settled ends here with one read; one that waits has its schedule made
// sure of. False: the way goes on.
func Recall(s Situation) (Move, bool) {
	r := s.State.Record
	switch {
	case !r.knows(s.Notice), r.mayBeNext(s.Notice):
		return Move{}, false
	case r.done():
		return s.duplicate(), true
	case s.Mode != Enforce:
		return Move{}, false
	case r.Kind == Claimed && s.Now.Before(r.Claim.Due):
		return s.waitOnClaim(), true
	case r.Kind == Parked && s.Now.Before(r.Pause.Due):
		return s.waitOn(r.Pause), true
	default:
		return Move{}, false
	}
}

// Plan decides what becomes of the failure. It is pure; in Mode Observe, what
// would have an effect is recorded as a stop instead.
func Plan(s Situation) Move {
	if s.Mode == ModeOff {
		return s.leave()
	}
	move := s.plan()
	if s.Mode != Observe || move.Decision.Verdict == Ignore || move.asks() {
		return move
	}
	would := fmt.Sprintf("would be %s, %s: %s", move.Decision.Verdict, move.Decision.Reason, move.Decision.Evidence)
	r := s.State.Record
	if move.Write != nil {
		r = *move.Write
		r.Used, r.Careful, r.Claim = s.State.Record.Used, s.State.Record.Careful, s.State.Record.Claim
		r.Granted = s.State.Record.Granted
	}
	observed := move.Decision
	observed.Verdict, observed.Reason, observed.Evidence, observed.Due, observed.Retry = Stop, Observing, would, time.Time{}, 0
	return s.closing(r, observed)
}

// leave does nothing, and ends what waits: nobody would bring it back.
func (s Situation) leave() Move {
	off := Decision{Verdict: Ignore, Reason: Off, Evidence: offByPolicy}
	switch r := s.State.Record; r.Kind {
	case Claimed:
		return s.giveUp(r, off)
	case Parked:
		return s.closing(r.withAlias(s.Notice), s.ruled(off))
	default:
		return Move{Decision: s.ruled(off)}
	}
}

const offByPolicy = "the policy's mode for this pipeline is off"

// asks tells whether the move only asks for more facts.
func (m Move) asks() bool { return m.Then == LookCloser || m.Then == AskNewer }

func (s Situation) plan() Move {
	if s.Facts.Gone {
		return s.close(s.meet(), Stop, CannotRetry, "SageMaker knows no such execution: "+s.Facts.Detail)
	}
	if why, looks := s.doubt(); why != "" {
		if move, ok := s.lookAgain(why, looks); ok {
			return move
		}
	}
	if !s.Facts.failed() {
		if r := s.State.Record; r.done() && r.knows(s.Notice) {
			return s.duplicate()
		}
		return s.supersede()
	}
	if s.Facts.LastModified.Before(s.State.Record.Failure.LastModified) {
		return s.believeRecord()
	}
	switch identify(s.State.Record, s.Facts) {
	case sameFailure:
		return s.resume(s.State.Record)
	case unsure:
		return s.adopt()
	default:
		return s.judge()
	}
}

// supersede steps back: somebody moved the execution on. What was claimed stays
// spent. A record that already knows how the execution left Failed keeps the
// better word for it.
func (s Situation) supersede() Move {
	r := s.State.Record.withAlias(s.Notice)
	move := s.close(r, Ignore, Superseded, s.whoMoved())
	move.Write.Kind = MovedOn
	if r.leftFailed() {
		move.Write.Kind, move.Write.Decision = r.Kind, r.Decision
	}
	return move
}

// whoMoved says what is known of who moved the execution on. It cannot have been
// us before a claim of ours was due.
func (s Situation) whoMoved() string {
	r := s.State.Record
	if r.Kind == Claimed && (r.Claim.Ordinal > 1 || !s.Facts.LastModified.Before(r.Claim.Due)) {
		return "the execution is " + s.Facts.Status + ": somebody moved it on, or a call of ours whose answer was lost"
	}
	return "the execution is " + s.Facts.Status + ": somebody else moved it on"
}

// believeRecord ends a doubt in which Describe stays behind the ledger: the
// failure that the record has dealt with cannot come back.
func (s Situation) believeRecord() Move {
	if s.State.Record.done() {
		return s.duplicate()
	}
	return s.close(s.State.Record.withAlias(s.Notice), Stop, CannotRetry,
		"SageMaker's answers stay older than the record")
}

// adopt ends the doubt whether a later LastModifiedTime without a later round
// is a new failure. What has surely not been called since takes the new time. A
// claim that is or ever was due may have been called: it is spent, the failure
// judged anew.
func (s Situation) adopt() Move {
	r := s.State.Record
	called := r.Kind == Claimed && s.wasDue()
	if called || r.Kind == Parked {
		return s.judge()
	}
	last := r.Decision
	move := s.duplicate()
	if r.Kind == Claimed {
		move = s.waitOnClaim()
	}
	r = r.withAlias(s.Notice)
	r.Failure.LastModified, r.Pause = s.Facts.LastModified, Pause{}
	move = s.writing(move, r)
	move.Write.Decision = last
	return move
}

// resume goes on with the failure on record.
func (s Situation) resume(r Record) Move {
	switch {
	case r.done():
		return s.duplicate()
	case r.Kind == Claimed:
		return s.rollForward(r)
	case r.Kind == Parked && s.Now.Before(r.Pause.Due):
		return s.waitOn(r.Pause)
	default:
		return s.judge()
	}
}

// judge asks the policy about a failure that nothing was decided on yet.
func (s Situation) judge() Move {
	if jobs := s.Facts.unlooked(); len(jobs) > 0 {
		return Move{Then: LookCloser, Jobs: jobs}
	}
	c := s.Case()
	d := s.Policy.Decide(c)
	switch {
	case d.Verdict == Stop:
		return s.closing(s.meet(), s.ruled(d))
	case d.Reason == SharedBudgetEmpty:
		return s.park(s.ruled(d), c.Visit)
	case s.mustAskNewer():
		return Move{Then: AskNewer}
	case s.superseded():
		return s.closing(s.meet(), s.ruled(s.supersession()))
	default:
		return s.claim(c, d)
	}
}

// claim takes one unit for this failure. A claim of an older failure that is
// still open is spent by the same write.
func (s Situation) claim(c Case, d Decision) Move {
	r := s.meet()
	due := s.Now.UTC()
	if d.Verdict == Wait {
		due = d.Due
	}
	r.Kind, r.Used, r.Pause = Claimed, r.Used+1, Pause{}
	if d.Careful {
		r.Careful++
	}
	r.Granted = granting(r.Granted, d.Rule)
	r.Claim = Claim{
		EventID: s.Notice.EventID, Retry: c.Retry, Ordinal: 1, Token: c.Token, Due: due,
		Parallelism: d.Parallelism, Rule: d.Rule, Message: d.Message, Cause: s.Facts.Cause,
	}
	full := s.ruled(d)
	full.Retry = c.Retry
	move := Move{Decision: full, Takes: s.Policy.Budgets(s.Notice.Execution), Then: Call}
	if d.Verdict == Wait {
		move.Then, move.Wake = Schedule, s.wake(c.Token, due)
	}
	return s.writing(move, r)
}

// granting counts one more unit of a rule, in a copy.
func granting(granted map[string]int, rule string) map[string]int {
	if rule == "" {
		return granted
	}
	counted := make(map[string]int, len(granted)+1)
	maps.Copy(counted, granted)
	counted[rule]++
	return counted
}
