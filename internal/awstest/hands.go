package awstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What people and the service do to executions beside the API calls that
// Mulligan makes. Every method panics where the account has no such ARN.

// Fail ends the run as Failed at those steps; where none is named, no step
// fails: those that run are stopped, and those that failed before stay as they
// are. An execution that does not run is started again first, so that this is
// a new failure. One that is Stopping fails instead of stopping.
func (a *Account) Fail(arn string, steps ...Step) {
	a.finishBy(arn, Run{Ends: Failed, Failing: steps, BeforeSteps: len(steps) == 0})
}

// Succeed ends the run as Succeeded, and starts one first where none runs.
func (a *Account) Succeed(arn string) { a.finishBy(arn, Run{Ends: Succeeded}) }

func (a *Account) finishBy(arn string, run Run) {
	a.do(func(now time.Time) {
		e := a.must(arn)
		if e.Status != Executing && e.Status != Stopping {
			a.start(e, run, now)
		}
		a.end(e, run, now)
	})
}

// Stop is a person's stop: Stopping, and Stopped after Config.StopTakes. Only
// an execution that runs can be stopped, as in the API.
func (a *Account) Stop(arn string) (err error) {
	a.do(func(now time.Time) {
		e := a.must(arn)
		if e.Status != Executing {
			err = fmt.Errorf("stop %s: it is %s", arn, e.Status)
			return
		}
		a.become(e, Stopping, now, e.instant(now))
		a.plan(e, now.Add(a.config.StopTakes), func(due time.Time) { a.end(e, Run{Ends: Stopped}, due) })
	})
	return err
}

// HumanRetry is a person's retry, from Studio or the command line, with a token
// of its own. It fails where the API would refuse it.
func (a *Account) HumanRetry(arn string) (err error) {
	a.do(func(now time.Time) {
		e := a.must(arn)
		if refusal := a.cannotRetry(e); refusal != nil {
			err = fmt.Errorf("retry %s: %s: %s", arn, refusal.code, refusal.message)
			return
		}
		e.persons = append(e.persons, now)
		a.begin(e, now)
	})
	return err
}

// EditDescription is UpdatePipelineExecution by a person: LastModifiedTime
// moves although no step ran.
func (a *Account) EditDescription(arn, description string) {
	a.do(func(now time.Time) {
		e := a.must(arn)
		e.Description, e.Modified = description, e.instant(now)
		e.remember(now)
	})
}

// Delete removes the execution, as deleting its pipeline does. No call finds
// it from now on, and no event comes of it.
func (a *Account) Delete(arn string) {
	a.do(func(time.Time) {
		e := a.must(arn)
		e.pending = nil
		a.release(e)
		delete(a.executions, strings.ToLower(arn))
		a.order = slices.DeleteFunc(a.order, func(x *execution) bool { return x == e })
	})
}

// Rescript replaces what the runs from the next one on end in: the first of
// runs is the next run, and the last one stands for all that follow. It is how
// a quota frees while an execution waits.
func (a *Account) Rescript(arn string, runs ...Run) {
	a.do(func(time.Time) {
		e := a.must(arn)
		kept := make([]Run, e.Run-e.crowded) // only the runs to come are looked up
		e.script.Runs = append(kept, runs...)
	})
}

// IgnoreRetries has the next n retries of the execution through the API accepted
// for nothing: they are answered 200, and the execution stays Failed, its
// LastModifiedTime where it was. See [Account.Unstarted].
func (a *Account) IgnoreRetries(arn string, n int) {
	a.do(func(time.Time) { a.must(arn).ignores += n })
}
