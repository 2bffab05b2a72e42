package retry

import (
	"testing"
	"time"

	"mulligan/internal/cause"
)

// filled is a policy with two budgets, one of which a success fills.
type filled struct{ fixed }

func (filled) Budgets(ExecutionARN) []Bucket {
	return []Bucket{{Key: "kept", Size: 1, Per: time.Hour}, {Key: "filled", Size: 1, Per: time.Hour, Refills: true}}
}

func after(status string, record Record) Situation {
	f := failedFacts(t1, t1)
	f.Status = status
	s := situation(record, f)
	s.Notice.Status = status
	s.Policy = filled{retryNow}
	return s
}

// Only a success fills budgets, and only those that it is to fill; it closes the
// breakers that it was the probe of.
func TestSuccessGuards(t *testing.T) {
	record := recordOf(Retried, t0, t0)
	record.Claim.Scopes = []string{"mine", "other"}
	for status, wants := range map[string]struct{ refills, closed int }{
		StatusSucceeded: {1, 1}, StatusStopped: {0, 0}, "CompletedWithFailures": {0, 0},
	} {
		s := after(status, record)
		s.State.Breakers = map[string]Breaker{
			"mine":  {Rev: 1, Opened: t0, Probe: arn.Key(), Next: now, Rate: 50},
			"other": {Rev: 1, Opened: t0, Probe: "another", Next: now, Rate: 50},
		}
		move, closed := planned(s), 0
		for _, b := range move.Breakers {
			if !b.IsOpen() {
				closed++
			}
		}
		if len(move.Refills) != wants.refills || wants.refills > 0 && move.Refills[0].Key != "filled" || closed != wants.closed {
			t.Errorf("%s: fills %v, closes %d; want %+v", status, move.Refills, closed, wants)
		}
		if move.Tally == nil {
			t.Errorf("%s: not counted", status)
		}
	}
}

// A retry that runs is looked after as long after as it has run, within bounds.
func TestWatchGuards(t *testing.T) {
	for ran, want := range map[time.Duration]time.Duration{time.Minute: firstWatch, time.Hour: time.Hour, 48 * time.Hour: longestWatch} {
		s := after("Executing", recordOf(Retried, t0, t0))
		s.Notice = Notice{Door: DoorSweep, Execution: arn, EventID: "sweep"}
		s.Now = t1.Add(ran)
		if got := planned(s).Write.Watch.Sub(s.Now); got != want {
			t.Errorf("ran %s: looked after in %s, want %s", ran, got, want)
		}
	}
}

// A call that was accepted and did not start is made again with its claim open
// again and counted; after three times it is given up.
func TestUnstartedGuards(t *testing.T) {
	record := recordOf(Retried, t0, t0)
	record.Watch = now
	for again := 1; again <= maxUnstarted+1; again++ {
		s := situation(record, failedFacts(t0, t0))
		s.Notice = Notice{Door: DoorSweep, Execution: arn, EventID: "sweep"}
		s.Policy = fixed{claimed: Decision{Verdict: Retry, Reason: Retryable}}
		got := planned(s)
		if again > maxUnstarted {
			if got.Then == Call || got.Decision.Reason != CannotRetry || got.Write.Kind != Closed {
				t.Errorf("time %d: got %s, %s, then %d; want it given up", again, got.Decision.Verdict, got.Decision.Reason, got.Then)
			}
			break
		}
		if got.Then != Call || got.Write == nil || got.Write.Kind != Claimed || got.Write.Claim.Unstarted != again || got.Write.Claim.Token != record.Claim.Token {
			t.Fatalf("time %d: got %+v, then %d; want the claim open again, with its token, and the call", again, got.Write, got.Then)
		}
		record.Claim.Unstarted = again
	}
}

// The next failure settles the retry before it, once, and begins anew.
func TestFailedAgainGuards(t *testing.T) {
	marked := func(outcome Result, mark string) Record {
		r := recordOf(Retried, t0, t0)
		r.Outcome.Result, r.Mark, r.Watch = outcome, mark, now
		return r
	}
	for name, test := range map[string]struct {
		record      Record
		fingerprint string
		counted     bool
		same        bool
	}{
		"the same way":           {marked("", "Train#f"), "f", true, true},
		"another way":            {marked("", "Train#f"), "g", true, false},
		"nothing is known of it": {marked("", ""), "", true, false},
		"settled before":         {marked(WasRecovered, "Train#f"), "f", false, false},
		"stopped before":         {recordOf(Closed, t0, t0), "f", false, false},
	} {
		f := failedFacts(t1, t1)
		f.Cause = cause.Cause{Class: cause.Network, Fingerprint: test.fingerprint, Step: "Train"}
		move := planned(situation(test.record, f))
		if got := move.Tally; (got != nil) != test.counted || got != nil && (got.Same != test.same || got.Result != FailedAnew) {
			t.Errorf("%s: counted %+v, want it %t, the same %t", name, got, test.counted, test.same)
		}
		if w := move.Write; w.Outcome != (Outcome{}) || !w.Watch.IsZero() {
			t.Errorf("%s: the new claim has outcome %+v, is looked after at %s", name, w.Outcome, w.Watch)
		}
	}
}

// An edited description, which is no new failure, settles no retry.
func TestWhatIsNotNewSettlesNothing(t *testing.T) {
	s := situation(recordOf(Retried, t0, t0), failedFacts(t0, t0))
	var move Move
	if s.failedAnew(&move); move.Tally != nil {
		t.Errorf("counted %+v, want nothing", move.Tally)
	}
}
