package retry

import (
	"fmt"
	"time"
)

// The few shapes that every move has.

// meet is the record with the failure that SageMaker shows as the one on record.
func (s Situation) meet() Record {
	r := s.State.Record.withAlias(s.Notice)
	if !s.Facts.Gone {
		r.Mark, r.Repeats = s.Facts.mark(), s.repeats()
		r.Failure = Failure{LastModified: s.Facts.LastModified, Round: s.Facts.Round, Ended: s.ended()}
	}
	return r
}

// close ends the failure on record with a reason.
func (s Situation) close(r Record, verdict Verdict, reason Reason, evidence string) Move {
	r.Kind, r.Pause = Closed, Pause{}
	return s.writing(Move{Decision: s.decision(verdict, reason, evidence)}, r)
}

// duplicate ends a notice whose failure is done with.
func (s Situation) duplicate() Move {
	last := s.State.Record.Decision
	d := s.decision(Ignore, Duplicate, fmt.Sprintf("already decided: %s, %s", last.Verdict, last.Reason))
	d.Class, d.Retry = last.Class, last.Retry
	return Move{Decision: d}
}

// done is the duplicate that ends a notice whose failure is done with.
func (s Situation) done() Move { return s.unpaused(s.duplicate()) }

// unpaused ends with the notice a doubt that is left of it: nobody has to look at
// it again.
func (s Situation) unpaused(m Move) Move {
	r := s.State.Record
	if r.Pause.Reason == "" {
		return m
	}
	r.Pause = Pause{}
	return s.noting(m, r)
}

// noting writes a record on which nothing was decided anew.
func (s Situation) noting(m Move, r Record) Move {
	last := r.Decision
	m = s.writing(m, r)
	m.Write.Decision = last
	return m
}

// waitOnClaim leaves a claim that is not due, its schedule made sure of. A claim
// that was to be called at once is not due only by the clock of another host.
func (s Situation) waitOnClaim() Move {
	r := s.State.Record
	d := s.decision(Wait, BackingOff, r.Decision.Evidence)
	if r.Decision.Verdict == Wait {
		d.Reason = r.Decision.Reason
	}
	d.Class, d.Retry, d.Due = r.Decision.Class, r.Claim.Retry, r.Claim.Due
	return Move{Decision: d, Then: Schedule, Wake: s.wake(r.Claim.Token, r.Claim.Due)}
}

// writing completes a move with the record that it writes.
func (s Situation) writing(m Move, r Record) Move {
	if !r.Failure.LastModified.Equal(s.State.Record.Failure.LastModified) {
		s.failedAnew(&m)
		r.Outcome, r.Watch = Outcome{}, time.Time{}
	}
	r.Rev, r.Decision, r.Updated = s.State.Record.Rev+1, m.Decision, s.Now.UTC()
	m.Write = &r
	return m
}

func (s Situation) decision(v Verdict, reason Reason, evidence string) Decision {
	return Decision{
		Verdict: v, Reason: reason, Class: s.Facts.Cause.Class, Evidence: evidence,
		Execution: s.Notice.Execution.String(), Pipeline: s.Notice.Execution.Pipeline,
		Policy: s.Version, Problem: s.Problem,
	}
}

// ruled is what the policy decided, as the decision of this situation.
func (s Situation) ruled(d Decision) Decision {
	full := s.decision(d.Verdict, d.Reason, d.Evidence+s.Facts.untold())
	full.Rule, full.Message, full.Careful, full.Parallelism, full.Due = d.Rule, d.Message, d.Careful, d.Parallelism, d.Due
	return full
}

// closing ends the failure on record with a decision.
func (s Situation) closing(r Record, d Decision) Move {
	r.Kind, r.Pause = Closed, Pause{}
	return s.writing(Move{Decision: d}, r)
}

// park waits without a unit for what others wait for too.
func (s Situation) park(d Decision, w waiting, breakers []Breaker) Move {
	r := s.meet()
	r.Kind = Parked
	move := s.waitFor(r, w, breakers)
	if move.Write == nil {
		return move
	}
	move.Decision.Rule, move.Decision.Message = d.Rule, d.Message
	move.Decision.Evidence += s.Facts.untold()
	move.Write.Decision = move.Decision
	return move
}

// repeats counts how often in a row the failure that is there came back after a
// retry, ours or a person's.
func (s Situation) repeats() int {
	r, mark := s.State.Record, s.Facts.mark()
	switch {
	case mark == "" || mark != r.Mark:
		return 0
	case identify(r, s.Facts) == newFailure:
		return r.Repeats + 1
	default:
		return r.Repeats
	}
}
