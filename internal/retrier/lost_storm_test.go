package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// TestRateOfALostStorm has a shortage of ten hours a month before this one, in which
// nothing succeeded: by now nobody goes slower for that.
func TestRateOfALostStorm(t *testing.T) {
	t.Parallel()
	last := func(storm bool) time.Duration {
		r := newRig(t, inProcess, withinDays(60), with(func(s *settings) { s.ExpireAfter = 10 * time.Hour }))
		if storm {
			r.crowd(6, times(12, short().After(10*time.Second))...)
			r.sweepsUntilSettled(11 * time.Hour)
			r.settle()
			r.pass(30 * 24 * time.Hour)
		}
		at := r.clock()
		all := r.crowd(6, short().After(time.Second), awstest.KeepsRunning())
		r.sweepsUntilSettled(9 * time.Hour)
		return r.firstRetry(all[5].ARN, at)
	}
	if fresh, old := last(false), last(true); old > 2*fresh {
		t.Errorf("the sixth is retried after %s; a month after a storm after %s", fresh, old)
	}
}
