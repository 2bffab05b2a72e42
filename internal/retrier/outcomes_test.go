package retrier_test

import (
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestOutcomes settles a retry by every end that its execution may have.
func TestOutcomes(t *testing.T) {
	ends := map[string]struct {
		run     awstest.Run
		verdict retry.Verdict
		reason  retry.Reason
		result  retry.Result
	}{
		"succeeds":                {awstest.Succeeds(), retry.Ignore, retry.Recovered, retry.WasRecovered},
		"completes with failures": {awstest.CompletesWithFailures(), retry.Ignore, retry.Superseded, retry.EndedElse},
	}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, end := range ends {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), end.run.After(minute))
			r.pass(lagging(r))
			r.aws.Events()
			r.said(r.deliver(e), retry.Retry, retry.Retryable)
			if got := r.record(e.ARN); got.Outcome.Result != "" || got.Watch.IsZero() {
				t.Errorf("%s: while it runs: got outcome %q, watched at %s", name, got.Outcome.Result, got.Watch)
			}
			r.pass(minute + lagging(r))
			last, _ := r.aws.LastEvent(e.ARN)
			r.said(r.deliver(last), end.verdict, end.reason)
			if got := r.record(e.ARN); got.Outcome.Result != end.result || !got.Watch.IsZero() || got.Kind != retry.Retried {
				t.Errorf("%s: got %s with outcome %q", name, got.Kind, got.Outcome.Result)
			}
			r.said(r.deliver(last.Again("x")), retry.Ignore, retry.Duplicate)
			r.settle()
			r.tallied(retry.Tally{Pipeline: "churn", Class: "service_fault", Result: end.result})
		}
	})
}

// TestStoppedAfterARetry is a person's word on a retry that runs.
func TestStoppedAfterARetry(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
		r.pass(lagging(r))
		r.aws.Events()
		r.deliver(e)
		r.pass(minute)
		if err := r.aws.Stop(e.ARN); err != nil {
			t.Fatal(err)
		}
		r.settle()
		if got := r.record(e.ARN).Outcome.Result; got != retry.WasStopped {
			t.Errorf("got outcome %q, want a person's stop", got)
		}
		r.tallied(retry.Tally{Pipeline: "churn", Class: "service_fault", Result: retry.WasStopped})
	})
}

// TestFailedAgain settles each retry by the failure that follows it, which has a
// verdict of its own.
func TestFailedAgain(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", atOnce.After(minute), atOnce.After(minute), bug.After(minute))
		r.settle()
		r.effective(e.ARN, 2)
		r.tallied(
			retry.Tally{Pipeline: "churn", Class: "service_fault", Result: retry.FailedAnew, Same: true},
			retry.Tally{Pipeline: "churn", Class: "service_fault", Result: retry.FailedAnew})
	})
}

// TestOutcomeWithoutItsEvent is found by the look that the failed retry's own
// event, late, takes at the execution.
func TestOutcomeWithoutItsEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(minute))
	r.deliver(e)
	r.pass(10 * minute)
	r.aws.Events() // lost
	late := e.Again("late")
	late.End = time.Time{}
	r.said(r.deliver(late), retry.Ignore, retry.Recovered)
	r.said(r.deliver(late), retry.Ignore, retry.Duplicate)
}

// TestSucceededWhileItWaits is a person's retry that helped before ours was due.
func TestSucceededWhileItWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", waiting.After(minute), awstest.Succeeds().After(minute))
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
	humanRetry(r, e.ARN)
	r.pass(minute)
	last, _ := r.aws.LastEvent(e.ARN)
	r.said(r.deliver(last), retry.Ignore, retry.Superseded)
	r.stands(e.ARN, retry.MovedOn)
	r.tallied()
}

// tallied asserts what was counted, in any order.
func (r *rig) tallied(want ...retry.Tally) {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tallies) != len(want) {
		r.Errorf("counted %+v, want %+v", r.tallies, want)
		return
	}
	for _, w := range want {
		if !slices.Contains(r.tallies, w) {
			r.Errorf("counted %+v, want %+v among them", r.tallies, w)
		}
	}
}
