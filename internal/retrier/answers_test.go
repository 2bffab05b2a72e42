package retrier_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// troubles are answers that do not say whether the call took effect.
var troubles = map[string]awstest.Fault{
	"500":               {Status: 500},
	"502":               {Status: 502},
	"503":               {Status: 503},
	"504":               {Status: 504},
	"500 with a code":   {Code: "InternalFailure"},
	"503 with a code":   {Code: "ServiceUnavailable"},
	"connection closed": {Break: awstest.Close},
	"connection reset":  {Break: awstest.Reset},
	"500 afterwards":    {Status: 500, AfterEffect: true},
	"502 afterwards":    {Status: 502, AfterEffect: true},
	"closed afterwards": {Break: awstest.Close, AfterEffect: true},
	"reset afterwards":  {Break: awstest.Reset, AfterEffect: true},
	"empty body":        {Body: awstest.Empty},
	"truncated body":    {Body: awstest.Truncated},
	"foreign ARN":       {Body: awstest.Foreign},
	"HTML page":         {Body: awstest.WrongType},
	"body of 10 MB":     {Body: awstest.Huge},
}

// TestScenarios15And16And34And35AmbiguousRetry answers RetryPipelineExecution so
// that its effect is unknown, once and twice: an error, then the same token.
func TestScenarios15And16And34And35AmbiguousRetry(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, fault := range troubles {
			if fault.Body == awstest.Huge && u != (awstest.Unknowns{}) {
				continue // nothing but slow
			}
			for n := 1; n <= 2; n++ {
				t.Run(fmt.Sprintf("%s, %d times", name, n), func(t *testing.T) {
					r := newRig(t, under(u))
					e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
					r.aws.Events()
					r.pass(lagging(r))
					r.aws.FailNext(opRetry, n, fault)
					r.erred(r.deliver(e))
					r.pass(lagging(r))
					r.asynchronously(e.JSON())
					r.settle()
					r.effective(e.ARN, 1)
					r.used(e.ARN, 1)
					if kind := r.record(e.ARN).Kind; !closed(kind) {
						t.Errorf("the record stands %q", kind)
					}
					for _, c := range r.aws.Calls(opRetry)[1:] {
						if c.Token != r.aws.Calls(opRetry)[0].Token {
							t.Error("another token was sent")
						}
					}
				})
			}
		}
	})
}

// TestScenarios34And35Reads disturbs the reads and CreateSchedule: nothing is
// decided on an answer that is not whole, and the next delivery finishes. The
// SDK's pauses between its attempts are real time, hence all side by side.
func TestScenarios34And35Reads(t *testing.T) {
	t.Parallel()
	var rigs []*rig
	var names []string
	var events []awstest.Event
	for _, op := range []string{opDescribe, opSteps, opSchedule} {
		for name, fault := range troubles {
			if op != opDescribe && (fault.Body == awstest.Foreign || fault.Body == awstest.Empty) {
				continue // the answer says nothing that could be wrong
			}
			r := newRig(t)
			rigs, names = append(rigs, r), append(names, op+", "+name)
			events = append(events, r.fail("churn", waiting, awstest.Succeeds()))
			r.aws.Events()
			attempts := 3 // of one operation; a spoiled answer is not asked for again
			if fault.Body != awstest.Unspoiled {
				attempts = 1
			}
			r.aws.FailNext(op, attempts, fault)
		}
	}
	outcomes := sideBySide(rigs, events)
	for i, r := range rigs {
		if outcomes[i].err != nil && names[i][0] != 'C' && r.record(events[i].ARN).Rev != 0 {
			t.Errorf("%s: something was written: %+v", names[i], r.record(events[i].ARN).Decision)
		}
	}
	sideBySide(rigs, events)
	sideBySide(rigs, events)
	for i, r := range rigs {
		r.settle()
		r.effective(events[i].ARN, 1)
		r.used(events[i].ARN, 1)
		if t.Failed() {
			t.Fatal(names[i])
		}
	}
}

// sideBySide delivers to each rig its event.
func sideBySide(rigs []*rig, events []awstest.Event) []outcome {
	outcomes := make([]outcome, len(rigs))
	var all sync.WaitGroup
	for i, r := range rigs {
		all.Go(func() { outcomes[i] = r.deliver(events[i]) })
	}
	all.Wait()
	return outcomes
}

// TestScenario36Hang is a service that accepts and never answers: the call ends
// by its own time-out, well before the invocation would.
func TestScenario36Hang(t *testing.T) {
	t.Parallel()
	ops := []string{opDescribe, opSteps, opRetry, opSchedule}
	rigs, events := make([]*rig, len(ops)), make([]awstest.Event, len(ops))
	for i, op := range ops {
		rigs[i] = newRig(t)
		run := atOnce
		if op == opSchedule {
			run = waiting
		}
		events[i] = rigs[i].fail("churn", run, awstest.Succeeds())
		rigs[i].aws.Events()
		rigs[i].aws.FailNext(op, 1, awstest.Fault{Hang: true})
	}
	began := time.Now()
	outcomes := sideBySide(rigs, events)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
	for i, r := range rigs {
		r.erred(outcomes[i])
		r.deliver(events[i])
		r.settle()
		r.effective(events[i].ARN, 1)
		r.used(events[i].ARN, 1)
	}
}
