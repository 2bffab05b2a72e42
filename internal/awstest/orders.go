package awstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A FailOrder asks the control side for an execution that fails, and then
// succeeds. It names a Class or, word for word, a Reason. With a JobReason or
// JobSecondary it may name neither: the step's own text then carries no cause.
type FailOrder struct {
	Pipeline string  `json:"pipeline,omitempty"` // its name; absent: churn
	Class    string  `json:"class,omitempty"`    // what it fails of, see Classes
	Reason   string  `json:"reason,omitempty"`   // or in these words
	Step     string  `json:"step,omitempty"`     // the step that fails; absent: Train
	Fails    int     `json:"fails,omitempty"`    // how many runs fail before one succeeds, 1 to 1000; absent: 1
	Lasts    float64 `json:"lasts,omitempty"`    // how long each run takes, 0 to 86400 seconds; absent: 0
	// What the step's job says, beside the step's own text; JobSecondary is one of
	// the states that a failed training job ends in.
	JobReason    string `json:"job_reason,omitempty"`
	JobSecondary string `json:"job_secondary,omitempty"`
	Refusals     int    `json:"refusals,omitempty"` // how many of the account's next retries are refused with ResourceLimitExceeded, 0 to 1000
}

// The names that SageMaker allows (API reference: CreatePipeline, PipelineName;
// ListPipelineExecutionSteps, StepName).
var (
	pipelineName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$`)
	stepName     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

const (
	maxTimes = 1000  // of failing and refusing: more is a slip of the finger
	maxLasts = 86400 // seconds
)

// endStates are the secondary statuses that a training job which did not
// complete ends in (API reference: DescribeTrainingJob, SecondaryStatus).
var endStates = []string{"Failed", "Interrupted", "MaxRuntimeExceeded", "MaxWaitTimeExceeded", "Stopped"}

func (o *FailOrder) check() error {
	_, known := ReasonFor(o.Class)
	asked := o.JobReason != "" || o.JobSecondary != ""
	switch {
	case !pipelineName.MatchString(o.Pipeline):
		return fmt.Errorf("pipeline: expected 1 to 256 letters and digits, with dashes between, got %.80q", o.Pipeline)
	case !stepName.MatchString(o.Step):
		return fmt.Errorf("step: expected 1 to 64 letters, digits, dashes and underscores, got %.80q", o.Step)
	case o.Class != "" && o.Reason != "" || o.Class == "" && o.Reason == "" && !asked:
		return fmt.Errorf("class: expected it, or reason in its place, and not both; classes are %s", strings.Join(Classes(), ", "))
	case o.Class != "" && !known:
		return fmt.Errorf("class: expected one of %s, got %.80q", strings.Join(Classes(), ", "), o.Class)
	case utf8.RuneCountInString(o.Reason) > maxReason:
		return fmt.Errorf("reason: expected at most %d characters, as SageMaker gives", maxReason)
	case utf8.RuneCountInString(o.JobReason) > maxReason:
		return fmt.Errorf("job_reason: expected at most %d characters, as SageMaker gives", maxReason)
	case o.JobSecondary != "" && !slices.Contains(endStates, o.JobSecondary):
		return fmt.Errorf("job_secondary: expected one of %s, got %.80q", strings.Join(endStates, ", "), o.JobSecondary)
	case o.Fails < 1 || o.Fails > maxTimes:
		return fmt.Errorf("fails: expected a whole number from 1 to %d, got %d", maxTimes, o.Fails)
	case o.Lasts < 0 || o.Lasts > maxLasts:
		return fmt.Errorf("lasts: expected seconds from 0 to %d, got %v", maxLasts, o.Lasts)
	case o.Refusals < 0 || o.Refusals > maxTimes:
		return fmt.Errorf("refusals: expected a whole number from 0 to %d, got %d", maxTimes, o.Refusals)
	}
	return nil
}

// script is the life of the execution that is asked for.
func (o *FailOrder) script() Script {
	lasts := time.Duration(o.Lasts * float64(time.Second))
	runs := slices.Repeat([]Run{Fails(o.step()).After(lasts)}, o.Fails)
	return Script{Pipeline: o.Pipeline, Runs: append(runs, Succeeds().After(lasts))}
}

// step is the step that fails.
func (o *FailOrder) step() Step {
	ofClass, _ := ReasonFor(o.Class)
	s := Step{Name: o.Step, Reason: or(o.Reason, or(ofClass, ReasonSeeJobLogs))}
	if o.JobReason != "" || o.JobSecondary != "" {
		s.Job = &Job{Reason: o.JobReason, Secondary: o.JobSecondary}
	}
	return s
}

// orderFailure has the retries refused first: an execution that takes no time
// may have been retried before Add returns.
func (a *Account) orderFailure(w http.ResponseWriter, r *http.Request) {
	order := &FailOrder{Pipeline: "churn", Step: "Train", Fails: 1}
	if readOrder(w, r, order) {
		a.FailNext("RetryPipelineExecution", order.Refusals, Fault{Code: codeResourceLimit})
		tell(w, http.StatusCreated, a.Execution(a.Add(order.script())))
	}
}

func (a *Account) tellExecution(w http.ResponseWriter, r *http.Request) {
	arn := r.URL.Query().Get("arn")
	for _, e := range a.Executions() {
		if strings.EqualFold(e.ARN, arn) {
			tell(w, http.StatusOK, e)
			return
		}
	}
	wrong(w, http.StatusNotFound, fmt.Errorf("arn: expected the ARN of an execution of this account, got %.200q", arn))
}
