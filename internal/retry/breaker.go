package retry

import (
	"slices"
	"time"
)

// Breaker is what the ledger remembers of one scope: something that many
// executions fail of alike, such as an instance type that is scarce. While it is
// open one execution probes and the others wait; when the probe succeeds they are
// let go, the oldest first, at a bounded rate that grows with every success.
type Breaker struct {
	Scope  string        `json:"scope"`
	Rev    int           `json:"rev"`             // writes so far; every write is fenced on it
	Seen   []Sighting    `json:"seen,omitempty"`  // lately, one for each execution, the oldest first
	Opened time.Time     `json:"opened"`          // zero: closed
	Why    string        `json:"why,omitempty"`   // of the failure that opened it
	Probe  string        `json:"probe"`           // Key of the execution that probes; "" if none does
	Called bool          `json:"called"`          // the probe's retry was accepted
	Next   time.Time     `json:"next"`            // open: when the next may probe, the one that does being given up
	Failed int           `json:"failed"`          // probes that failed in a row
	Rate   int           `json:"rate"`            // percent of the rate of the account's budget at which it lets go; 0: it never opened
	Shift  time.Duration `json:"shift,omitempty"` // by which all turns in its line are put off
	Slowed time.Time     `json:"slowed"`          // when a failure shrank the rate
	Let    time.Time     `json:"let"`             // how far the sweep has let go of those whose turn had not come
	At     time.Time     `json:"at"`              // of the last write
}

// Sighting is one execution that failed in the scope.
type Sighting struct {
	Execution string    `json:"execution"` // its Key
	At        time.Time `json:"at"`
}

// The rate shrinks by half with every probe that fails and grows by a tenth of
// the whole with every retry that succeeds ("additive increase, multiplicative
// decrease", as in TCP).
const (
	fullRate   = 100
	leastRate  = 20
	rateGrowth = 10
)

// forgetAfter is how long a breaker that nobody meets is remembered.
const forgetAfter = 24 * time.Hour

// asOf is the breaker without what is too old to count.
func (b Breaker) asOf(now time.Time) Breaker {
	idle := !b.IsOpen() || b.Probe == "" && now.Sub(b.Next) > forgetAfter
	if idle && !b.At.IsZero() && now.Sub(b.At) > forgetAfter {
		return Breaker{Scope: b.Scope, Rev: b.Rev, At: b.At}
	}
	return b
}

// probePatience is how long a probe may stay without news. What is scarce fails
// within seconds or minutes, jobs that have got it run for hours: a called probe
// that has not failed by then has succeeded.
const probePatience = 15 * time.Minute

// callPatience is the same for the call itself, whose answer is the news: longer
// than an invocation of the function lives.
const callPatience = time.Minute

// news is by when a probe of the scope that is called then has told whether it
// helped: no later than anybody backs off at the longest.
func (s Scope) news(called time.Time) time.Time {
	if s.Key == CallScope {
		return called.Add(callPatience)
	}
	return called.Add(min(probePatience, max(s.Longest, callPatience)))
}

// IsOpen tells whether all but the probe wait.
func (b Breaker) IsOpen() bool { return !b.Opened.IsZero() }

// easing tells whether it was open and has not seen enough successes since.
func (b Breaker) easing() bool { return b.Rate > 0 && b.Rate < fullRate }

// sighted adds an execution to those that failed lately. It opens when there are
// enough of them, and whoever goes next is its probe.
func (b Breaker) sighted(who string, s Scope, now time.Time) Breaker {
	kept := make([]Sighting, 0, len(b.Seen)+1)
	for _, seen := range b.Seen {
		if seen.Execution != who && now.Sub(seen.At) < s.Within {
			kept = append(kept, seen)
		}
	}
	b.Seen = append(kept, Sighting{who, now.UTC()})
	if len(b.Seen) >= s.Opens {
		b = b.opened(s, now)
	}
	return b
}

// opened has all but one wait from now on.
func (b Breaker) opened(s Scope, now time.Time) Breaker {
	b.Opened, b.Why, b.Probe, b.Called, b.Next = now.UTC(), s.Why, "", false, now.UTC()
	b.Rate = openRate(b.Rate)
	return b
}

// openRate is the rate that a breaker opens with.
func openRate(rate int) int {
	if rate == 0 || rate == fullRate {
		return fullRate / 2
	}
	return rate
}

// saw tells whether the execution is among those that failed lately.
func (b Breaker) saw(who string) bool {
	return slices.ContainsFunc(b.Seen, func(s Sighting) bool { return s.Execution == who })
}

// probedBy gives the probe to an execution.
func (b Breaker) probedBy(who string, news time.Time) Breaker {
	b.Probe, b.Called, b.Next = who, false, news.UTC()
	return b
}

// probeFailed takes the probe back, and waits for the next one longer each time.
// A closed breaker opens again.
func (b Breaker) probeFailed(s Scope, now time.Time) Breaker {
	if !b.IsOpen() {
		b.Opened, b.Why = now.UTC(), s.Why
	}
	b.Next = WholeSecond(now.Add(s.delay(b.Failed)))
	b.Probe, b.Called, b.Failed = "", false, b.Failed+1
	b.Rate = max(openRate(b.Rate)/2, leastRate)
	return b
}

// early brings the line forward by what the news came sooner than they were
// waited for.
func (b Breaker) early(now time.Time) Breaker {
	if sooner := b.Next.Sub(now); sooner > 0 {
		b.Shift -= sooner.Truncate(time.Millisecond)
	}
	return b
}

// closed lets go of those that wait.
func (b Breaker) closed() Breaker {
	b.Opened, b.Why, b.Probe, b.Called, b.Next, b.Failed, b.Seen = time.Time{}, "", "", false, time.Time{}, 0, nil
	return b
}

// eased grows the rate by one success.
func (b Breaker) eased() Breaker {
	if b.easing() {
		b.Rate = min(b.Rate+rateGrowth, fullRate)
	}
	return b
}

// slowed shrinks the rate of a breaker that lets go, for one more that failed of the
// same: once for those that fail together. Where it cannot shrink any more it opens.
func (b Breaker) slowed(s Scope, now time.Time) Breaker {
	switch {
	case now.Sub(b.Slowed) < min(s.First, time.Minute):
		return b
	case b.Rate/2 < leastRate:
		return b.probeFailed(s, now)
	}
	b.Rate, b.Slowed = b.Rate/2, now.UTC()
	return b
}

// every is the time between two that are let go.
func (b Breaker) every(fastest time.Duration) time.Duration {
	return (max(fastest, time.Millisecond) * fullRate / time.Duration(max(b.Rate, leastRate))).Round(time.Millisecond)
}

// letOne lets one go before its turn, as often as the rate allows since it did so
// last, and for no more than the time between two sweeps; false: not yet.
func (b Breaker) letOne(fastest time.Duration, now time.Time) (Breaker, bool) {
	next := later(b.Let, now.Add(-betweenSweeps)).Add(b.every(fastest))
	if b.IsOpen() || next.After(now) {
		return b, false
	}
	b.Let = next.UTC()
	return b, true
}

// betweenSweeps is the rate at which the sweeper is invoked (template.yaml).
const betweenSweeps = 5 * time.Minute
