//go:build e2e

package account

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A retry waits, and what was to bring it back is gone: the schedule was deleted,
// or the function died before it made one. The sweep makes the retry when it is
// due, for the same unit (scenarios 22 and 64).
func TestScenario64SweepFindsLostSchedule(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	for name, plan := range map[string]func(*ailing){
		"deleted": (*ailing).loses,
		"never made": func(a *ailing) {
			for nth := range 3 { // deliveries
				a.halts(moment{op: "CreateSchedule", nth: nth + 1}, a.killed)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.ails(t, waitsFirst, "lost", plan)
			if name == "deleted" {
				a.awaits("wait", "backing_off")
			} else {
				a.original()
			}
			a.stands(retry.Claimed, 1)
			token := a.now().Claim.Token
			a.comesDue()
			a.ends(0, 1)
			s.sweeps(t)
			if got := a.differentTokens(); !slices.Equal(got, []string{token}) || a.retried() != 1 {
				t.Errorf("called with the tokens %q, %d effective retries, want %q and one", got, a.retried(), token)
			}
		})
	}
}

// comesDue lets the time pass that a sweep leaves to schedules, and has the stack
// swept.
func (st *story) comesDue() {
	st.t.Helper()
	st.ages(20 * time.Second) // the longest delay
	st.ages(longAgo)
	st.sweeps(st.t)
}

// SageMaker accepts a retry and never starts it. When its outcome is looked for,
// the sweep asks again with the same token; three times at the most, and then it
// says so.
func TestSweepStartsAgain(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	for name, test := range map[string]struct {
		ignored int // calls that are accepted for nothing
		calls   int
		kind    retry.Kind
	}{
		"once":     {1, 2, retry.Retried},
		"for good": {100, 4, retry.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, awstest.Succeeds())
			for nth := range test.ignored {
				st.gate.at(moment{about: st.arn, op: retryOp, nth: nth + 1}, acceptedForNothing(st.arn))
			}
			st.fail(awstest.ReasonInternal)
			st.settles(retry.Retried, 1)
			s.sweeps(t)
			st.calledTimes(1, 1) // it is not looked for yet
			for range 5 {
				if record, err := st.record(); err != nil || record.Watch.IsZero() {
					break
				}
				st.ages(24 * time.Hour)
				s.sweeps(t)
			}
			st.settles(test.kind, 1)
			st.calledTimes(test.calls, 1)
			if test.kind == retry.Retried {
				st.succeeds(1)
				st.recovers()
			} else if record, err := st.record(); err != nil || record.Decision.Reason != retry.CannotRetry {
				t.Errorf("the decision is %+v, %v, want that it cannot be retried", record.Decision, err)
			}
			st.unharmed()
		})
	}
}

// acceptedForNothing answers a retry as SageMaker does, and that is all.
func acceptedForNothing(arn string) func(http.ResponseWriter, passage) bool {
	return func(w http.ResponseWriter, _ passage) bool {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		fmt.Fprintf(w, `{"PipelineExecutionArn":%q}`, arn)
		return false
	}
}
