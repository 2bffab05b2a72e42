package awstest

import "time"

// The same service, asked in Go and not over HTTP, for simulations that make
// millions of calls. Nothing is authorized, disturbed or kept in the log of
// calls. Each read says how stale it is, whatever Unknowns says of lags.

// Described is what DescribePipelineExecution told so long ago; false: no such
// execution.
func (a *Account) Described(arn string, lag time.Duration) (seen Execution, exists bool) {
	a.do(func(now time.Time) {
		if e := a.find(arn); e != nil {
			seen, exists = e.seen(now, lag), true
		}
	})
	return seen, exists
}

// Listed is what ListPipelineExecutionSteps told so long ago, all pages, in its
// default order; false: no such execution.
func (a *Account) Listed(arn string, lag time.Duration) (rows []Step, exists bool) {
	a.do(func(now time.Time) {
		if e := a.find(arn); e != nil {
			rows, exists = inOrder(e.seen(now, lag).Steps, false), true
		}
	})
	return rows, exists
}

// An Answered is how RetryPipelineExecution was answered.
type Answered struct {
	Code, Message string // of a refusal; empty: it was accepted
	Effective     bool   // it started a run
}

// Retry is RetryPipelineExecution.
func (a *Account) Retry(arn, token string, parallelism int32) (out Answered) {
	in := request{Request: Request{Op: "RetryPipelineExecution", ARN: arn, Token: token, Parallelism: parallelism}, body: &retryInput{PipelineExecutionArn: arn}}
	a.do(func(now time.Time) {
		in.At = now
		given := a.retry(in)
		out = Answered{given.code, given.message, given.effective}
	})
	return out
}

// Indexed are the executions as Search had them so long ago, those that it did not
// know yet left out, in the order in which they were added.
func (a *Account) Indexed(lag time.Duration) (found []Execution) {
	a.do(func(now time.Time) {
		for _, e := range a.order {
			if s, known := e.indexed(now, lag); known {
				found = append(found, s)
			}
		}
	})
	return found
}

// JobARN is the ARN of the step's job; empty where it has none.
func (a *Account) JobARN(s Step) string {
	if kind := jobs[s.kind()]; kind != "" && s.job != "" && !s.refused() {
		return a.config.arn("sagemaker", kind+"/"+s.job)
	}
	return ""
}

// Job is what the job of that kind ("training-job") and name says now; false: there is none.
func (a *Account) Job(kind, name string) (said Job, exists bool) {
	a.do(func(time.Time) {
		var s Step
		if s, exists = a.job(kind, name); exists {
			said = s.said()
		}
	})
	return said, exists
}
