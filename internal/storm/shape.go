package main

import (
	"errors"
	"fmt"
	"time"

	"mulligan/internal/awstest"
)

// The account in which it happens.
const (
	accountNumber = "123456789012"
	region        = "eu-west-1"
	group         = "mulligan"
	quota         = "ml.g5.xlarge for training job usage"
	functionARN   = "arn:aws:lambda:" + region + ":" + accountNumber + ":function:mulligan-retrier:live"
)

// A shape is the storm that meets each contestant alike.
type shape struct {
	Failures  int           `json:"failures"`    // executions that fail
	Pipelines int           `json:"pipelines"`   // that they are spread over
	Quota     int           `json:"quota"`       // instances that may run at one time
	Span      time.Duration `json:"span_ns"`     // from the first failure to the last
	Held      time.Duration `json:"held_ns"`     // others hold all instances for so long, from the start
	Runs      time.Duration `json:"runs_ns"`     // a run that finds an instance holds it for so long
	Silent    int           `json:"silent"`      // of the executions, those whose failures no event tells
	Delay     time.Duration `json:"delay_ns"`    // of the contestant that waits before each retry
	Processes int           `json:"processes"`   // of a function, at most: its reserved concurrency
	Retries   int           `json:"retries"`     // of one execution, at most
	Size      int           `json:"size"`        // of the account's budget: retries
	Refill    time.Duration `json:"refill_ns"`   // in which that fills
	Patience  time.Duration `json:"patience_ns"` // what has not ended by then is lost
}

// newShape is the storm of so many failures. Ten thousand fail within a minute,
// fewer in as much less, down to five seconds.
func newShape(failures int) shape {
	span := min(max(time.Duration(failures)*6*time.Millisecond, 5*time.Second), time.Minute)
	return shape{
		Failures: failures, Pipelines: 25, Quota: 50, Span: span, Held: span + 10*time.Second, Runs: time.Second,
		Delay: span / 2, Processes: 5, Retries: 3, Size: 250, Refill: 10 * time.Second, Patience: 30 * time.Minute,
	}
}

func (s shape) check() error {
	switch {
	case s.Failures < 1:
		return errors.New("-n: expected at least 1")
	case s.Silent < 0 || s.Silent > s.Failures:
		return fmt.Errorf("-silent: expected 0 to %d", s.Failures)
	}
	return nil
}

// interval is how long one unit of the account's budget takes to flow in.
func (s shape) interval() time.Duration { return s.Refill / time.Duration(s.Size) }

// holder is an execution that holds an instance from the start on.
func (s shape) holder() awstest.Script {
	return awstest.Script{Pipeline: "nightly", Quota: quota, Runs: []awstest.Run{awstest.Succeeds().After(s.Held)}}
}

// script is the n-th execution of the storm: it finds no instance, fails within
// two seconds, and succeeds once it has found one.
func (s shape) script(n int) awstest.Script {
	script := awstest.Script{
		Pipeline: fmt.Sprintf("storm-%02d", n%s.Pipelines), Quota: quota, Runs: []awstest.Run{awstest.Succeeds().After(s.Runs)},
	}
	if s.Silent > 0 && n%max(s.Failures/s.Silent, 1) == 0 && n/max(s.Failures/s.Silent, 1) < s.Silent {
		script.Silent = 1
	}
	return script
}
