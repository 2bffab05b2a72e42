package retry

import (
	"testing"
	"time"

	"mulligan/internal/cause"
)

// What becomes of a record by one look, where no test of a whole walk is needed
// to tell.
func TestPlanGuards(t *testing.T) {
	shows := func(status string) Facts {
		f := failedFacts(t1, t1)
		f.Status = status
		return f
	}
	parked := recordOf(Parked, t0, t0)
	parked.Pause = Pause{Reason: SharedBudgetEmpty, Due: now.Add(time.Hour), Seen: t0, Schedule: "s"}
	watched, early, settled := recordOf(Retried, t0, t0), recordOf(Retried, t0, t0), recordOf(Retried, t0, t0)
	watched.Watch, early.Watch = now, now.Add(time.Minute)
	settled.Outcome.Result = FailedAnew
	tests := []struct {
		name    string
		record  Record
		facts   Facts
		door    Door
		status  string // of the notice
		verdict Verdict
		reason  Reason
		writes  Kind // "none": no write
	}{
		{"gone", recordOf(Claimed, t0, t0), Facts{Gone: true}, DoorEvent, "", Stop, CannotRetry, Closed},
		{"it has succeeded", recordOf(Retried, t0, t0), shows(StatusSucceeded), DoorEvent, StatusSucceeded, Ignore, Recovered, Retried},
		{"it was stopped", recordOf(Retried, t0, t0), shows(StatusStopped), DoorEvent, StatusStopped, Stop, StoppedByPerson, Retried},
		{"it still runs", watched, shows("Executing"), DoorSweep, "", Ignore, NotFailed, Retried},
		{"an end of nothing of ours", recordOf(Closed, t0, t0), shows(StatusStopped), DoorEvent, StatusStopped, Ignore, NotFailed, "none"},
		{"parked, met early", parked, failedFacts(t0, t0), DoorEvent, "", Wait, SharedBudgetEmpty, "none"},
		{"parked, looked at by the sweep", parked, failedFacts(t0, t0), DoorSweep, "", Retry, Retryable, Claimed},
		{"never started", watched, failedFacts(t0, t0), DoorSweep, "", Retry, Retryable, Claimed},
		{"never started, told by an event", watched, failedFacts(t0, t0), DoorEvent, "", Ignore, Duplicate, "none"},
		{"not started yet", early, failedFacts(t0, t0), DoorSweep, "", Ignore, Duplicate, "none"},
		{"its outcome is known", settled, failedFacts(t0, t0), DoorSweep, "", Ignore, Duplicate, "none"},
	}
	for _, test := range tests {
		s := situation(test.record, test.facts)
		if s.Notice.Status = test.status; test.door == DoorSweep {
			s.Notice = Notice{Door: DoorSweep, Execution: arn, EventID: "sweep"}
		}
		got, writes := planned(s), Kind("none")
		if got.Write != nil {
			writes = got.Write.Kind
		}
		if got.Decision.Verdict != test.verdict || got.Decision.Reason != test.reason || writes != test.writes {
			t.Errorf("%s: got %s, %s, wrote %q; want %s, %s, %q", test.name, got.Decision.Verdict, got.Decision.Reason, writes, test.verdict, test.reason, test.writes)
		}
	}
}

// A claim takes its units in the write that counts it, and is called when it is due.
func TestClaimGuards(t *testing.T) {
	s, due := situation(Record{}, failedFacts(t0, t0)), now.Add(time.Minute)
	s.Policy = fixed{decision: Decision{Verdict: Wait, Reason: BackingOff, Due: due, Careful: true, Rule: "r"}}
	got := planned(s)
	w := got.Write
	if w.Used != 1 || w.Careful != 1 || w.Granted["r"] != 1 || len(got.Takes) != 1 {
		t.Errorf("used %d, careful %d, granted %v, takes %v: want one of each", w.Used, w.Careful, w.Granted, got.Takes)
	}
	if got.Then != Schedule || !w.Claim.Due.Equal(due) || !got.Wake.Due.Equal(due) || got.Wake.Name != w.Claim.Token {
		t.Errorf("then %d, due %s, wake %+v: want a schedule of the token's name for %s", got.Then, w.Claim.Due, got.Wake, due)
	}
}

// probing is a record whose claim probes the breaker of a scope.
func probing(claimed Record) State {
	claimed.Claim.Scopes = []string{"class network"}
	return State{Record: claimed, Breakers: map[string]Breaker{
		"class network": {Scope: "class network", Rev: 3, Opened: t0, Probe: arn.Key(), Next: now.Add(time.Hour), Rate: 50},
	}}
}

// Who gives up a claim hands the probe back, whatever ends it, and asks for its
// breakers first where they are not known.
func TestProbeIsHandedBack(t *testing.T) {
	executing := failedFacts(t1, t0)
	executing.Status = "Executing"
	claimed := recordOf(Claimed, t0, t0)
	for name, change := range map[string]func(*Situation){
		"somebody moved it on": func(s *Situation) { s.Facts = executing },
		"the mode is off":      func(s *Situation) { s.Mode = ModeOff },
		"too old by now": func(s *Situation) {
			s.Policy = fixed{claimed: Decision{Verdict: Stop, Reason: Expired}}
		},
	} {
		s := situation(claimed, failedFacts(t0, t0))
		s.Policy = fixed{claimed: Decision{Verdict: Retry, Reason: Retryable}}
		s.State = probing(claimed)
		change(&s)
		known := s.State.Breakers
		s.State.Breakers = nil
		if first := Plan(s); first.Then != AskScopes {
			t.Errorf("%s: then %d, want to ask for the breakers", name, first.Then)
		}
		s.State.Breakers = joined(known, map[string]Breaker{CallScope: {Scope: CallScope}})
		got := planned(s)
		if len(got.Breakers) != 1 || got.Breakers[0].Probe != "" || got.Breakers[0].Rev != 4 || got.Breakers[0].Next.After(now) {
			t.Errorf("%s: got breakers %+v, want the probe back", name, got.Breakers)
		}
	}
}

// Nothing is claimed before its breakers are known, and nothing is called before
// those that the claim meets are.
func TestBreakersAreAskedFor(t *testing.T) {
	open := failedFacts(t0, t0)
	open.Cause = cause.Cause{Class: cause.Network, Label: cause.Transient, Fingerprint: "f"}
	for name, record := range map[string]Record{"new": {}, "claimed": recordOf(Claimed, t0, t0)} {
		s := situation(record, open)
		s.Breakers = Breakers{Executions: 2, Within: time.Hour, First: time.Minute, Longest: time.Hour}
		s.Policy = fixed{decision: retryNow.decision, claimed: Decision{Verdict: Retry, Reason: Retryable}}
		if got := Plan(s); got.Then != AskScopes || got.Write != nil {
			t.Errorf("%s: got %+v, want the breakers asked for", name, got)
		}
	}
}
