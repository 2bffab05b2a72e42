package awstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Script is the life of an execution: what each of its runs ends in.
type Script struct {
	// Pipeline is the name of the pipeline, as AWS first spelled it. Empty
	// means "churn".
	Pipeline string
	// ID is the last part of the ARN. Empty: twelve characters, made up.
	ID string
	// DisplayName and Description are shown where they are not empty.
	DisplayName, Description string
	// Parallelism is the execution's MaxParallelExecutionSteps; zero: none.
	Parallelism int32
	// Quota is the one that each run takes an instance of, from its start to its
	// end, where Config.Quotas limits it. A run that finds none free fails at its
	// first step within seconds, and none of Runs is used up.
	Quota string
	// Ago is how long before now it starts. Runs that would have ended by now have,
	// each at its time; what comes later, such as a retry, comes at its own.
	Ago time.Duration
	// Silent is how many runs, from the first on, send no event at all, neither at
	// their start nor at their end. See Account.SendLate.
	Silent int
	// IgnoresRetries is how many retries through the API, from the first on, are
	// accepted for nothing, as by Account.IgnoreRetries.
	IgnoresRetries int
	// Before are steps that have succeeded before the first run's end. No retry
	// runs them again.
	Before []Step
	// Runs are the first run, the first retry, and so on. The last one stands
	// for all that follow. None at all: one that succeeds at once.
	Runs []Run
}

// A Run is one run of an execution, from its start or a retry to its end.
type Run struct {
	// Lasts is how long it runs. With zero it has ended as soon as it began.
	Lasts time.Duration
	// Ends is the status at its end. Empty means Succeeded. With Executing it
	// does not end by itself.
	Ends Status
	// Failing are the steps that fail in it.
	Failing []Step
	// Also are further steps that run and succeed in it.
	Also []Step
	// BeforeSteps: it fails before any step ran, and leaves the rows of an
	// earlier run as they are.
	BeforeSteps bool
}

// FailsAt is a run that fails at once at a training step.
func FailsAt(step, reason string) Run { return Fails(Step{Name: step, Reason: reason}) }

// Fails is a run that fails at once at some steps.
func Fails(steps ...Step) Run { return Run{Ends: Failed, Failing: steps} }

// FailsBeforeSteps is a run that fails at once, before any step of it ran.
func FailsBeforeSteps() Run { return Run{Ends: Failed, BeforeSteps: true} }

// Succeeds is a run that succeeds at once.
func Succeeds() Run { return Run{Ends: Succeeded} }

// CompletesWithFailures is a run in which steps fail that others handle, so that
// it ends at once as CompletedWithFailures.
func CompletesWithFailures(steps ...Step) Run {
	return Run{Ends: CompletedWithFailures, Failing: steps}
}

// KeepsRunning is a run that does not end by itself.
func KeepsRunning() Run { return Run{Ends: Executing} }

// After is the same run, lasting that long.
func (r Run) After(d time.Duration) Run {
	r.Lasts = d
	return r
}

// Add starts an execution, now or Ago, and returns its ARN, as Describe will spell it.
// It panics if the account has that ARN already.
func (a *Account) Add(s Script) (arn string) {
	a.do(func(now time.Time) { arn = a.add(s, now.Add(-s.Ago)).ARN })
	return arn
}

func (a *Account) add(s Script, now time.Time) *execution {
	a.serial++
	e := &execution{nth: a.serial, script: s, ignores: s.IgnoresRetries}
	e.ID = or(s.ID, fmt.Sprintf("%012x", 0xa10000000000+a.serial))
	e.Pipeline = or(s.Pipeline, "churn")
	e.PipelineARN = fmt.Sprintf("arn:%s:sagemaker:%s:%s:pipeline/%s", a.config.Partition, a.config.Region, a.config.Number, e.Pipeline)
	e.ARN = e.PipelineARN + "/execution/" + e.ID
	e.DisplayName, e.Description, e.Parallelism = s.DisplayName, s.Description, s.Parallelism
	if a.find(e.ARN) != nil {
		panic(fmt.Sprintf("awstest: execution %q was added twice", e.ARN))
	}
	a.executions[strings.ToLower(e.ARN)] = e
	a.order = append(a.order, e)
	at := now.Truncate(time.Millisecond)
	e.Created, e.Modified, e.started = at, at.Add(-time.Millisecond), at
	for _, s := range s.Before {
		s.Status, s.Start, s.End, s.Attempts = Succeeded, at, at, 1
		e.names(&s)
		e.Steps = append(e.Steps, s)
	}
	a.begin(e, now)
	return e
}

// begin starts the script's next run, and sees to its end.
func (a *Account) begin(e *execution, now time.Time) {
	run := e.script.run(e.Run + 1 - e.crowded)
	if !a.occupy(e) {
		e.crowded++
		run = a.findsNoneFree(e, run)
	}
	a.start(e, run, now)
	if run.Ends != Executing {
		a.plan(e, now.Add(run.Lasts), func(due time.Time) { a.end(e, run, due) })
	}
}

// start starts a run: the failed steps, and those of the run, execute.
func (a *Account) start(e *execution, run Run, now time.Time) {
	e.Run++
	stamped := e.instant(now)
	if e.Run > 1 && a.config.Unknowns.RetryMovesStart {
		e.started = stamped
	}
	if !run.BeforeSteps {
		a.startSteps(e, run, stamped)
	}
	a.become(e, Executing, now, stamped)
}

// run is the n-th run, from 1; the last one stands for all that follow.
func (s Script) run(n int) Run {
	if len(s.Runs) == 0 {
		return Succeeds()
	}
	r := s.Runs[min(n, len(s.Runs))-1]
	r.Ends = Status(or(string(r.Ends), string(Succeeded)))
	return r
}

// end is how a run ends: by its script, or by the test's hand.
func (a *Account) end(e *execution, run Run, now time.Time) {
	e.pending = nil
	a.release(e)
	if run.Ends == Stopped && e.Status != Stopping {
		a.become(e, Stopping, now, e.instant(now))
	}
	stamped := e.instant(now)
	endSteps(e, run, stamped)
	a.become(e, run.Ends, now, stamped)
}

// startSteps runs what failed or was stopped before, and what the run names.
// A succeeded step is never run again.
func (a *Account) startSteps(e *execution, run Run, at time.Time) {
	for i, old := range slices.Clone(e.Steps) {
		if old.Status == Failed || old.Status == Stopped {
			a.restart(e, i, old, at)
		}
	}
	for _, s := range slices.Concat(run.Failing, run.Also) {
		if e.row(s.Name) < 0 {
			s.Status, s.Start, s.Attempts = Executing, at, 1
			s.Reason, s.Job = "", nil // until it has failed
			e.names(&s)
			e.Steps = append(e.Steps, s)
		}
	}
}

// restart runs a step again, in its row or in a new one. With new rows, only
// the latest row of a step counts: the older ones are history.
func (a *Account) restart(e *execution, i int, old Step, at time.Time) {
	if e.row(old.Name) != i {
		return
	}
	next := Step{Name: old.Name, Kind: old.Kind, Status: Executing, Start: at, Attempts: old.Attempts, Instance: old.Instance}
	e.names(&next)
	if a.config.Unknowns.CountsAttempts {
		next.Attempts++
	}
	if a.config.Unknowns.AppendsRows {
		e.Steps = append(e.Steps, next)
		return
	}
	e.Steps[i] = next
}

// row is the latest row of a step, or -1.
func (e *execution) row(name string) int {
	for i := len(e.Steps) - 1; i >= 0; i-- {
		if e.Steps[i].Name == name {
			return i
		}
	}
	return -1
}

// endSteps ends every step that executes: those that the run names fail, the
// others succeed, or are stopped with the run.
func endSteps(e *execution, run Run, at time.Time) {
	for _, s := range run.Failing {
		if e.row(s.Name) < 0 {
			s.Status, s.Start, s.Attempts = Executing, at, 1
			e.names(&s)
			e.Steps = append(e.Steps, s)
		}
	}
	for i := range e.Steps {
		if e.Steps[i].Status == Executing {
			e.Steps[i].finish(run, at)
		}
	}
}

func (s *Step) finish(run Run, at time.Time) {
	s.Status, s.End = Succeeded, at
	if run.Ends == Stopped || run.BeforeSteps {
		s.Status = Stopped
	}
	for _, f := range run.Failing {
		if f.Name == s.Name {
			s.Status, s.Reason, s.NotCreated, s.Kind, s.Job = Failed, f.Reason, f.NotCreated, f.Kind, f.Job
			s.Instance = or(f.Instance, s.Instance)
		}
	}
}
