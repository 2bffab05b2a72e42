package retrier_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario19EndsAnywhere lets an invocation have any time from none to more
// than it needs, in steps of 150 ms, while each call takes 300 ms before its effect
// and 300 ms after it. However little it is: the retry is called only with time to
// settle it, an error is returned or something will come of it, and the next
// delivery finishes. The time is a bubble's.
func TestScenario19EndsAnywhere(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				errors, finished := 0, 0
				for left := time.Duration(0); left <= 16*time.Second; left += 150 * time.Millisecond {
					if endsAfter(t, f, left) {
						finished++
					} else {
						errors++
					}
				}
				if errors < 10 || finished < 10 {
					t.Errorf("%d ended in errors and %d did not, want some of each", errors, finished)
				}
			})
		})
	}
}

// settling is what RetryPipelineExecution may take, and to settle it after that.
const settling = 8 * time.Second

// endsAfter is one delivery with so much time, and what comes after it. It tells
// whether the delivery came to a decision.
func endsAfter(t *testing.T, f flow, left time.Duration) bool {
	r := newRig(t, append([]option{inProcess}, f.set...)...)
	e := r.fail("churn", f.run.After(minute), awstest.KeepsRunning())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events()
	r.pass(minute)
	end := time.Now().Add(left)
	ctx, cancel := context.WithDeadline(context.Background(), end)
	defer cancel()
	o := r.invokeIn(ctx, e.JSON(), func(c call) error {
		if c.op == opRetry && !c.after && time.Until(end) < settling {
			t.Errorf("%s left at first: called with %s left", left, time.Until(end))
		}
		time.Sleep(300 * time.Millisecond)
		return nil
	})
	if kind := r.record(e.ARN).Kind; o.err == nil && kind != retry.Retried && len(r.aws.Schedules()) == 0 {
		t.Errorf("%s left: said %s, %s, and nothing will come of it", left, o.Verdict, o.Reason)
	}
	r.deliver(e.Again("x"))
	r.deliver(e)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	return o.err == nil
}
