package awstest

import (
	"errors"
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
	// Instance is the instance type of the step's job; absent: ml.m5.large.
	Instance string `json:"instance,omitempty"`
	// Quota, in place of a class or a reason, is one that each run takes an instance
	// of. While none is free a run fails of that, and else it succeeds: see Settings.
	Quota          string `json:"quota,omitempty"`
	Silent         int    `json:"silent,omitempty"`          // how many runs, from the first, send no event, 0 to 1000
	IgnoresRetries int    `json:"ignores_retries,omitempty"` // how many retries are accepted for nothing, 0 to 1000
	Refusals       int    `json:"refusals,omitempty"`        // how many of the account's next retries are refused with ResourceLimitExceeded, 0 to 1000
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
	maxQuota = 256   // characters: more than any name in Service Quotas has
)

// instanceType is how SageMaker spells them.
var instanceType = regexp.MustCompile(`^ml\.[a-z0-9-]+\.[a-z0-9-]+$`)

// endStates are the secondary statuses that a training job which did not
// complete ends in (API reference: DescribeTrainingJob, SecondaryStatus).
var endStates = []string{"Failed", "Interrupted", "MaxRuntimeExceeded", "MaxWaitTimeExceeded", "Stopped"}

func (o *FailOrder) check() error {
	_, known := ReasonFor(o.Class)
	asked := o.JobReason != "" || o.JobSecondary != "" || o.Quota != ""
	switch {
	case o.Quota != "" && (o.Class != "" || o.Reason != "" || o.JobReason != "" || o.JobSecondary != ""):
		return errors.New("quota: expected it in place of class, reason, job_reason and job_secondary")
	case len(o.Quota) > maxQuota:
		return fmt.Errorf("quota: expected at most %d characters", maxQuota)
	case o.Instance != "" && !instanceType.MatchString(o.Instance):
		return fmt.Errorf("instance: expected an instance type such as %s, got %.80q", usualInstance, o.Instance)
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
	}
	for field, n := range map[string]int{"refusals": o.Refusals, "silent": o.Silent, "ignores_retries": o.IgnoresRetries} {
		if n < 0 || n > maxTimes {
			return fmt.Errorf("%s: expected a whole number from 0 to %d, got %d", field, maxTimes, n)
		}
	}
	return nil
}

// script is the life of the execution that is asked for.
func (o *FailOrder) script() Script {
	lasts := time.Duration(o.Lasts * float64(time.Second))
	s := Script{Pipeline: o.Pipeline, Quota: o.Quota, Silent: o.Silent, IgnoresRetries: o.IgnoresRetries}
	well := Succeeds().After(lasts)
	if o.Quota != "" {
		_, kind := usage(o.Quota)
		well.Also = []Step{{Name: o.Step, Kind: kind, Instance: o.Instance}}
		s.Runs = []Run{well}
		return s
	}
	s.Runs = append(slices.Repeat([]Run{Fails(o.step()).After(lasts)}, o.Fails), well)
	return s
}

// step is the step that fails.
func (o *FailOrder) step() Step {
	ofClass, _ := ReasonFor(o.Class)
	s := Step{Name: o.Step, Instance: o.Instance, Reason: or(o.Reason, or(ofClass, ReasonSeeJobLogs))}
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
