package retrier_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario1SameEventAgain is a settled failure's event once more: one read.
func TestScenario1SameEventAgain(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
		r.pass(lagging(r))
		r.said(r.deliver(e), retry.Retry, retry.Retryable)
		for range 3 {
			o := r.deliver(e)
			r.said(o, retry.Ignore, retry.Duplicate)
			if len(o.calls) != 1 {
				t.Errorf("called %v, want one read", o.calls)
			}
		}
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	})
}

// TestScenario4OldEventDuringTheNextFailure delivers the first failure's event
// again at every point of the delivery of the second one's.
func TestScenario4OldEventDuringTheNextFailure(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for k := 1; k <= 6; k++ {
			for _, after := range []bool{false, true} {
				r := newRig(t, under(u), inProcess)
				first := r.fail("churn", atOnce.After(minute), waiting.After(minute), awstest.Succeeds().After(minute))
				r.pass(lagging(r))
				r.deliver(first)
				r.passTo(r.mustChange())
				second := r.failed(first.ARN)
				r.pass(lagging(r))
				r.aws.Events()
				again := first.Again("late")
				r.deliver(second, meanwhile(k, after, func() { r.deliver(first); r.deliver(again) }))
				if r.wake(meanwhile(k, after, func() { r.deliver(first); r.deliver(again) })); t.Failed() {
					t.Fatalf("at call %d, after %t", k, after)
				}
				r.settle()
				r.effective(first.ARN, 2)
				r.used(first.ARN, 2)
			}
		}
	})
}

// TestScenario5EventsOutOfOrder delivers the event of a failure that a person
// has retried after that of the next one.
func TestScenario5EventsOutOfOrder(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, second := range map[string]awstest.Run{"at once": atOnce, "waits": waiting, "stopped": bug} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u), inProcess)
				e1 := r.fail("churn", waiting.After(minute), second.After(10*minute), awstest.KeepsRunning())
				if err := r.aws.HumanRetry(e1.ARN); err != nil {
					t.Fatal(err)
				}
				r.passTo(r.mustChange())
				e2 := r.failed(e1.ARN)
				r.aws.Events()
				r.pass(lagging(r))
				r.deliver(e2)
				if o := r.deliver(e1); o.err != nil || o.Verdict == string(retry.Retry) {
					t.Errorf("the older event: %s, %s, error %v", o.Verdict, o.Reason, o.err)
				}
				r.settle()
				want := 1
				if name == "stopped" {
					want = 0
				}
				r.effective(e1.ARN, want)
				r.used(e1.ARN, want)
			})
		}
	})
}

// TestScenario6TwoEventsOfOneFailure lets SageMaker send each event three times.
func TestScenario6TwoEventsOfOneFailure(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{"at once": atOnce, "after a wait": waiting, "never": bug} {
			r := newRig(t, under(u), inProcess, inAccount(func(c *awstest.Config) { c.EventCopies = 2 }))
			e := r.fail("churn", run.After(minute), run.After(minute), awstest.Succeeds())
			r.settle()
			want := 2
			if name == "never" {
				want = 0
			}
			r.effective(e.ARN, want)
			r.used(e.ARN, want)
		}
	})
}

// TestScenario7ReplayOfAnOldEvent replays an event after a week, with a record
// of it and without.
func TestScenario7ReplayOfAnOldEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	settled := r.fail("churn", bug)
	r.settle()
	lost := r.fail("churn", atOnce)
	r.aws.Events()
	r.pass(7 * 24 * time.Hour)
	r.said(r.deliver(settled), retry.Ignore, retry.Duplicate)
	r.said(r.deliver(lost), retry.Stop, retry.Expired)
	r.said(r.deliver(lost.Again("x")), retry.Ignore, retry.Duplicate)
	r.settle()
	r.effective(lost.ARN, 0)
	r.used(lost.ARN, 0)
}

// TestScenario8NoLongerFailed is an event that comes when a person has retried.
func TestScenario8NoLongerFailed(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, next := range map[string]awstest.Run{"executing": awstest.KeepsRunning(), "succeeded": awstest.Succeeds()} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", atOnce.After(minute), next)
				r.pass(minute)
				if err := r.aws.HumanRetry(e.ARN); err != nil {
					t.Fatal(err)
				}
				r.aws.Events()
				r.pass(lagging(r))
				r.said(r.deliver(e), retry.Ignore, retry.Superseded)
				r.said(r.deliver(e.Again("x")), retry.Ignore, retry.Duplicate)
				r.settle()
				r.effective(e.ARN, 0)
				r.used(e.ARN, 0)
				r.stands(e.ARN, retry.MovedOn)
			})
		}
	})
}

// TestScenario9OtherStatuses are events that tell of no end, where nobody is
// asked, and of ends that nothing of ours waits for: the ledger alone tells that.
func TestScenario9OtherStatuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce)
	for status, want := range map[awstest.Status][]string{
		"Executing": nil, "Stopping": nil, "Unheard-of": nil,
		"Succeeded": {opRead}, "Stopped": {opRead}, "CompletedWithFailures": {opRead},
	} {
		e.Status = status
		o := r.deliver(e)
		r.said(o, retry.Ignore, retry.NotFailed)
		if !slices.Equal(o.calls, want) {
			t.Errorf("%s: called %v, want %v", status, o.calls, want)
		}
	}
}

// TestScenario10TwoStacks has two stacks with ledgers of their own on one bus:
// the token is the same, so that SageMaker makes one retry of two calls.
func TestScenario10TwoStacks(t *testing.T) {
	t.Parallel()
	green := newRig(t)
	blue := newRig(t)
	e := green.fail("churn", atOnce, awstest.KeepsRunning())
	blue.url = green.url
	green.deliver(e, meanwhile(5, false, func() { blue.invoke(e.JSON()) }))
	green.effective(e.ARN, 1)
	tokens := map[string]bool{}
	for _, c := range green.aws.Calls(opRetry) {
		tokens[c.Token] = true
	}
	if len(tokens) != 1 {
		t.Errorf("two stacks used the tokens %v for one event", tokens)
	}
}

// TestMixedCaseIsOneExecution spells the ARN in capitals in every other event.
func TestMixedCaseIsOneExecution(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
		r.pass(lagging(r))
		other := e.Again("x")
		other.ARN = fmt.Sprintf("arn:aws:sagemaker:%s:%s:pipeline/CHURN/execution/%s", region, account, "A10000000001")
		other.PipelineARN = fmt.Sprintf("arn:aws:sagemaker:%s:%s:pipeline/Churn", region, account)
		for _, spelled := range []awstest.Event{other, e, other} {
			r.said(r.deliver(spelled), retry.Wait, retry.BackingOff)
		}
		r.settle()
		r.deliver(other)
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
		for key, taken := range r.takes {
			if len(taken) != 1 {
				t.Errorf("%s gave %d units for one failure", key, len(taken))
			}
		}
	})
}
