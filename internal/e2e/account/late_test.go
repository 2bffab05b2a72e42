//go:build e2e

package account

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// before is the same event, as if it had happened and been sent that much
// earlier.
func before(e awstest.Event, d time.Duration) awstest.Event {
	e.Time, e.Start, e.End = e.Time.Add(-d), e.Start.Add(-d), e.End.Add(-d)
	return e
}

// Events of older failures come late, or again, when a newer failure of the
// execution has been dealt with: they find that out, and cost nothing
// (scenarios 4, 5, 7). The second failure is one that waits, or one that is
// stopped for good.
func TestScenario4LateEventOfAnOlderFailure(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, test := range map[string]struct {
		second  string // reason
		retries int
		kind    retry.Kind
	}{
		"the second waits and is retried": {awstest.ReasonCapacity, 2, retry.Retried},
		"the second is stopped":           {awstest.ReasonUserCode, 1, retry.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, awstest.KeepsRunning(), awstest.Succeeds())
			first := st.failUnheard(awstest.ReasonInternal)
			if l := st.lateEvent(first); !l.is("retry", "retryable") {
				t.Fatalf("the first failure: got %s, want retry retryable", l)
			}
			second := st.failUnheard(test.second)
			ids := s.put(t, entry(second), entry(first)) // side by side
			st.handled(ids...)
			st.settles(test.kind, test.retries)

			before := before(first, 7*24*time.Hour)
			for _, e := range []awstest.Event{first, second, before} {
				if l := st.lateEvent(e); l.Verdict != "ignore" {
					t.Errorf("the event of %s: got %s, want it ignored", e.End, l)
				}
			}
			st.settles(test.kind, test.retries)
			if got := st.retried(); got != test.retries {
				t.Errorf("effective retries: got %d, want %d\n%s", got, test.retries, st)
			}
			st.unharmed()
		})
	}
}

// The event of the second failure is the first that comes. What SageMaker shows
// is dealt with, once; the event of the first failure then finds it so
// (scenario 5).
func TestScenario5SecondEventBeforeTheFirst(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, test := range map[string]struct {
		reason  string
		retries int
		kind    retry.Kind
	}{
		"retried": {awstest.ReasonInternal, 1, retry.Retried},
		"stopped": {awstest.ReasonUserCode, 0, retry.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, awstest.KeepsRunning(), awstest.Succeeds())
			first := before(st.failUnheard(awstest.ReasonInternal), 10*time.Second) // longer ago than a second failure's slack
			st.acts(nil)
			second := st.failUnheard(test.reason)

			st.lateEvent(second)
			st.settles(test.kind, test.retries)
			if l := st.lateEvent(first); l.Verdict != "ignore" {
				t.Errorf("the first failure's event: got %s, want it ignored", l)
			}
			st.settles(test.kind, test.retries)
			st.calledTimes(test.retries, test.retries)
			st.unharmed()
		})
	}
}
