//go:build e2e

package account

import (
	"net/http"
	"slices"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// SageMaker refuses the call three times for its quota of running executions.
// Each refusal waits on the same unit, by a schedule of its own that fires, and
// comes back with a token of its own (scenarios 27, 28, 39). A duplicate in the
// meantime changes nothing. Each wait is as long as the function can live.
func TestScenario27ResourceLimitThreeTimesOnOneUnit(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.runs(t, awstest.Succeeds())
	for n := range 3 {
		st.gate.at(moment{about: st.arn, op: retryOp, nth: n + 1}, refuse(http.StatusBadRequest, "ResourceLimitExceeded",
			"The account-level service limit for running pipeline executions is exceeded."))
	}
	failed := st.failUnheard(awstest.ReasonInternal)

	waits := st.lateEvent(failed)
	if !waits.is("wait", "refused_for_now") {
		t.Fatalf("after the first refusal: got %s, want wait refused_for_now", waits)
	}
	if l := st.lateEvent(failed); !l.is("wait", "refused_for_now") || !l.Due.Equal(waits.Due) {
		t.Errorf("a duplicate: got %s, due %s, want wait refused_for_now, due %s", l, l.Due, waits.Due)
	}
	for n := 2; n <= 4; n++ {
		st.until("the next call", func() bool { return len(st.tokens()) >= n })
	}
	st.succeeds(1)
	if record := st.settles(retry.Retried, 1); record.Claim.Ordinal != 4 || record.Claim.Retry != 1 {
		t.Errorf("settled as ordinal %d of retry %d, want ordinal 4 of retry 1", record.Claim.Ordinal, record.Claim.Retry)
	}
	st.calledTimes(4, 4)
	st.eachWoke(st.tokens()[1:])
	st.unharmed()
}

// eachWoke waits until the execution was woken by as many schedules as there are
// names, and none of them is left: each deletes itself when it has fired.
func (st *story) eachWoke(names []string) {
	st.t.Helper()
	st.until("every wake's line", func() bool {
		lines := st.log.of(st.arn)
		return len(slices.DeleteFunc(lines, func(l line) bool { return l.Door != "wake" })) == len(names)
	})
	st.until("the schedules to be gone", func() bool {
		left, err := st.schedules(st.t.Context())
		return err == nil && !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(left, n) })
	})
}
