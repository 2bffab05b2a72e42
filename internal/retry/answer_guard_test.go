package retry

import (
	"testing"
	"time"
)

// What an answer changes of the claim beside its kind.
func TestAnswerGuards(t *testing.T) {
	claimed := recordOf(Claimed, t0, t0)
	s := situation(claimed, failedFacts(t0, t0))
	if got := AfterCall(s, claimed, Answer{Kind: Accepted}).Write; !got.Watch.Equal(now.Add(firstWatch)) {
		t.Errorf("accepted: looked after at %s, want %s", got.Watch, now.Add(firstWatch))
	}
	if got := AfterCall(s, claimed, Answer{Kind: WrongStatus}).Write; got.Claim.Conflicts != 1 {
		t.Errorf("refused for a status: counted %d, want 1", got.Claim.Conflicts)
	}
	if got := AfterCall(s, claimed, Answer{Kind: Refused}).Write; got.Claim.Conflicts != 0 {
		t.Errorf("refused for now: counted %d as for a status, want none", got.Claim.Conflicts)
	}
	for _, kind := range []Kind{Closed, MovedOn} {
		s.State.Record.Kind = kind
		if got := AfterCall(s, claimed, Answer{Kind: Refused}); got.Write != nil {
			t.Errorf("refused, %s by now: wrote %+v, want nothing", kind, got.Write)
		}
	}
}

// The breakers after an answer: that of the calls has its news, the others know
// that their probe was called.
func TestAnswerTellsTheBreakers(t *testing.T) {
	const class = "class network"
	me, other := arn.Key(), "another"
	open := func(probe string) Breaker { return Breaker{Rev: 3, Opened: t0, Probe: probe, Next: t1, Rate: 50} }
	tests := []struct {
		name         string
		calls, class Breaker
		answer       AnswerKind
		writes       map[string]string // scope → its probe then; "" where it is closed
		called       bool
	}{
		{"refused", Breaker{}, Breaker{}, Refused, map[string]string{CallScope: me}, false},
		{"refused, as the probe", open(me), Breaker{}, Refused, map[string]string{CallScope: me}, false},
		{"refused, another probes", open(other), Breaker{}, Refused, map[string]string{}, false},
		{"for its status", Breaker{}, Breaker{}, WrongStatus, map[string]string{}, false},
		{"accepted", open(me), open(me), Accepted, map[string]string{CallScope: "", class: me}, true},
		{"accepted, another probes the class", Breaker{}, open(other), Accepted, map[string]string{}, true},
	}
	for _, test := range tests {
		claimed := recordOf(Claimed, t0, t0)
		claimed.Claim.Scopes = []string{class}
		s := situation(claimed, failedFacts(t0, t0))
		s.Breakers = Breakers{First: time.Minute, Longest: time.Hour}
		s.State.Breakers = map[string]Breaker{CallScope: test.calls, class: test.class}
		got := map[string]string{}
		for _, b := range AfterCall(s, claimed, Answer{Kind: test.answer}).Breakers {
			if got[b.Scope] = b.Probe; b.Scope == class && (b.Called != test.called || !b.Next.After(now)) {
				t.Errorf("%s: called %t, news by %s; want %t, later than now", test.name, b.Called, b.Next, test.called)
			}
		}
		if len(got) != len(test.writes) {
			t.Errorf("%s: wrote %v, want %v", test.name, got, test.writes)
		}
		for scope, probe := range test.writes {
			if at, written := got[scope]; !written || at != probe {
				t.Errorf("%s: %s: wrote %t, probe %q; want probe %q", test.name, scope, written, at, probe)
			}
		}
	}
}

// A look after a refusal that is older than the failure does not show that
// somebody moved the execution on; one that is not does.
func TestLookAfterARefusal(t *testing.T) {
	for modified, want := range map[time.Time]Kind{t0.Add(-time.Minute): Claimed, t0: MovedOn, t1: MovedOn} {
		claimed := recordOf(Claimed, t0, t0)
		s := situation(claimed, Facts{ARN: arn, Status: "Executing", LastModified: modified})
		if got := AfterCall(s, claimed, Answer{Kind: WrongStatus}); got.Write == nil || got.Write.Kind != want {
			t.Errorf("modified at %s: wrote %+v, want it %s", modified, got.Write, want)
		}
	}
}
