//go:build e2e

package account

import (
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// An event that never came: the sweep finds the failure and takes it the same
// way, to one effective retry. When the event comes after all, it is a duplicate
// (scenario 81).
func TestScenario81EventNeverComes(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	for name, test := range map[string]struct {
		reason   string
		meantime string // what an event is that comes while the retry waits
	}{
		"retried at once": {awstest.ReasonInternal, ""},
		"waits first":     {awstest.ReasonCapacity, "backing_off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.misses(t, longAgo, awstest.FailsAt("Train", test.reason), awstest.Succeeds())
			if r := s.sweeps(t); r.Sweep.Searched != "search" {
				t.Errorf("looked for failures by %q, want it by search", r.Sweep.Searched)
			}
			if test.meantime != "" {
				if record, err := st.record(); err != nil || record.Kind != retry.Claimed || st.retried() != 0 {
					t.Errorf("the record is %q, %v, after %d retries, want a claim and none", record.Kind, err, st.retried())
				}
				st.sendsLate()
				st.awaits("wait", test.meantime)
			}
			st.succeeds(1)
			st.settles(retry.Retried, 1)
			st.recovers()
			if test.meantime == "" {
				st.sendsLate()
				st.awaits("ignore", "duplicate")
			}
			st.calledTimes(1, 1)
			st.settles(retry.Retried, 1)
			st.unharmed()
		})
	}
}

// sendsLate has the events sent that never came.
func (st *story) sendsLate() {
	st.t.Helper()
	if sent := st.standIn().SendLate(st.arn); sent != 2 { // that it started, and that it failed
		st.t.Errorf("%d events are sent late, want 2", sent)
	}
}

// recovers waits until it is on record that the retry helped, which the next
// event tells, or a sweep that comes before it.
func (st *story) recovers() {
	st.t.Helper()
	var record retry.Record
	st.until("its outcome", func() bool {
		record, _ = st.record()
		return record.Outcome.Result != ""
	})
	if record.Outcome.Result != retry.WasRecovered || !record.Watch.IsZero() {
		st.t.Errorf("the outcome on record is %+v, want recovered, and nobody looking for it", record.Outcome)
	}
}

// Two sweeps find the same failure, or a sweep and its event meet: one claim, one
// effective retry (scenario 82).
func TestScenario82SweepsMeet(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	for name, both := range map[string]func(*testing.T, *story){
		"two sweeps":            func(t *testing.T, _ *story) { s.sweepsAtOnce(t, 2) },
		"a sweep and its event": func(t *testing.T, st *story) { go st.sendsLate(); s.sweepsAtOnce(t, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			untilTheyMeet(t, func() *meeting {
				st := s.misses(t, longAgo, awstest.FailsAt("Train", awstest.ReasonInternal), awstest.Succeeds())
				claims := st.meet("TransactWriteItems", 2, atLedger)
				both(t, st)
				st.succeeds(1)
				record := st.settles(retry.Retried, 1)
				if tokens := st.differentTokens(); !slices.Equal(tokens, []string{record.Claim.Token}) {
					t.Errorf("called with the tokens %q, want the claim's alone, %s", tokens, record.Claim.Token)
				}
				st.unharmed()
				return claims
			})
		})
	}
}

// A sweep leaves an ancient failure alone, which nobody waits for any more, and one
// whose event may still be on its way. Another that it finds beside them shows
// that it looked.
func TestSweepLeavesAlone(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	failing := awstest.FailsAt("Train", awstest.ReasonInternal)
	ancient, young := s.misses(t, 30*24*time.Hour, failing), s.misses(t, 0, failing)
	found := s.misses(t, longAgo, failing, awstest.Succeeds())
	s.sweeps(t)
	found.succeeds(1)
	for name, st := range map[string]*story{"an ancient one": ancient, "a young one": young} {
		if calls := st.gate.calls(st.arn); len(calls) != 0 {
			t.Errorf("%s: it called %v", name, calls)
		}
		if record, err := st.record(); err != nil || record.Kind != retry.Unseen {
			t.Errorf("%s: the ledger has %+v, %v, want nothing", name, record, err)
		}
	}
}
