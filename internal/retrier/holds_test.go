package retrier_test

import (
	"context"
	"testing"
	"time"

	"mulligan/internal/announce"
	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// hold sets a hold as a person does.
func (r *rig) hold(scope string, lasts time.Duration) {
	r.Helper()
	holds := ledger.NewMemoryHolds(r.ledger)
	seen, err := holds.Current(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	h := retry.Hold{Scope: scope, Author: "ada", Note: "maintenance", Since: r.clock(), Until: r.clock().Add(lasts)}
	if _, err := holds.Place(context.Background(), h, seen); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) release(scope string) {
	r.Helper()
	holds := ledger.NewMemoryHolds(r.ledger)
	seen, err := holds.Current(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	if _, err := holds.Release(context.Background(), scope, ledger.By{Author: "ada", Note: "over", At: r.clock()}, seen); err != nil {
		r.Fatal(err)
	}
}

// swept is the sweep's look at one execution.
func (r *rig) swept(arn string, taps ...tap) outcome {
	r.Helper()
	parsed, err := retry.ParseExecutionARN(arn)
	if err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l := &line{rig: r, taps: taps, cancel: cancel}
	d, err := r.handler(l).Corridor.Handle(ctx, retry.Notice{Door: retry.DoorSweep, Execution: parsed, EventID: "sweep"})
	return outcome{Answer: announce.NewAnswer(d), err: err, calls: l.calls}
}

// TestScenario79Held holds everything, the account, the pipeline or the class:
// nothing is claimed or called meanwhile, and what was held comes back by itself.
func TestScenario79Held(t *testing.T) {
	scopes := []string{
		retry.HoldOfAll, retry.HoldOfAccount(account, region), retry.HoldOfPipeline("CHURN"), retry.HoldOfClass("service_fault"),
	}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, scope := range scopes {
			r := newRig(t, under(u), inProcess)
			r.hold(scope, 2*time.Hour)
			e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
			r.pass(lagging(r))
			r.aws.Events()
			o := r.deliver(e)
			r.said(o, retry.Wait, retry.Held)
			if due, _ := time.Parse(time.RFC3339, o.Due); due.Before(start.Add(2*time.Hour)) || due.After(start.Add(2*time.Hour+2*minute)) {
				t.Errorf("%s: due %s, want it shortly after the hold ends", scope, o.Due)
			}
			r.used(e.ARN, 0)
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		}
	})
}

// TestHoldElsewhere holds what is no business of this failure.
func TestHoldElsewhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, scope := range []string{retry.HoldOfPipeline("churn-2"), retry.HoldOfClass("capacity"), retry.HoldOfAccount(account, "us-east-1")} {
		r.hold(scope, time.Hour)
	}
	r.said(r.deliver(r.fail("churn", atOnce, awstest.Succeeds())), retry.Retry, retry.Retryable)
}

// TestHeldOnItsWake holds a retry that was claimed before: it keeps its unit,
// is not called, and comes back.
func TestHeldOnItsWake(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
		r.pass(lagging(r))
		r.aws.Events()
		r.said(r.deliver(e), retry.Wait, retry.BackingOff)
		r.hold(retry.HoldOfAll, 3*time.Hour)
		r.said(r.fire(), retry.Wait, retry.Held)
		r.effective(e.ARN, 0)
		r.said(r.deliver(e.Again("x")), retry.Wait, retry.Held)
		if n := len(r.aws.Schedules()); n != 1 {
			t.Errorf("%d schedules", n)
		}
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	})
}

// TestHoldBetweenReadAndClaim sets a hold after a delivery has read that there is
// none: its claim is refused.
func TestHoldBetweenReadAndClaim(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	o := r.deliver(e, once(opCommit, false, func() { r.hold(retry.HoldOfAll, time.Hour) }))
	r.said(o, retry.Wait, retry.Held)
	r.effective(e.ARN, 0)
	r.used(e.ARN, 0)
	r.settle()
	r.effective(e.ARN, 1)
}

// TestReleasedEarly is let go by whoever looks next, whose look the sweep is.
func TestReleasedEarly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	r.hold(retry.HoldOfAll, 5*time.Hour)
	r.said(r.deliver(e), retry.Wait, retry.Held)
	r.pass(time.Hour)
	r.said(r.swept(e.ARN), retry.Wait, retry.Held)
	r.release(retry.HoldOfAll)
	r.said(r.swept(e.ARN), retry.Retry, retry.Retryable)
	r.effective(e.ARN, 1)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestHeldTooLong expires like everything that waits.
func TestHeldTooLong(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	r.hold(retry.HoldOfAll, 48*time.Hour)
	r.settle()
	r.effective(e.ARN, 0)
	if d := r.record(e.ARN).Decision; d.Reason != retry.Expired {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}

// TestPermanentIsNotHeld stops what no retry can help, hold or not.
func TestPermanentIsNotHeld(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.hold(retry.HoldOfAll, time.Hour)
	r.said(r.deliver(r.fail("churn", bug)), retry.Stop, retry.PermanentCause)
}
