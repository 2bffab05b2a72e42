package retry

import (
	"errors"
	"strings"
	"time"

	"mulligan/internal/cause"
)

// The statuses of a pipeline execution and of a step that a decision turns on
// (PipelineExecutionStatus and StepStatus in the SageMaker API).
const (
	StatusFailed    = "Failed"
	StatusSucceeded = "Succeeded"
	StatusStopped   = "Stopped"
	statusStopping  = "Stopping"
	statusStarting  = "Starting"
	statusExecuting = "Executing"
)

// stepFail is the type of a step that fails its execution on purpose. "You
// cannot retry a pipeline execution ending with a FailStep" (SageMaker
// developer guide, build-and-manage-steps).
const stepFail = "Fail"

// ErrGone says that SageMaker knows no such execution (any more).
var ErrGone = errors.New("the execution does not exist")

// ErrNotTold says that SageMaker will not answer, however often it is asked: a
// permission is missing, or the operation is not there.
var ErrNotTold = errors.New("SageMaker does not tell")

// ErrUnreadable says that the ledger holds a record which this build cannot
// read, such as one of a newer build.
var ErrUnreadable = errors.New("the record cannot be read")

// Door is how a failure came in.
type Door string

// The doors. They differ only in how they name the failure.
const (
	DoorEvent Door = "event"
	DoorWake  Door = "wake"
	DoorSweep Door = "sweep"
)

// Notice is what a door knows of the failure it names. All of it is a hint:
// what counts is read from the ledger and from SageMaker.
type Notice struct {
	Door      Door         `json:"door"`
	Execution ExecutionARN `json:"-"`
	EventID   string       `json:"event_id,omitempty"` // of the event that came first, also on its wakes
	Ended     string       `json:"ended,omitempty"`    // executionEndTime as it was sent: compared for equality only
	EndedAt   time.Time    `json:"-"`                  // the same as a time, zero if it is none
	Status    string       `json:"status,omitempty"`   // the end that it tells of; "" is Failed
	Previous  string       `json:"previous,omitempty"` // the status that the execution failed from
	Emitted   time.Time    `json:"emitted,omitzero"`   // the envelope's time, zero if it is none
	Wake      Wake         `json:"wake,omitzero"`      // on a wake: the schedule that fired
}

// Execution is what DescribePipelineExecution says.
type Execution struct {
	ARN          ExecutionARN // as the API spells it
	Status       string
	LastModified time.Time
	Parallelism  int32 // MaxParallelExecutionSteps; 0 if not set
}

// Step is one row of ListPipelineExecutionSteps.
type Step struct {
	Name, Type, Status, Reason string
	Ref                        string // ARN of its training, processing or transform job; "" if there is none
	Attempts                   int
	Started, Ended             time.Time
}

// Facts is what SageMaker said at one look at an execution.
type Facts struct {
	Gone         bool         `json:"gone,omitempty"`
	Detail       string       `json:"detail,omitempty"` // what SageMaker said to it being gone
	ARN          ExecutionARN `json:"-"`
	Status       string       `json:"status"`
	LastModified time.Time    `json:"last_modified"`
	Round        time.Time    `json:"round"`             // latest end among the failed steps, zero if none
	Ended        time.Time    `json:"ended"`             // latest end among all steps, zero if none
	Running      bool         `json:"running,omitempty"` // a step has not ended yet
	FailStep     bool         `json:"fail_step,omitempty"`
	Parallelism  int32        `json:"parallelism,omitempty"` // MaxParallelExecutionSteps; 0 if not set
	Steps        int          `json:"steps,omitempty"`       // how many there are
	Rerun        []Rerun      `json:"rerun,omitempty"`
	Untold       []string     `json:"untold,omitempty"` // what SageMaker would not answer
	NewerAsked   bool         `json:"newer_asked,omitempty"`
	Newer        string       `json:"newer,omitempty"` // ARN of an execution of the pipeline that was started after the failure and succeeded; "" if none is known
	Cause        cause.Cause  `json:"cause"`
	Failed       []cause.Step `json:"failed,omitempty"` // at most maxFailed of them
}

// Rerun is a step that a retry may run again: one that has not succeeded.
// Of each type the first is kept.
type Rerun struct {
	Name string `json:"name"`
	Type string `json:"type,omitempty"` // "" if nothing tells
}

// maxFailed bounds the failed steps that a decision keeps, so that a record
// stays far below DynamoDB's 400 KB: a reason has up to 1,024 characters.
const maxFailed = 10

// NewFacts reads one look: the execution and all its step rows.
func NewFacts(execution Execution, rows []Step) Facts {
	f := Facts{
		ARN: execution.ARN, Status: execution.Status, LastModified: execution.LastModified,
		Parallelism: execution.Parallelism,
	}
	for _, step := range latest(rows) {
		f.Steps++
		f.Ended = later(f.Ended, step.Ended)
		switch {
		case is(step.Status, StatusStopped):
			f.runsAgain(step)
		case is(step.Status, StatusFailed):
			f.Round = later(f.Round, step.Ended)
			f.FailStep = f.FailStep || step.Type == stepFail
			f.Failed = append(f.Failed, cause.Step{
				Name: step.Name, Type: step.Type, Reason: step.Reason, Attempts: step.Attempts, Ref: step.Ref,
			})
			f.runsAgain(step)
		case is(step.Status, statusStarting), is(step.Status, statusExecuting), is(step.Status, statusStopping):
			f.Running = true
			f.runsAgain(step) // as soon as it has failed or was stopped, which nobody may wait for
		}
	}
	if f.failed() { // else failed steps are history, nothing has a cause and nothing runs again
		f.Cause = cause.Read(f.Failed)
	} else {
		f.Rerun = nil
	}
	f.Failed = worstFirst(f.Failed)
	return f
}

// failed tells whether the execution stands in Failed.
func (f Facts) failed() bool { return is(f.Status, StatusFailed) }

// latest drops the rows of a step that a newer row of the same step replaced.
// Whether SageMaker replaces or appends rows on a retry is not documented; a
// failure that has been retried must not be read as the cause of the next.
func latest(rows []Step) []Step {
	newest := make(map[string]int, len(rows))
	for i, row := range rows {
		if j, seen := newest[row.Name]; !seen || !row.Started.Before(rows[j].Started) {
			newest[row.Name] = i
		}
	}
	kept := make([]Step, 0, len(newest))
	for i, row := range rows {
		if newest[row.Name] == i {
			kept = append(kept, row)
		}
	}
	return kept
}

// is compares statuses; their case is not promised anywhere.
func is(status, want string) bool { return strings.EqualFold(status, want) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
