package awstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

func TestAScriptedLifeIsSeenThroughTheRealClient(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{
		Pipeline: "Churn-Nightly", ID: "abcdef012345", DisplayName: "nightly", Parallelism: 4,
		Before: []Step{{Name: "Prepare", Kind: Processing}},
		Runs: []Run{
			FailsAt("Train", ReasonCapacity).After(3 * time.Minute),
			FailsAt("Train", ReasonInternal).After(time.Minute),
			Succeeds().After(2 * time.Minute),
		},
	})
	equal(t, "ARN", arn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Churn-Nightly/execution/abcdef012345")
	equal(t, "status at first", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusExecuting)

	s.clock.pass(3 * time.Minute)
	d := s.describe(strings.ToLower(arn))
	equal(t, "status", d.PipelineExecutionStatus, types.PipelineExecutionStatusFailed)
	equal(t, "ARN as first spelled", *d.PipelineExecutionArn, arn)
	equal(t, "pipeline", *d.PipelineArn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Churn-Nightly")
	equal(t, "reason", *d.FailureReason, ReasonStepsFailed)
	equal(t, "created", d.CreationTime.UTC(), start)
	equal(t, "modified", d.LastModifiedTime.UTC(), start.Add(3*time.Minute))
	equal(t, "parallelism", *d.ParallelismConfiguration.MaxParallelExecutionSteps, 4)
	rows := s.steps(arn)
	equal(t, "steps", len(rows), 2)
	equal(t, "kept", rows[0].StepStatus, types.StepStatusSucceeded)
	equal(t, "failed step", *rows[1].FailureReason, ReasonCapacity)
	equal(t, "ended", rows[1].EndTime.UTC(), start.Add(3*time.Minute))
	if rows[1].Metadata.TrainingJob == nil || rows[0].Metadata.ProcessingJob == nil {
		t.Errorf("metadata by kind: got %+v and %+v", rows[0].Metadata, rows[1].Metadata)
	}

	for n, want := range []Status{Failed, Succeeded} {
		if err := s.retry(arn, fmt.Sprint("a", n)); err != nil {
			t.Fatalf("retry %d: %v", n+1, err)
		}
		equal(t, "running again", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusExecuting)
		s.clock.pass(2 * time.Minute)
		equal(t, "after the retry", Status(s.describe(arn).PipelineExecutionStatus), want)
	}
	equal(t, "the ended step", s.steps(arn)[1].StepStatus, types.StepStatusSucceeded)
	equal(t, "effective retries", len(s.Retries(arn)), 2)
	s.clean()
}

func TestStepsComeInPagesAndInOrder(t *testing.T) {
	s := open(t, Config{PageSize: 4})
	var before []Step
	for i := range 10 {
		before = append(before, Step{Name: fmt.Sprintf("Step%02d", i), Kind: Lambda})
	}
	arn := s.Add(Script{Before: before, Runs: []Run{FailsAt("Train", ReasonUserCode)}})
	rows := s.steps(arn)
	equal(t, "steps", len(rows), 11)
	equal(t, "first", *rows[0].StepName, "Step00")
	equal(t, "last", *rows[10].StepName, "Train")
	equal(t, "pages", s.Count("ListPipelineExecutionSteps"), 3)

	latest, err := s.sagemaker.ListPipelineExecutionSteps(t.Context(), &sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, MaxResults: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "default order", *latest.PipelineExecutionSteps[0].StepName, "Train")
	s.clean()

	other := s.Add(Script{})
	_, err = s.sagemaker.ListPipelineExecutionSteps(t.Context(), &sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &other, NextToken: latest.NextToken})
	wantCode(t, "a page token of another list", err, "ValidationException")
	equal(t, "violations", len(s.Violations()), 1)
}

func TestEveryKindOfStepIsUnderstoodByTheClient(t *testing.T) {
	kinds := []Kind{Training, Processing, Transform, Tuning, AutoML, CreateModel, RegisterModel, Condition, Callback, Lambda, EMR, QualityCheck, ClarifyCheck, FailStep}
	s := open(t, Config{})
	var failing []Step
	for _, k := range kinds {
		failing = append(failing, Step{Name: string(k), Kind: k, Reason: "ClientError: no"})
	}
	failing = append(failing, Step{Name: "Refused", Reason: ReasonQuotaContention(1, 1, 1)}, Step{Name: "Long", Reason: strings.Repeat("x", 2000)})
	rows := s.steps(s.Add(Script{Runs: []Run{Fails(failing...)}}))
	known := map[string]bool{}
	for _, r := range rows {
		m := r.Metadata
		known[*r.StepName] = m.TrainingJob != nil || m.ProcessingJob != nil || m.TransformJob != nil || m.TuningJob != nil || m.AutoMLJob != nil ||
			m.Model != nil || m.RegisterModel != nil || m.Condition != nil || m.Callback != nil || m.Lambda != nil || m.EMR != nil ||
			m.QualityCheck != nil || m.ClarifyCheck != nil || m.Fail != nil
		if *r.StepName == "Long" {
			equal(t, "longest reason", len(*r.FailureReason), 1024)
		}
	}
	for _, k := range kinds {
		equal(t, "metadata of "+string(k), known[string(k)], true)
	}
	equal(t, "metadata of a job that was never made", known["Refused"], false)
}

func TestHands(t *testing.T) {
	s := open(t, Config{StopTakes: time.Minute})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity), KeepsRunning()}})
	before := s.Execution(arn)

	s.EditDescription(arn, "waiting for capacity")
	edited := s.Execution(arn)
	equal(t, "modified moves", edited.Modified.After(before.Modified), true)
	equal(t, "no step ran", edited.Steps[0].End, before.Steps[0].End)

	if err := s.Stop(arn); err == nil {
		t.Error("stopping a failed execution: no error")
	}
	if err := s.HumanRetry(arn); err != nil {
		t.Fatal(err)
	}
	equal(t, "a person's retry", s.Execution(arn).Status, Executing)
	equal(t, "is not ours", len(s.Retries(arn)), 0)
	equal(t, "is theirs", len(s.HumanRetries(arn)), 1)
	if err := s.HumanRetry(arn); err == nil {
		t.Error("a second one while it runs: no error")
	}
	if err := s.Stop(arn); err != nil {
		t.Fatal(err)
	}
	equal(t, "stopping", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusStopping)
	s.clock.pass(time.Minute)
	equal(t, "stopped", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusStopped)

	s.Fail(arn, Step{Name: "Train", Reason: ReasonUserCode})
	equal(t, "failed by hand", s.Execution(arn).Steps[0].Reason, ReasonUserCode)
	round := s.Execution(arn).Steps[0].End
	s.Fail(arn)
	equal(t, "failed without a step", s.Execution(arn).Status, Failed)
	equal(t, "the round stays", s.Execution(arn).Steps[0].End, round)
	s.Rescript(arn, Succeeds())
	if err := s.HumanRetry(arn); err != nil {
		t.Fatal(err)
	}
	equal(t, "rescripted", s.Execution(arn).Status, Succeeded)

	s.Delete(arn)
	_, err := s.sagemaker.DescribePipelineExecution(t.Context(), &sagemaker.DescribePipelineExecutionInput{PipelineExecutionArn: &arn})
	wantCode(t, "deleted", err, "ResourceNotFound")
}

func TestAFailureBeforeAnyStepLeavesTheRound(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity), FailsBeforeSteps().After(time.Second)}})
	before := s.Execution(arn)
	s.clock.pass(time.Minute)
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(time.Minute)
	after := s.Execution(arn)
	equal(t, "status", after.Status, Failed)
	equal(t, "modified moves", after.Modified.After(before.Modified), true)
	equal(t, "the step's end does not", after.Steps[0].End, before.Steps[0].End)
}

func TestNextChange(t *testing.T) {
	s := open(t, Config{})
	if _, ok := s.NextChange(); ok {
		t.Error("an empty account has a next change")
	}
	s.Add(Script{Runs: []Run{Succeeds().After(time.Hour)}})
	s.Add(Script{Runs: []Run{Succeeds().After(time.Minute)}})
	next, ok := s.NextChange()
	equal(t, "there is one", ok, true)
	equal(t, "the earliest", next, start.Add(time.Minute))
}

// A failure by hand in the middle of a run leaves no step running.
func TestFailWithoutAStepStopsWhatRuns(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{{Ends: Executing, Also: []Step{{Name: "Train"}}}}})
	s.Fail(arn)
	equal(t, "step", s.steps(arn)[0].StepStatus, types.StepStatusStopped)
	equal(t, "executions", s.Executions()[0].Status, Failed)
}

func TestAnUnknownARNIsAMistakeInTheTest(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(Config{}).Execution("arn:of:nothing")
}
