package retry

import (
	"fmt"
	"slices"
	"time"
)

// passage is what the breakers of its scopes let happen to a retry.
type passage struct {
	writes []Breaker
	probes bool          // the retry tells for others whether what they wait for is there
	opened string        // scope of a breaker that opens
	reason Reason        // "": it may go; else what it waits for
	line   Line          // to stand in meanwhile
	shift  time.Duration // by which its turns are put off
	why    string
}

// meets are the scopes that the retry of an unclaimed failure meets. One that is
// to be stopped meets only those that it has to answer to, as their probe.
func (s Situation) meets(d Decision) []Scope {
	scopes := s.Breakers.of(s.Facts.Cause)
	switch d.Verdict {
	case Retry:
		return append(scopes, s.Breakers.ofCalls(refusedForNow))
	case Wait:
		return scopes
	}
	return slices.DeleteFunc(scopes, func(scope Scope) bool { return !s.cameBack(scope.Key) })
}

const refusedForNow = "RetryPipelineExecution was refused for now"

// answers are the scopes that the retry before this new failure met.
func (s Situation) answers() []Scope {
	r := s.State.Record
	if !s.isNew() || !r.leftFailed() {
		return nil
	}
	return s.scopesOf(r.Claim.Scopes)
}

// helped are the breakers of those that this failure does not come of: whatever
// was short then, the retry had it.
func (s Situation) helped() []Breaker {
	var others []string
	for _, answered := range s.answers() {
		if !slices.ContainsFunc(anyBreaker.of(s.Facts.Cause), func(o Scope) bool { return o.Key == answered.Key }) {
			others = append(others, answered.Key)
		}
	}
	return s.succeeded(others)
}

// keysOf are the scopes that a claim answers to when its retry has failed or
// succeeded; the call answers for itself.
func keysOf(scopes []Scope) []string {
	var keys []string
	for _, scope := range scopes {
		if scope.Key != CallScope {
			keys = append(keys, scope.Key)
		}
	}
	return keys
}

// mustAskScopes are the scopes whose breakers are not known yet.
func (s Situation) mustAskScopes(scopes []Scope) []string {
	var missing []string
	for _, scope := range scopes {
		if _, known := s.State.Breakers[scope.Key]; !known {
			missing = append(missing, scope.Key)
		}
	}
	return missing
}

// pass meets the breakers of a retry that would be due then; one that is kept by
// something else does not probe. A failure that is met for the first time is a
// sighting, and where it was the probe's, its answer.
func (s Situation) pass(scopes []Scope, due time.Time, kept bool) passage {
	var p passage
	met := make([]Breaker, len(scopes))
	for i, scope := range scopes {
		met[i] = s.told(s.State.Breakers[scope.Key].asOf(s.Now), scope)
		if p.reason == "" {
			met[i] = p.wait(s, met[i], scope)
		}
	}
	for i, scope := range scopes {
		stood := s.State.Breakers[scope.Key]
		stood.Scope = scope.Key
		if p.reason == "" && !kept {
			met[i] = s.letEarly(s.takesProbe(met[i], scope, due))
		}
		p.note(s, stood, met[i], scope)
	}
	return p
}

// told is the breaker after what this failure tells it.
func (s Situation) told(b Breaker, scope Scope) Breaker {
	me := s.Notice.Execution.Key()
	b.Scope = scope.Key
	switch again := s.cameBack(scope.Key); {
	case again && b.IsOpen() && b.Probe == me:
		b = b.probeFailed(scope, s.Now)
	case scope.Key == CallScope: // its answer is the call's, not the failure's
	case !b.IsOpen() && b.Rate > 0 && (again || s.isNew() && s.lineMoves(b)):
		b = b.slowed(scope, s.Now)
	case s.isNew() && !b.IsOpen() && !b.saw(me):
		b = b.sighted(me, scope, s.Now)
	}
	if b.IsOpen() && b.Probe != "" && b.Probe != me && !s.Now.Before(b.Next) { // no news of it
		if b.Called && !s.isNew() {
			return b.closed()
		}
		b.Probe = ""
	}
	return b
}

// isNew tells whether the failure is met for the first time.
func (s Situation) isNew() bool {
	return s.Facts.failed() && identify(s.State.Record, s.Facts) == newFailure
}

// cameBack tells whether this is a new failure after a retry that met that scope.
func (s Situation) cameBack(scope string) bool {
	r := s.State.Record
	return s.isNew() && r.leftFailed() && slices.Contains(r.Claim.Scopes, scope)
}

// wait makes the retry wait where the breaker is open and another probes, or
// where others that waited before it are being let go.
func (p *passage) wait(s Situation, b Breaker, scope Scope) Breaker {
	line := Line{Key: BreakerLine(scope.Key), Every: max(s.Breakers.Every, time.Millisecond), First: s.Now, Last: s.expiry()}
	switch {
	case s.cameBack(scope.Key) && b.Probe == "" && !s.othersWait(b): // it backs off, and probes again
	case b.IsOpen() && b.Probe != s.Notice.Execution.Key() && (b.Probe != "" || s.Now.Before(b.Next) || s.othersProbe(b)):
		b, line.First = s.cameInVain(b), later(s.Now, b.Next)
		p.reason, p.why = scope.Reason, b.tells()
	case b.IsOpen() || b.Rate == 0 || s.State.Record.Kind == Claimed || scope.Key == CallScope: // an accepted call is the end of it
	case s.behind(line.Key):
		p.reason, p.why = scope.Reason, "those that have waited longer go first: "+scope.Why
	case b.easing() && s.thinnedOut(b) && !s.sweepLets(b):
		line.First = s.Now.Add(b.every(s.Breakers.Every))
		p.reason, p.why = scope.Reason, fmt.Sprintf("let go at %d %% of the rate until more have succeeded: %s", b.Rate, scope.Why)
	}
	if p.reason != "" {
		p.shift = b.Shift
		line.First, line.Last = line.First.Add(-b.Shift), line.Last.Add(-b.Shift)
		p.line = line
	}
	return b
}

// tells is the evidence of those that wait for an open breaker.
func (b Breaker) tells() string {
	probe := "the next probe may go at " + b.Next.UTC().Format(time.RFC3339)
	if b.Probe != "" {
		probe = b.Probe + " probes"
	}
	return fmt.Sprintf("%s since %s; %s", b.Why, b.Opened.UTC().Format(time.RFC3339), probe)
}

// othersWait tells whether anybody stood in the line before an open breaker.
func (s Situation) othersWait(b Breaker) bool {
	last, someone := s.State.Lines[BreakerLine(b.Scope)]
	return someone && last.Add(b.Shift).After(b.Opened)
}

// takesProbe makes it the probe of an open breaker that has none.
func (s Situation) takesProbe(b Breaker, scope Scope, due time.Time) Breaker {
	if b.IsOpen() && b.Probe == "" {
		return b.probedBy(s.Notice.Execution.Key(), scope.news(due))
	}
	return b
}

// note keeps what changed about a breaker.
func (p *passage) note(s Situation, stood, b Breaker, scope Scope) {
	if b.Probe == s.Notice.Execution.Key() && b.IsOpen() {
		p.probes = p.probes || s.othersWait(b) || len(b.Seen) > 1
	}
	if b.IsOpen() && !stood.IsOpen() && scope.Opens > 1 { // what is scarce is so every day
		p.opened = b.Scope
	}
	p.writes = s.writes(p.writes, stood, b)
}

// writes adds what changed about a breaker.
func (s Situation) writes(all []Breaker, stood, b Breaker) []Breaker {
	if b.same(stood) {
		return all
	}
	b.Rev, b.At = stood.Rev+1, s.Now.UTC()
	return append(all, b)
}

// same tells whether nothing about the breaker changed.
func (b Breaker) same(o Breaker) bool {
	return b.Opened.Equal(o.Opened) && b.Probe == o.Probe && b.Called == o.Called && b.Next.Equal(o.Next) &&
		b.Failed == o.Failed && b.Rate == o.Rate && b.Shift == o.Shift && b.Let.Equal(o.Let) && slices.Equal(b.Seen, o.Seen)
}

// expiry is when the failure is too old to be retried.
func (s Situation) expiry() time.Time { return s.ended().Add(s.ExpireAfter) }
