package retrier_test

import (
	"testing"

	"mulligan/internal/awstest"
)

// TestScenario21FrozenDelivery freezes a delivery at each of its calls until
// others have finished, and lets it go on with what it remembers.
func TestScenario21FrozenDelivery(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			for k := 1; k <= 8; k++ {
				for _, after := range []bool{false, true} {
					frozen(t, u, f, k, after)
				}
			}
		}
	})
}

func frozen(t *testing.T, u awstest.Unknowns, f flow, k int, after bool) {
	t.Helper()
	r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
	e := r.fail("churn", f.run.After(minute), awstest.KeepsRunning())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events()
	r.pass(lagging(r))
	r.deliver(e, meanwhile(k, after, func() {
		r.pass(10 * minute)
		r.deliver(e)
		r.deliver(e.Again("x"))
		r.wakes()
	}))
	r.settle()
	if r.effective(e.ARN, 1); t.Failed() {
		t.Fatalf("%s, frozen at call %d, after %t", f.name, k, after)
	}
	r.used(e.ARN, 1)
}
