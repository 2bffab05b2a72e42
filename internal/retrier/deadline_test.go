package retrier_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A shrinking context has all the time in the world until it is late, and then
// too little for any call; its invocation has not ended yet.
type shrinking struct {
	context.Context
	late atomic.Bool
}

func (s *shrinking) Deadline() (time.Time, bool) {
	if s.late.Load() {
		return time.Now().Add(2 * time.Second), true
	}
	return time.Now().Add(time.Hour), true
}

// TestScenario19TooLittleTimeForACall lets time run short before each call: no
// call is started that could outlive the invocation, an error says so, and the
// next delivery finishes. The ledger's twin in memory takes no time; DynamoDB's
// own bound is its own test.
func TestScenario19TooLittleTimeForACall(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			for k := 1; k <= 8; k++ {
				shortOfTime(t, u, f, k)
			}
		}
	})
}

func shortOfTime(t *testing.T, u awstest.Unknowns, f flow, k int) {
	t.Helper()
	r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
	e := r.fail("churn", f.run.After(minute), awstest.KeepsRunning())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events()
	r.pass(lagging(r))
	ctx := &shrinking{Context: context.Background()}
	var late []string
	o := r.invokeIn(ctx, e.JSON(), func(c call) error {
		ledgerCall := c.op == opRead || c.op == opCommit || c.op == opQueue
		switch {
		case c.after && c.nth == k && ledgerCall:
			ctx.late.Store(true)
		case !c.after && ctx.late.Load() && !ledgerCall:
			late = append(late, c.op)
		case c.after && c.nth == k:
			ctx.late.Store(true)
		}
		return nil
	})
	// The two looks go side by side: the other may have started already.
	if len(late) > 0 && late[0] != opDescribe && late[0] != opSteps {
		t.Errorf("%s: called %v with too little time left after call %d", f.name, late, k)
	}
	if unfinished := r.record(e.ARN).Kind != retry.Retried; o.err == nil && unfinished && len(r.aws.Schedules()) == 0 {
		t.Errorf("%s: short of time after call %d: said %s, %s, and nothing will come of it", f.name, k, o.Verdict, o.Reason)
	}
	r.deliver(e.Again("x"))
	r.deliver(e)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestScenario20NoTimeAtAll ends the invocation's context before it began.
func TestScenario20NoTimeAtAll(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := r.invokeIn(ctx, e.JSON())
	r.erred(o)
	if n := len(r.aws.Calls()); n != 0 {
		t.Errorf("%d calls arrived", n)
	}
	r.settle()
	r.effective(e.ARN, 1)
}
