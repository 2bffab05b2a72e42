package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"mulligan/internal/awstest"
)

// result is what one contestant made of the storm.
type result struct {
	Name        string          `json:"name"`
	Failed      int             `json:"failed"`    // executions that failed
	Recovered   int             `json:"recovered"` // that succeeded in the end
	GivenUp     map[string]int  `json:"given_up"`  // by reason
	Lost        int             `json:"lost"`      // neither
	Failures    int             `json:"failures"`  // of all runs
	Retries     int             `json:"retries"`   // that took effect
	Calls       int             `json:"calls"`     // of RetryPipelineExecution
	Refused     map[string]int  `json:"refused"`   // of these, by error code
	InVain      int             `json:"in_vain"`   // retries that failed again
	Units       int             `json:"units"`     // taken from the budget
	Second      int             `json:"second"`    // calls for a failure that had been retried already
	Uncounted   int             `json:"uncounted"` // retries beyond the units or the most that one execution may have
	PerSecond   int             `json:"per_second"`
	PerMinute   int             `json:"per_minute"`
	PerHour     int             `json:"per_hour"`
	Over        int             `json:"over_budget"`       // retries in the worst window, beyond size and refill
	UnitsOver   int             `json:"units_over_budget"` // units likewise
	Drained     time.Duration   `json:"drained_ns"`        // from the first failure to the last success
	Quiet       time.Duration   `json:"quiet_ns"`          // until nothing was to come any more
	Waits       []time.Duration `json:"waits_ns"`          // from failure to success: median, 99 of 100, longest
	DynamoDB    map[string]int  `json:"dynamodb"`
	SageMaker   map[string]int  `json:"sagemaker"`
	Scheduler   map[string]int  `json:"scheduler"`
	Invocations map[string]int  `json:"invocations"`
	Answers     map[string]int  `json:"answers"`
	Took        []time.Duration `json:"took_ns"` // invocations of the retrier: median, 99 of 100, longest
	Errors      int             `json:"errors"`
	DeadLetters int             `json:"dead_letters"`
	Problems    []string        `json:"problems,omitempty"`
	Violations  []string        `json:"violations,omitempty"`
}

// account adds up what happened.
func (w *world) account(ctx context.Context, c *contestant, r *result) (err error) {
	if r.Lost, r.GivenUp, err = c.rests(ctx, w.unrecovered()); err != nil {
		return err
	}
	var arns []string
	for _, e := range w.aws.Executions()[w.Quota:] {
		arns = append(arns, e.ARN)
	}
	units, err := c.units(ctx, arns)
	if err != nil {
		return err
	}
	r.Refused, r.SageMaker, r.Scheduler, r.Violations = map[string]int{}, map[string]int{}, map[string]int{}, w.aws.Violations()
	w.addExecutions(r)
	w.addCalls(r, units)
	w.addInvocations(r)
	return nil
}

// addExecutions adds up how the executions stand.
func (w *world) addExecutions(r *result) {
	executions := w.aws.Executions()[w.Quota:]
	first := executions[0].Created.Add(failsAfter)
	var waits []time.Duration
	for _, e := range executions {
		r.Failures += e.Run
		r.InVain += e.Run - 1
		if e.Status != awstest.Succeeded {
			continue
		}
		r.Recovered++
		r.Failures--
		r.InVain-- // the last was not
		waits = append(waits, e.Modified.Sub(e.Created.Add(failsAfter)))
		r.Drained = max(r.Drained, e.Modified.Sub(first))
	}
	r.Waits = spread(waits)
}

// failsAfter is how long a run lasts that finds no instance, the stand-in's own.
const failsAfter = 2 * time.Second

// addCalls adds up the requests, and holds the retries against the budget.
func (w *world) addCalls(r *result, units map[string][]time.Time) {
	var retries []time.Time
	byExecution := map[string][]awstest.Call{}
	for _, call := range w.aws.Calls() {
		if strings.HasSuffix(call.Op, "Schedule") {
			r.Scheduler[call.Op]++
			continue
		}
		r.SageMaker[call.Op]++
		if call.Op != "RetryPipelineExecution" {
			continue
		}
		r.Calls++
		key := strings.ToLower(call.ARN)
		byExecution[key] = append(byExecution[key], call)
		if call.Code != "" {
			r.Refused[call.Code]++
		}
		if call.Effective {
			r.Retries++
			retries = append(retries, call.At)
		}
	}
	slices.SortFunc(retries, time.Time.Compare)
	r.PerSecond, r.PerMinute, r.PerHour = most(retries, time.Second), most(retries, time.Minute), most(retries, time.Hour)
	r.Over = excess(retries, w.Size+int(callLag/w.interval()), w.interval())
	var taken []time.Time
	for _, of := range units {
		for _, at := range of {
			taken = append(taken, at.Truncate(time.Millisecond)) // as the buckets count
		}
	}
	slices.SortFunc(taken, time.Time.Compare)
	r.Units, r.UnitsOver = len(taken), excess(taken, w.Size, w.interval())
	for key, calls := range byExecution {
		effective, second := told(calls)
		r.Second += second
		r.Uncounted += max(0, effective-w.Retries)
		if units != nil {
			r.Uncounted += max(0, min(effective, w.Retries)-len(units[key]))
		}
	}
}

// addInvocations adds up what the functions did.
func (w *world) addInvocations(r *result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Invocations, r.Answers, r.Problems, r.Took = w.invoked, w.answers, w.problems, spread(w.took)
	failed, dead, _ := w.events.counts()
	sweeps, deadSweeps, _ := w.sweeps.counts()
	r.Errors, r.DeadLetters = failed+sweeps, dead+deadSweeps
}

// callLag is how long after its unit was taken a call may arrive: an invocation's
// time. The budget is one of units.
const callLag = time.Second

// broken are the promises that were not kept, in words.
func (r result) broken() (words []string) {
	for _, promise := range []struct {
		broken bool
		words  string
	}{
		{r.Lost > 0, "executions were lost"},
		{r.UnitsOver > 0, "more units were taken than the budget has"},
		{r.Over > 0, "more retries were made than the budget allows"},
		{r.Second > 0, "a failure was retried again"},
		{r.Uncounted > 0, "retries took effect that were not counted"},
		{r.Recovered == 0, "nothing recovered"},
		{len(r.Violations) > 0, "requests that AWS would not understand"},
		{r.DeadLetters > 0, "dead letters"},
	} {
		if promise.broken {
			words = append(words, promise.words)
		}
	}
	return words
}
