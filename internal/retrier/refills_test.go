package retrier_test

import (
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestSuccessRefills has a policy's budget of one retry a day: where a success fills
// it, the next failure of the pipeline need not wait; the deployment's own stays drawn.
func TestSuccessRefills(t *testing.T) {
	t.Parallel()
	for onSuccess, want := range map[string]retry.Reason{"refill": retry.Retryable, "keep": retry.SharedBudgetEmpty} {
		t.Run(onSuccess, func(t *testing.T) {
			r := newRig(t, with(func(s *settings) { s.PipelineRetriesPerDay = 2 }))
			r.applies("version: 1\nbudgets: {pipeline: {size: 1, refill: 24h, on_success: " + onSuccess + "}}\n")
			r.recovers("churn")
			second := r.fail("churn", atOnce, awstest.Succeeds().After(minute))
			if o := r.deliver(second); o.Reason != string(want) {
				t.Errorf("the next failure: said %s, %s (%s), want %s", o.Verdict, o.Reason, o.Evidence, want)
			}
			if onSuccess == "keep" {
				return
			}
			r.pass(minute)
			last, _ := r.aws.LastEvent(second.ARN)
			r.said(r.deliver(last), retry.Ignore, retry.Recovered)
			third := r.fail("churn", atOnce, awstest.KeepsRunning())
			r.said(r.deliver(third), retry.Wait, retry.SharedBudgetEmpty) // of the deployment
		})
	}
}

// recovers has an execution fail once and succeed after our retry, and both told.
func (r *rig) recovers(pipeline string) {
	r.Helper()
	e := r.fail(pipeline, atOnce, awstest.Succeeds().After(minute))
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.pass(minute)
	last, _ := r.aws.LastEvent(e.ARN)
	r.said(r.deliver(last), retry.Ignore, retry.Recovered)
}
