package retry

import (
	"testing"
	"time"
)

// What one failure tells a breaker: as its probe, as one that has failed of it
// after a retry, or as one more that is seen.
func TestToldGuards(t *testing.T) {
	me := arn.Key()
	again := recordOf(Retried, t0, t0)
	again.Claim.Scopes = []string{networkScope}
	elsewhere := recordOf(Retried, t0, t0)
	elsewhere.Claim.Scopes = []string{"class capacity"}
	later, overdue := now.Add(time.Hour), now.Add(-time.Second)
	probed := func(by string, next time.Time, called bool) Breaker {
		return Breaker{Opened: t0, Probe: by, Next: next, Called: called, Rate: 100}
	}
	seen := Breaker{Seen: []Sighting{{me, now.Add(-time.Minute)}}}
	tests := []struct {
		name   string
		record Record
		facts  Facts
		stood  Breaker
		open   bool
		probe  string
		failed int
		rate   int
		seen   int
	}{
		{"the probe failed", again, failedFacts(t1, t1), probed(me, later, true), true, "", 1, 25, 0},
		{"another probes", again, failedFacts(t1, t1), probed("another", later, true), true, "another", 0, 100, 0},
		{"the probe failed of something else", elsewhere, failedFacts(t1, t1), probed(me, later, true), true, me, 0, 100, 0},
		{"it has closed, and comes back", again, failedFacts(t1, t1), Breaker{Rate: 100}, false, "", 0, 50, 0},
		{"it has closed, a first failure", Record{}, failedFacts(t0, t0), Breaker{Rate: 100}, false, "", 0, 100, 1},
		{"seen for the first time", Record{}, failedFacts(t0, t0), Breaker{}, false, "", 0, 0, 1},
		{"seen before", Record{}, failedFacts(t0, t0), seen, false, "", 0, 0, 1},
		{"met again", recordOf(Parked, t0, t0), failedFacts(t0, t0), Breaker{}, false, "", 0, 0, 0},
		{"no news of a called probe, by one who waits", recordOf(Parked, t0, t0), failedFacts(t0, t0), probed("another", overdue, true), false, "", 0, 100, 0},
		{"no news of a called probe, by a new failure", Record{}, failedFacts(t0, t0), probed("another", overdue, true), true, "", 0, 100, 0},
		{"no news of a probe that was never called", recordOf(Parked, t0, t0), failedFacts(t0, t0), probed("another", overdue, false), true, "", 0, 100, 0},
		{"a probe that has time", recordOf(Parked, t0, t0), failedFacts(t0, t0), probed("another", later, true), true, "another", 0, 100, 0},
	}
	for _, test := range tests {
		s := kept(test.record, test.facts, test.stood)
		b := s.told(test.stood, s.Breakers.of(s.Facts.Cause)[0])
		if b.IsOpen() != test.open || b.Probe != test.probe || b.Failed != test.failed || b.Rate != test.rate || len(b.Seen) != test.seen {
			t.Errorf("%s: got open %t, probe %q, failed %d, rate %d, seen %d; want %t, %q, %d, %d, %d", test.name,
				b.IsOpen(), b.Probe, b.Failed, b.Rate, len(b.Seen), test.open, test.probe, test.failed, test.rate, test.seen)
		}
		if test.name == "seen before" && !b.Seen[0].At.Equal(now.Add(-time.Minute)) {
			t.Error("seen before: it counts from now on")
		}
	}
}

// Who waits before an open breaker, and who is let through.
func TestWhoWaitsBeforeABreaker(t *testing.T) {
	line := BreakerLine(networkScope)
	open := func(probe string, next time.Time) Breaker {
		return Breaker{Opened: t0, Probe: probe, Next: next, Rate: 50}
	}
	claimed := recordOf(Claimed, t0, t0)
	claimed.Claim.Scopes = []string{networkScope}
	turn := func(at time.Time) Record {
		r := recordOf(Parked, t0, t0)
		r.Pause = Pause{Reason: Held, For: line, Due: now, Seen: t0, Turns: []Turn{{Line: line, At: at}}}
		return r
	}
	tests := []struct {
		name   string
		record Record
		stood  Breaker
		last   time.Time // turn that was given last in its line; zero: none
		waits  bool
	}{
		{"closed", Record{}, Breaker{}, time.Time{}, false},
		{"it probes itself", Record{}, open(arn.Key(), now.Add(time.Hour)), time.Time{}, false},
		{"another probes", Record{}, open("another", now.Add(time.Hour)), time.Time{}, true},
		{"another probes, its own turn has come", turn(now), open("another", now.Add(time.Hour)), now.Add(time.Minute), true},
		{"nobody probes yet", Record{}, open("", now.Add(time.Minute)), time.Time{}, true},
		{"nobody probes", Record{}, open("", now), time.Time{}, false},
		{"nobody probes, others stand there", Record{}, open("", now), now.Add(time.Hour), true},
		{"its turn is to come", turn(now.Add(time.Minute)), open("", now), now.Add(time.Hour), true},
		{"closed, others are let go", Record{}, Breaker{Rate: 100}, now.Add(time.Hour), true},
		{"closed, a claim that was let through", claimed, Breaker{Rate: 100}, now.Add(time.Hour), false},
		{"closed, its turn has come", turn(now), Breaker{Rate: 100}, now.Add(time.Hour), false},
	}
	for _, test := range tests {
		s := kept(test.record, failedFacts(t0, t0), test.stood)
		if !test.last.IsZero() {
			s.State.Lines = map[string]time.Time{line: test.last}
		}
		var p passage
		test.stood.Scope = networkScope
		p.wait(s, test.stood, s.Breakers.of(s.Facts.Cause)[0])
		if waits := p.reason != ""; waits != test.waits {
			t.Errorf("%s: waits %t (%s), want %t", test.name, waits, p.why, test.waits)
		}
	}
}

// Of a breaker's own numbers.
func TestBreakerGuards(t *testing.T) {
	scope := Scope{First: time.Minute, Longest: 2 * time.Minute}
	if got := scope.news(now); !got.Equal(now.Add(2 * time.Minute)) {
		t.Errorf("news by %s, want no later than anybody backs off", got)
	}
	slow := Breaker{Rate: 100}.slowed(scope, now)
	if again := slow.slowed(scope, now.Add(time.Second)); slow.Rate != 50 || again.Rate != 50 {
		t.Errorf("two that fail together: rates %d, %d, want 50 twice", slow.Rate, again.Rate)
	}
	if got := (Breaker{Rate: 30}).slowed(scope, now); !got.IsOpen() {
		t.Errorf("a rate that cannot shrink any more: got %+v, want it open", got)
	}
	old := now.Add(-forgetAfter - time.Second)
	if got := (Breaker{Rev: 4, At: old, Rate: 50}).asOf(now); got.Rate != 0 || got.Rev != 4 {
		t.Errorf("met by nobody for a day: got %+v, want it forgotten but for its rev", got)
	}
	if got := (Breaker{Rev: 4, At: old, Rate: 50, Opened: old, Probe: "p", Next: now}).asOf(now); got.Rate != 50 {
		t.Errorf("probed by somebody: got %+v, want it remembered", got)
	}
	b := Breaker{Rate: 50, Let: now}
	if _, lets := b.letOne(time.Minute, now.Add(time.Second)); lets {
		t.Error("it lets two go where the rate allows one")
	}
}
