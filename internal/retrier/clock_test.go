package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario69ClockSkew sets Mulligan's clock ten minutes ahead of SageMaker's
// and behind it.
func TestScenario69ClockSkew(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, skew := range []time.Duration{-10 * minute, -time.Second, time.Second, 10 * minute} {
			if u.RefusesPast && skew > minute {
				continue // Scheduler itself then refuses the schedules that Mulligan's clock asks for
			}
			for _, f := range flows {
				r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
				r.aws.Configure(func(c *awstest.Config) { c.Now = func() time.Time { return r.clock().Add(skew) } })
				e := r.fail("churn", f.run.After(minute), awstest.Succeeds().After(minute))
				if f.prep != nil {
					f.prep(r)
				}
				r.settleSkewed(skew)
				if r.effective(e.ARN, 1); t.Failed() {
					t.Fatal(f.name, skew)
				}
				r.used(e.ARN, 1)
			}
		}
	})
}

// settleSkewed is settle where the stand-in's clock is another: its schedules
// fire by its own, a minute apart at least, as one that is ahead wakes too early.
func (r *rig) settleSkewed(skew time.Duration) {
	r.Helper()
	for range 200 {
		for _, e := range r.aws.Events() {
			if matched(e) {
				r.asynchronously(e.JSON())
			}
		}
		next, waits := r.aws.NextDue()
		if change, changes := r.aws.NextChange(); changes && (!waits || change.Before(next)) {
			r.passTo(change.Add(-skew))
			continue
		}
		if !waits {
			r.audit()
			return
		}
		r.pass(minute)
		r.passTo(next.Add(-skew))
		r.aws.Fire(r.clock().Add(skew), func(input []byte) { r.asynchronously(input) })
	}
	r.Error("not settled")
}

// TestScenario69ClockStepsBack moves every clock back between event and wake.
func TestScenario69ClockStepsBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", waiting, awstest.Succeeds().After(minute))
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
	r.aws.Events()
	payload := r.wakeUp()
	r.mu.Lock()
	r.now = r.now.Add(-10 * minute)
	r.mu.Unlock()
	r.said(r.invoke(payload), retry.Wait, retry.BackingOff)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestScenario70SignatureRefused has SageMaker refuse the request's time: an
// error, and the next delivery finishes.
func TestScenario70SignatureRefused(t *testing.T) {
	t.Parallel()
	for _, op := range []string{opDescribe, opSteps, opRetry} {
		for _, code := range []string{"RequestTimeTooSkewed", "InvalidSignatureException", "RequestExpired"} {
			r := newRig(t, inProcess)
			e := r.fail("churn", atOnce, awstest.Succeeds())
			r.aws.Events()
			r.aws.FailNext(op, 1, awstest.Fault{Code: code, Status: 403})
			r.deliver(e)
			r.asynchronously(e.JSON())
			r.settle()
			if r.effective(e.ARN, 1); t.Failed() {
				t.Fatal(op, code)
			}
			r.used(e.ARN, 1)
		}
	}
}

// TestScenario71OddTimes are events from the future, from 1970 and from no time
// at all: what counts is what SageMaker says.
func TestScenario71OddTimes(t *testing.T) {
	odd := map[string]func(*awstest.Event){
		"from 1970":        func(e *awstest.Event) { e.Time, e.End, e.Start = time.Unix(0, 0), time.Unix(0, 0), time.Unix(0, 0) },
		"from 2100":        func(e *awstest.Event) { e.Time, e.End = start.AddDate(74, 0, 0), start.AddDate(74, 0, 0) },
		"ended in an hour": func(e *awstest.Event) { e.End = e.End.Add(time.Hour) },
		"75 no end":        func(e *awstest.Event) { e.End = time.Time{} },
		"75 no times":      func(e *awstest.Event) { e.Time, e.End, e.Start = time.Time{}, time.Time{}, time.Time{} },
		"75 no id":         func(e *awstest.Event) { e.ID = "" },
		"75 no names":      func(e *awstest.Event) { e.ID, e.DisplayName, e.Previous, e.PipelineARN = "", "", "", "" },
	}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, change := range odd {
			for _, run := range []awstest.Run{atOnce, waiting} {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", run.After(minute), run.After(minute), awstest.Succeeds())
				r.aws.Events()
				r.pass(lagging(r))
				change(&e)
				r.asynchronously(e.JSON())
				r.settle()
				r.asynchronously(e.JSON())
				r.settle()
				if r.effective(e.ARN, 2); t.Failed() {
					t.Fatal(name)
				}
				r.used(e.ARN, 2)
			}
		}
	})
}
