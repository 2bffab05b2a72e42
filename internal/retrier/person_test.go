package retrier_test

import (
	"fmt"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// An act is what a person does while Mulligan is at work.
type act struct {
	name string
	do   func(*rig, string)
	next awstest.Run // what the person's retry ends in, and any later one
	// effective and used are what becomes of it, wherever it happens: the least
	// and the most. An edit while a claim waits for its due time cannot be told
	// from a retry that failed before its steps, so that it may cost a unit.
	effective, used [2]int
}

var acts = []act{
	{"retries, and it runs on", humanRetry, awstest.KeepsRunning(), [2]int{0, 1}, [2]int{0, 1}},
	{"retries, and it succeeds", humanRetry, awstest.Succeeds().After(minute), [2]int{0, 1}, [2]int{0, 1}},
	{"retries, and it fails for good", humanRetry, bug.After(minute), [2]int{0, 1}, [2]int{0, 1}},
	{"retries and stops", func(r *rig, arn string) { humanRetry(r, arn); r.aws.Stop(arn) }, awstest.KeepsRunning(), [2]int{0, 1}, [2]int{0, 1}},
	{"edits the description", func(r *rig, arn string) { r.aws.EditDescription(arn, "mine") }, awstest.KeepsRunning(), [2]int{1, 1}, [2]int{1, 2}},
}

// humanRetry is refused where Mulligan was first.
func humanRetry(r *rig, arn string) { _ = r.aws.HumanRetry(arn) }

// TestAPersonStepsIn has a person act right before and after every call of the
// event's delivery and of the wake's, and between the two.
func TestAPersonStepsIn(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		if u.RetryResumesStopped {
			return // a stopped execution that anybody may resume has no guard but Describe: see below
		}
		for _, a := range acts {
			for _, first := range []awstest.Run{atOnce, waiting} {
				for k := 0; k <= 6; k++ {
					for _, at := range []string{"event", "wake"} {
						t.Run(fmt.Sprintf("%s, %.8s, %s, call %d", a.name, first.Failing[0].Reason, at, k), func(t *testing.T) {
							stepIn(t, u, a, first, at, k)
						})
					}
				}
			}
		}
	})
}

func stepIn(t *testing.T, u awstest.Unknowns, a act, first awstest.Run, at string, k int) {
	r := newRig(t, under(u), inProcess)
	e := r.fail("churn", first.After(minute), a.next)
	r.aws.Events()
	r.pass(lagging(r))
	done := false
	act := func() { done = true; r.pass(lagging(r)); a.do(r, e.ARN); r.pass(lagging(r)) }
	switch {
	case k == 0 && at == "event":
		act()
		r.deliver(e)
	case at == "event":
		r.deliver(e, meanwhile(k, k%2 == 0, act))
	case len(r.aws.Schedules()) == 0:
		r.deliver(e)
		if k == 0 {
			act()
		}
		r.wake(meanwhile(k, k%2 == 0, act))
	}
	r.settle()
	if !done {
		return
	}
	effective, used := len(r.aws.Retries(e.ARN)), r.record(e.ARN).Used
	if effective < a.effective[0] || effective > a.effective[1] {
		t.Errorf("%d retries took effect, want %v", effective, a.effective)
	}
	if used < a.used[0] || used > a.used[1] {
		t.Errorf("%d units were spent, want %v", used, a.used)
	}
	if humans := len(r.aws.HumanRetries(e.ARN)); humans > 0 && effective > 0 && a.next.Ends != awstest.Failed {
		t.Errorf("a person retried, and so did Mulligan")
	}
	if kind := r.record(e.ARN).Kind; !closed(kind) {
		t.Errorf("the record stands %q", kind)
	}
}

// TestPersonsStop is a person's stop that ended as a failure.
func TestPersonsStop(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inAccount(func(c *awstest.Config) { c.StopTakes = 10 * minute }))
		arn := r.aws.Add(awstest.Script{Runs: []awstest.Run{awstest.KeepsRunning()}})
		r.pass(minute)
		if err := r.aws.Stop(arn); err != nil {
			t.Fatal(err)
		}
		r.pass(minute)
		r.aws.Fail(arn, awstest.Step{Name: "Train", Reason: awstest.ReasonInternal})
		r.settle()
		r.effective(arn, 0)
		r.used(arn, 0)
		if d := r.record(arn).Decision; d.Reason != retry.StoppedByPerson {
			t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
		}
	})
}

// TestPersonResumesAndStopsWhileItWaits leaves a stopped execution alone even
// where SageMaker would let it be retried.
func TestPersonResumesAndStopsWhileItWaits(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", waiting.After(minute), awstest.KeepsRunning())
		r.pass(lagging(r))
		r.said(r.deliver(e), retry.Wait, retry.BackingOff)
		humanRetry(r, e.ARN)
		if err := r.aws.Stop(e.ARN); err != nil {
			t.Fatal(err)
		}
		r.settle()
		r.effective(e.ARN, 0)
		r.used(e.ARN, 1)
		r.stands(e.ARN, retry.MovedOn)
	})
}

// TestDescriptionIsEditedAgainAndAgain moves LastModifiedTime at every look.
func TestDescriptionIsEditedAgainAndAgain(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", waiting.After(minute), awstest.KeepsRunning())
		r.pass(lagging(r))
		r.deliver(e)
		r.aws.Events()
		for n := range 10 {
			r.aws.EditDescription(e.ARN, fmt.Sprint(n))
			r.pass(lagging(r))
			r.deliver(e.Again(fmt.Sprint(n)))
			r.wake()
		}
		r.settle()
		r.effective(e.ARN, 1)
		r.stands(e.ARN, retry.Retried)
	})
}

// TestRetriedByAPersonDuringOurCall lets a person be faster between Describe and
// the call: what is answered then leads to Describe, which decides.
func TestRetriedByAPersonDuringOurCall(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
		r.pass(lagging(r))
		o := r.deliver(e, func(c call) error {
			if c.op == opRetry && !c.after {
				humanRetry(r, e.ARN)
				r.pass(lagging(r))
			}
			return nil
		})
		r.said(o, retry.Ignore, retry.Superseded)
		r.settle()
		r.effective(e.ARN, 0)
		r.used(e.ARN, 1)
		r.stands(e.ARN, retry.MovedOn)
	})
}
