package awstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Request is what a request asks for, as far as it could be understood.
type Request struct {
	Op          string // "RetryPipelineExecution", "CreateSchedule", ...
	ARN         string // of the execution, job or pipeline, as the request spells it; * where it is about none
	Token       string // ClientRequestToken or ClientToken
	Parallelism int32
	Group       string // of a schedule, as is Name
	Name        string // also of a job, or a pipeline whose executions are listed
	At          time.Time
}

// A Call is a request and how it was answered.
type Call struct {
	Request
	// Answered is false while the request is under way.
	Answered bool
	// Effective: it changed something. A request whose answer was lost may be.
	Effective bool
	// Status and Code are what went out: an HTTP status, and the error's code
	// or nothing. Broken connections have status 0 and a code in brackets.
	Status int
	Code   string
	// Disturbed: a Fault had its hand in it.
	Disturbed bool
}

// Calls are the requests so far, in the order of their arrival: all of them,
// or those of some operations.
func (a *Account) Calls(ops ...string) (out []Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.calls {
		if len(ops) == 0 || slices.Contains(ops, c.Op) {
			out = append(out, *c)
		}
	}
	return out
}

// Count is the number of requests of an operation so far.
func (a *Account) Count(op string) int { return len(a.Calls(op)) }

// CallsFor are the requests about one execution.
func (a *Account) CallsFor(arn string) []Call {
	return slices.DeleteFunc(a.Calls(), func(c Call) bool { return !strings.EqualFold(c.ARN, arn) })
}

// ForgetCalls empties the log, so that a test can count from here on.
func (a *Account) ForgetCalls() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = nil
}

// Violations are the requests that no correct client would have sent: unknown
// operations, paths and fields, missing signatures, values out of bounds, and
// tokens used again with other parameters. A test asserts that it is empty.
func (a *Account) Violations() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.violations)
}

// violate remembers a violation. The caller holds the lock.
func (a *Account) violate(format string, args ...any) {
	a.violations = append(a.violations, fmt.Sprintf(format, args...))
}

func (a *Account) record(in request) *Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	in.At = a.config.Now()
	c := &Call{Request: in.Request}
	a.calls = append(a.calls, c)
	return c
}

func (a *Account) answered(c *Call, out answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.Answered, c.Effective, c.Status, c.Code = true, c.Effective || out.effective, out.status, out.code
}
