package awstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Status is the status of an execution or of a step.
type Status string

// The statuses that the stand-in brings about, spelled as the API does.
const (
	Executing Status = "Executing"
	Stopping  Status = "Stopping"
	Stopped   Status = "Stopped"
	Failed    Status = "Failed"
	Succeeded Status = "Succeeded"
	// CompletedWithFailures: steps failed, each of them with a later step that was
	// there to handle it. Such an execution cannot be retried.
	CompletedWithFailures Status = "CompletedWithFailures"
)

// An Execution is what is true of an execution at one moment, whatever lags.
// The control side sends it under the names in the tags.
type Execution struct {
	ARN         string    `json:"arn"`
	PipelineARN string    `json:"pipelineArn"`
	Pipeline    string    `json:"pipeline"`
	ID          string    `json:"id"`
	DisplayName string    `json:"displayName,omitempty"`
	Description string    `json:"description,omitempty"`
	Status      Status    `json:"status"`
	Created     time.Time `json:"created"`               // CreationTime
	Modified    time.Time `json:"modified"`              // LastModifiedTime
	Parallelism int32     `json:"parallelism,omitempty"` // zero: not configured
	Run         int       `json:"run"`                   // 1 for the first run, n+1 after n retries by anybody
	Steps       []Step    `json:"steps"`
}

// execution is the account's own record, guarded by Account.mu.
type execution struct {
	Execution
	nth       int       // of the account's
	started   time.Time // executionStartTime of events
	script    Script
	pending   *change
	past      []view
	retries   []Retry
	unstarted []Retry // accepted, and nothing came of them
	persons   []time.Time
	jobs      int    // that its steps have had so far
	holds     string // the quota that the run has an instance of
	crowded   int    // runs that found none free
	ignores   int    // retries still to be accepted for nothing
}

// A view is the state as it was from an instant on, for reads that lag.
type view struct {
	since time.Time
	state Execution
}

// instant is the execution's next time stamp: now, but always later than any
// before, as LastModifiedTime moves with every change even on a clock that
// stands still. The API keeps milliseconds.
func (e *execution) instant(now time.Time) time.Time {
	now = now.Truncate(time.Millisecond)
	if !now.After(e.Modified) {
		now = e.Modified.Add(time.Millisecond)
	}
	return now
}

// become moves the execution to a status and sends the event for it.
func (a *Account) become(e *execution, to Status, now, stamped time.Time) {
	from := e.Status
	e.Status, e.Modified = to, stamped
	e.remember(now)
	a.emit(e, from, stamped)
}

// remember keeps the state for reads that lag. Nothing is thrown away: an
// account lives as long as a test or a demo.
func (e *execution) remember(now time.Time) {
	state := e.Execution
	state.Steps = slices.Clone(e.Steps)
	e.past = append(e.past, view{now, state})
}

// seen is the state that a read with a lag gets to see.
func (e *execution) seen(now time.Time, lag time.Duration) Execution {
	for i := len(e.past) - 1; i > 0; i-- {
		if !e.past[i].since.After(now.Add(-lag)) {
			return e.past[i].state
		}
	}
	return e.past[0].state
}

// indexed is the state that a search with a lag gets to see, and whether it
// gets to see the execution at all.
func (e *execution) indexed(now time.Time, lag time.Duration) (Execution, bool) {
	return e.seen(now, lag), !e.past[0].since.After(now.Add(-lag))
}

// find looks an execution up, minding no case, as AWS spells ARNs in several.
func (a *Account) find(arn string) *execution { return a.executions[strings.ToLower(arn)] }

// must is find for the test's own hands, where an unknown ARN is a mistake in
// the test.
func (a *Account) must(arn string) *execution {
	e := a.find(arn)
	if e == nil {
		panic(fmt.Sprintf("awstest: no execution %q in this account", arn))
	}
	return e
}

// Execution tells what is true of an execution now. It panics when there is
// none, as does every method that takes an ARN from the test.
func (a *Account) Execution(arn string) (out Execution) {
	a.do(func(time.Time) {
		e := a.must(arn)
		out = e.Execution
		out.Steps = slices.Clone(e.Steps)
	})
	return out
}

// Executions tells the same of all, in the order in which they were added.
func (a *Account) Executions() (out []Execution) {
	a.do(func(time.Time) {
		for _, e := range a.order {
			state := e.Execution
			state.Steps = slices.Clone(e.Steps)
			out = append(out, state)
		}
	})
	return out
}
