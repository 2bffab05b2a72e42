package retrier_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/pipelines"
	"mulligan/internal/retry"
	"mulligan/internal/sweep"
)

// sweeper is one process of the sweeper, in front of the same ledger and account.
func (r *rig) sweeper(taps ...tap) *sweep.Handler {
	l := &line{rig: r, taps: taps, cancel: func() {}}
	cfg, err := awscall.Config(l)
	if err != nil {
		r.Fatal(err)
	}
	cfg.BaseEndpoint = aws.String(r.url)
	executions := pipelines.New(cfg)
	return &sweep.Handler{
		Home: home, Mode: r.mode, Prefix: r.prefix, ExpireAfter: r.settings.ExpireAfter, HandleTimeout: r.settings.FunctionTimeout,
		Requests: sweep.Requests, PerSecond: sweep.PerSecond, Build: "test", Search: executions, Lists: executions,
		Records: r.ledger, Cursors: r.ledger, Corridor: r.handler(l).Corridor, Now: r.clock,
		Pause: func(context.Context, time.Duration) {}, Log: slog.New(slog.NewJSONHandler(&guarded{r: r}, nil)),
	}
}

// sweep is one invocation of the sweeper that must not be an error.
func (r *rig) sweep(taps ...tap) (report sweep.Report) {
	r.Helper()
	answer, err := r.sweeper(taps...).Invoke(context.Background(), nil)
	if err != nil {
		r.Fatal(err)
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		r.Fatal(err)
	}
	return report
}

// lose drops the events that wait, and every schedule.
func (r *rig) lose() {
	r.aws.Events()
	for {
		due, ok := r.aws.NextDue()
		if !ok {
			return
		}
		r.aws.Fire(due, func([]byte) {})
	}
}

// TestScenario81EventNeverComes has the sweep find a failure; its event, late, is
// a duplicate.
func TestScenario81EventNeverComes(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, run := range map[string]awstest.Run{"at once": atOnce, "waits": waiting, "permanent": bug} {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", run.After(minute), awstest.Succeeds().After(time.Hour))
			r.lose()
			r.pass(time.Minute)
			if report := r.sweep(); report.Sweep.Handled != 0 || report.Sweep.Young == 0 && u.SearchLag == 0 {
				t.Errorf("%s: a minute old: %+v, want it left to its event", name, report.Sweep)
			}
			r.pass(5*minute + lagging(r))
			if report := r.sweep(); report.Sweep.Handled != 1 || report.Sweep.Unknown != 1 {
				t.Errorf("%s: %+v, want it found", name, report.Sweep)
			}
			before := r.record(e.ARN)
			if o := r.deliver(e); o.err != nil || o.Verdict == string(retry.Retry) {
				t.Errorf("%s: the late event: said %s, %s, error %v", name, o.Verdict, o.Reason, o.err)
			}
			r.pass(5 * minute)
			if report := r.sweep(); report.Sweep.Unknown != 0 {
				t.Errorf("%s: found again: %+v", name, report.Sweep)
			}
			r.settle()
			if want := map[bool]int{true: 0, false: 1}[name == "permanent"]; before.Used != want || len(r.aws.Retries(e.ARN)) != want {
				t.Errorf("%s: %d units, %d retries, want %d", name, before.Used, len(r.aws.Retries(e.ARN)), want)
			}
		}
	})
}

// TestSweepHoweverItSearches finds a failure that nobody told of by a search that
// lags, and by lists where the search is refused.
func TestSweepHoweverItSearches(t *testing.T) {
	t.Parallel()
	for name, u := range awstest.SearchVariations() {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(minute))
			r.lose()
			r.pass(5*minute + u.SearchLag)
			if report := r.sweep(); (report.Sweep.Searched == "lists") != u.SearchRefusesFilter || report.Sweep.Unknown != 1 {
				t.Errorf("%+v", report.Sweep)
			}
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		})
	}
}

// TestScenario82SweepsAndEventsMeet lets two sweeps and the event work at one time,
// in every order of their calls that the first one's pauses allow.
func TestScenario82SweepsAndEventsMeet(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for k := 1; k <= 9; k++ {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(time.Hour))
			r.aws.Events()
			r.pass(5*minute + lagging(r))
			r.sweep(meanwhile(k, false, func() { r.sweep(); r.deliver(e) }))
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		}
	})
}

// TestAncientFailure is older than anything that a first deployment may restart.
func TestAncientFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	r.lose()
	r.pass(r.settings.ExpireAfter + minute)
	if report := r.sweep(); report.Sweep.Handled != 0 || !report.Sweep.Completed {
		t.Errorf("%+v", report.Sweep)
	}
	r.effective(e.ARN, 0)
	r.stands(e.ARN, retry.Unseen)
}

// TestScenario64ScheduleWasNeverMade crashes between the write and the schedule,
// three times; TestScenario65 loses a schedule that was made. The sweep brings
// back what waits, claimed or parked, and its schedule with it.
func TestScenario64ScheduleWasNeverMade(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
			e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
			if f.prep != nil {
				f.prep(r)
			}
			r.aws.Events()
			r.pass(lagging(r))
			r.deliver(e, on(opSchedule, 0, false, errCrash))
			r.sweptUntilDone(e.ARN)
		}
	})
}

// TestScenario65WakeIsLost has the scheduler's role or target broken: schedules
// fire, and nothing arrives.
func TestScenario65WakeIsLost(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
			e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
			if f.prep != nil {
				f.prep(r)
			}
			r.aws.Events()
			r.pass(lagging(r))
			r.deliver(e)
			r.sweptUntilDone(e.ARN)
		}
	})
}

// sweptUntilDone has nothing but sweeps for a day: the retry is made, once.
func (r *rig) sweptUntilDone(arn string) {
	r.Helper()
	for range 24 * 12 {
		r.lose()
		r.pass(5 * minute)
		r.sweep()
		if len(r.aws.Retries(arn)) > 0 {
			break
		}
	}
	r.lose()
	r.effective(arn, 1)
	r.used(arn, 1)
	r.pass(time.Hour)
	r.sweep()
	r.effective(arn, 1)
	if o := r.record(arn).Outcome.Result; o != retry.WasRecovered {
		r.Errorf("outcome %q, want it settled by the sweep", o)
	}
}

// TestNeverStarted has a retry accepted for nothing: it is called again with the
// same token, three times, and then left to a person.
func TestNeverStarted(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for ignored := 1; ignored <= 4; ignored++ {
			u.TokenMemory = time.Minute // else the same token does nothing more, as it should
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), awstest.Succeeds().After(minute))
			r.aws.IgnoreRetries(e.ARN, ignored)
			r.aws.Events()
			r.pass(lagging(r))
			r.said(r.deliver(e), retry.Retry, retry.Retryable)
			for range 12 {
				r.pass(10 * minute)
				r.sweep()
			}
			if ignored <= 3 {
				r.effective(e.ARN, 1)
				if o := r.record(e.ARN).Outcome.Result; o != retry.WasRecovered {
					t.Errorf("%d ignored: outcome %q", ignored, o)
				}
			} else if d := r.record(e.ARN).Decision; d.Reason != retry.CannotRetry {
				t.Errorf("%d ignored: said %s, %s", ignored, d.Verdict, d.Reason)
			}
			r.used(e.ARN, 1)
			tokens := map[string]bool{}
			for _, c := range r.aws.Calls(opRetry) {
				tokens[c.Token] = true
			}
			if len(tokens) != 1 {
				t.Errorf("%d ignored: %d tokens, want the same one again", ignored, len(tokens))
			}
		}
	})
}
