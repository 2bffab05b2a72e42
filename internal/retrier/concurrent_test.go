package retrier_test

import (
	"fmt"
	"sync"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// atOneTime makes n deliveries side by side.
func (r *rig) atOneTime(n int, payload func(i int) []byte) (outcomes []outcome) {
	outcomes = make([]outcome, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { outcomes[i] = r.invoke(payload(i)) })
	}
	all.Wait()
	return outcomes
}

// TestScenario2ConcurrentDuplicates delivers one failure twenty times at one
// time, each under an id of its own.
func TestScenario2ConcurrentDuplicates(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{"at once": atOnce, "after a wait": waiting} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, under(u))
				e := r.fail("churn", run, awstest.KeepsRunning())
				r.aws.Events()
				r.pass(lagging(r))
				copies := func(i int) []byte { return e.Again(fmt.Sprint(i)).JSON() }
				for _, o := range r.atOneTime(20, copies) {
					if o.err != nil {
						t.Errorf("a delivery ended in an error: %v", o.err)
					}
				}
				r.settle()
				r.atOneTime(20, copies)
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
			})
		}
	})
}

// TestScenario3OneUnitLeft is fifty duplicates that meet the last unit.
func TestScenario3OneUnitLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t, with(func(s *settings) { s.MaxRetries = 1 }))
	e := r.fail("churn", atOnce, awstest.KeepsRunning())
	r.aws.Events()
	retried := 0
	for _, o := range r.atOneTime(50, func(i int) []byte { return e.Again(fmt.Sprint(i)).JSON() }) {
		if o.err != nil {
			t.Errorf("a delivery ended in an error: %v", o.err)
		}
		if o.Verdict == string(retry.Retry) {
			retried++
		}
	}
	if retried == 0 {
		t.Error("no delivery says that it retried")
	}
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestScenario83ManyExecutionsAtOneTime shares one account between failures of
// many executions that are handled side by side.
func TestScenario83ManyExecutionsAtOneTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var events []awstest.Event
	for i := range 24 {
		events = append(events, r.fail(fmt.Sprintf("pipeline-%d", i%4), atOnce, awstest.Succeeds()))
	}
	r.aws.Events()
	r.atOneTime(3*len(events), func(i int) []byte { return events[i%len(events)].JSON() })
	r.settle()
	for _, e := range events {
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	}
}
