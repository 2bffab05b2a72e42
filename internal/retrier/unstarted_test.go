package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// neverStarted is a retry that SageMaker accepted and did not start, and whose
// token it forgets.
func neverStarted(t *testing.T) (*rig, awstest.Event) {
	r := newRig(t, under(awstest.Unknowns{TokenMemory: 10 * minute}))
	e := r.fail("churn", atOnce, awstest.Succeeds())
	r.aws.Events()
	r.aws.IgnoreRetries(e.ARN, 1)
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	return r, e
}

// TestHeldBeforeItStartsAgain has a person hold everything before the sweep finds
// that the retry never started: it is called again when the hold is over, and not before.
func TestHeldBeforeItStartsAgain(t *testing.T) {
	t.Parallel()
	r, e := neverStarted(t)
	r.hold(retry.HoldOfAll, 2*time.Hour)
	r.pass(20 * minute)
	if report := r.sweep(); report.Reasons[string(retry.Held)] != 1 {
		t.Errorf("the sweep said %v, want it held", report.Reasons)
	}
	r.effective(e.ARN, 0)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	if at := r.aws.Retries(e.ARN)[0].At; at.Before(start.Add(2 * time.Hour)) {
		t.Errorf("called again %s before the hold ended", start.Add(2*time.Hour).Sub(at))
	}
}

// TestExpiredBeforeItStartsAgain has the sweep find that when the failure is too
// old to be retried: it is left to a person.
func TestExpiredBeforeItStartsAgain(t *testing.T) {
	t.Parallel()
	r, e := neverStarted(t)
	r.pass(r.settings.ExpireAfter + 6*time.Hour)
	r.sweep()
	r.effective(e.ARN, 0)
	if d := r.record(e.ARN).Decision; d.Verdict != retry.Stop || d.Reason != retry.Expired {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}
