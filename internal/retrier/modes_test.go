package retrier_test

import (
	"slices"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestObserve decides and records, and has no effect; what it closed stays
// closed when the mode changes.
func TestObserve(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{"at once": atOnce, "waits": waiting, "never": bug, "no cause": awstest.FailsAt("Train", "")} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u), inMode(retry.Observe))
				e := r.fail("churn", run.After(minute), awstest.Succeeds())
				r.aws.Events()
				r.pass(lagging(r))
				r.said(r.deliver(e), retry.Stop, retry.Observing)
				r.said(r.deliver(e.Again("x")), retry.Ignore, retry.Duplicate)
				if n := r.aws.Count(opRetry) + r.aws.Count(opSchedule); n != 0 {
					t.Errorf("%d calls with an effect", n)
				}
				r.mode = retry.Enforce
				r.said(r.deliver(e), retry.Ignore, retry.Duplicate)
				r.settle()
				r.effective(e.ARN, 0)
				r.used(e.ARN, 0)
			})
		}
	})
}

// TestObserveTooEarly is an event that comes before reads show the failure:
// even then nothing is scheduled.
func TestObserveTooEarly(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inMode(retry.Observe))
		e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
		r.aws.Events()
		r.deliver(e)
		r.pass(lagging(r))
		r.deliver(e.Again("x"))
		if n := r.aws.Count(opRetry) + r.aws.Count(opSchedule); n != 0 {
			t.Errorf("%d calls with an effect", n)
		}
		r.settle()
		r.used(e.ARN, 0)
	})
}

// TestOff asks nobody, whatever comes.
func TestOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", waiting, awstest.Succeeds())
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
	r.aws.Events()
	r.mode = retry.ModeOff
	for _, o := range []outcome{r.deliver(e), r.deliver(e.Again("x")), r.fire()} {
		r.said(o, retry.Ignore, retry.Off)
		if len(o.calls) != 0 {
			t.Errorf("called %v", o.calls)
		}
	}
	r.effective(e.ARN, 0)
}

// TestObserveWhileAClaimWaits turns the mode to observe between event and wake,
// and back: no call while it is on.
func TestObserveWhileAClaimWaits(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
		r.pass(lagging(r))
		r.deliver(e)
		r.aws.Events()
		r.mode = retry.Observe
		payload := r.wakeUp()
		for _, o := range []outcome{r.deliver(e), r.invoke(payload), r.deliver(e.Again("x"))} {
			if o.err != nil || slices.Contains(o.calls, opRetry) || slices.Contains(o.calls, opSchedule) {
				t.Errorf("called %v, error %v", o.calls, o.err)
			}
		}
		r.mode = retry.Enforce
		r.deliver(e)
		r.settle()
		r.effective(e.ARN, 0)
		r.used(e.ARN, 1)
	})
}

// TestObserveBeforeAClaimIsDue is the same before the claim is due.
func TestObserveBeforeAClaimIsDue(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", waiting, awstest.Succeeds())
	r.deliver(e)
	r.mode = retry.Observe
	if o := r.deliver(e.Again("x")); slices.Contains(o.calls, opSchedule) {
		t.Errorf("called %v", o.calls)
	}
}

// TestScenario39SettingsChangeUnderAClaim lowers the budget to zero while a
// claim waits: it is honoured, and nothing new is claimed.
func TestScenario39SettingsChangeUnderAClaim(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", waiting.After(minute), waiting.After(minute))
		r.pass(lagging(r))
		r.deliver(e)
		r.aws.Events()
		r.settings.MaxRetries, r.settings.BackoffInterval = 1, 2*minute
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
		if d := r.record(e.ARN).Decision; d.Reason != retry.BudgetExhausted {
			t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
		}
	})
}
