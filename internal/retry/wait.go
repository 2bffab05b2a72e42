package retry

import (
	"slices"
	"time"
)

// A waiting is why a retry that deserves to be made is not made yet.
type waiting struct {
	reason Reason
	forKey string        // what for: a Line's Key or a hold's Scope
	line   Line          // to stand in; the zero Line: until is known
	shift  time.Duration // by which turns in the line are put off
	until  time.Time     // without a line
	why    string
}

// held is the waiting for a hold that a person set. Those that it keeps come back
// one after the other.
func (s Situation) held() (waiting, bool) {
	hold, on := s.State.Holds.On(s.Notice.Execution, s.Facts.Cause.Class, s.Now)
	if !on {
		return waiting{}, false
	}
	line := Line{Key: "hold " + hold.Scope, Every: heldEvery, First: hold.Until, Last: s.expiry()}
	return waiting{reason: Held, forKey: hold.Scope, line: line, why: hold.evidence()}, true
}

// heldEvery is the time between two that come back from a hold: what a thousand of
// them ask of SageMaker is no more than a few calls a second.
const heldEvery = 2 * time.Second

// blocked is the waiting for what breakers say.
func (p passage) blocked() waiting {
	return waiting{reason: p.reason, forKey: p.line.Key, line: p.line, shift: p.shift, why: p.why}
}

// waitFor makes a record wait, in a line or until an instant. One that waits for
// the same thing already, and is only looked at early, goes on waiting.
func (s Situation) waitFor(r Record, w waiting, breakers []Breaker) Move {
	if p := s.State.Record.Pause; p.Reason == w.reason && p.For == w.forKey && s.Now.Before(p.Due) && p.Seen.Equal(s.Facts.LastModified) {
		if len(breakers) == 0 {
			return s.waitOn(p)
		}
		r.Pause = p
		return s.telling(s.writing(s.waitOn(p), r), breakers)
	}
	turn, has := s.turnIn(w.line.Key)
	switch {
	case w.line.Key == "":
		return s.telling(s.pauseUntil(r, w, WholeSecond(w.until), s.turns()), breakers)
	case has && ofBreaker(turn.Line): // it keeps its place
	case s.Turn.Line != w.line.Key:
		return Move{Then: StandInLine, Line: w.line}
	default:
		turn = s.Turn
	}
	return s.telling(s.pauseUntil(r, w, WholeSecond(s.turnDue(w, turn)), s.withTurn(turn)), breakers)
}

// telling completes a move by what the breakers are told.
func (s Situation) telling(m Move, breakers []Breaker) Move {
	m.Breakers = breakers
	return m
}

// turnDue is when a turn comes; where none is left in time, when it expires. One
// that others have overtaken by far comes as soon as anybody may.
func (s Situation) turnDue(w waiting, turn Turn) time.Time {
	if turn.None {
		return s.expiry().Add(time.Second)
	}
	jitter := time.Duration(Spread(s.Notice.Execution.Key()+turn.Line) * float64(min(w.line.Every, time.Minute)/2))
	return later(turn.At, w.line.First).Add(w.shift + jitter)
}

// withTurn are the turns that it has, with this one.
func (s Situation) withTurn(turn Turn) []Turn {
	turns := slices.DeleteFunc(slices.Clone(s.turns()), func(t Turn) bool { return t.Line == turn.Line })
	return append(turns, turn)
}

// pauseUntil writes a wait for something that others wait for too.
func (s Situation) pauseUntil(r Record, w waiting, due time.Time, turns []Turn) Move {
	visit := 1
	if p := s.State.Record.Pause; p.Seen.Equal(s.Facts.LastModified) {
		visit = p.Visit + 1 // whatever for: each wait has a schedule of its own
	}
	r.Pause = Pause{
		Reason: w.reason, Due: due, Visit: visit, Seen: s.Facts.LastModified, For: w.forKey, Turns: turns, Notice: s.Notice.original(),
		Schedule: pauseName(s.Notice.Execution, s.Facts, w.reason, visit), Evidence: w.why,
	}
	move := s.waitOn(r.Pause)
	move.Decision.Class = s.Facts.Cause.Class
	if r.Kind == Claimed {
		move.Decision.Retry, move.Decision.Rule, move.Decision.Message = r.Claim.Retry, r.Claim.Rule, r.Claim.Message
	}
	return s.writing(move, r)
}

// original is the notice without the delivery that brought it.
func (n Notice) original() Notice {
	n.Wake, n.Execution = Wake{}, ExecutionARN{}
	return n
}

// recalled is the notice of the sweep as the failure was first heard of, for
// whoever goes on with it.
func (n Notice) recalled(r Record) Notice {
	if n.Door != DoorSweep {
		return n
	}
	switch first := r.Pause.Notice; {
	case r.Pause.Reason != "" && first.EventID != "":
		n.EventID, n.Ended, n.EndedAt, n.Previous, n.Emitted = first.EventID, first.Ended, first.EndedAt, first.Previous, first.Emitted
	case r.Kind == Claimed:
		n.EventID = r.Claim.EventID
	}
	return n
}
