package retrier_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// crowd has so many pipelines fail one after the other, each event delivered.
func (r *rig) crowd(n int, runs ...awstest.Run) []awstest.Event {
	r.Helper()
	all := make([]awstest.Event, n)
	for i := range all {
		all[i] = r.fail(fmt.Sprintf("p%d", i), runs...)
		r.deliver(all[i])
	}
	r.aws.Events()
	return all
}

// breaker is what the ledger keeps of a scope.
func (r *rig) breaker(scope string) retry.Breaker {
	r.Helper()
	whose, err := retry.ParseExecutionARN(r.aws.Executions()[0].ARN)
	if err != nil {
		r.Fatal(err)
	}
	state, err := r.ledger.Read(context.Background(), whose, nil, scope)
	if err != nil {
		r.Fatal(err)
	}
	return state.Breakers[scope]
}

// firstRetry is how long after that an execution was retried for the first time.
func (r *rig) firstRetry(arn string, since time.Time) time.Duration {
	r.Helper()
	made := r.aws.Retries(arn)
	if len(made) == 0 {
		r.Fatalf("%s was never retried: %+v", arn, r.record(arn).Decision)
	}
	return made[0].At.Sub(since)
}

// times is a run so many times over.
func times(n int, run awstest.Run) []awstest.Run {
	runs := make([]awstest.Run, n)
	for i := range runs {
		runs[i] = run
	}
	return runs
}

// withinDays is time enough, and no budget that matters but the account's.
func withinDays(perHour int) option {
	return with(func(s *settings) {
		s.ExpireAfter, s.PipelineRetriesPerDay, s.AccountRetriesPerHour, s.MaxRetries = week, 1000, perHour, 10
	})
}

// TestPlacesAreKept has every probe fail for hours: those that come in vain stand
// where they stood, the oldest before the younger.
func TestPlacesAreKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, withinDays(30))
	all := r.crowd(40, times(12, short().After(2*time.Second))...)
	r.sweepsUntilSettled(150 * minute)
	var last time.Time
	waiting := 0
	for i, e := range all {
		record := r.record(e.ARN)
		if record.Used > 0 {
			continue
		}
		if waiting++; len(record.Pause.Turns) != 1 {
			t.Fatalf("%d has the turns %v, want one", i, record.Pause.Turns)
		}
		if turn := record.Pause.Turns[0].At; !turn.After(last) {
			t.Errorf("%d stands before one that is older", i)
		} else {
			last = turn
		}
	}
	if waiting < 30 {
		t.Errorf("%d wait of 40, want most of them", waiting)
	}
}

// TestVainTurnsCostNobody has a quota in use for 100 minutes of the four hours
// that the failures have: all of them get there.
func TestVainTurnsCostNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, withinDays(60), with(func(s *settings) { s.ExpireAfter = 4 * time.Hour }),
		inAccount(func(c *awstest.Config) { c.Quotas = map[string]int{scarceQuota: 4} }))
	for i := range 44 {
		runs := times(12, awstest.Succeeds().After(minute))
		if i < 4 {
			runs[0] = runs[0].After(100 * minute)
		}
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i), Quota: scarceQuota, Runs: runs})
		r.pass(2 * time.Second)
	}
	r.sweepsUntilSettled(8 * time.Hour)
	r.audit()
	for i, e := range r.aws.Executions() {
		if e.Status != awstest.Succeeded {
			t.Errorf("%d ended %s: %s", i, e.Status, r.record(e.ARN).Decision.Evidence)
		}
	}
}

// TestHoldCostsNoTurn has the sweep look, during a hold and after it, at the oldest
// that waits before a breaker.
func TestHoldCostsNoTurn(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, withinDays(60))
	all := r.crowd(20, short().After(time.Second), awstest.KeepsRunning())
	before := r.record(all[1].ARN).Pause
	r.hold(retry.HoldOfAll, 10*minute)
	r.said(r.swept(all[1].ARN), retry.Wait, retry.Held)
	r.release(retry.HoldOfAll)
	r.said(r.swept(all[1].ARN), retry.Wait, retry.Scarce)
	if after := r.record(all[1].ARN).Pause; !after.Due.Equal(before.Due) {
		t.Errorf("its turn was put off by %s", after.Due.Sub(before.Due))
	}
}

// TestSweepLetsGoInOrder has the sweep be the first to find that the probe has
// helped: the oldest that it looks at does not go to the end for that.
func TestSweepLetsGoInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, withinDays(6))
	all := r.crowd(8, short().After(time.Second), awstest.KeepsRunning())
	for len(r.aws.Retries(all[0].ARN)) == 0 {
		r.wake()
	}
	r.pass(15*minute + time.Second) // a probe that has not failed by then has succeeded
	r.swept(all[1].ARN)
	youngest := r.record(all[7].ARN).Pause.Due
	if record := r.record(all[1].ARN); record.Used == 0 && !record.Pause.Due.Before(youngest) {
		t.Errorf("due %s, the youngest of all %s", record.Pause.Due, youngest)
	}
}

// TestTwiceAtOnce delivers every failure twice at one time: who takes two turns
// for one failure costs those behind no more than that.
func TestTwiceAtOnce(t *testing.T) {
	t.Parallel()
	turns := func(twice bool) time.Duration {
		r := newRig(t, inProcess, withinDays(60))
		var last outcome
		for i := range 20 {
			e := r.fail(fmt.Sprintf("p%d", i), short().After(time.Second), awstest.KeepsRunning())
			last = r.deliver(e, once(opCommit, false, func() {
				if twice {
					r.deliver(e.Again("x"))
				}
			}))
		}
		due, err := time.Parse(time.RFC3339, last.Due)
		if err != nil {
			t.Fatal(err)
		}
		return due.Sub(start)
	}
	if one, two := turns(false), turns(true); two > 2*one {
		t.Errorf("the last of 20 has its turn after %s, delivered twice after %s", one, two)
	}
}

// TestRateOfOld has a shortage a month before this one, whose last probes helped
// when the breaker had got slow: by now nobody goes slower for that.
func TestRateOfOld(t *testing.T) {
	t.Parallel()
	last := func(storm bool) time.Duration {
		r := newRig(t, inProcess, withinDays(60))
		if storm {
			r.crowd(2, append(times(6, short().After(10*time.Second)), awstest.Succeeds().After(minute))...)
			r.sweepsUntilSettled(24 * time.Hour)
			if b := r.breaker("scarce " + scarceQuota); b.IsOpen() || b.Rate >= 50 {
				t.Fatalf("the storm left the breaker open (%t), at a rate of %d", b.IsOpen(), b.Rate)
			}
			r.pass(30 * 24 * time.Hour)
		}
		at := r.clock()
		all := r.crowd(6, short().After(time.Second), awstest.KeepsRunning())
		if b := r.breaker("scarce " + scarceQuota); b.Rate != 50 || b.Shift != 0 {
			t.Errorf("a new shortage begins at a rate of %d, with all turns put off by %s", b.Rate, b.Shift)
		}
		r.sweepsUntilSettled(9 * time.Hour)
		return r.firstRetry(all[5].ARN, at)
	}
	if fresh, old := last(false), last(true); old > 2*fresh {
		t.Errorf("the sixth is retried after %s; a month after a storm after %s", fresh, old)
	}
}
