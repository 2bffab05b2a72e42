package retrier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario27ResourceLimitExceeded refuses three calls in a row, then accepts:
// one unit, a token for each call, and due times a function's life apart.
func TestScenario27ResourceLimitExceeded(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, code := range []string{"ResourceLimitExceeded", "ThrottlingException"} {
			for _, run := range []awstest.Run{atOnce, waiting} {
				r := newRig(t, under(u), inProcess, with(func(s *settings) { s.BackoffInterval = time.Second; s.BackoffMaxDelay = 2 * time.Second }))
				e := r.fail("churn", run.After(minute), awstest.Succeeds().After(minute))
				r.aws.FailNext(opRetry, 3, awstest.Fault{Code: code})
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
				r.stands(e.ARN, retry.Retried)
				tokensApart(t, r, 4)
			}
		}
	})
}

// tokensApart asserts n calls, each with a token of its own, each at least a
// function's life after the one before.
func tokensApart(t *testing.T, r *rig, n int) {
	t.Helper()
	calls, tokens := r.aws.Calls(opRetry), map[string]bool{}
	for i, c := range calls {
		tokens[c.Token] = true
		if i > 0 && c.At.Sub(calls[i-1].At) < r.settings.FunctionTimeout {
			t.Errorf("call %d came %s after the one before, a function lives %s", i+1, c.At.Sub(calls[i-1].At), r.settings.FunctionTimeout)
		}
	}
	if len(calls) != n || len(tokens) != n {
		t.Errorf("%d calls with %d tokens, want %d of each", len(calls), len(tokens), n)
	}
}

// TestScenario27RealLimit is the quota of running executions, which frees.
func TestScenario27RealLimit(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess, inAccount(func(c *awstest.Config) { c.RunningLimit = 1 }))
		e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(minute))
		r.aws.Add(awstest.Script{Pipeline: "busy", Runs: []awstest.Run{awstest.Succeeds().After(2 * time.Hour)}})
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	})
}

// TestScenario28ResourceLimitForTooLong never frees: stopped as expired, and a
// person can still retry.
func TestScenario28ResourceLimitForTooLong(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", waiting.After(minute), awstest.KeepsRunning())
		r.aws.FailNext(opRetry, 1000, awstest.Fault{Code: "ResourceLimitExceeded"})
		r.settle()
		r.effective(e.ARN, 0)
		r.used(e.ARN, 1)
		if d := r.record(e.ARN).Decision; d.Reason != retry.Expired {
			t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
		}
		if n := r.aws.Count(opRetry); n > 60 {
			t.Errorf("%d calls in a day", n)
		}
		if err := r.aws.HumanRetry(e.ARN); err != nil {
			t.Error(err)
		}
	})
}

// TestScenarios30And31WrongStatus has calls refused for a status that Describe
// does not show, once, and for ever.
func TestScenarios30And31WrongStatus(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, code := range []string{"ConflictException", "ValidationException"} {
			for n, want := range map[int]retry.Kind{1: retry.Retried, 3: retry.Retried, 4: retry.Closed} {
				t.Run(fmt.Sprintf("%s %d times", code, n), func(t *testing.T) {
					r := newRig(t, under(u), inProcess)
					e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
					r.aws.FailNext(opRetry, n, awstest.Fault{Code: code})
					r.settle()
					r.used(e.ARN, 1)
					r.stands(e.ARN, want)
					if d := r.record(e.ARN).Decision; want == retry.Closed && d.Reason != retry.CannotRetry {
						t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
					}
				})
			}
		}
	})
}

// TestScenario31FailStep ends with a Fail step, which SageMaker does not retry.
func TestScenario31FailStep(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", awstest.Fails(awstest.Step{Name: "Stop", Kind: awstest.FailStep, Reason: "the model is not good enough"}))
	r.said(r.deliver(e), retry.Stop, retry.CannotRetry)
	r.settle()
	if r.aws.Count(opRetry) != 0 {
		t.Error("a Fail step was retried")
	}
	r.used(e.ARN, 0)
}

// TestScenario32Gone deletes the execution at every point.
func TestScenario32Gone(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, run := range []awstest.Run{atOnce, waiting} {
			for k := 1; k <= 6; k++ {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", run.After(minute), awstest.KeepsRunning())
				r.aws.Events()
				r.pass(lagging(r))
				gone := false
				act := func() {
					if !gone {
						r.aws.Delete(e.ARN)
					}
					gone = true
				}
				// Between the two looks it is an error: a list that finds nothing ends no failure for good.
				if o := r.deliver(e, meanwhile(k, false, act)); o.err != nil && k != 2 && k != 3 {
					t.Errorf("deleted before call %d: %v", k, o.err)
				}
				act()
				r.deliver(e)
				r.wakes()
				r.deliver(e)
				record := r.record(e.ARN)
				if !closed(record.Kind) || record.Kind == retry.Closed && record.Decision.Reason != retry.CannotRetry {
					t.Errorf("deleted before call %d: stands %q, %s", k, record.Kind, record.Decision.Reason)
				}
			}
		}
	})
}

// TestScenario33AccessDenied burns no more than the claim's unit, names the
// permission, and goes on when it is granted.
func TestScenario33AccessDenied(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for op, action := range map[string]string{
			opDescribe: "sagemaker:DescribePipelineExecution", opSteps: "sagemaker:ListPipelineExecutionSteps",
			opRetry: "sagemaker:RetryPipelineExecution", opSchedule: "scheduler:CreateSchedule",
		} {
			for _, code := range []string{"AccessDeniedException", "ExpiredTokenException"} {
				r := newRig(t, under(u), inProcess)
				run := atOnce
				if op == opSchedule {
					run = waiting
				}
				e := r.fail("churn", run.After(minute), awstest.KeepsRunning())
				r.aws.Events()
				r.pass(lagging(r))
				r.aws.FailNext(op, 3, awstest.Fault{Code: code})
				for range 3 {
					o := r.deliver(e)
					if o.err == nil || !strings.Contains(o.err.Error(), action) {
						t.Errorf("%s, %s: said %s, error %v", op, code, o.Verdict, o.err)
					}
				}
				r.deliver(e)
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
			}
		}
	})
}
