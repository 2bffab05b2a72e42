package retrier_test

import (
	"fmt"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario39ParallelismIsKept changes the parallelism that a policy grants
// while a claim waits, and again between a call whose answer was lost and the
// next: whoever calls sends what the claim says, with its token.
func TestScenario39ParallelismIsKept(t *testing.T) {
	grants := func(parallelism any) string {
		return fmt.Sprintf("version: 1\nrules: [{name: gpus, when: {class: quota_contention}, verdict: wait, parallelism: %v}]\n", parallelism)
	}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		r.applies(grants("halve"))
		contended := awstest.FailsAt("Train", awstest.ReasonQuotaContention(4, 4, 1)).After(minute)
		arn := r.aws.Add(awstest.Script{Pipeline: "churn", Parallelism: 8, Runs: []awstest.Run{contended, awstest.KeepsRunning()}})
		r.pass(minute)
		e := r.failed(arn)
		r.aws.Events()
		r.pass(lagging(r))
		r.said(r.deliver(e), retry.Wait, retry.BackingOff)
		r.applies(grants(2))
		wake := r.wakeUp()
		r.erred(r.invoke(wake, on(opRetry, 1, false, errCrash)))
		r.applies(grants(3))
		r.said(r.invoke(wake), retry.Retry, retry.Retryable)
		r.settle()
		if got := r.aws.Retries(arn); len(got) != 1 || got[0].Parallelism != 4 || got[0].Token != r.record(arn).Claim.Token {
			t.Errorf("got retries %+v, want one with the claim's token and parallelism, 4", got)
		}
		r.used(arn, 1)
	})
}

// TestScenario78BudgetLowered lowers the budget from five to one while the third
// retry waits: it is made, since its unit is spent, and nothing is claimed beyond.
// What never was retried still gets its one.
func TestScenario78BudgetLowered(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess, with(func(s *settings) { s.MaxRetries = 5 }))
		e := r.fail("churn", waiting.After(minute))
		for r.record(e.ARN).Claim.Retry < 3 {
			if !r.step() {
				t.Fatalf("the third retry never waits: %+v", r.record(e.ARN))
			}
		}
		before := r.record(e.ARN)
		r.settings.MaxRetries = 1
		other := r.fail("other", waiting.After(minute))
		for r.step() { // an audit would hold what was spent before against the new budget
		}
		r.effective(e.ARN, 3)
		r.used(e.ARN, 3)
		r.effective(other.ARN, 1)
		r.used(other.ARN, 1)
		if retries := r.aws.Retries(e.ARN); before.Kind != retry.Claimed || retries[2].Token != before.Claim.Token {
			t.Errorf("stood %q with token %.8s, and was retried with %.8s", before.Kind, before.Claim.Token, retries[2].Token)
		}
		for _, arn := range []string{e.ARN, other.ARN} {
			if d := r.record(arn).Decision; d.Reason != retry.BudgetExhausted {
				t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
			}
		}
	})
}
