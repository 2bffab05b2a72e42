package awstest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Retry is one effect of RetryPipelineExecution: a run that a request began.
type Retry struct {
	Token       string
	At          time.Time
	Parallelism int32 // zero: the request did not say
}

// Retries are the retries of an execution that took effect through the API, in
// order. A request that was answered 200 for a token used before is not one.
func (a *Account) Retries(arn string) (out []Retry) {
	a.do(func(time.Time) { out = slices.Clone(a.must(arn).retries) })
	return out
}

// Unstarted are the retries of an execution that were accepted through the API,
// and of which nothing came. See [Account.IgnoreRetries].
func (a *Account) Unstarted(arn string) (out []Retry) {
	a.do(func(time.Time) { out = slices.Clone(a.must(arn).unstarted) })
	return out
}

// HumanRetries tells when people retried the execution, by HumanRetry.
func (a *Account) HumanRetries(arn string) (out []time.Time) {
	a.do(func(time.Time) { out = slices.Clone(a.must(arn).persons) })
	return out
}

// A usedToken is what the service remembers of a ClientRequestToken.
type usedToken struct {
	arn         string // lower-cased
	parallelism int32
	at          time.Time
	refused     bool // it met ResourceLimitExceeded
}

// retry is the rule of RetryPipelineExecution. The token comes first: an
// operation that was completed is answered again even if the status has
// changed meanwhile. Then the execution's status, then the quota.
func (a *Account) retry(in request) answer {
	ask := in.body.(*retryInput)
	e := a.find(ask.PipelineExecutionArn)
	if e == nil {
		return notFound(ask.PipelineExecutionArn)
	}
	if out, known := a.replay(e, in); known {
		return out
	}
	if refusal := a.cannotRetry(e); refusal != nil {
		return *refusal
	}
	if limit := a.config.RunningLimit; limit > 0 && a.running() >= limit {
		a.refuseForRoom(in)
		return refusal(codeResourceLimit, fmt.Sprintf("The account-level service limit 'Concurrent pipeline executions' is %d.", limit))
	}
	a.tokens[in.Token] = usedToken{arn: strings.ToLower(e.ARN), parallelism: in.Parallelism, at: in.At}
	return answer{status: http.StatusOK, body: retryOutput{e.ARN}, effective: a.accept(e, in)}
}

// accept starts the next run, and tells whether it does.
func (a *Account) accept(e *execution, in request) bool {
	accepted := Retry{in.Token, in.At, in.Parallelism}
	if e.ignores > 0 {
		e.ignores--
		e.unstarted = append(e.unstarted, accepted)
		return false
	}
	e.retries = append(e.retries, accepted)
	if in.Parallelism > 0 {
		e.Parallelism = in.Parallelism
	}
	a.begin(e, in.At)
	return true
}

type retryOutput struct{ PipelineExecutionArn string }

// replay answers a token that the service remembers.
func (a *Account) replay(e *execution, in request) (answer, bool) {
	used, known := a.tokens[in.Token]
	memory := a.config.Unknowns.TokenMemory
	if !known || memory > 0 && !in.At.Before(used.at.Add(memory)) {
		return answer{}, false
	}
	if used.arn != strings.ToLower(e.ARN) || used.parallelism != in.Parallelism {
		a.violate("%s: token %q came with other parameters before", in.Op, in.Token)
		return refusal(or(a.config.Unknowns.TokenMismatchCode, codeConflict), "The ClientRequestToken was used with different parameters."), true
	}
	if used.refused {
		return refusal(codeResourceLimit, "The request with this ClientRequestToken exceeded a limit."), true
	}
	return answer{status: http.StatusOK, body: retryOutput{e.ARN}}, true
}

// refuseForRoom remembers a token that met ResourceLimitExceeded, where the
// switch says that such a token is burnt.
func (a *Account) refuseForRoom(in request) {
	if a.config.Unknowns.BurnsRefusedTokens && in.Token != "" {
		a.tokens[in.Token] = usedToken{strings.ToLower(in.ARN), in.Parallelism, in.At, true}
	}
}

// cannotRetry is the status rule, for the API and for people. The developer
// guide adds: "You cannot retry a pipeline execution ending with a FailStep."
func (a *Account) cannotRetry(e *execution) *answer {
	code := or(a.config.Unknowns.WrongStatusCode, codeValidation)
	allowed := e.Status == Failed || e.Status == Stopped && a.config.Unknowns.RetryResumesStopped
	if !allowed {
		out := refusal(code, fmt.Sprintf("Only pipelines with 'Failed' status can be retried. Pipeline execution %s has status '%s'.", e.ARN, e.Status))
		return &out
	}
	for i, s := range e.Steps {
		if s.Status == Failed && s.Kind == FailStep && e.row(s.Name) == i {
			out := refusal(code, "Pipeline execution "+e.ARN+" ended with a Fail step and cannot be retried.")
			return &out
		}
	}
	return nil
}

func (a *Account) running() (n int) {
	for _, e := range a.order {
		if e.Status == Executing || e.Status == Stopping {
			n++
		}
	}
	return n
}

func notFound(arn string) answer {
	return refusal(codeNotFound, fmt.Sprintf("Pipeline execution '%s' does not exist.", arn))
}
