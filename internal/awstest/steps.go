package awstest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Kind is a type of step, spelled as the key under which the API shows its
// metadata. Any key that the API knows will do; these have a fixture.
type Kind string

// The kinds of step that the stand-in knows to describe.
const (
	Training      Kind = "TrainingJob"
	Processing    Kind = "ProcessingJob"
	Transform     Kind = "TransformJob"
	Tuning        Kind = "TuningJob"
	AutoML        Kind = "AutoMLJob"
	CreateModel   Kind = "Model"
	RegisterModel Kind = "RegisterModel"
	Condition     Kind = "Condition"
	Callback      Kind = "Callback"
	Lambda        Kind = "Lambda"
	EMR           Kind = "EMR"
	QualityCheck  Kind = "QualityCheck"
	ClarifyCheck  Kind = "ClarifyCheck"
	FailStep      Kind = "Fail"
)

// A Step is one row of a pipeline execution.
type Step struct {
	Name string `json:"name"`
	// Kind decides the metadata. Empty means Training.
	Kind Kind `json:"kind,omitempty"`
	// Reason is the failure reason. It is cut at 1024 characters as in the API,
	// and left out where empty.
	Reason string `json:"reason,omitempty"`
	// NotCreated: the job behind the step was never made, so that its metadata
	// is empty. True as well where Reason is a refused create call.
	NotCreated bool `json:"notCreated,omitempty"`
	// Job is what the job behind the failed step says, where that is not just
	// Reason. Nil: it says the same.
	Job *Job `json:"job,omitempty"`
	// Instance is the instance type that its job asks for. Empty: that of the
	// script's quota, else ml.m5.large.
	Instance string `json:"instance,omitempty"`
	// Status, Start, End and Attempts are kept by the stand-in. A step that has
	// not ended has the zero End.
	Status   Status    `json:"status"`
	Start    time.Time `json:"start,omitzero"`
	End      time.Time `json:"end,omitzero"`
	Attempts int       `json:"attempts"`

	job string // the name of its job, whether it will be made or not
}

// maxReason is the longest FailureReason of a step; maxPage the largest page.
// Both are documented with ListPipelineExecutionSteps.
const (
	maxReason = 1024
	maxPage   = 100
)

type wireStep struct {
	StepName      string
	StepStatus    Status
	StartTime     *epoch         `json:",omitempty"`
	EndTime       *epoch         `json:",omitempty"`
	FailureReason string         `json:",omitempty"`
	AttemptCount  int            `json:",omitempty"`
	Metadata      map[string]any // empty, not absent, where no job was made
}

func (s Step) wire(c Config) wireStep {
	out := wireStep{StepName: s.Name, StepStatus: s.Status, StartTime: stamp(s.Start), EndTime: stamp(s.End), AttemptCount: s.Attempts}
	if s.Status == Failed {
		out.FailureReason = cut(s.Reason, maxReason)
	}
	out.Metadata = s.metadata(c)
	return out
}

func cut(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}

func (s Step) refused() bool {
	return s.NotCreated || strings.Contains(s.Reason, "Failed to invoke sagemaker:Create")
}

// kind is the step's kind, where none was given the usual one.
func (s Step) kind() Kind { return Kind(or(string(s.Kind), string(Training))) }

// arn is the ARN of something in the account.
func (c Config) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", c.Partition, service, c.Region, c.Number, resource)
}

// metadata has the documented members of the step's kind.
func (s Step) metadata(c Config) map[string]any {
	if s.refused() {
		return map[string]any{}
	}
	kind, body := s.kind(), map[string]any{}
	switch kind {
	case Training, Processing, Transform:
		body["Arn"] = c.arn("sagemaker", jobs[kind]+"/"+s.job)
	case Tuning:
		body["Arn"] = c.arn("sagemaker", "hyper-parameter-tuning-job/"+s.job)
	case AutoML:
		body["Arn"] = c.arn("sagemaker", "automl-job/"+s.job)
	case CreateModel:
		body["Arn"] = c.arn("sagemaker", "model/"+s.job)
	case RegisterModel:
		body["Arn"] = c.arn("sagemaker", "model-package/churn/1")
	case Condition:
		body["Outcome"] = "True"
	case Callback:
		body["CallbackToken"] = strings.ToLower(s.Name) + "0123"
		body["SqsQueueUrl"] = "https://sqs." + c.Region + ".amazonaws.com/" + c.Number + "/callbacks"
	case Lambda:
		body["Arn"] = c.arn("lambda", "function:"+s.Name)
	case EMR:
		body["ClusterId"], body["StepName"] = "j-1AB2CD34EF5GH", s.Name
	case QualityCheck, ClarifyCheck:
		body["CheckJobArn"] = c.arn("sagemaker", jobs[kind]+"/"+s.job)
	case FailStep:
		body["ErrorMessage"] = s.Reason
	}
	return map[string]any{string(kind): body}
}

// inOrder sorts rows by start, as the API does; later rows of the same instant
// count as later. The API's default is the latest first.
func inOrder(rows []Step, ascending bool) []Step {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y Step) int { return cmp.Compare(x.Start.UnixMilli(), y.Start.UnixMilli()) })
	if !ascending {
		slices.Reverse(rows)
	}
	return rows
}
