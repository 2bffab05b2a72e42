package retrier_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestCallsPerEvent counts what one event costs.
func TestCallsPerEvent(t *testing.T) {
	t.Parallel()
	look := []string{opRead, opDescribe, opSteps}
	tests := []struct {
		name    string
		run     awstest.Run
		prep    func(*rig)
		verdict retry.Verdict
		reason  retry.Reason
		then    []string
	}{
		{"stopped", bug, nil, retry.Stop, retry.PermanentCause, []string{opCommit}},
		{"retried", atOnce, nil, retry.Retry, retry.Retryable, []string{opRead, opNewer, opCommit, opRetry, opCommit}},
		{"waiting", waiting, nil, retry.Wait, retry.BackingOff, []string{opJob, opRead, opNewer, opCommit, opSchedule}}, // the job tells which instance type is scarce
		{"refused first", atOnce, refusedFirst, retry.Wait, retry.RefusedForNow, []string{opRead, opNewer, opCommit, opRetry, opCommit, opSchedule}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			e := r.fail("churn", test.run, awstest.KeepsRunning())
			if test.prep != nil {
				test.prep(r)
			}
			o := r.deliver(e)
			r.said(o, test.verdict, test.reason)
			if slices.Sort(o.calls[1:3]); !slices.Equal(o.calls, slices.Concat(look, test.then)) {
				t.Errorf("called %v, want %v then %v", o.calls, look, test.then)
			}
		})
	}
}

// TestCallsOfADuplicate are one read, once the failure is settled or stopped.
func TestCallsOfADuplicate(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]awstest.Run{"retried": atOnce, "stopped": bug} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			e := r.fail("churn", run, awstest.KeepsRunning())
			r.pass(time.Second) // within one second it could be the next failure: TestFailsAgainInTheSameSecond
			r.deliver(e)
			for _, again := range []awstest.Event{e, e.Again("x")} {
				if o := r.deliver(again); !slices.Equal(o.calls, []string{opRead}) {
					t.Errorf("called %v", o.calls)
				}
			}
		})
	}
	t.Run("retried within the second, the same event", func(t *testing.T) {
		r := newRig(t)
		e := r.fail("churn", atOnce, awstest.KeepsRunning())
		r.deliver(e)
		if o := r.deliver(e); !slices.Equal(o.calls, []string{opRead}) {
			t.Errorf("called %v", o.calls)
		}
	})
}

// TestScenario42PagesOfSteps lists executions of no, one and many pages of
// steps. The step that failed stands on the last page, as the oldest.
func TestScenario42PagesOfSteps(t *testing.T) {
	t.Parallel()
	for steps, pages := range map[int]int{1: 1, 100: 1, 101: 2, 500: 5, 501: 6} {
		t.Run(fmt.Sprintf("%d steps", steps), func(t *testing.T) {
			r := newRig(t, inAccount(func(c *awstest.Config) { c.PageSize = 100 }))
			e := r.fail("churn", manySteps(steps), awstest.KeepsRunning())
			o := r.deliver(e)
			r.said(o, retry.Stop, retry.PermanentCause)
			if want := 4 + pages - 1; len(o.calls) != want {
				t.Errorf("%d calls, want %d", len(o.calls), want)
			}
		})
	}
	t.Run("0 steps", func(t *testing.T) {
		r := newRig(t)
		e := r.fail("churn", awstest.FailsBeforeSteps().After(minute), awstest.KeepsRunning())
		o := r.deliver(e)
		r.said(o, retry.Wait, retry.BackingOff)
		if o.Class != "unknown" || len(o.calls) != 6 {
			t.Errorf("class %s with %d calls", o.Class, len(o.calls))
		}
	})
	t.Run("throttled", func(t *testing.T) {
		r := newRig(t)
		e := r.fail("churn", atOnce, awstest.KeepsRunning())
		r.aws.FailNext(opSteps, 1, awstest.Fault{Code: "ThrottlingException"})
		r.said(r.deliver(e), retry.Retry, retry.Retryable)
	})
}

// manySteps is a run with one step that fails among n that it has.
func manySteps(n int) awstest.Run {
	run := awstest.Fails(awstest.Step{Name: "Train", Reason: awstest.ReasonUserCode})
	for i := range n - 1 {
		run.Also = append(run.Also, awstest.Step{Name: fmt.Sprintf("Part%d", i)})
	}
	return run
}

// TestScenarios41And43Causes are reasons that nothing, or only time, can help.
func TestScenarios41And43Causes(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]retry.Reason{
		awstest.ReasonUserCode: retry.PermanentCause, awstest.ReasonOutOfMemory: retry.PermanentCause,
		awstest.ReasonAccessDenied: retry.PermanentCause, awstest.ReasonQuotaZero(): retry.PermanentCause,
		awstest.ReasonQuotaContention(20, 19, 2): retry.BackingOff, awstest.ReasonCapacity: retry.BackingOff,
		awstest.ReasonInsufficientCapacity: retry.BackingOff, awstest.ReasonQuotaContention(1, 0, 2): retry.PermanentCause,
		awstest.ReasonThrottled: retry.Retryable, awstest.ReasonInternal: retry.Retryable,
	} {
		r := newRig(t)
		e := r.fail("churn", awstest.FailsAt("Train", reason), awstest.KeepsRunning())
		if o := r.deliver(e); o.Reason != string(want) {
			t.Errorf("%.60q: said %s, %s (%s), want %s", reason, o.Verdict, o.Reason, o.Evidence, want)
		}
		if record := r.record(e.ARN); want == retry.PermanentCause && record.Used != 0 {
			t.Errorf("%.60q: %d units were spent", reason, record.Used)
		}
	}
}
