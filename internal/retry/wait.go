package retry

import (
	"slices"
	"time"
)

// A waiting is why a retry that deserves to be made is not made yet.
type waiting struct {
	reason Reason
	forKey string    // what for: a Line's Key or a hold's Scope
	line   Line      // to stand in; the zero Line: until is known
	until  time.Time // without a line
	why    string
}

// held is the waiting for a hold that a person set.
func (s Situation) held() (waiting, bool) {
	hold, on := s.State.Holds.On(s.Notice.Execution, s.Facts.Cause.Class, s.Now)
	if !on {
		return waiting{}, false
	}
	// Spread, so that not all of them come back in the second in which it ends.
	spread := time.Duration(Spread(s.Notice.Execution.Key()+hold.Scope) * float64(heldSpread))
	return waiting{reason: Held, forKey: hold.Scope, until: hold.Until.Add(spread), why: hold.evidence()}, true
}

// heldSpread is the span over which those come back that a hold kept.
const heldSpread = time.Minute

// blocked is the waiting for what breakers say.
func (p passage) blocked() waiting {
	return waiting{reason: p.reason, forKey: p.line.Key, line: p.line, why: p.why}
}

// waitFor makes a record wait, in a line or until an instant. One that waits for
// the same thing already, and is only looked at early, goes on waiting.
func (s Situation) waitFor(r Record, w waiting, breakers []Breaker) Move {
	p := s.State.Record.Pause
	if p.Reason == w.reason && p.For == w.forKey && s.Now.Before(p.Due) && p.Seen.Equal(s.Facts.LastModified) && len(breakers) == 0 {
		return s.waitOn(p)
	}
	due, lines := w.until, s.stood()
	if w.line.Key != "" {
		if s.Turn.Line != w.line.Key {
			return Move{Then: StandInLine, Line: w.line}
		}
		due, lines = s.turnDue(w.line), s.inLine(w.line.Key)
	}
	move := s.pauseUntil(r, w, WholeSecond(due), lines)
	move.Breakers = breakers
	return move
}

// turnDue is when its turn comes; where none is left in time, when it expires.
func (s Situation) turnDue(l Line) time.Time {
	if s.Turn.None {
		return s.expiry().Add(time.Second)
	}
	jitter := time.Duration(Spread(s.Notice.Execution.Key()+l.Key) * float64(min(l.Every, time.Minute)))
	return s.Turn.At.Add(jitter)
}

// inLine are the lines that it stands in, the one just joined last.
func (s Situation) inLine(key string) []string {
	lines := slices.DeleteFunc(slices.Clone(s.stood()), func(stood string) bool { return stood == key })
	if s.Turn.None {
		return lines
	}
	return append(lines, key)
}

// pauseUntil writes a wait for something that others wait for too.
func (s Situation) pauseUntil(r Record, w waiting, due time.Time, lines []string) Move {
	visit := 1
	if p := s.State.Record.Pause; p.Seen.Equal(s.Facts.LastModified) {
		visit = p.Visit + 1 // whatever for: each wait has a schedule of its own
	}
	r.Pause = Pause{
		Reason: w.reason, Due: due, Visit: visit, Seen: s.Facts.LastModified, For: w.forKey, Lines: lines, Notice: s.Notice.original(),
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
