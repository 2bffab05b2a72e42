package retrier_test

import (
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

const noBreakers = "version: 1\nbreaker: {executions: 0}\n"

// TestReleasedBehindAnEmptyBudget releases a hold that held twenty of a pipeline
// whose budget is two a day, before one of another pipeline.
func TestReleasedBehindAnEmptyBudget(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.PipelineRetriesPerDay, s.AccountRetriesPerHour = 2, 1000 }))
	r.applies(noBreakers)
	r.hold(retry.HoldOfAll, 12*time.Hour)
	for range 20 {
		r.said(r.deliver(r.fail("a", atOnce.After(time.Second), awstest.KeepsRunning())), retry.Wait, retry.Held)
	}
	b := r.fail("b", atOnce.After(time.Second), awstest.KeepsRunning())
	r.said(r.deliver(b), retry.Wait, retry.Held)
	r.aws.Events()
	r.pass(minute)
	r.release(retry.HoldOfAll)
	r.sweeps(2)
	r.effective(b.ARN, 1)
}

// heldFailures is a hold of four hours, during which so many of a hundred pipelines
// fail; then wakes alone, until so long after it.
func (r *rig) heldFailures(n int, apart, after time.Duration) []awstest.Event {
	r.Helper()
	r.hold(retry.HoldOfAll, 4*time.Hour)
	all := make([]awstest.Event, n)
	for i := range all {
		all[i] = r.fail(fmt.Sprintf("p%d", i%100), atOnce.After(apart), awstest.KeepsRunning())
		r.deliver(all[i])
	}
	r.aws.Events()
	for end := start.Add(4*time.Hour + after); ; r.wake() {
		if due, waits := r.aws.NextDue(); !waits || due.After(end) {
			return all
		}
	}
}

// TestHoldEndsForMany has a thousand come back from one hold: one every two
// seconds, and not all at once.
func TestHoldEndsForMany(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess)
	r.heldFailures(1000, 100*time.Millisecond, 10*minute)
	perSecond := map[int64]int{}
	for _, c := range r.aws.Calls(opDescribe) {
		if !c.At.Before(start.Add(4 * time.Hour)) {
			perSecond[c.At.Unix()]++
		}
	}
	for second, n := range perSecond {
		if n > 5 {
			t.Errorf("%d executions were described in the second %s", n, time.Unix(second, 0).UTC().Format(time.TimeOnly))
		}
	}
	if len(perSecond) < 200 {
		t.Errorf("executions were described in %d seconds of ten minutes, want half of them and more", len(perSecond))
	}
}

// TestHoldEndsInOrder has 400 come back from one hold, and a budget for sixty of
// them: the oldest get it.
func TestHoldEndsInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess)
	r.applies(noBreakers)
	sum, n := 0, 0
	for i, e := range r.heldFailures(400, 10*time.Second, 3*minute) {
		if len(r.aws.Retries(e.ARN)) > 0 {
			sum, n = sum+i, n+1
		}
	}
	if n < 50 || sum/n > n {
		t.Errorf("%d were retried within three minutes of the hold's end, on average number %d, want the oldest", n, sum/max(n, 1))
	}
}

// TestIdleUnits helps two that have turns before an empty budget by hand: those
// for which no turn was left go in their place.
func TestIdleUnits(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.PipelineRetriesPerDay, s.AccountRetriesPerHour = 2, 1000 }))
	var all []awstest.Event
	for range 6 {
		e := r.fail("churn", atOnce.After(time.Second), awstest.Succeeds().After(minute))
		r.deliver(e)
		all = append(all, e)
	}
	r.aws.Events()
	for _, e := range all[2:4] {
		r.pass(time.Second)
		humanRetry(r, e.ARN)
	}
	r.applies("version: 1\nsuperseded: false\n")
	r.sweepsUntilSettled(25 * time.Hour)
	r.audit()
	if took := r.firstRetry(all[4].ARN, start); took > 13*time.Hour {
		t.Errorf("the fifth was retried after %s, although a unit had been there for an hour", took)
	}
}
