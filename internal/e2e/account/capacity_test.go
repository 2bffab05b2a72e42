//go:build e2e

package account

import (
	"slices"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A pipeline that failed for lack of capacity waits, and is retried once, by a
// schedule that fires.
func TestCapacityWaitsAndIsRetried(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.Succeeds()}})

	waits := st.awaits("wait", "backing_off")
	if waits.Class != "capacity" || waits.Retry != 1 || waits.Due.IsZero() {
		t.Errorf("got %+v, want retry 1 of class capacity, with a due time", waits)
	}
	st.succeeds(1)
	retried := st.awaits("retry", "retryable")
	if retried.Door != "wake" {
		t.Errorf("retried at the door %q, want it at a wake", retried.Door)
	}
	record := st.settles(retry.Retried, 1)
	if at := st.standIn().Retries(st.arn)[0].At; at.Before(waits.Due) {
		t.Errorf("retried at %s, before it was due at %s", at, waits.Due)
	}
	st.until("the schedule to be gone", func() bool { // others' may wait in the group
		names, err := s.schedules(t.Context())
		return err == nil && !slices.Contains(names, record.Claim.Token)
	})
}
