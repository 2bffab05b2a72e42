package retrier_test

import (
	"fmt"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// everyVariation runs a test under every setting of what is unknown about AWS.
func everyVariation(t *testing.T, test func(*testing.T, awstest.Unknowns)) {
	for name, u := range awstest.Variations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, u)
		})
	}
}

// The failures that the ways of a delivery begin with.
var (
	atOnce  = awstest.FailsAt("Train", awstest.ReasonInternal) // retried at once the first time
	waiting = awstest.FailsAt("Train", awstest.ReasonCapacity) // backs off before the call
	bug     = awstest.FailsAt("Train", awstest.ReasonUserCode) // never retried
)

// A flow is one way down the corridor.
type flow struct {
	name string
	run  awstest.Run
	set  []option
	prep func(*rig)
}

var refusedFirst = func(r *rig) {
	r.aws.FailNext(opRetry, 1, awstest.Fault{Code: "ResourceLimitExceeded"})
}

// emptyBudget lets another execution take the only unit of the account's hour.
func emptyBudget(r *rig) {
	other := r.fail("greedy", atOnce, awstest.Succeeds())
	r.passTo(r.clock().Add(lagging(r)))
	r.said(r.deliver(other), retry.Retry, retry.Retryable)
}

var flows = []flow{
	{name: "immediate retry", run: atOnce},
	{name: "waiting and wake", run: waiting},
	{name: "API refused first", run: atOnce, prep: refusedFirst},
	{name: "waiting, then refused first", run: waiting, prep: refusedFirst},
	{name: "shared budget empty", run: atOnce, prep: emptyBudget,
		set: []option{with(func(s *settings) { s.AccountRetriesPerHour = 1 })}},
}

// TestScenarios11To18CrashAtEveryCall cuts one delivery off right before or
// right after each of its calls, then delivers the same event twice and all
// wakes: 11 before the claim, 12 claim sent and its answer lost, 14 before the
// call, 15 and 16 the call's answer lost, 17 and 18 around the settling.
func TestScenarios11To18CrashAtEveryCall(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			for _, at := range []string{"event", "wake"} {
				crashEverywhere(t, f, at, u)
			}
		}
	})
}

// crashEverywhere goes on to later calls until a delivery has no such call.
func crashEverywhere(t *testing.T, f flow, at string, u awstest.Unknowns) {
	for k := 1; ; k++ {
		made := false
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, %s, call %d, after %t", f.name, at, k, after), func(t *testing.T) {
				made = crashOnce(t, f, at, u, k, after)
			})
		}
		if !made {
			return
		}
	}
}

func crashOnce(t *testing.T, f flow, at string, u awstest.Unknowns, k int, after bool) (made bool) {
	r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
	e := r.fail("churn", f.run, awstest.Succeeds())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events() // what follows is delivered by hand
	r.pass(lagging(r))
	payload, o := e.JSON(), outcome{}
	if at == "event" {
		o = r.invoke(payload, crash(k, after))
	} else if o = r.invoke(payload); len(r.aws.Schedules()) > 0 {
		payload = r.wakeUp()
		o = r.invoke(payload, crash(k, after))
	}
	made = o.err != nil
	r.pass(lagging(r))
	r.invoke(payload)
	r.invoke(payload)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	if kind := r.record(e.ARN).Kind; !closed(kind) {
		t.Errorf("the record stands %q", kind)
	}
	return made
}
