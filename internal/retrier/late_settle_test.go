package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// failsMeanwhile is a retry whose answer is slow: the run that it started has been
// seen to run and has failed, and that was decided on, before the answer is there.
func failsMeanwhile(r *rig, e awstest.Event, decide func(awstest.Event)) tap {
	return once(opRetry, true, func() {
		r.pass(time.Second)
		r.said(r.deliver(e.Again("dup")), retry.Ignore, retry.Superseded)
		r.pass(2 * time.Second)
		decide(r.failed(e.ARN))
	})
}

// failsBeforeSteps is an execution whose retry fails so early that no step tells
// this failure from the one before.
func failsBeforeSteps(r *rig) awstest.Event {
	return r.fail("churn", atOnce.After(minute), awstest.FailsBeforeSteps().After(2*time.Second), awstest.Succeeds())
}

// TestLateSettleLeavesTheNextStop has the answer of the first retry come when the
// failure after it has been stopped: it stays stopped, and nothing is called again.
func TestLateSettleLeavesTheNextStop(t *testing.T) {
	t.Parallel()
	r := newRig(t, under(awstest.Unknowns{TokenMemory: 10 * minute}), with(func(s *settings) { s.MaxRetries = 1 }))
	e := failsBeforeSteps(r)
	r.aws.Events()
	r.said(r.deliver(e, failsMeanwhile(r, e, func(second awstest.Event) {
		r.said(r.deliver(second), retry.Stop, retry.BudgetExhausted)
	})), retry.Retry, retry.Retryable)
	r.stands(e.ARN, retry.Closed)
	r.aws.Events()
	for range 5 {
		r.pass(5 * minute)
		r.sweep()
	}
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	if d := r.record(e.ARN).Decision; d.Reason != retry.BudgetExhausted {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}

// TestLateSettleLeavesTheNextWait has it come when the failure after it is held:
// that waits on, and is retried when the hold is over.
func TestLateSettleLeavesTheNextWait(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := failsBeforeSteps(r)
	r.aws.Events()
	r.deliver(e, failsMeanwhile(r, e, func(second awstest.Event) {
		r.hold(retry.HoldOfAll, time.Hour)
		r.said(r.deliver(second), retry.Wait, retry.Held)
	}))
	if got := r.record(e.ARN); got.Kind != retry.Parked || got.Pause.Reason != retry.Held {
		t.Errorf("the record stands %s, waiting for %q; want it parked and held", got.Kind, got.Pause.Reason)
	}
	r.aws.Events()
	r.sweepsUntilSettled(6 * time.Hour)
	r.audit()
	r.effective(e.ARN, 2)
	r.used(e.ARN, 2)
}

// TestLateStopSpeaksForItself delivers a person's stop when the same person has
// retried it and it has failed: that failure was stopped by nobody.
func TestLateStopSpeaksForItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, under(awstest.Unknowns{RetryResumesStopped: true}))
	e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning(), waiting.After(minute), awstest.Succeeds().After(minute))
	r.aws.Events()
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.pass(minute)
	if err := r.aws.Stop(e.ARN); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Second)
	stopped, _ := r.aws.LastEvent(e.ARN)
	if stopped.Status != awstest.Stopped {
		t.Fatalf("the last event tells of %s", stopped.Status)
	}
	r.pass(minute)
	humanRetry(r, e.ARN)
	r.pass(minute + time.Second)
	failed := r.failed(e.ARN)
	r.aws.Events()
	r.said(r.deliver(stopped), retry.Wait, retry.BackingOff)
	r.said(r.deliver(failed), retry.Wait, retry.BackingOff)
	r.settle()
	r.effective(e.ARN, 2)
	r.used(e.ARN, 2)
}
