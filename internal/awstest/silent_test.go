package awstest

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

// The first runs of a script can be silent; what was not sent can be sent late,
// as it was.
func TestSilentRuns(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Silent: 1, Runs: []Run{FailsAt("Train", ReasonCapacity).After(time.Minute), Succeeds()}})
	other := s.Add(Script{})
	s.clock.pass(time.Minute)
	wantStatuses(t, s.Events(), ">Executing", "Executing>Succeeded") // the other's
	wantStatuses(t, s.Unsent(arn), ">Executing", "Executing>Failed")
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	wantStatuses(t, s.Events(), "Failed>Executing", "Executing>Succeeded")
	s.clock.pass(time.Hour)
	equal(t, "sent of another", s.SendLate(other), 0)
	equal(t, "sent", s.SendLate(arn), 2)
	late := s.Events()
	wantStatuses(t, late, ">Executing", "Executing>Failed")
	equal(t, "its time", late[1].Time, start.Add(time.Minute))
	equal(t, "sent again", s.SendLate(arn), 0)
	last, _ := s.LastEvent(arn)
	equal(t, "the last one sent", last.ID, late[1].ID)
}

// An execution of the past failed then, and whoever retries it does so now.
func TestExecutionsOfThePast(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Ago: time.Hour, Runs: []Run{FailsAt("Train", ReasonCapacity).After(time.Minute), Succeeds()}})
	e := s.Execution(arn)
	equal(t, "status", e.Status, Failed)
	equal(t, "started", e.Created, start.Add(-time.Hour))
	equal(t, "failed", e.Modified, start.Add(-59*time.Minute))
	equal(t, "its step ended", e.Steps[0].End, e.Modified)
	failed, _ := s.LastEvent(arn)
	equal(t, "the event's time", failed.Time, e.Modified)
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	e = s.Execution(arn)
	equal(t, "status", e.Status, Succeeded)
	if e.Modified.Before(start) {
		t.Errorf("retried at %s, want it now, at %s", e.Modified, start)
	}
}

// Events lost by hand can be sent late as well.
func TestLostEventsAreKept(t *testing.T) {
	s := open(t, Config{})
	s.LoseEvents(3)
	arn, other := s.Add(Script{}), s.Add(Script{})
	wantStatuses(t, s.Events(), "Executing>Succeeded")
	wantStatuses(t, s.Unsent(arn), ">Executing", "Executing>Succeeded")
	wantStatuses(t, s.Unsent(other), ">Executing")
}

// A retry that is accepted for nothing leaves the execution as it was, whether
// it comes with its token again or not; the next one starts it.
func TestRetriesAcceptedForNothing(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{IgnoresRetries: 1, Runs: []Run{FailsAt("Train", ReasonCapacity), Succeeds()}})
	s.IgnoreRetries(arn, 1)
	before := s.Execution(arn)
	s.Events()
	for _, seed := range []string{"a", "a", "b", "a"} {
		s.clock.pass(time.Minute)
		if err := s.retry(arn, seed); err != nil {
			t.Fatal(err)
		}
		after := s.Execution(arn)
		equal(t, "status", after.Status, Failed)
		equal(t, "modified", after.Modified, before.Modified)
		equal(t, "run", after.Run, 1)
	}
	equal(t, "accepted for nothing", len(s.Unstarted(arn)), 2)
	equal(t, "retries with effect", len(s.Retries(arn)), 0)
	equal(t, "events", len(s.Events()), 0)
	for _, c := range s.Calls("RetryPipelineExecution") {
		equal(t, "answer", c.Status, 200)
		equal(t, "effect", c.Effective, false)
	}
	if err := s.retry(arn, "c"); err != nil {
		t.Fatal(err)
	}
	equal(t, "at last", s.Execution(arn).Status, Succeeded)
	equal(t, "retries with effect", len(s.Retries(arn)), 1)
	s.clean()
}

// An execution whose failed steps were handled has ended, and not as Failed.
func TestCompletedWithFailures(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{CompletesWithFailures(Step{Name: "Train", Reason: ReasonUserCode})}})
	equal(t, "status", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusCompletedWithFailures)
	equal(t, "the step", s.steps(arn)[0].StepStatus, types.StepStatusFailed)
	wantStatuses(t, s.Events(), ">Executing", "Executing>CompletedWithFailures")
	wantCode(t, "retried", s.retry(arn, "a"), codeValidation)
}
