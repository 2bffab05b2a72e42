package retrier_test

import (
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestPrefix limits what is handled by the pipeline's name, at both doors,
// whatever the case, and asks nobody about the others.
func TestPrefix(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.prefix = "Churn-"
	ours := r.fail("churn-training", waiting, awstest.Succeeds())
	theirs := r.fail("fraud-training", waiting, awstest.Succeeds())
	r.aws.Events()

	r.refusedAtTheDoor(theirs.JSON(), retry.Foreign)
	o := r.deliver(theirs)
	for _, want := range []string{`"fraud-training"`, `"Churn-"`} {
		if !strings.Contains(o.Evidence, want) {
			t.Errorf("the evidence %q does not name %s", o.Evidence, want)
		}
	}
	r.said(r.deliver(ours), retry.Wait, retry.BackingOff)
	r.said(r.fire(), retry.Retry, retry.Retryable)
	r.effective(ours.ARN, 1)
	r.effective(theirs.ARN, 0)
}

// TestPrefixWhileWaiting sets a prefix while a retry waits for a pipeline that
// it leaves out: the wake is ignored, and the claim's unit stays spent.
func TestPrefixWhileWaiting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", waiting, awstest.Succeeds())
	r.aws.Events()
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
	r.prefix = "fraud"
	r.refusedAtTheDoor(r.wakeUp(), retry.Foreign)
	r.effective(e.ARN, 0)
	r.used(e.ARN, 1)

	r.prefix = ""
	r.said(r.deliver(e.Again("x")), retry.Retry, retry.Retryable)
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}
