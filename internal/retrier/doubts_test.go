package retrier_test

import (
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// doubtful is the same failure with an end so much later, which another failure
// could have.
func doubtful(e awstest.Event, later time.Duration) awstest.Event {
	again := e.Again("x")
	again.End, again.Time = e.End.Add(later), e.End.Add(later)
	return again
}

// sweeps is so many sweeps, five minutes apart, and what they found past due.
func (r *rig) sweeps(n int) (parked, watched int) {
	r.Helper()
	for range n {
		r.pass(5 * minute)
		report := r.sweep()
		parked += report.Sweep.ParkedDue
		watched += report.Sweep.Watched
	}
	return parked, watched
}

// TestDoubtOfTheDone ends with the last look that it was worth: the sweep does not
// come back for what is stopped.
func TestDoubtOfTheDone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", bug)
	r.aws.Events()
	r.said(r.deliver(e), retry.Stop, retry.PermanentCause)
	r.said(r.deliver(doubtful(e, 30*time.Second)), retry.Wait, retry.LookingAgain)
	r.settle()
	r.pass(10 * minute)
	if parked, _ := r.sweeps(20); parked > 0 {
		t.Errorf("found parked past due %d times in 20 sweeps", parked)
	}
	r.stands(e.ARN, retry.Closed)
	if got := r.record(e.ARN); got.Pause.Reason != "" || got.Decision.Reason != retry.PermanentCause {
		t.Errorf("waits for %q, was decided as %s", got.Pause.Reason, got.Decision.Reason)
	}
}

// TestDoubtOfTheRunning has a stray event of a success for a retry that runs on:
// the sweep looks after it as seldom as after any other.
func TestDoubtOfTheRunning(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.KeepsRunning())
	r.aws.Events()
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.pass(minute)
	stray := e.Again("x")
	stray.Status, stray.Previous, stray.End, stray.Time = awstest.Succeeded, awstest.Executing, r.clock(), r.clock()
	r.said(r.deliver(stray), retry.Wait, retry.LookingAgain)
	r.wakes()
	before := r.record(e.ARN).Rev
	r.sweeps(48)
	if wrote := r.record(e.ARN).Rev - before; wrote > 12 {
		t.Errorf("%d writes in four hours of a retry that runs", wrote)
	}
	r.stands(e.ARN, retry.Retried)
}

// TestDoubtsHideNobody leaves a hundred doubts behind, and loses one schedule that
// matters: the sweep brings that one back.
func TestDoubtsHideNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.ExpireAfter, s.PipelineRetriesPerDay = week, 1 }))
	for i := range 100 {
		e := r.fail(fmt.Sprintf("p%d", i), bug.After(time.Second))
		r.deliver(e)
		r.said(r.deliver(doubtful(e, 30*time.Second)), retry.Wait, retry.LookingAgain)
	}
	r.aws.Events()
	r.wakes()
	r.deliver(r.fail("churn", atOnce.After(time.Second), awstest.KeepsRunning()))
	e := r.fail("churn", atOnce.After(time.Second), awstest.KeepsRunning())
	r.said(r.deliver(e), retry.Wait, retry.SharedBudgetEmpty)
	r.pass(25 * time.Hour)
	r.lose()
	r.sweeps(3)
	r.effective(e.ARN, 1)
}

// TestDoubtTurnedOff switches the policy off while a doubt waits: its wake is the
// last that anybody hears of it.
func TestDoubtTurnedOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
	r.said(r.deliver(doubtful(e, 2*minute)), retry.Wait, retry.LookingAgain)
	r.applies("version: 1\nmode: \"off\"\n")
	r.aws.Events()
	r.wakes()
	if parked, _ := r.sweeps(10); parked > 1 {
		t.Errorf("found parked past due %d times in ten sweeps", parked)
	}
	r.effective(e.ARN, 0)
}

// TestWatchTurnedOff switches the policy off while retries run: each is looked
// after once more.
func TestWatchTurnedOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 5 {
		r.said(r.deliver(r.fail(fmt.Sprintf("churn%d", i), atOnce, awstest.Succeeds().After(minute))), retry.Retry, retry.Retryable)
	}
	r.applies("version: 1\nmode: \"off\"\n")
	r.pass(20 * minute)
	r.aws.Events()
	if _, watched := r.sweeps(20); watched > 5 {
		t.Errorf("watched %d times, 5 retries", watched)
	}
}

// TestOffHidesNobody has a thousand failures that the policy leaves alone before
// the one that no event told of: it is found all the same, by the next sweeps.
func TestOffHidesNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess)
	r.applies("version: 1\npipelines:\n  - {name: o, match: \"off*\", mode: \"off\"}\n")
	for i := range 1000 {
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("off%d", i%10), Runs: []awstest.Run{bug.After(time.Second)}})
		r.pass(2 * time.Second)
	}
	r.pass(5 * minute)
	missed := r.fail("b", atOnce.After(time.Second), awstest.KeepsRunning())
	r.lose()
	asked := len(r.aws.Calls(opDescribe))
	r.sweeps(3)
	r.effective(missed.ARN, 1)
	if n := len(r.aws.Calls(opDescribe)) - asked; n > 10 {
		t.Errorf("%d executions were described, want only the one that is minded", n)
	}
}

// TestObserveSettles goes on counting what became of the retries that were made
// before the mode was observe.
func TestObserveSettles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.mode = retry.Observe
	r.pass(minute)
	if err := r.aws.Stop(e.ARN); err != nil {
		t.Fatal(err)
	}
	r.settle()
	r.stands(e.ARN, retry.Retried)
	r.tallied(retry.Tally{Pipeline: "churn", Class: "service_fault", Result: retry.WasStopped})
}
