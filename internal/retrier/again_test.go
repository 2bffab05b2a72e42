package retrier_test

import (
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario40FailsUntilExhausted lets every retry fail again: each failure
// costs one unit, and at the last one Mulligan stops.
func TestScenario40FailsUntilExhausted(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{
			"at once": atOnce, "after a wait": waiting,
			"before its steps": awstest.FailsBeforeSteps(),
			"alternating":      awstest.Fails(awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity}, awstest.Step{Name: "Prepare", Reason: awstest.ReasonInternal}),
		} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", waiting.After(minute), run.After(minute))
				r.settle()
				r.effective(e.ARN, 3)
				r.used(e.ARN, 3)
				r.stands(e.ARN, retry.Closed)
				if d := r.record(e.ARN).Decision; d.Reason != retry.BudgetExhausted {
					t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
				}
			})
		}
	})
}

// TestFailsAgainInTheSameSecond has a retried run fail in the second in which the
// failure before it ended, so that both events tell the same executionEndTime.
// Duplicates of the first one, before and after, are still duplicates.
func TestFailsAgainInTheSameSecond(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.fail("churn", atOnce, atOnce.After(100*time.Millisecond), awstest.KeepsRunning())
	r.said(r.deliver(first), retry.Retry, retry.Retryable)
	r.said(r.deliver(first.Again("x")), retry.Ignore, retry.Duplicate)
	r.stands(first.ARN, retry.Retried)

	r.pass(100 * time.Millisecond)
	second := r.failed(first.ARN)
	if string(second.JSON()) == string(first.JSON()) || !second.End.Truncate(time.Second).Equal(first.End.Truncate(time.Second)) {
		t.Fatalf("failed at %s and %s, want two events of one second", first.End, second.End)
	}
	r.aws.Events() // the rig's bus delivers nothing by itself
	r.said(r.deliver(second), retry.Wait, retry.BackingOff)
	r.said(r.deliver(first.Again("y")), retry.Wait, retry.BackingOff)
	r.settle()
	r.effective(first.ARN, 2)
	r.used(first.ARN, 2)
}

// TestUnknownCauseGetsOneCarefulRetry is the same with nothing to go by.
func TestUnknownCauseGetsOneCarefulRetry(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", awstest.FailsAt("Train", "").After(minute))
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
		if d := r.record(e.ARN).Decision; d.Reason != retry.SameFailureAgain {
			t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
		}
	})
}

// TestAnotherUnknownCause is a second failure that says something else, and no
// more than the first.
func TestAnotherUnknownCause(t *testing.T) {
	r := newRig(t, inProcess)
	e := r.fail("churn", awstest.FailsAt("Train", "no words that are known").After(minute), awstest.FailsAt("Train", "nor these").After(minute))
	r.settle()
	r.effective(e.ARN, 1)
	if d := r.record(e.ARN).Decision; d.Reason != retry.UnknownCause {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}

// TestOlderRowsAreHistory reads the second failure's cause from its own rows,
// where the first one's stay in the list beside them.
func TestOlderRowsAreHistory(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", awstest.FailsAt("Train", "").After(minute), waiting.After(minute), awstest.Succeeds())
		r.settle()
		r.effective(e.ARN, 2)
		r.used(e.ARN, 2)
	})
}

// TestScenario15RetriedRunFailsAtOnce cuts a delivery off at every call and lets
// the retried run fail again before anybody looks: with a new round, and without.
func TestScenario15RetriedRunFailsAtOnce(t *testing.T) {
	seconds := map[string]awstest.Run{"new round": atOnce, "no new round": awstest.FailsBeforeSteps()}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, second := range seconds {
			for _, first := range []awstest.Run{atOnce, waiting} {
				for _, order := range []string{"old event first", "new event first"} {
					for k := 1; k <= 6; k++ {
						t.Run(fmt.Sprintf("%s, %.8s, %s, call %d", name, first.Failing[0].Reason, order, k), func(t *testing.T) {
							failsAgainAfterCrash(t, u, first, second, order, k)
						})
					}
				}
			}
		}
	})
}

func failsAgainAfterCrash(t *testing.T, u awstest.Unknowns, first, second awstest.Run, order string, k int) {
	r := newRig(t, under(u), inProcess)
	e := r.fail("churn", first.After(minute), second, awstest.Succeeds().After(minute))
	r.aws.Events()
	r.pass(lagging(r))
	payload := e.JSON()
	if o := r.invoke(payload, crash(k, true)); o.err == nil && len(r.aws.Schedules()) > 0 {
		payload = r.wakeUp()
		r.invoke(payload, crash(k, true))
	}
	r.pass(lagging(r))
	if order == "new event first" {
		for _, e := range r.aws.Events() {
			if e.Status == awstest.Failed {
				r.asynchronously(e.JSON())
			}
		}
	}
	r.invoke(payload)
	r.invoke(payload)
	r.settle()
	r.effective(e.ARN, 2)
	r.used(e.ARN, 2)
	r.stands(e.ARN, retry.Retried)
}
