package retry

import (
	"testing"
	"time"

	"mulligan/internal/cause"
)

const networkScope = "class network"

// kept is a failure of the network, and a policy that would retry it at once. Its
// breaker stands as it is given; nobody else is in the way.
func kept(record Record, facts Facts, b Breaker) Situation {
	facts.Cause = cause.Cause{Class: cause.Network, Label: cause.Transient}
	record.Claim.Cause = facts.Cause
	s := situation(record, facts)
	s.Breakers = Breakers{Executions: 2, Within: time.Hour, First: time.Minute, Longest: time.Hour, Every: time.Minute}
	s.Policy = fixed{decision: retryNow.decision, claimed: Decision{Verdict: Retry, Reason: Retryable}}
	s.ExpireAfter = 24 * time.Hour
	b.Scope, b.Rev = networkScope, 3
	s.State.Breakers = map[string]Breaker{networkScope: b, CallScope: {Scope: CallScope}}
	return s
}

func held(s *Situation) {
	s.State.Holds = Holds{Rev: 1, Holds: []Hold{{Scope: HoldOfAll, Author: "ann", Until: now.Add(time.Hour)}}}
}

func refused(s *Situation) {
	s.Policy = fixed{decision: Decision{Verdict: Stop, Reason: BudgetExhausted}}
}

// What a hold or a breaker keeps is neither claimed nor called, and what is to be
// stopped is kept by neither.
func TestKeptBack(t *testing.T) {
	claimed := recordOf(Claimed, t0, t0)
	claimed.Claim.Scopes = []string{networkScope}
	probed := Breaker{Opened: t0, Probe: "another", Next: now.Add(time.Hour), Rate: 50}
	tests := []struct {
		name    string
		record  Record
		breaker Breaker
		change  func(*Situation)
		reason  Reason
		writes  Kind
	}{
		{"a new failure, nothing in the way", Record{}, Breaker{}, func(*Situation) {}, Retryable, Claimed},
		{"a new failure, held", Record{}, Breaker{}, held, Held, Parked},
		{"a new failure, another probes", Record{}, probed, func(*Situation) {}, Held, Parked},
		{"a claim, held", claimed, Breaker{}, held, Held, Claimed},
		{"a claim, another probes", claimed, probed, func(*Situation) {}, Held, Claimed},
		{"to be stopped, held", Record{}, Breaker{}, func(s *Situation) { held(s); refused(s) }, BudgetExhausted, Closed},
	}
	for _, test := range tests {
		s := kept(test.record, failedFacts(t0, t0), test.breaker)
		test.change(&s)
		got := planned(s)
		if got.Decision.Reason != test.reason || got.Write == nil || got.Write.Kind != test.writes {
			t.Errorf("%s: got %s, %s, wrote %+v; want %s, %q", test.name, got.Decision.Verdict, got.Decision.Reason, got.Write, test.reason, test.writes)
		}
	}
}

// Others would wait in vain for a probe that is not called: who is kept, stopped
// or replaced does not become one.
func TestWhoDoesNotProbe(t *testing.T) {
	free := Breaker{Opened: t0, Next: t0, Rate: 50}
	again := recordOf(Retried, t0, t0)
	again.Claim.Scopes = []string{networkScope}
	for name, test := range map[string]struct {
		record Record
		facts  Facts
		change func(*Situation)
		probes bool
	}{
		"nothing in the way": {Record{}, failedFacts(t0, t0), func(*Situation) {}, true},
		"held":               {Record{}, failedFacts(t0, t0), held, false},
		"stopped":            {again, failedFacts(t1, t1), refused, false},
		"replaced": {Record{}, failedFacts(t0, t0), func(s *Situation) {
			s.Supersedes, s.Facts.NewerAsked, s.Facts.Newer = true, true, "newer"
		}, false},
	} {
		s := kept(test.record, test.facts, free)
		test.change(&s)
		probes := false
		for _, b := range planned(s).Breakers {
			probes = probes || b.Probe == arn.Key()
		}
		if probes != test.probes {
			t.Errorf("%s: probes %t, want %t", name, probes, test.probes)
		}
	}
}

// A failure that is stopped whatever its cause has no job asked for.
func TestGuardedAsksNoJob(t *testing.T) {
	s := situation(Record{}, look(step("Train", silent, "arn:aws:sagemaker:eu-west-1:123456789012:training-job/j")))
	s.Policy = fixed{decision: Decision{Verdict: Stop, Reason: Expired}}
	if got := planned(s); got.Then == LookCloser || got.Decision.Reason != Expired {
		t.Errorf("got %+v, want it stopped at once", got)
	}
}
