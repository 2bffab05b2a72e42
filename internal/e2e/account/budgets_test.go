//go:build e2e

package account

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// An execution that fails for ever, each time because of our own retry, is
// retried as often as MaxRetries says and then stopped (scenario 40, threats T8
// and T19). More events do not bring more.
func TestThreatT19FailsForEver(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, reason := range map[string]string{"capacity": awstest.ReasonCapacity, "internal": awstest.ReasonInternal} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", reason)}})
			st.awaits("stop", "budget_exhausted")
			st.settles(retry.Closed, 3)

			last, _ := st.standIn().LastEvent(st.arn)
			for _, l := range st.handled(s.put(t, copies(last, 3)...)...) {
				if l.Verdict != "ignore" {
					t.Errorf("another event of the last failure: got %s, want it ignored", l)
				}
			}
			if got := st.retried(); got != 3 {
				t.Errorf("effective retries: got %d, want 3\n%s", got, st)
			}
			st.settles(retry.Closed, 3)
			st.calledTimes(3, 3)
			st.unharmed()
		})
	}
}

// The budgets that executions share: two retries of a pipeline a day, three of
// the account an hour. What comes beyond waits without a unit, with a schedule,
// for hours; nothing is given up (threat T8, invariant I9).
func TestSharedBudgetsRunOut(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, parameters{"PipelineRetriesPerDay": "2", "AccountRetriesPerHour": "3"})
	for _, test := range []struct { // in this order: the second takes what the first left
		pipeline string
		failures int
		retried  int
		empty    string
		shortest time.Duration // until the next unit, a little less for what has passed
	}{
		{"hungry", 5, 2, "budget of the pipeline", 11 * time.Hour},
		{"late", 3, 1, "budget of the account", 15 * time.Minute},
	} {
		var all []*story
		for range test.failures {
			all = append(all, s.fails(t, awstest.Script{Pipeline: test.pipeline, Runs: []awstest.Run{
				awstest.FailsAt("Train", awstest.ReasonInternal), awstest.Succeeds()}}))
		}
		parked := slices.DeleteFunc(slices.Clone(all), func(st *story) bool { return !st.parks(test.empty, test.shortest) })
		if got := len(all) - len(parked); got != test.retried {
			t.Errorf("%s: %d were retried, want %d", test.pipeline, got, test.retried)
		}
		for _, st := range parked {
			st.staysParked()
		}
	}
}

// parks waits for what becomes of a failure that wants a unit of a shared
// budget: it parks, or (false) is retried and succeeds.
func (st *story) parks(empty string, shortest time.Duration) bool {
	st.t.Helper()
	st.until("a verdict", func() bool {
		lines := st.log.of(st.arn)
		return slices.ContainsFunc(lines, func(l line) bool { return l.is("retry", "retryable") || l.is("wait", "shared_budget_empty") })
	})
	first := st.log.of(st.arn)[0]
	if first.is("retry", "retryable") {
		st.succeeds(1)
		st.settles(retry.Retried, 1)
		return false
	}
	if !strings.Contains(first.Evidence, empty) || time.Until(first.Due) < shortest {
		st.t.Errorf("parked until %s, because %q; want the %s empty, for %s at least", first.Due, first.Evidence, empty, shortest)
	}
	return true
}

// staysParked checks that what is parked has a schedule and no unit, and that
// another event of it changes nothing.
func (st *story) staysParked() {
	st.t.Helper()
	failed, _ := st.standIn().LastEvent(st.arn)
	if l := st.lateEvent(failed); !l.is("wait", "shared_budget_empty") {
		st.t.Errorf("the event again: got %s, want wait shared_budget_empty", l)
	}
	record := st.settles(retry.Parked, 0)
	names, err := st.schedules(st.t.Context())
	if err != nil || !slices.Contains(names, record.Pause.Schedule) {
		st.t.Errorf("no schedule %s, which is to wake it: %v", record.Pause.Schedule, err)
	}
	st.calledTimes(0, 0)
	st.unharmed()
}
