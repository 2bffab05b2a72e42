package retry

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"
)

// The probe of others writes down that it probes before it calls; who is in
// nobody's way calls at once.
func TestProbeIsWrittenFirst(t *testing.T) {
	claimed := recordOf(Claimed, t0, t0)
	claimed.Claim.Scopes = []string{networkScope}
	for name, test := range map[string]struct {
		breaker Breaker
		writes  int
	}{
		"no breaker":        {Breaker{}, 0},
		"nobody probes yet": {Breaker{Opened: t0, Next: t0, Rate: 50}, 1},
	} {
		got := planned(kept(claimed, failedFacts(t0, t0), test.breaker))
		if got.Then != Call || len(got.Breakers) != test.writes || (got.Write != nil) != (test.writes > 0) {
			t.Errorf("%s: then %d, wrote %+v and the breakers %+v; want the call after %d breakers", name, got.Then, got.Write, got.Breakers, test.writes)
		}
		for _, b := range got.Breakers {
			if b.Probe != arn.Key() {
				t.Errorf("%s: %s is probed by %q, want this one", name, b.Scope, b.Probe)
			}
		}
	}
}

// Who waits before one breaker does not take the probe of another.
func TestBlockedTakesNoProbe(t *testing.T) {
	s := kept(Record{}, failedFacts(t0, t0), Breaker{Opened: t0, Probe: "another", Next: now.Add(time.Hour), Rate: 50})
	s.State.Breakers[CallScope] = Breaker{Scope: CallScope, Rev: 2, Opened: t0, Next: t0, Rate: 50}
	p := s.pass(append(s.Breakers.of(s.Facts.Cause), s.Breakers.ofCalls("refused")), now, false)
	if p.reason != Held {
		t.Fatalf("got %q, want it held", p.reason)
	}
	for _, b := range p.writes {
		if b.Probe == arn.Key() {
			t.Errorf("it waits, and probes %s", b.Scope)
		}
	}
}

// Only after a retry has a failure come back to what that retry met.
func TestCameBack(t *testing.T) {
	for kind, want := range map[Kind]bool{Retried: true, MovedOn: true, Closed: false, Parked: false} {
		r := recordOf(kind, t0, t0)
		r.Claim.Scopes = []string{networkScope}
		if got := kept(r, failedFacts(t1, t1), Breaker{}).cameBack(networkScope); got != want {
			t.Errorf("%s: came back %t, want %t", kind, got, want)
		}
	}
}

// Whom a breaker that has closed keeps back for its rate waits, although its turn
// has come; the sweep may let it go.
func TestRateKeepsBack(t *testing.T) {
	for door, want := range map[Door]bool{DoorWake: true, DoorSweep: false} {
		s := waitingWith(now, Breaker{Rate: 20})
		s.Notice.Door = door
		for i := 0; !s.thinnedOut(s.State.Breakers[networkScope]); i++ {
			s.State.Record.Pause.Schedule = strconv.Itoa(i)
		}
		if p := s.pass(s.Breakers.of(s.Facts.Cause), now, false); (p.reason == Held) != want {
			t.Errorf("%s: got %q (%s), kept back should be %t", door, p.reason, p.why, want)
		}
	}
}

// Who has a turn before a breaker keeps it, and takes no other.
func TestPlaceIsKept(t *testing.T) {
	line := BreakerLine(networkScope)
	s := waitingWith(now, Breaker{Opened: t0, Probe: "another", Next: now.Add(time.Hour), Rate: 50})
	got := s.waitFor(s.State.Record, waiting{reason: Held, forKey: line, line: Line{Key: line, Every: time.Minute, First: now, Last: now.Add(time.Hour)}}, nil)
	if got.Then != Schedule || got.Write == nil || !slices.ContainsFunc(got.Write.Pause.Turns, func(turn Turn) bool { return turn.Line == line && turn.At.Equal(now) }) {
		t.Errorf("then %d, wrote %+v; want it to wait on by the turn at %s", got.Then, got.Write, now)
	}
}

// A new failure has none of the turns of the one before it.
func TestTurnsOfOneFailure(t *testing.T) {
	s := waitingWith(now, Breaker{})
	if len(s.turns()) != 2 {
		t.Fatalf("got %+v, want both turns", s.turns())
	}
	s.State.Record.Pause.Seen = t0.Add(-time.Hour)
	if got := s.turns(); len(got) != 0 {
		t.Errorf("after another failure: got %+v, want none", got)
	}
}

// However long nobody was let go early, the sweep makes up for five minutes.
func TestSweepLetsFiveMinutesWorth(t *testing.T) {
	b, let := Breaker{Rate: fullRate}, 0
	for lets := true; lets && let < 100; let++ {
		b, lets = b.letOne(time.Minute, now)
	}
	if let-1 != 5 {
		t.Errorf("the sweep lets %d go at one a minute, want 5", let-1)
	}
}

// A failure's age counts from its end: as on record, or as SageMaker shows it
// where no step tells of the run that has failed.
func TestAgeGuards(t *testing.T) {
	early := t0.Add(-time.Hour)
	known := recordOf(Parked, t0, t0)
	known.Failure.Ended = early
	for name, test := range map[string]struct {
		record Record
		facts  Facts
		ended  time.Time
	}{
		"on record":          {known, failedFacts(t0, t0), early},
		"on record, edited":  {known, failedFacts(t1, t0), early},
		"after a retry":      {recordOf(Retried, t0, t0), failedFacts(t1, t0), t1},
		"without any step":   {Record{}, failedFacts(t1, time.Time{}), t1},
		"as its steps ended": {Record{}, failedFacts(t1, t0), t0},
	} {
		s := situation(test.record, test.facts)
		s.Notice = Notice{Door: DoorSweep, Execution: arn, EventID: "sweep"}
		if got := s.Case().Age; got != now.Sub(test.ended) {
			t.Errorf("%s: %s old, want %s", name, got, now.Sub(test.ended))
		}
	}
}

// Only what SageMaker will never answer is decided without.
func TestOnlyUntoldIsLeft(t *testing.T) {
	var f Facts
	if err := f.leaveUntold("jobs", errors.New("broken")); err == nil || len(f.Untold) != 0 {
		t.Errorf("got error %v and left %q, want the error alone", err, f.Untold)
	}
}
