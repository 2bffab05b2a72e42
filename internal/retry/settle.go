package retry

import "fmt"

// Answer is what SageMaker said to RetryPipelineExecution. Anything that is not
// one of these (a time-out, a 5xx, a broken connection) is an error: the call
// may have taken effect, and the same token is sent again or never.
type Answer struct {
	Kind   AnswerKind
	Detail string // the error code and message, bounded
}

// AnswerKind sorts answers by what they allow next.
type AnswerKind int

// The kinds of answer.
const (
	Accepted    AnswerKind = iota
	Refused                // ResourceLimitExceeded or a definite throttle: nothing happened, try later
	WrongStatus            // ConflictException or a validation error: Describe tells what it means
	NoSuchRetry            // the execution is gone
)

// maxConflicts is how often a call may be refused for a status that Describe
// does not show: an execution between two steps answers so for a moment.
const maxConflicts = 3

// AfterCall decides what an answer makes of the claim that was called. called
// is the record that the call was made from; s.State is what stands now, which
// another delivery may have moved on; s.Facts is the look after a WrongStatus.
func AfterCall(s Situation, called Record, a Answer) Move {
	r := s.State.Record
	if !r.sameClaim(called) || r.Kind == Retried {
		return Move{Decision: s.calledFor(called, a)}
	}
	if a.Kind == Accepted {
		r.Kind, r.Pause, r.Outcome, r.Watch = Retried, Pause{}, Outcome{}, s.Now.UTC().Add(firstWatch)
		move := s.writing(Move{Decision: s.calledFor(called, a)}, r)
		move.Breakers = s.accepted(r.Claim)
		return move
	}
	if r.Kind != Claimed || r.Claim.Ordinal != called.Claim.Ordinal {
		return Move{Decision: s.calledFor(called, a)}
	}
	switch {
	case a.Kind == NoSuchRetry || s.Facts.Gone:
		return s.close(r, Stop, CannotRetry, a.Detail)
	case a.Kind == WrongStatus && s.movedOn():
		return s.supersede()
	case a.Kind == WrongStatus && r.Claim.Conflicts+1 > maxConflicts:
		return s.close(r, Stop, CannotRetry,
			fmt.Sprintf("refused %d times although the execution is Failed: %s", r.Claim.Conflicts+1, a.Detail))
	default:
		return s.nextOrdinal(r, a)
	}
}

// movedOn tells whether the look after a WrongStatus shows that somebody moved the
// execution on. One that is older than the failure on record shows the time before it.
func (s Situation) movedOn() bool {
	return !s.Facts.failed() && !s.Facts.LastModified.Before(s.State.Record.Failure.LastModified)
}

// nextOrdinal keeps the claim and its unit, and moves on to the next due time,
// schedule name and token.
func (s Situation) nextOrdinal(r Record, a Answer) Move {
	s = s.asGranted(r.Claim)
	r.Claim.Ordinal++
	if a.Kind == WrongStatus {
		r.Claim.Conflicts++
	}
	r.Claim.Token = NewToken(r.Claim.EventID, s.Notice.Execution, r.Failure.Round, r.Claim.Retry, r.Claim.Ordinal)
	c := s.claimed()
	c.Token = r.Claim.Token
	r.Claim.Due = s.Policy.Defer(c, r.Claim.Ordinal)
	d := s.decision(Wait, RefusedForNow, a.Detail)
	d.Retry, d.Due, d.Rule, d.Message = r.Claim.Retry, r.Claim.Due, r.Claim.Rule, r.Claim.Message
	r.Pause = Pause{}
	move := s.writing(Move{Decision: d, Then: Schedule, Wake: s.wake(r.Claim.Token, r.Claim.Due)}, r)
	move.Breakers = s.deferred(r.Claim, a)
	return move
}

// accepted are the breakers after a call that was accepted: that of the calls has
// its answer, the others wait for what becomes of the retry.
func (s Situation) accepted(c Claim) []Breaker {
	return append(s.succeeded([]string{CallScope}), s.probing(c, func(b Breaker) Breaker {
		b.Called, b.Next = true, s.scope(b.Scope).news(s.Now).UTC()
		return b
	})...)
}

// deferred are the breakers after a call that is put off: a refusal for now opens
// that of the calls with this execution as its probe, unless another one probes.
func (s Situation) deferred(c Claim, a Answer) []Breaker {
	writes := s.probing(c, func(b Breaker) Breaker {
		b.Next = s.scope(b.Scope).news(c.Due).UTC()
		return b
	})
	stood, me := s.State.Breakers[CallScope], s.Notice.Execution.Key()
	if a.Kind != Refused || stood.IsOpen() && stood.Probe != me {
		return writes
	}
	calls := s.Breakers.ofCalls(refusedForNow + ": " + a.Detail)
	b := stood.asOf(s.Now)
	if b.IsOpen() {
		b = b.probeFailed(calls, s.Now)
	} else {
		b = b.opened(calls, s.Now)
	}
	b = b.probedBy(me, calls.news(c.Due))
	b.Scope = CallScope
	return s.writes(writes, stood, b)
}

// scope is the scope of that key, as far as a breaker's times depend on it.
func (s Situation) scope(key string) Scope {
	return Scope{Key: key, First: s.Breakers.First, Longest: s.Breakers.Longest}
}

// handBack are the breakers after a claim that is given up: somebody else is to
// probe.
func (s Situation) handBack(c Claim) []Breaker {
	return s.probing(c, func(b Breaker) Breaker {
		b.Probe, b.Called, b.Next = "", false, s.Now.UTC()
		return b
	})
}

// probing changes the breakers whose probe the claim is, as far as they are known.
func (s Situation) probing(c Claim, change func(Breaker) Breaker) []Breaker {
	var writes []Breaker
	for _, key := range c.Scopes {
		stood, known := s.State.Breakers[key]
		if !known || !stood.IsOpen() || stood.Probe != s.Notice.Execution.Key() {
			continue
		}
		stood.Scope = key
		writes = s.writes(writes, stood, change(stood))
	}
	return writes
}

// calledFor is the decision of a call whose claim needs no further write.
func (s Situation) calledFor(called Record, a Answer) Decision {
	if a.Kind != Accepted {
		return s.duplicate().Decision
	}
	d := s.asGranted(called.Claim).decision(Retry, Retryable, called.Decision.Evidence)
	if called.Decision.Reason == Probing {
		d.Reason = Probing
	}
	d.Retry, d.Rule, d.Message = called.Claim.Retry, called.Claim.Rule, called.Claim.Message
	d.Parallelism = called.Claim.Parallelism
	d.Outcome, d.Breaker = called.Decision.Outcome, called.Decision.Breaker
	return d
}
