package awstest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// A Job is what the job behind a failed step says of itself, where that is more
// than the step does. What is empty in it, the job does not say; without a Job
// its FailureReason is the step's reason.
type Job struct {
	// Status is TrainingJobStatus and the like. Empty: as the step's.
	Status string `json:"status,omitempty"`
	// Secondary is the SecondaryStatus of a training job. Empty: as Status.
	Secondary string `json:"secondary,omitempty"`
	// Reason is FailureReason, cut at 1024 characters as in the API.
	Reason string `json:"reason,omitempty"`
	// Exit is the ExitMessage of a processing job, cut likewise.
	Exit string `json:"exit,omitempty"`
}

// jobs are the kinds of step whose job can be described, and what IAM calls it.
var jobs = map[Kind]string{
	Training: "training-job", Processing: "processing-job", Transform: "transform-job",
	QualityCheck: "processing-job", ClarifyCheck: "processing-job", // which SageMaker runs as processing jobs
}

// maxJobName is the longest name of a job (API reference: CreateTrainingJob).
const maxJobName = 63

// notInJobName is what names of jobs have not, but those of steps have.
var notInJobName = regexp.MustCompile(`[^a-zA-Z0-9]+`)

// usualInstance is the type of the instances that jobs run on.
const usualInstance = "ml.m5.large"

// names gives the step's next run a job: pipelines-<execution id>-<step>-<ten
// characters>. Each run has a job of its own; that of an earlier one stays.
func (e *execution) names(s *Step) {
	e.jobs++
	s.Instance = or(s.Instance, instance(e.script.Quota))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", e.ARN, s.Name, e.jobs))
	suffix := "-" + hex.EncodeToString(sum[:])[:10]
	name := notInJobName.ReplaceAllString("pipelines-"+e.ID+"-"+s.Name, "-")
	s.job = strings.TrimRight(name[:min(len(name), maxJobName-len(suffix))], "-") + suffix
}

// The inputs of the three operations. Their names are bound alike.
type (
	describeTrainingInput   struct{ TrainingJobName string }
	describeProcessingInput struct{ ProcessingJobName string }
	describeTransformInput  struct{ TransformJobName string }
)

func (i *describeTrainingInput) check() error {
	return checkJobName("trainingJobName", i.TrainingJobName)
}
func (i *describeProcessingInput) check() error {
	return checkJobName("processingJobName", i.ProcessingJobName)
}
func (i *describeTransformInput) check() error {
	return checkJobName("transformJobName", i.TransformJobName)
}

func (i *describeTrainingInput) tell(r *Request)   { r.Name = i.TrainingJobName }
func (i *describeProcessingInput) tell(r *Request) { r.Name = i.ProcessingJobName }
func (i *describeTransformInput) tell(r *Request)  { r.Name = i.TransformJobName }

func (i *describeTrainingInput) resource() string   { return "training-job/" + i.TrainingJobName }
func (i *describeProcessingInput) resource() string { return "processing-job/" + i.ProcessingJobName }
func (i *describeTransformInput) resource() string  { return "transform-job/" + i.TransformJobName }

// jobName is the documented pattern of all three names.
var jobName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`)

func checkJobName(member, name string) error {
	switch {
	case name == "":
		return outOfBounds(member, "null", "Member must not be null")
	case len(name) > maxJobName:
		return outOfBounds(member, name[:40]+"...", "Member must have length less than or equal to 63")
	case !jobName.MatchString(name):
		return outOfBounds(member, name, "Member must satisfy regular expression pattern: "+jobName.String())
	}
	return nil
}

// job finds the step that ran a job, as it stands.
func (a *Account) job(kind, name string) (Step, bool) {
	for _, e := range a.order {
		if s, ok := e.ran(name); ok {
			return s, jobs[s.kind()] == kind && !s.refused()
		}
	}
	return Step{}, false
}

// ran is the latest that is known of the step's run with that job. A retry
// replaces a step's row, but not the job that failed.
func (e *execution) ran(job string) (Step, bool) {
	rows := e.Steps
	for i := len(e.past); ; i-- {
		for _, s := range rows {
			if strings.EqualFold(s.job, job) {
				return s, true
			}
		}
		if i == 0 {
			return Step{}, false
		}
		rows = e.past[i-1].state.Steps
	}
}

// describeJob answers with what the SDK declares as required, and what a
// reader of failures looks for.
func describeJob(kind string, output func(arn string, s Step) any) func(*Account, request) answer {
	return func(a *Account, in request) answer {
		s, ok := a.job(kind, in.Name)
		if !ok {
			return refusal(or(a.config.Unknowns.MissingJobCode, codeValidation), "Requested resource not found.")
		}
		return answer{status: http.StatusOK, body: output(a.config.arn("sagemaker", kind+"/"+s.job), s)}
	}
}

// said is the job as it stands: what the script says of it counts once the step
// has failed.
func (s Step) said() Job {
	said := Job{Status: map[Status]string{
		Executing: "InProgress", Succeeded: "Completed", Failed: "Failed", Stopped: "Stopped",
	}[s.Status]}
	if s.Status != Failed {
		said.Secondary = or(map[Status]string{Executing: "Training"}[s.Status], said.Status)
		return said
	}
	told := Job{Reason: s.Reason}
	if s.Job != nil {
		told = *s.Job
	}
	said.Status = or(told.Status, said.Status)
	said.Secondary = or(told.Secondary, said.Status)
	said.Reason, said.Exit = cut(told.Reason, maxReason), cut(told.Exit, maxReason)
	return said
}

type trainingOutput struct {
	TrainingJobName   string
	TrainingJobArn    string
	TrainingJobStatus string
	SecondaryStatus   string
	FailureReason     string `json:",omitempty"`
	ModelArtifacts    map[string]string
	ResourceConfig    map[string]any
	StoppingCondition map[string]int
	CreationTime      *epoch
	TrainingEndTime   *epoch `json:",omitempty"`
}

func describedTraining(arn string, s Step) any {
	said := s.said()
	return trainingOutput{
		TrainingJobName: s.job, TrainingJobArn: arn, TrainingJobStatus: said.Status, SecondaryStatus: said.Secondary, FailureReason: said.Reason,
		ModelArtifacts:    map[string]string{"S3ModelArtifacts": "s3://churn-models/" + s.job + "/output/model.tar.gz"},
		ResourceConfig:    map[string]any{"InstanceCount": 1, "InstanceType": or(s.Instance, usualInstance), "VolumeSizeInGB": 30},
		StoppingCondition: map[string]int{"MaxRuntimeInSeconds": int(time.Hour / time.Second)},
		CreationTime:      stamp(s.Start), TrainingEndTime: stamp(s.End),
	}
}

type processingOutput struct {
	ProcessingJobName   string
	ProcessingJobArn    string
	ProcessingJobStatus string
	FailureReason       string `json:",omitempty"`
	ExitMessage         string `json:",omitempty"`
	ProcessingResources map[string]any
	AppSpecification    map[string]string
	CreationTime        *epoch
	ProcessingEndTime   *epoch `json:",omitempty"`
}

func describedProcessing(arn string, s Step) any {
	said := s.said()
	return processingOutput{
		ProcessingJobName: s.job, ProcessingJobArn: arn, ProcessingJobStatus: said.Status, FailureReason: said.Reason, ExitMessage: said.Exit,
		ProcessingResources: map[string]any{"ClusterConfig": map[string]any{"InstanceCount": 1, "InstanceType": or(s.Instance, usualInstance), "VolumeSizeInGB": 30}},
		AppSpecification:    map[string]string{"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:latest"},
		CreationTime:        stamp(s.Start), ProcessingEndTime: stamp(s.End),
	}
}

type transformOutput struct {
	TransformJobName   string
	TransformJobArn    string
	TransformJobStatus string
	FailureReason      string `json:",omitempty"`
	ModelName          string
	TransformInput     map[string]any
	TransformResources map[string]any
	CreationTime       *epoch
	TransformEndTime   *epoch `json:",omitempty"`
}

func describedTransform(arn string, s Step) any {
	said := s.said()
	source := map[string]any{"S3DataSource": map[string]string{"S3DataType": "S3Prefix", "S3Uri": "s3://churn-data/batch"}}
	return transformOutput{
		TransformJobName: s.job, TransformJobArn: arn, TransformJobStatus: said.Status, FailureReason: said.Reason,
		ModelName: "churn", TransformInput: map[string]any{"DataSource": source},
		TransformResources: map[string]any{"InstanceType": or(s.Instance, usualInstance), "InstanceCount": 1},
		CreationTime:       stamp(s.Start), TransformEndTime: stamp(s.End),
	}
}
