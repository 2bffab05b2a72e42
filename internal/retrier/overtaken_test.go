package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// once does something right before or after the first call of an operation.
func once(op string, after bool, act func()) tap {
	done := false
	return func(c call) error {
		if c.op == op && c.after == after && !done {
			done = true
			act()
		}
		return nil
	}
}

// TestTwoRefusalsOfOneCall has two deliveries call with one token, and both
// refused: that moves the claim on by one ordinal, not by two.
func TestTwoRefusalsOfOneCall(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
		r.aws.Events()
		r.pass(lagging(r))
		r.aws.FailNext(opRetry, 2, awstest.Fault{Code: "ResourceLimitExceeded"})
		r.deliver(e, once(opRetry, true, func() { r.said(r.deliver(e), retry.Wait, retry.RefusedForNow) }))
		if n := r.record(e.ARN).Claim.Ordinal; n != 2 {
			t.Errorf("ordinal %d after one call that was refused twice", n)
		}
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	})
}

// TestLateSuccessOfAnEarlierOrdinal has the first of two calls with one token
// refused and the second accepted: the claim is settled, though it had moved on.
func TestLateSuccessOfAnEarlierOrdinal(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		if u.BurnsRefusedTokens {
			return // the second call is refused as well: see above
		}
		r := newRig(t, under(u))
		e := r.fail("churn", atOnce.After(minute), awstest.FailsBeforeSteps().After(10*minute), awstest.KeepsRunning())
		r.aws.Events()
		r.pass(lagging(r))
		r.aws.FailNext(opRetry, 1, awstest.Fault{Code: "ResourceLimitExceeded"})
		o := r.deliver(e, once(opRetry, false, func() { r.said(r.deliver(e), retry.Wait, retry.RefusedForNow) }))
		r.said(o, retry.Retry, retry.Retryable)
		r.stands(e.ARN, retry.Retried)
		r.settle()
		r.effective(e.ARN, 2)
		r.used(e.ARN, 2)
	})
}

// TestScenario21SettlesAnOlderClaim freezes a delivery with its answer in hand
// until the retried run has failed and the next claim waits: it is not settled by that.
func TestScenario21SettlesAnOlderClaim(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, k := range []int{7, 8} {
			for _, second := range []awstest.Run{waiting, atOnce} {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", atOnce.After(minute), second.After(minute), awstest.Succeeds().After(minute))
				r.aws.Events()
				r.pass(lagging(r))
				r.deliver(e, meanwhile(k, k == 7, func() {
					r.pass(minute + lagging(r))
					for _, next := range r.aws.Events() {
						if next.Status == awstest.Failed {
							r.said(r.deliver(next), retry.Wait, retry.BackingOff)
						}
					}
				}))
				r.stands(e.ARN, retry.Claimed)
				r.settle()
				r.effective(e.ARN, 2)
				r.used(e.ARN, 2)
			}
		}
	})
}

// TestRefusedWriteLooksAgain lets another delivery do everything, and the
// retried run fail again, between a delivery's look and its claim.
func TestRefusedWriteLooksAgain(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", atOnce.After(minute), atOnce.After(minute), awstest.Succeeds())
		r.aws.Events()
		r.pass(lagging(r))
		e.End = time.Time{} // nothing that the record could know it by
		o := r.deliver(e, once(opCommit, false, func() {
			r.deliver(e.Again("x"))
			r.pass(minute + lagging(r))
		}))
		r.said(o, retry.Wait, retry.BackingOff)
		r.settle()
		r.effective(e.ARN, 2)
		r.used(e.ARN, 2)
	})
}

// TestDescribeShowsAnOlderFailure has an event come while Describe still shows
// the failure before the one on record.
func TestDescribeShowsAnOlderFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce.After(minute), atOnce.After(minute), awstest.Succeeds().After(minute))
	r.pass(10 * time.Second)
	r.settle()
	second := r.record(e.ARN).Failure.LastModified
	r.aws.Configure(func(c *awstest.Config) {
		c.Unknowns.DescribeLag = r.clock().Sub(start.Add(minute + 5*time.Second))
		c.Unknowns.StepLag = c.Unknowns.DescribeLag
	})
	late := e.Again("late")
	late.End = late.End.Add(time.Second) // no copy that the record knows
	r.said(r.deliver(late), retry.Wait, retry.LookingAgain)
	if got := r.record(e.ARN).Failure.LastModified; !got.Equal(second) {
		t.Errorf("the failure on record went from %s back to %s", second, got)
	}
	r.settle()
	r.effective(e.ARN, 2)
	r.used(e.ARN, 2)
}

// TestSecondFailureKeepsItsEndTime has executionEndTime stay what it was at the
// first failure, which nobody documents.
func TestSecondFailureKeepsItsEndTime(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		first := r.fail("churn", atOnce.After(minute), atOnce.After(10*minute), awstest.Succeeds().After(minute))
		r.pass(lagging(r))
		r.deliver(first)
		r.pass(10 * minute)
		second := r.failed(first.ARN)
		r.aws.Events()
		r.pass(lagging(r))
		second.End = first.End
		r.said(r.deliver(second), retry.Wait, retry.BackingOff)
		r.settle()
		r.effective(first.ARN, 2)
		r.used(first.ARN, 2)
	})
}
