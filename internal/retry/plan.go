package retry

import (
	"fmt"
	"time"
)

// Recall answers from the record alone, before SageMaker is asked: a failure
// that is settled ends here with one read; one that waits has its schedule made
// sure of. False: the way goes on.
func Recall(s Situation) (Move, bool) {
	r := s.State.Record
	switch {
	case s.Notice.Door == DoorSweep:
		return Move{}, false
	case s.Notice.Status != "":
		return s.recallEnd()
	case !r.knows(s.Notice), r.mayBeNext(s.Notice):
		return Move{}, false
	case r.done():
		return s.duplicate(), true
	case s.Mode != Enforce:
		return Move{}, false
	case r.Kind == Claimed && s.Now.Before(r.Claim.Due):
		return s.waitOnClaim(), true
	case r.waits() && s.Now.Before(r.Pause.Due):
		return s.waitOn(r.Pause), true
	default:
		return Move{}, false
	}
}

// recallEnd ends a notice of an end that is no failure, where nothing of ours
// can be settled by it.
func (s Situation) recallEnd() (Move, bool) {
	r := s.State.Record
	switch {
	case r.runs(), r.Kind == Claimed, r.Kind == Parked, r.Pause.Reason != "":
		return Move{}, false
	case r.Outcome.Result != "":
		return s.duplicate(), true
	default:
		return Move{Decision: s.decision(Ignore, NotFailed, "the execution ended "+s.Notice.Status+", and nothing of ours was to become of it")}, true
	}
}

// Plan decides what becomes of the failure. It is pure; in Mode Observe, what
// would have an effect is recorded as a stop instead. A doubt leaves the failure on
// record what it is, in that mode too: the next sweep looks again.
func Plan(s Situation) Move {
	if s.Mode == ModeOff {
		return s.leave()
	}
	move := s.plan()
	if s.Mode != Observe || move.Decision.Verdict == Ignore || move.Decision.settles() || move.asks() {
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
	observed.Breaker = "" // none was opened
	if move.Decision.Reason == LookingAgain && r.Kind != Unseen {
		return Move{Decision: observed}
	}
	return s.closing(r, observed)
}

// leave does nothing, and ends what waits: nobody would bring it back.
func (s Situation) leave() Move {
	off := Decision{Verdict: Ignore, Reason: Off, Evidence: offByPolicy}
	switch r := s.State.Record; r.Kind {
	case Claimed:
		if missing := s.mustAskScopes(s.scopesOf(r.Claim.Scopes)); len(missing) > 0 {
			return Move{Then: AskScopes, Scopes: missing} // to hand a probe back
		}
		return s.giveUp(r, off)
	case Parked:
		return s.closing(r.withAlias(s.Notice), s.ruled(off))
	default:
		move := Move{Decision: s.ruled(off)}
		if r.Pause.Reason == "" && r.Watch.IsZero() {
			return move
		}
		r.Pause, r.Watch = Pause{}, time.Time{}
		return s.noting(move, r)
	}
}

const offByPolicy = "the policy's mode for this pipeline is off"

// asks tells whether the move only asks for more.
func (m Move) asks() bool { return m.Then >= LookCloser }

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
		return s.gotOn()
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

// gotOn deals with an execution that is not Failed any more.
func (s Situation) gotOn() Move {
	r := s.State.Record
	if r.runs() {
		if move, ended := s.settleOutcome(); ended {
			return move
		}
		if s.Notice.Door == DoorSweep {
			return s.watchOn()
		}
	}
	switch {
	case r.done() && (r.knows(s.Notice) || r.endedWith(s.Notice) || r.Outcome.Result != ""):
		return s.done()
	case r.done() && (s.Notice.Status != "" || s.Notice.Door == DoorSweep):
		return s.unpaused(Move{Decision: s.decision(Ignore, NotFailed, "the execution is "+s.Facts.Status)})
	}
	if missing := s.mustAskScopes(s.scopesOf(r.Claim.Scopes)); r.Kind == Claimed && len(missing) > 0 {
		return Move{Then: AskScopes, Scopes: missing}
	}
	return s.supersede()
}

// supersede steps back: somebody moved the execution on. What was claimed stays
// spent. A record that already knows how the execution left Failed keeps the
// better word for it.
func (s Situation) supersede() Move {
	r := s.State.Record.withAlias(s.Notice)
	move := s.close(r, Ignore, Superseded, s.whoMoved())
	move.Write.Kind = MovedOn
	move.Breakers = s.handBack(r.Claim)
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
		return s.done()
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
	case r.runs() && s.Notice.Door == DoorSweep && !s.Now.Before(r.Watch):
		return s.startAgain()
	case r.done():
		return s.done()
	case r.Kind == Claimed:
		return s.rollForward(r)
	case r.Kind == Parked && s.Now.Before(r.Pause.Due) && s.Notice.Door != DoorSweep:
		return s.waitOn(r.Pause)
	default:
		return s.judge()
	}
}
