package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/runtimeapi"
)

// A kind of event, and what the retrier has to make of it.
type kind struct {
	name    string
	script  awstest.Script
	before  func(*process, []byte) error // what happens before the event is handed out
	again   bool                         // the event is a copy, with an id of its own
	verdict string                       // of the retrier
	reason  string
	calls   int  // of the retrier, as the design promises
	refused bool // what the plain handler does is refused, so that it ends in an error
}

// failing is the life of an execution that fails at once, for a reason, and runs
// on after a retry.
func failing(reason string) awstest.Script {
	return awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", reason), awstest.KeepsRunning()}}
}

// retried is the kind that the times are measured with: of the common ones, it
// makes the most calls.
var retried = kind{name: "retried", script: failing(awstest.ReasonInternal), verdict: "retry", reason: "retryable", calls: 8}

var kinds = []kind{
	{
		name: "settled duplicate", script: failing(awstest.ReasonInternal), before: handOut, again: true,
		verdict: "ignore", reason: "duplicate", calls: 1, refused: true,
	},
	{name: "stopped", script: failing(awstest.ReasonUserCode), verdict: "stop", reason: "permanent_cause", calls: 4},
	retried,
	{name: "waiting", script: failing(awstest.ReasonCapacity), verdict: "wait", reason: "backing_off", calls: 8},
	{
		name: "API refused first", script: failing(awstest.ReasonInternal), before: refuseNext,
		verdict: "wait", reason: "refused_for_now", calls: 9, refused: true,
	},
	{name: "retried, second page of steps", script: manySteps(), verdict: "retry", reason: "retryable", calls: 9},
}

// handOut lets the process deal with the failure first, in a later second than
// it happened in, as in AWS: within one, a copy may tell of the next failure, and
// is looked at in full.
func handOut(p *process, event []byte) error {
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
	_, err := p.invoke(event)
	return err
}

func refuseNext(p *process, _ []byte) error {
	p.cloud.aws.FailNext("RetryPipelineExecution", 1, awstest.Fault{Code: "ResourceLimitExceeded", Message: "too many executions"})
	return nil
}

// manySteps has 101 steps, one more than a page holds
// (ListPipelineExecutionSteps, MaxResults).
func manySteps() awstest.Script {
	s := failing(awstest.ReasonInternal)
	for i := range 100 {
		s.Before = append(s.Before, awstest.Step{Name: fmt.Sprintf("Step%d", i)})
	}
	return s
}

// outcome is what came of one event of a kind.
type outcome struct {
	calls   int // to AWS
	retried int // retries that took effect
	failed  bool
}

// callsOfAll sends an event of each kind through each binary and counts. It is
// an error if anything but the promised answer comes back.
func (l *lab) callsOfAll(ctx context.Context, subjects []subject) ([][]outcome, error) {
	all := make([][]outcome, len(subjects))
	for i, s := range subjects {
		for _, k := range kinds {
			o, err := l.one(ctx, s, k)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", s.name, k.name, err)
			}
			all[i] = append(all[i], o)
		}
	}
	return all, nil
}

// one starts a binary and sends one event of a kind through it.
func (l *lab) one(ctx context.Context, s subject, k kind) (outcome, error) {
	p, err := l.start(ctx, s)
	if err != nil {
		return outcome{}, err
	}
	defer p.stop()
	arn, event := fail(p.cloud.aws, k)
	if k.before != nil {
		if err := k.before(p, event.JSON()); err != nil {
			return outcome{}, err
		}
	}
	if k.again {
		event = event.Again("copy")
	}
	calls, retries := p.cloud.calls(), len(p.cloud.aws.Retries(arn))
	a, err := p.invoke(event.JSON())
	if err != nil {
		return outcome{}, err
	}
	o := outcome{p.cloud.calls() - calls, len(p.cloud.aws.Retries(arn)) - retries, a.Failed}
	if err := k.check(s, a); err != nil {
		return o, err
	}
	if s.retrier && o.calls != k.calls {
		all := p.cloud.operations()
		return o, fmt.Errorf("%d AWS calls, want %d: %s", o.calls, k.calls, strings.Join(all, ", "))
	}
	return o, p.cloud.misunderstood()
}

// fail adds an execution of a kind, which fails at once.
func fail(a *awstest.Account, k kind) (arn string, event awstest.Event) {
	arn = a.Add(k.script)
	event, ok := a.LastEvent(arn)
	if !ok || event.Status != awstest.Failed {
		panic("an execution whose script is to fail at once has not failed")
	}
	return arn, event
}

// check is an error if the answer is not the one that the kind has to have.
func (k kind) check(s subject, a runtimeapi.Answer) error {
	if !s.retrier {
		if a.Failed != k.refused {
			return fmt.Errorf("answered %q, an error: %t, want %t", a.Body, a.Failed, k.refused)
		}
		return nil
	}
	var got struct{ Verdict, Reason string }
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil || a.Failed || got.Verdict != k.verdict || got.Reason != k.reason {
		return fmt.Errorf("answered %q, want %s, %s", a.Body, k.verdict, k.reason)
	}
	return nil
}
