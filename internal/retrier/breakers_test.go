package retrier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

const scarceQuota = "ml.g5.xlarge for training job usage"

// short is a run that finds no instance of the quota.
func short() awstest.Run {
	return awstest.FailsAt("Train", strings.ReplaceAll(awstest.ReasonQuotaContention(4, 4, 1), "ml.m5.large for training job usage", scarceQuota))
}

// TestScarceForEverybody has a quota that is in use: the first execution probes,
// the others wait without a unit, and go when it has succeeded.
func TestScarceForEverybody(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		first := r.fail("p0", short().After(minute), awstest.Succeeds().After(minute))
		r.pass(lagging(r))
		r.said(r.deliver(first), retry.Wait, retry.BackingOff)
		for i := range 3 {
			e := r.fail(fmt.Sprintf("p%d", i+1), short().After(minute), awstest.Succeeds().After(minute))
			r.pass(lagging(r))
			o := r.deliver(e)
			r.said(o, retry.Wait, retry.Scarce)
			if !strings.Contains(o.Evidence, "quota_contention") || !strings.Contains(o.Evidence, "p0/execution/") {
				t.Errorf("evidence %q, want what is short and who probes", o.Evidence)
			}
			r.used(e.ARN, 0)
		}
		r.aws.Events()
		r.said(r.fire(), retry.Retry, retry.Probing)
		r.settle()
		for _, e := range r.aws.Executions() {
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		}
	})
}

// TestProbeThatFails gives the probe to the next, after a longer wait, and nobody
// else is called meanwhile.
func TestProbeThatFails(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess, with(func(s *settings) { s.ExpireAfter = week }))
		for i := range 6 {
			runs := []awstest.Run{short().After(minute), short().After(minute), awstest.Succeeds().After(minute)}
			r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i), Runs: runs})
		}
		r.settle()
		var calls []time.Time
		for _, e := range r.aws.Executions() {
			if e.Status != awstest.Succeeded {
				t.Errorf("%s ended %s (%s)", e.ARN, e.Status, r.record(e.ARN).Decision.Evidence)
			}
		}
		for _, c := range r.aws.Calls(opRetry) {
			calls = append(calls, c.At)
		}
		for i := 2; i < len(calls); i++ { // their turns are two minutes apart and more, give or take one
			if apart := calls[i].Sub(calls[i-2]); apart < time.Minute {
				t.Errorf("three calls came within %s: %v", apart, calls)
			}
		}
	})
}

// TestBreakerOpens has many pipelines fail of the same fault of a service: from
// the tenth on they wait, while that one probes.
func TestBreakerOpens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	waits := 0
	for i := range 15 {
		e := r.fail(fmt.Sprintf("p%d", i), awstest.FailsAt("Train", awstest.ReasonInternal), awstest.KeepsRunning())
		o := r.deliver(e)
		switch {
		case i < 10:
			r.said(o, retry.Retry, map[bool]retry.Reason{false: retry.Retryable, true: retry.Probing}[i == 9])
		default:
			r.said(o, retry.Wait, retry.Held)
			waits++
		}
	}
	if waits != 5 {
		t.Errorf("%d wait, want 5", waits)
	}
	if n := strings.Count(r.log.String(), `"breaker":`); n != 1 {
		t.Errorf("%d log lines name the breaker, want one", n)
	}
	r.settle()
	for _, e := range r.aws.Executions() {
		r.effective(e.ARN, 1)
	}
}

// TestBreakerWindow does not open for failures that come far apart, nor for one
// execution that fails again and again.
func TestBreakerWindow(t *testing.T) {
	t.Parallel()
	r := newRig(t, with(func(s *settings) { s.PipelineRetriesPerDay = 100 }))
	for i := range 30 {
		e := r.fail(fmt.Sprintf("p%d", i), atOnce, awstest.Succeeds())
		r.said(r.deliver(e), retry.Retry, retry.Retryable)
		r.pass(2 * minute)
	}
}

// TestScenario57Storm has 500 executions fail within a minute on one quota that
// lets four run: the retries keep the account's rate, nobody is called in vain more
// often than probes are, everybody gets there, and the oldest first.
func TestScenario57Storm(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) {
		s.AccountRetriesPerHour, s.PipelineRetriesPerDay, s.ExpireAfter, s.MaxRetries = 120, 1000, week, 5
	}), inAccount(func(c *awstest.Config) { c.Quotas = map[string]int{scarceQuota: 4} }))
	for i := range 500 {
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i%25), Quota: scarceQuota,
			Runs: []awstest.Run{awstest.Succeeds().After(minute), awstest.Succeeds().After(minute), awstest.Succeeds().After(minute), awstest.Succeeds().After(minute), awstest.Succeeds().After(minute)}})
		r.pass(100 * time.Millisecond)
	}
	r.settle()
	lost, calls := 0, len(r.aws.Calls(opRetry))
	for _, e := range r.aws.Executions() {
		if e.Status != awstest.Succeeded {
			lost++
			t.Logf("%s ended %s: %s", e.ARN, e.Status, r.record(e.ARN).Decision.Evidence)
		}
	}
	t.Logf("%d calls, %d deliveries, %s until all had ended", calls, strings.Count(r.log.String(), "\n"), r.clock().Sub(start))
	if lost > 0 || calls > 600 {
		t.Errorf("%d did not get there; %d calls for 496 failures", lost, calls)
	}
}
