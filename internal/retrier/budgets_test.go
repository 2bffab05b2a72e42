package retrier_test

import (
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

const week = 7 * 24 * time.Hour

// TestPipelineBudgetRunsOut has more failures of one pipeline than a day allows:
// the others are parked and retried as units flow in.
func TestPipelineBudgetRunsOut(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{"at once": atOnce, "waits": waiting} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u), inProcess, with(func(s *settings) { s.PipelineRetriesPerDay, s.ExpireAfter = 2, week }))
				for range 7 {
					r.aws.Add(awstest.Script{Runs: []awstest.Run{run.After(minute), awstest.Succeeds().After(minute)}})
				}
				r.settle()
				for _, e := range r.aws.Executions() {
					r.effective(e.ARN, 1)
					r.used(e.ARN, 1)
				}
			})
		}
	})
}

// TestAccountBudgetRunsOut is the same with the account's hour, and pipelines
// that fail again.
func TestAccountBudgetRunsOut(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess, with(func(s *settings) { s.AccountRetriesPerHour = 3 }))
		for i := range 10 {
			r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i), Runs: []awstest.Run{atOnce.After(minute), waiting.After(minute), awstest.Succeeds()}})
		}
		r.settle()
		for _, e := range r.aws.Executions() {
			r.effective(e.ARN, 2)
			r.used(e.ARN, 2)
		}
	})
}

// TestTwoHundredFailures hit twenty pipelines within a minute. Each parked one
// looks again whenever a unit has flowed in, so the hour's budget leaves fifty.
func TestTwoHundredFailures(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.AccountRetriesPerHour, s.ExpireAfter = 150, week }))
	for i := range 200 {
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i%20), Runs: []awstest.Run{waiting.After(minute), awstest.Succeeds().After(minute)}})
	}
	r.settle()
	for _, e := range r.aws.Executions() {
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	}
}

// TestParkedTooLong expires where no unit flows in before that.
func TestParkedTooLong(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.PipelineRetriesPerDay, s.ExpireAfter = 1, time.Hour }))
	e := r.fail("churn", atOnce, awstest.Succeeds())
	late := r.fail("churn", atOnce, awstest.Succeeds())
	r.settle()
	r.effective(e.ARN, 1)
	r.effective(late.ARN, 0)
	r.used(late.ARN, 0)
	if d := r.record(late.ARN).Decision; d.Reason != retry.Expired {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}

// TestParkedAndMovedOn has a person retry what is parked.
func TestParkedAndMovedOn(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), with(func(s *settings) { s.AccountRetriesPerHour = 1 }))
		emptyBudget(r)
		e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(minute))
		r.pass(lagging(r))
		r.said(r.deliver(e), retry.Wait, retry.SharedBudgetEmpty)
		humanRetry(r, e.ARN)
		r.settle()
		r.effective(e.ARN, 0)
		r.used(e.ARN, 0)
		r.stands(e.ARN, retry.MovedOn)
	})
}

// TestParkedThenInDoubt has a person retry what is parked; it fails again, and
// the event comes while Describe still shows the failure that is parked. The
// look that is due in a minute needs a schedule of its own beside the parked one's.
func TestParkedThenInDoubt(t *testing.T) {
	t.Parallel()
	r := newRig(t, with(func(s *settings) { s.PipelineRetriesPerDay = 1 }))
	first := r.fail("churn", atOnce, awstest.KeepsRunning())
	r.said(r.deliver(first), retry.Retry, retry.Retryable)
	e := r.fail("churn", atOnce.After(minute), bug.After(10*minute))
	r.said(r.deliver(e), retry.Wait, retry.SharedBudgetEmpty)
	r.pass(2 * minute)
	if err := r.aws.HumanRetry(e.ARN); err != nil {
		t.Fatal(err)
	}
	r.aws.Configure(func(c *awstest.Config) {
		c.Unknowns.DescribeLag, c.Unknowns.StepLag = 11*minute, 11*minute
	})
	r.pass(10 * minute)
	second := r.failed(e.ARN)
	r.aws.Events()
	r.said(r.deliver(second), retry.Wait, retry.LookingAgain)
	r.auditExecution(r.aws.Execution(e.ARN))
}
