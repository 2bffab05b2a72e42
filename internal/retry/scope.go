package retry

import (
	"strings"
	"time"

	"mulligan/internal/cause"
)

// Scope is one thing that executions may fail of together.
type Scope struct {
	Key     string // of its Breaker in the ledger
	Reason  Reason // of those that wait for it: Scarce or Held
	Opens   int    // so many executions within Within open the breaker
	Within  time.Duration
	First   time.Duration // before the probe after the first that failed, doubled up to Longest
	Longest time.Duration
	Why     string // evidence, for people
}

// Breakers are a policy's settings for what many executions fail of alike.
type Breakers struct {
	Executions int           // that fail alike within Within open a breaker; 0: none opens
	Within     time.Duration // the window
	Scarce     bool          // whether something found scarce is taken to be scarce for everybody
	First      time.Duration // before the first probe
	Longest    time.Duration // before any
	Every      time.Duration // between two that are let go, at the least
}

// anyBreaker are the settings of whoever minds every scope.
var anyBreaker = Breakers{Executions: 1, Scarce: true}

// CallScope is the scope of RetryPipelineExecution itself: its quota of
// executions that run at once, and its rate.
const CallScope = "retry calls"

// BreakerLine is the key of the line before a breaker.
func BreakerLine(scope string) string { return "breaker " + scope }

// ofBreaker tells whether a line of that key is one before a breaker.
func ofBreaker(line string) bool { return strings.HasPrefix(line, BreakerLine("")) }

// ofCalls is the scope of the call itself.
func (b Breakers) ofCalls(why string) Scope {
	return Scope{Key: CallScope, Reason: Scarce, Opens: 1, Within: b.Within, First: b.First, Longest: b.Longest, Why: why}
}

// of are the scopes of a cause. What is scarce is so for everybody who asks for
// it; what else may pass only proves to be common when enough have failed of it.
func (b Breakers) of(c cause.Cause) []Scope {
	why := string(c.Class)
	if c.Evidence != "" {
		why += ": " + c.Evidence
	}
	scope := Scope{Reason: Held, Opens: b.Executions, Within: b.Within, First: b.First, Longest: b.Longest, Why: why}
	if c.Scarce != "" && b.Scarce && c.Label == cause.Transient {
		scope.Key, scope.Reason, scope.Opens = "scarce "+c.Scarce, Scarce, 1
		return []Scope{scope}
	}
	if b.Executions == 0 || c.Label == cause.Permanent {
		return nil
	}
	var scopes []Scope
	if c.Fingerprint != "" {
		scope.Key = "fingerprint " + c.Fingerprint
		scopes = append(scopes, scope)
	}
	if c.Class != cause.Unknown { // unknown causes have nothing in common but that
		scope.Key = "class " + string(c.Class)
		scopes = append(scopes, scope)
	}
	return scopes
}

// delay is how long after the n-th probe in a row that failed the next may go.
func (s Scope) delay(failed int) time.Duration {
	d := s.First
	for range failed {
		if d >= s.Longest {
			break
		}
		d *= 2
	}
	return min(d, s.Longest)
}
