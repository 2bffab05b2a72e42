//go:build e2e

package account

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// silent is a step whose text says nothing of its cause, and what its job says.
func silent(kind awstest.Kind, job awstest.Job) awstest.Step {
	return awstest.Step{Name: "Step", Kind: kind, Reason: awstest.ReasonSeeJobLogs, Job: &job}
}

// A step that says nothing of its cause is judged by its job, which is asked
// once.
func TestJobTells(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, test := range map[string]struct {
		step            awstest.Step
		asks            string
		verdict, reason string
		class           string
	}{
		"training, a service fault":   {silent(awstest.Training, awstest.Job{Reason: awstest.ReasonInternal}), "DescribeTrainingJob", "retry", "retryable", "service_fault"},
		"training, the script raised": {silent(awstest.Training, awstest.Job{Reason: awstest.ReasonUserCode}), "DescribeTrainingJob", "stop", "permanent_cause", "user_code"},
		"processing, out of memory":   {silent(awstest.Processing, awstest.Job{Exit: "exit code: 137"}), "DescribeProcessingJob", "stop", "permanent_cause", "out_of_memory"},
		"transform, no capacity":      {silent(awstest.Transform, awstest.Job{Reason: awstest.ReasonCapacity}), "DescribeTransformJob", "wait", "backing_off", "capacity"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.ails(t, course{}, "", func(a *ailing) { a.runs = []awstest.Run{awstest.Fails(test.step), awstest.KeepsRunning()} })
			l := a.awaits(test.verdict, test.reason)
			if l.Class != test.class {
				t.Errorf("got class %s (%s), want %s", l.Class, l.Evidence, test.class)
			}
			if ops := a.gate.calls(a.id); !asksOnce(ops, test.asks) {
				t.Errorf("calls: %v, want %s among them once", ops, test.asks)
			}
			a.unharmed()
		})
	}
}

func asksOnce(ops []string, op string) bool {
	return len(slices.DeleteFunc(slices.Clone(ops), func(o string) bool { return o != op })) == 1
}

// newer has another execution of the pipeline succeed, at a moment.
func (s *stack) newer(t *testing.T, pipeline string) func(http.ResponseWriter, passage) bool {
	return func(http.ResponseWriter, passage) bool {
		s.fails(t, awstest.Script{Pipeline: pipeline, Runs: []awstest.Run{awstest.Succeeds()}})
		return true
	}
}

// A failure is left alone where an execution of the same pipeline that was
// started after it has succeeded: before a unit is taken, and before a claimed
// call, at the price of the unit.
func TestNewerSuccess(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, test := range map[string]struct {
		reason string
		at     moment
		kind   retry.Kind
		units  int
	}{
		"before the claim": {awstest.ReasonInternal, moment{op: "DescribePipelineExecution", nth: 1}, retry.Closed, 0},
		"while it waits":   {awstest.ReasonCapacity, moment{op: "CreateSchedule", nth: 1, after: true}, retry.MovedOn, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pipeline string
			a := s.ails(t, course{reason: test.reason}, "", func(a *ailing) {
				pipeline = strings.TrimPrefix(strings.Split(a.arn, "/")[1], s.prefix)
				a.at(test.at, s.newer(t, pipeline))
			})
			l := a.awaits("ignore", "superseded")
			if !strings.Contains(l.Evidence, "started after the failure has succeeded: "+strings.Split(a.arn, "/execution/")[0]) {
				t.Errorf("the evidence is %q", l.Evidence)
			}
			a.settles(test.kind, test.units)
			a.calledTimes(0, 0)
			a.unharmed()
		})
	}
}
