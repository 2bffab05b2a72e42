package retry

import (
	"testing"
	"time"

	"mulligan/internal/cause"
)

var minute = time.Minute

func TestHoldsOn(t *testing.T) {
	arn := ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: "abc"}
	hold := func(scope string, until time.Duration) Hold { return Hold{Scope: scope, Until: now.Add(until)} }
	tests := []struct {
		name  string
		holds []Hold
		want  string
	}{
		{"none", nil, ""},
		{"everything", []Hold{hold(HoldOfAll, minute)}, "all"},
		{"this account", []Hold{hold(HoldOfAccount("123456789012", "EU-WEST-1"), minute)}, "account 123456789012 eu-west-1"},
		{"another account", []Hold{hold(HoldOfAccount("210987654321", "eu-west-1"), minute)}, ""},
		{"another Region", []Hold{hold(HoldOfAccount("123456789012", "us-east-1"), minute)}, ""},
		{"the pipeline, in another case", []Hold{hold(HoldOfPipeline("CHURN"), minute)}, "pipeline churn"},
		{"a pipeline whose name begins so", []Hold{hold(HoldOfPipeline("Churn-2"), minute)}, ""},
		{"the class", []Hold{hold(HoldOfClass(cause.Capacity), minute)}, "class capacity"},
		{"another class", []Hold{hold(HoldOfClass(cause.Network), minute)}, ""},
		{"one that has ended", []Hold{hold(HoldOfAll, 0)}, ""},
		{"the one that ends last", []Hold{hold(HoldOfAll, minute), hold(HoldOfPipeline("churn"), 3*minute), hold(HoldOfClass(cause.Capacity), 2*minute)}, "pipeline churn"},
	}
	for _, test := range tests {
		got, on := Holds{Holds: test.holds}.On(arn, cause.Capacity, now)
		if got.Scope != test.want || on != (test.want != "") {
			t.Errorf("%s: got %q, %t; want %q", test.name, got.Scope, on, test.want)
		}
	}
	got, on := Holds{Fault: "torn"}.On(arn, cause.Capacity, now)
	if !on || got.Scope != HoldOfAll || !got.Until.After(now) {
		t.Errorf("holds that cannot be read: got %+v, %t; want everything held", got, on)
	}
}

func TestLineNext(t *testing.T) {
	l := Line{Every: minute, First: now, Last: now.Add(10 * minute)}
	tests := []struct {
		name string
		last time.Time
		want time.Duration
		ok   bool
	}{
		{"nobody", time.Time{}, 0, true},
		{"one long ago", now.Add(-time.Hour), 0, true},
		{"one shortly before the first", now.Add(-minute / 2), minute / 2, true},
		{"one later", now.Add(3 * minute), 4 * minute, true},
		{"the last turn", now.Add(9 * minute), 10 * minute, true},
		{"too late", now.Add(9*minute + 1), 10*minute + 1, false},
	}
	for _, test := range tests {
		if got, ok := l.Next(test.last); !got.Equal(now.Add(test.want)) || ok != test.ok {
			t.Errorf("%s: got %s, %t; want %s, %t", test.name, got.Sub(now), ok, test.want, test.ok)
		}
	}
}

func TestBreakerOpens(t *testing.T) {
	three := Scope{Key: "class network", Opens: 3, Within: 10 * minute, First: 5 * minute, Longest: time.Hour}
	sightings := []struct {
		who  string
		at   time.Duration
		open bool
	}{
		{"a", 0, false},
		{"b", 9 * minute, false},
		{"b", 9*minute + 1, false}, // the same execution
		{"c", 11 * minute, false},  // a is out of the window
		{"a", 18 * minute, true},   // b, c, a
	}
	var b Breaker
	for _, s := range sightings {
		if b = b.sighted(s.who, three, now.Add(s.at)); b.IsOpen() != s.open {
			t.Fatalf("%s at %s: open %t, want %t", s.who, s.at, b.IsOpen(), s.open)
		}
	}
	if b.Probe != "" || b.Next.After(now.Add(18*minute)) || b.Rate != fullRate/2 {
		t.Errorf("got %+v, want the next to probe at once, at half the rate", b)
	}
}

func TestBreakerRate(t *testing.T) {
	s := Scope{First: 5 * minute, Longest: 12 * minute}
	b := Breaker{Opened: now, Probe: "a", Rate: 50}
	for i, want := range []struct {
		next time.Duration
		rate int
	}{{5 * minute, 25}, {10 * minute, 20}, {12 * minute, 20}} {
		if b = b.probeFailed(s, now); !b.Next.Equal(now.Add(want.next)) || b.Rate != want.rate || b.Probe != "" {
			t.Errorf("failed probe %d: got next %s, rate %d; want %s, %d", i+1, b.Next.Sub(now), b.Rate, want.next, want.rate)
		}
	}
	if b = b.closed(); b.IsOpen() || b.Rate != 20 || b.Failed != 0 {
		t.Errorf("closed: got %+v", b)
	}
	if got, want := b.every(minute), 5*minute; got != want {
		t.Errorf("at 20 percent: got one every %s, want %s", got, want)
	}
	for range 20 {
		b = b.eased()
	}
	if b.Rate != fullRate || b.every(minute) != minute {
		t.Errorf("after many successes: got rate %d, every %s", b.Rate, b.every(minute))
	}
	if again := b.probeFailed(s, now); !again.IsOpen() || again.Rate != 25 {
		t.Errorf("a failure after it closed: got %+v, want it open again", again)
	}
}

func TestScopes(t *testing.T) {
	settings := Breakers{Executions: 10, Within: 10 * minute, Scarce: true}
	tests := []struct {
		name  string
		cause cause.Cause
		want  []string
	}{
		{"scarce", cause.Cause{Class: cause.Capacity, Label: cause.Transient, Scarce: "ml.p4d.24xlarge", Fingerprint: "f"}, []string{"scarce ml.p4d.24xlarge"}},
		{"nobody says what is scarce", cause.Cause{Class: cause.Capacity, Label: cause.Transient, Fingerprint: "f"}, []string{"fingerprint f", "class capacity"}},
		{"a service", cause.Cause{Class: cause.ServiceFault, Label: cause.Transient, Fingerprint: "f"}, []string{"fingerprint f", "class service_fault"}},
		{"unknown", cause.Cause{Class: cause.Unknown, Label: cause.Ambiguous, Fingerprint: "f"}, []string{"fingerprint f"}},
		{"lasting", cause.Cause{Class: cause.UserCode, Label: cause.Permanent, Fingerprint: "f"}, nil},
		{"nothing known", cause.Cause{Class: cause.Unknown, Label: cause.Ambiguous}, nil},
	}
	for _, test := range tests {
		got := keysOf(settings.of(test.cause))
		if len(got) != len(test.want) || len(got) > 0 && got[0] != test.want[0] || len(got) > 1 && got[1] != test.want[1] {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if got := (Breakers{Executions: 0}).of(tests[2].cause); got != nil {
		t.Errorf("turned off: got %v", got)
	}
}

func TestOpen(t *testing.T) {
	arn := ExecutionARN{ID: "x"}
	paused := recordOf(Claimed, t0, t0)
	paused.Pause = Pause{Reason: Held, Due: t1, For: "all"}
	looking := Record{Pause: Pause{Reason: LookingAgain, Due: t1}}
	running := recordOf(Retried, t0, t0)
	running.Watch = t1
	ended := running
	ended.Outcome.Result = WasRecovered
	tests := []struct {
		name   string
		record Record
		want   Standing
	}{
		{"unseen", Record{}, ""},
		{"claimed", recordOf(Claimed, t0, t0), StandsClaimed},
		{"claimed and held", paused, StandsParked},
		{"looked at again before anything was decided", looking, StandsParked},
		{"retried", running, StandsRetried},
		{"retried and ended", ended, ""},
		{"retried by a build that watched nothing", recordOf(Retried, t0, t0), ""},
		{"stopped", recordOf(Closed, t0, t0), ""},
	}
	for _, test := range tests {
		if got, ok := test.record.Open(arn); got.Standing != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %t; want %q", test.name, got.Standing, ok, test.want)
		}
	}
}
