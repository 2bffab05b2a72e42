package retry

import (
	"testing"
	"time"
)

// Who waits for the same thing already goes on waiting; who waits for another, or
// whose wait is over, or has failed anew, waits anew.
func TestWaitsOnOrAnew(t *testing.T) {
	pause := Pause{Reason: SharedBudgetEmpty, For: "b", Due: now.Add(time.Hour), Seen: t0, Visit: 2, Schedule: "s"}
	tests := []struct {
		name   string
		change func(*Pause)
		waits  waiting
		anew   bool
	}{
		{"for the same", func(*Pause) {}, waiting{reason: SharedBudgetEmpty, forKey: "b"}, false},
		{"for another bucket", func(*Pause) {}, waiting{reason: SharedBudgetEmpty, forKey: "c"}, true},
		{"for another reason", func(*Pause) {}, waiting{reason: Held, forKey: "b"}, true},
		{"it is over", func(p *Pause) { p.Due = now }, waiting{reason: SharedBudgetEmpty, forKey: "b"}, true},
		{"another failure", func(p *Pause) { p.Seen = t0.Add(-time.Hour) }, waiting{reason: SharedBudgetEmpty, forKey: "b"}, true},
	}
	for _, test := range tests {
		r := recordOf(Parked, t0, t0)
		r.Pause = pause
		test.change(&r.Pause)
		s := situation(r, failedFacts(t0, t0))
		test.waits.until = now.Add(2 * time.Hour)
		got := s.waitFor(r, test.waits, nil)
		if anew := got.Write != nil; anew != test.anew {
			t.Errorf("%s: written anew %t, want %t", test.name, anew, test.anew)
		}
		if (got.Wake.Name != "s") != test.anew {
			t.Errorf("%s: schedule %q, want one of its own: %t", test.name, got.Wake.Name, test.anew)
		}
	}
}

// Each wait of a failure has a name of its own, also where it waits for the same.
func TestVisitsCount(t *testing.T) {
	r := recordOf(Parked, t0, t0)
	r.Pause = Pause{Reason: Held, For: "all", Due: now, Seen: t0, Visit: 2}
	got := situation(r, failedFacts(t0, t0)).waitFor(r, waiting{reason: Held, forKey: "all", until: t1}, nil)
	if got.Write.Pause.Visit != 3 {
		t.Errorf("got visit %d, want 3", got.Write.Pause.Visit)
	}
}

// Who has no turn left before it expires comes back right after that.
func TestNoTurnLeft(t *testing.T) {
	s := situation(Record{}, failedFacts(t0, t0))
	s.ExpireAfter = time.Hour
	if got := s.turnDue(waiting{}, Turn{Line: "b", None: true}); !got.Equal(t0.Add(time.Hour + time.Second)) {
		t.Errorf("comes back at %s, want a second after %s", got, t0.Add(time.Hour))
	}
}

// The sweep goes on under the notice that came first, and nobody else does.
func TestRecalledGuards(t *testing.T) {
	parked, claimed := recordOf(Parked, t0, t0), recordOf(Claimed, t0, t0)
	parked.Pause = Pause{Reason: Held, Notice: Notice{EventID: "first", Ended: "E0"}}
	for name, test := range map[string]struct {
		record Record
		door   Door
		want   string
	}{
		"parked, the sweep":  {parked, DoorSweep, "first"},
		"claimed, the sweep": {claimed, DoorSweep, "e-0"},
		"nothing, the sweep": {Record{}, DoorSweep, "mine"},
		"parked, an event":   {parked, DoorEvent, "mine"},
		"claimed, an event":  {claimed, DoorEvent, "mine"},
	} {
		if got := (Notice{Door: test.door, EventID: "mine"}).recalled(test.record).EventID; got != test.want {
			t.Errorf("%s: goes on under %q, want %q", name, got, test.want)
		}
	}
}

// A late event of another end says nothing of a new failure; nor does a look
// again rest it, as a wait for others does.
func TestCaseGuards(t *testing.T) {
	s := situation(recordOf(Retried, t0, t0), failedFacts(t1, t1))
	s.Notice.Previous = "Stopping"
	if got := s.Case().Previous; got != "Stopping" {
		t.Errorf("its own event: got %q", got)
	}
	s.Notice.Status = StatusStopped
	if got := s.Case().Previous; got != "" {
		t.Errorf("an event of another end: got %q, want nothing", got)
	}
	parked := recordOf(Parked, t0, t0)
	for reason, rests := range map[Reason]bool{LookingAgain: false, Held: true, SharedBudgetEmpty: true} {
		parked.Pause = Pause{Reason: reason, Seen: t0}
		if got := situation(parked, failedFacts(t0, t0)).Case().Rested; got != rests {
			t.Errorf("%s: rested %t, want %t", reason, got, rests)
		}
	}
}

// A Fail step is known for one.
func TestFailStepGuard(t *testing.T) {
	if got := look(Step{Name: "Stop", Type: "Fail", Status: "Failed", Started: t0, Ended: t0}); !got.FailStep {
		t.Error("a Fail step that failed was not noticed")
	}
}
