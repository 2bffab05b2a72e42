package retrier_test

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// silentStep says nothing of its cause; its job does.
func silentStep(kind awstest.Kind, job awstest.Job) awstest.Run {
	return awstest.Fails(awstest.Step{Name: "Train", Kind: kind, Reason: awstest.ReasonSeeJobLogs, Job: &job})
}

// TestSilentStepsHaveTheirJobsLookedAt: what the job says decides.
func TestSilentStepsHaveTheirJobsLookedAt(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, test := range []struct {
			name    string
			run     awstest.Run
			verdict retry.Verdict
			class   string
			asked   string
		}{
			{"capacity", silentStep(awstest.Training, awstest.Job{Reason: awstest.ReasonCapacity}), retry.Wait, "capacity", "DescribeTrainingJob"},
			{"spot taken back", silentStep(awstest.Training, awstest.Job{Secondary: "Interrupted"}), retry.Wait, "spot_interruption", "DescribeTrainingJob"},
			{"a fault", silentStep(awstest.Processing, awstest.Job{Reason: awstest.ReasonInternal}), retry.Retry, "service_fault", "DescribeProcessingJob"},
			{"a bug", silentStep(awstest.Transform, awstest.Job{Reason: "AlgorithmError: KeyError: 'label'"}), retry.Stop, "user_code", "DescribeTransformJob"},
			{"no more than the step", silentStep(awstest.Training, awstest.Job{Reason: awstest.ReasonSeeJobLogs}), retry.Stop, "user_code", "DescribeTrainingJob"},
		} {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", test.run.After(minute), awstest.KeepsRunning())
			r.pass(lagging(r))
			o := r.deliver(e)
			if o.Verdict != string(test.verdict) || o.Class != test.class || r.aws.Count(test.asked) != 1 {
				t.Errorf("%s: got %s, %s (%s) after %v", test.name, o.Verdict, o.Class, o.Evidence, o.calls)
			}
		}
	})
}

// What nobody may tell is decided without, and said.
func TestJobThatMayNotBeDescribed(t *testing.T) {
	r := newRig(t)
	e := r.fail("churn", silentStep(awstest.Training, awstest.Job{Reason: awstest.ReasonCapacity}), awstest.KeepsRunning())
	r.aws.FailNext("DescribeTrainingJob", 1, awstest.Fault{Code: "AccessDeniedException"})
	o := r.deliver(e)
	r.said(o, retry.Stop, retry.PermanentCause)
	if !strings.Contains(o.Evidence, "not known: what the job of Train says") || !strings.Contains(o.Evidence, "sagemaker:DescribeTrainingJob") {
		t.Errorf("evidence %q does not name what is missing", o.Evidence)
	}
	e = r.fail("churn", atOnce, awstest.KeepsRunning())
	r.aws.FailNext(opNewer, 1, awstest.Fault{Code: "AccessDeniedException"})
	o = r.deliver(e)
	r.said(o, retry.Retry, retry.Retryable)
	if line := r.lines(); !strings.Contains(line[len(line)-1]["evidence"].(string), "sagemaker:ListPipelineExecutions") {
		t.Errorf("the log line does not name what is missing: %v", line)
	}
}

// What did not come is asked for again by the next delivery.
func TestJobThatDoesNotAnswer(t *testing.T) {
	r := newRig(t)
	e := r.fail("churn", silentStep(awstest.Training, awstest.Job{Reason: awstest.ReasonCapacity}), awstest.KeepsRunning())
	r.aws.FailNext("DescribeTrainingJob", 3, awstest.Fault{Code: "ThrottlingException"})
	if o := r.deliver(e); o.err == nil || r.record(e.ARN).Rev != 0 {
		t.Errorf("got %s, %s, want an error and nothing written", o.Verdict, o.Reason)
	}
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
}

// TestReplaced steps back where somebody started the pipeline anew and that has
// succeeded, before a unit is taken and again before a claimed call.
func TestReplaced(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		anew := awstest.Script{Pipeline: "churn", Runs: []awstest.Run{awstest.Succeeds()}}
		waits := r.fail("churn", waiting.After(minute), awstest.Succeeds())
		r.aws.Events()
		r.pass(lagging(r))
		r.said(r.deliver(waits), retry.Wait, retry.BackingOff)
		late := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
		r.pass(lagging(r) + time.Second)
		r.aws.Add(anew)
		r.pass(lagging(r)) // which is listed no sooner than it is described
		r.aws.Events()
		r.said(r.deliver(late), retry.Ignore, retry.Superseded)
		r.settle()
		for _, arn := range []string{waits.ARN, late.ARN} {
			r.effective(arn, 0)
			if d := r.record(arn).Decision; d.Reason != retry.Superseded || !strings.Contains(d.Evidence, "has succeeded: arn:") {
				t.Errorf("%s: ended in %s, %s (%s)", arn, d.Verdict, d.Reason, d.Evidence)
			}
		}
		r.used(waits.ARN, 1)
		r.used(late.ARN, 0)
	})
}

// TestBesideEachOther are executions of one pipeline with work of their own: a
// success of one that ran already, or that was in the same trouble, replaces none.
func TestBesideEachOther(t *testing.T) {
	r := newRig(t, inProcess)
	r.aws.Add(awstest.Script{Pipeline: "churn", Runs: []awstest.Run{awstest.Succeeds().After(2 * minute)}})
	first := r.fail("churn", waiting.After(minute), awstest.Succeeds())
	second := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
	r.settle()
	r.effective(first.ARN, 1)
	r.effective(second.ARN, 1)
}

// TestSameFailureAgain gives up early where the same text comes back.
func TestSameFailureAgain(t *testing.T) {
	const text = "ConnectionError: HTTPSConnectionPool(host='feature-store.internal', port=443): Read timed out. request 7f3a91c2-0b1d-4e5f-8a9b-%d"
	r := newRig(t, inProcess)
	runs := []awstest.Run{}
	for _, id := range []string{"111111111111", "222222222222", "333333333333", "444444444444"} {
		runs = append(runs, awstest.FailsAt("Train", strings.Replace(text, "%d", id, 1)).After(minute))
	}
	e := r.fail("churn", runs...)
	r.settle()
	d := r.record(e.ARN).Decision
	if n := len(r.aws.Retries(e.ARN)); d.Reason != retry.SameFailureAgain || n < 1 || n > 2 {
		t.Errorf("%d retries, ended in %s, %s (%s)", n, d.Verdict, d.Reason, d.Evidence)
	}
}
