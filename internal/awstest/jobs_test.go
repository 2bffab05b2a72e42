package awstest

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

func (s *scene) training(name string) (*sagemaker.DescribeTrainingJobOutput, error) {
	return s.sagemaker.DescribeTrainingJob(s.t.Context(), &sagemaker.DescribeTrainingJobInput{TrainingJobName: &name})
}

func (s *scene) processing(name string) (*sagemaker.DescribeProcessingJobOutput, error) {
	return s.sagemaker.DescribeProcessingJob(s.t.Context(), &sagemaker.DescribeProcessingJobInput{ProcessingJobName: &name})
}

func (s *scene) transform(name string) (*sagemaker.DescribeTransformJobOutput, error) {
	return s.sagemaker.DescribeTransformJob(s.t.Context(), &sagemaker.DescribeTransformJobInput{TransformJobName: &name})
}

// named is the name at the end of a job's ARN.
func named(arn *string) string { return (*arn)[strings.LastIndex(*arn, "/")+1:] }

// A step may say nothing and its job everything; a job without a script of its
// own says what its step says.
func TestJobsSayWhatTheirStepsDoNot(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{Fails(
		Step{Name: "Bare", Reason: ReasonSeeJobLogs, Job: &Job{Reason: ReasonCapacity, Secondary: "Interrupted"}},
		Step{Name: "Late", Job: &Job{Status: "Stopped", Secondary: "MaxRuntimeExceeded"}},
		Step{Name: "Plain", Reason: ReasonUserCode},
		Step{Name: "Prepare", Kind: Processing, Job: &Job{Exit: "OutOfMemory"}},
		Step{Name: "Check", Kind: QualityCheck, Reason: "ClientError: no", Job: &Job{Reason: strings.Repeat("x", 2000)}},
		Step{Name: "Score", Kind: Transform, Reason: "ClientError: See job logs"},
	)}})
	metadata := map[string]*types.PipelineExecutionStepMetadata{}
	for _, row := range s.steps(arn) {
		metadata[*row.StepName] = row.Metadata
	}
	for _, c := range []struct{ step, status, secondary, reason string }{
		{"Bare", "Failed", "Interrupted", ReasonCapacity},
		{"Late", "Stopped", "MaxRuntimeExceeded", ""},
		{"Plain", "Failed", "Failed", ReasonUserCode},
	} {
		got, err := s.training(named(metadata[c.step].TrainingJob.Arn))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.step+": ARN", *got.TrainingJobArn, *metadata[c.step].TrainingJob.Arn)
		equal(t, c.step+": status", string(got.TrainingJobStatus), c.status)
		equal(t, c.step+": secondary status", string(got.SecondaryStatus), c.secondary)
		equal(t, c.step+": reason", aws.ToString(got.FailureReason), c.reason)
		equal(t, c.step+": ended", got.TrainingEndTime.After(start.Add(-time.Second)), true)
	}
	prepare, err := s.processing(strings.ToUpper(named(metadata["Prepare"].ProcessingJob.Arn)))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "exit message", aws.ToString(prepare.ExitMessage), "OutOfMemory")
	equal(t, "no reason beside it", prepare.FailureReason == nil, true)
	check, err := s.processing(named(metadata["Check"].QualityCheck.CheckJobArn))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "longest reason", len(*check.FailureReason), 1024)
	score, err := s.transform(named(metadata["Score"].TransformJob.Arn))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "status of a transform job", score.TransformJobStatus, types.TransformJobStatusFailed)
	equal(t, "its reason", *score.FailureReason, "ClientError: See job logs")
	s.clean()
}

// Each run of a step has a job of its own, and a retry leaves the old one.
func TestJobsOutliveARetry(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity), Succeeds().After(time.Minute)}})
	old := named(s.steps(arn)[0].Metadata.TrainingJob.Arn)
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	next := named(s.steps(arn)[0].Metadata.TrainingJob.Arn)
	if old == next {
		t.Errorf("both runs have the job %s", old)
	}
	for _, c := range []struct {
		when, name string
		status     types.TrainingJobStatus
		secondary  types.SecondaryStatus
	}{
		{"the old one", old, types.TrainingJobStatusFailed, types.SecondaryStatusFailed},
		{"while it runs", next, types.TrainingJobStatusInProgress, types.SecondaryStatusTraining},
	} {
		got, err := s.training(c.name)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.when, got.TrainingJobStatus, c.status)
		equal(t, c.when, got.SecondaryStatus, c.secondary)
	}
	s.clock.pass(time.Minute)
	got, err := s.training(next)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "at the end", got.TrainingJobStatus, types.TrainingJobStatusCompleted)
	equal(t, "no reason", got.FailureReason == nil, true)
	s.clean()
}

// Names stay within what the API takes, whatever the step is called.
func TestNamesOfJobs(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Runs: []Run{Fails(Step{Name: strings.Repeat("Long_Name", 7)}, Step{Name: "_x_"}, Step{Name: strings.Repeat("Long_Name", 7) + "2"})}})
	seen := map[string]bool{}
	for _, row := range s.steps(arn) {
		name := named(row.Metadata.TrainingJob.Arn)
		if seen[name] || checkJobName("name", name) != nil || !strings.HasPrefix(name, "pipelines-") {
			t.Errorf("%s: got job %q", *row.StepName, name)
		}
		seen[name] = true
	}
}

func TestJobsThatAreNotThere(t *testing.T) {
	for code, u := range map[string]Unknowns{"ValidationException": {}, "ResourceNotFound": {MissingJobCode: "ResourceNotFound"}} {
		s := open(t, Config{Unknowns: u})
		arn := s.Add(Script{Runs: []Run{Fails(Step{Name: "Train"}, Step{Name: "Refused", Reason: ReasonAccessDenied})}})
		trained := named(s.steps(arn)[0].Metadata.TrainingJob.Arn)
		var refused string
		for _, step := range s.Execution(arn).Steps {
			if step.Name == "Refused" {
				refused = step.job
			}
		}
		_, none := s.training("pipelines-none")
		_, never := s.training(refused)
		_, kind := s.processing(trained)
		_, other := s.transform(trained)
		for what, err := range map[string]error{"unknown": none, "never made": never, "a training job": kind, "a training job as transform": other} {
			wantCode(t, what, err, code)
			if err == nil || !strings.Contains(err.Error(), "Requested resource not found.") {
				t.Errorf("%s: got %v", what, err)
			}
		}
		s.clean() // asking for what is gone is no mistake
	}
}

func TestBoundsOfNamesOfJobs(t *testing.T) {
	s := open(t, Config{})
	for _, name := range []string{strings.Repeat("n", 64), "-n", "n-", "a_b", "a b", "a/b"} {
		_, training := s.training(name)
		_, processing := s.processing(name)
		_, transform := s.transform(name)
		for op, err := range map[string]error{"training": training, "processing": processing, "transform": transform} {
			wantCode(t, op+" job "+name, err, "ValidationException")
			if err == nil || !strings.Contains(err.Error(), op+"JobName") {
				t.Errorf("%s job %q: got %v, want it to name the member", op, name, err)
			}
		}
	}
	equal(t, "violations", len(s.Violations()), 18)
}

// IAM is asked by the name that it has for the action and by the job's ARN.
func TestAuthorizeJobsAndLists(t *testing.T) {
	iam := &asked{answers: map[string]error{"sagemaker:DescribeTransformJob": &Refusal{Principal: role}}}
	s := open(t, Config{Authorize: iam.authorize, Number: "111122223333"})
	s.Add(Script{Pipeline: "churn"})
	_, _ = s.training("t1")
	_, _ = s.processing("p1")
	_, refused := s.transform("x1")
	if _, err := s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("Churn")}); err != nil {
		t.Error(err)
	}
	byARN := "arn:aws:sagemaker:us-east-1:111122223333:pipeline/churn"
	if _, err := s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: &byARN}); err != nil {
		t.Error(err)
	}
	const at = "AKIDEXAMPLE  sagemaker:"
	want := []string{
		at + "DescribeTrainingJob arn:aws:sagemaker:us-east-1:111122223333:training-job/t1",
		at + "DescribeProcessingJob arn:aws:sagemaker:us-east-1:111122223333:processing-job/p1",
		at + "DescribeTransformJob arn:aws:sagemaker:us-east-1:111122223333:transform-job/x1",
		at + "ListPipelineExecutions arn:aws:sagemaker:us-east-1:111122223333:pipeline/Churn",
		at + "ListPipelineExecutions " + byARN,
	}
	equal(t, "asked", strings.Join(iam.got, "\n"), strings.Join(want, "\n"))
	wantCode(t, "refused", refused, "AccessDeniedException")
	if refused == nil || !strings.Contains(refused.Error(), "on resource: arn:aws:sagemaker:us-east-1:111122223333:transform-job/x1") {
		t.Errorf("got %v, want it to name the job", refused)
	}
	s.clean()
}
