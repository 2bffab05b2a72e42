package retrier_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A keeping ledger notes for how long each write asks to be kept.
type keeping struct {
	retry.Ledger
	written int
	least   time.Duration
}

func (k *keeping) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	if kept := c.Expires.Sub(c.Now); k.written == 0 || kept < k.least {
		k.least = kept
	}
	k.written++
	return k.Ledger.Commit(ctx, c)
}

// TestScenario51EveryWriteKeepsForLonger lets an execution fail, wait, be retried and
// recover: every write of it asks to be kept for as long as a failure may still be
// retried, and then for longer than an execution can live (28 days). So housekeeping
// never forgets a unit that counts.
func TestScenario51EveryWriteKeepsForLonger(t *testing.T) {
	t.Parallel()
	const longestLife = 28 * 24 * time.Hour
	r := newRig(t, inProcess)
	h := r.handler(&line{rig: r, cancel: func() {}})
	kept := &keeping{Ledger: h.Corridor.Ledger}
	h.Corridor.Ledger = kept
	invoke := func(payload []byte) {
		if _, err := h.Invoke(context.Background(), payload); err != nil {
			t.Error(err)
		}
	}
	e := r.fail("churn", waiting.After(minute), waiting.After(minute), awstest.Succeeds().After(minute))
	for range 100 {
		for _, e := range r.aws.Events() {
			if matched(e) {
				invoke(e.JSON())
			}
		}
		if change, ok := r.aws.NextChange(); ok {
			r.passTo(change)
		} else if due, ok := r.aws.NextDue(); ok {
			r.passTo(due)
			r.aws.Fire(r.clock(), invoke)
		}
	}
	if o := r.record(e.ARN).Outcome.Result; o != retry.WasRecovered {
		t.Errorf("outcome %q, want it recovered", o)
	}
	if kept.written < 5 || kept.least < r.settings.ExpireAfter+2*longestLife {
		t.Errorf("%d writes, the least of which is kept for %s", kept.written, kept.least)
	}
}

// TestScenario49RecordStaysSmall lets one execution fail sixty times, each time
// in other words at another step: what is kept of it does not grow with that.
func TestScenario49RecordStaysSmall(t *testing.T) {
	t.Parallel()
	sizes := map[int]int{}
	for _, failures := range []int{20, 60} {
		r := newRig(t, inProcess, with(func(s *settings) {
			s.MaxRetries, s.PipelineRetriesPerDay, s.AccountRetriesPerHour = 300, 1000, 1000
		}))
		var runs []awstest.Run
		for i := range failures {
			step := fmt.Sprintf("Step%c%c", 'A'+i%26, 'A'+i/26)
			runs = append(runs, awstest.FailsAt(step, awstest.ReasonThrottled+" at "+step).After(minute))
		}
		e := r.fail("churn", append(runs, awstest.Succeeds().After(minute))...)
		r.settle()
		r.effective(e.ARN, failures)
		r.used(e.ARN, failures)
		kept, err := json.Marshal(r.record(e.ARN))
		if err != nil {
			t.Fatal(err)
		}
		sizes[failures] = len(kept)
	}
	if sizes[60] > sizes[20]+100 || sizes[60] > 8000 {
		t.Errorf("the record has %d bytes after 20 failures and %d after 60", sizes[20], sizes[60])
	}
}
