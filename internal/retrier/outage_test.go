package retrier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// TestScenario22AllDeliveriesDie kills all three deliveries right after the claim:
// the event is a dead letter, the claim is the sweep's, and a replay is harmless.
func TestScenario22AllDeliveriesDie(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, replayFirst := range []bool{true, false} {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
			r.aws.Events()
			r.pass(lagging(r))
			for range 3 {
				r.erred(r.deliver(e, on(opRetry, 0, false, errCrash)))
				r.pass(minute)
			}
			r.effective(e.ARN, 0)
			r.stands(e.ARN, retry.Claimed)
			r.pass(5 * minute)
			if replayFirst {
				r.said(r.deliver(e), retry.Retry, retry.Retryable)
			}
			r.sweep()
			r.deliver(e)
			r.deliver(e)
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		}
	})
}

// TestScenario37Outage has everything refused for an hour, six and a day while
// failures come in. What became a dead letter is found by the sweep, the backlog
// drains at the account's rate, and what is too old by then is left alone.
func TestScenario37Outage(t *testing.T) {
	t.Parallel()
	for _, hours := range []int{1, 6, 24} {
		t.Run(fmt.Sprintf("%d hours", hours), func(t *testing.T) {
			r := newRig(t, inProcess, with(func(s *settings) { s.AccountRetriesPerHour, s.ExpireAfter = 10, 20*time.Hour }))
			for i := range 40 {
				at := time.Duration(i*hours) * time.Hour / 40
				r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i%8), Runs: []awstest.Run{waiting.After(at + minute), awstest.Succeeds().After(minute)}})
			}
			down := true
			r.aws.OnRequest(func(string, int, awstest.Request) awstest.Fault {
				if down {
					return awstest.Fault{Code: "AccessDeniedException"}
				}
				return awstest.Fault{}
			})
			for r.clock().Before(start.Add(time.Duration(hours) * time.Hour)) {
				r.pass(5 * minute)
				for _, e := range r.aws.Events() {
					if o := r.deliver(e); o.err != nil {
						r.dead = append(r.dead, e.JSON())
					}
				}
			}
			died := len(r.dead)
			r.dead, down = nil, false
			r.sweepsUntilSettled(30 * time.Hour)
			r.audit()
			outcomes := map[string]int{}
			for _, e := range r.aws.Executions() {
				outcomes[string(e.Status)+" "+string(r.record(e.ARN).Decision.Reason)]++
			}
			t.Logf("%d dead letters; %v", died, outcomes)
			for what, n := range outcomes {
				if !strings.HasPrefix(what, "Succeeded") && what != "Failed expired" && !(hours == 24 && what == "Failed ") {
					t.Errorf("%d ended so: %s", n, what)
				}
			}
			if died < 30 || hours < 24 && outcomes["Failed expired"] > 0 {
				t.Errorf("%d dead letters, %v", died, outcomes)
			}
		})
	}
}

// sweepsUntilSettled lives on for so long, with a sweep every five minutes.
func (r *rig) sweepsUntilSettled(lasts time.Duration) {
	r.Helper()
	for end := r.clock().Add(lasts); r.clock().Before(end); {
		next := r.clock().Add(5 * minute)
		for {
			change, changes := r.aws.NextChange()
			due, waits := r.aws.NextDue()
			soon := changes && change.Before(next) || waits && due.Before(next)
			if events := r.aws.Events(); len(events) == 0 && !soon {
				break
			} else if len(events) > 0 {
				for _, e := range events {
					r.asynchronously(e.JSON())
				}
				continue
			}
			r.step()
		}
		r.passTo(next)
		r.sweep()
	}
}

// forget is a ledger of which nothing is left: time to live took it, or a backup
// from before was restored.
func (r *rig) forget() {
	r.ledger = ledger.NewMemory()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen, r.takes = map[string]retry.Record{}, map[string][]time.Time{}
}

// TestScenarios51And54LedgerForgets loses the record of a live execution. What is
// old stays old; what fails next has a budget of its own again, and no more than that.
func TestScenarios51And54LedgerForgets(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess, with(func(s *settings) { s.MaxRetries = 2 }))
		e := r.fail("churn", atOnce.After(minute), atOnce.After(minute), atOnce.After(minute), atOnce.After(minute), atOnce.After(minute), awstest.Succeeds())
		r.settle()
		r.effective(e.ARN, 2)
		r.forget()
		r.pass(r.settings.ExpireAfter + minute)
		if o := r.deliver(e); o.Verdict == string(retry.Retry) {
			t.Errorf("an old event after the loss: said %s, %s", o.Verdict, o.Reason)
		}
		r.sweep()
		r.effective(e.ARN, 2)
		humanRetry(r, e.ARN)
		for r.step() { // an audit would count the units that nobody knows of any more
		}
		if n := len(r.aws.Retries(e.ARN)); n > 2+r.settings.MaxRetries {
			t.Errorf("%d retries took effect, want at most %d more than the budget", n, r.settings.MaxRetries)
		}
	})
}

// TestScenario58AllDueAtOnce holds many claimed retries until one instant: they
// come back spread, each called once.
func TestScenario58AllDueAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.AccountRetriesPerHour = 100 }))
	for i := range 60 {
		reason := strings.ReplaceAll(awstest.ReasonQuotaContention(4, 4, 1), "ml.m5.large", fmt.Sprintf("ml.m%d.large", i))
		r.said(r.deliver(r.fail(fmt.Sprintf("p%d", i), awstest.FailsAt("Train", reason), awstest.Succeeds())), retry.Wait, retry.BackingOff)
	}
	r.hold(retry.HoldOfAll, 2*time.Hour)
	r.settle()
	bySecond := map[time.Time]int{}
	for _, c := range r.aws.Calls(opRetry) {
		bySecond[c.At.Truncate(time.Second)]++
		if late := c.At.Sub(start.Add(2 * time.Hour)); late > 2*minute+5*time.Second {
			t.Errorf("called %s after the hold ended", late)
		}
	}
	for at, n := range bySecond {
		if n > 6 {
			t.Errorf("%d calls in the second %s", n, at)
		}
	}
	for _, e := range r.aws.Executions() {
		r.effective(e.ARN, 1)
	}
}

// TestScenario59RetriesCauseTheNextLimit has room for few executions at a time:
// one call probes while it is refused, and few are made in vain.
func TestScenario59RetriesCauseTheNextLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.AccountRetriesPerHour, s.ExpireAfter = 100, week }), inAccount(func(c *awstest.Config) { c.RunningLimit = 3 }))
	r.aws.Configure(func(c *awstest.Config) { c.RunningLimit = 1000 })
	for i := range 60 {
		reason := strings.ReplaceAll(awstest.ReasonQuotaContention(4, 4, 1), "ml.m5.large", fmt.Sprintf("ml.m%d.large", i))
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i), Runs: []awstest.Run{awstest.FailsAt("Train", reason).After(minute), awstest.Succeeds().After(20 * minute)}})
	}
	r.pass(2 * minute)
	r.aws.Configure(func(c *awstest.Config) { c.RunningLimit = 3 })
	r.sweepsUntilSettled(48 * time.Hour)
	refused, calls := 0, r.aws.Calls(opRetry)
	for _, c := range calls {
		if c.Code != "" {
			refused++
		}
	}
	for _, e := range r.aws.Executions() {
		if e.Status != awstest.Succeeded {
			t.Errorf("%s is %s: %+v", e.ARN, e.Status, r.record(e.ARN).Decision)
		}
	}
	t.Logf("%d calls, %d of them refused", len(calls), refused)
	if refused > 50 {
		t.Errorf("%d of %d calls were refused", refused, len(calls))
	}
}

// TestScenario68RefusedForTooLong ends what was refused until it is too old, with
// one reason, and a person can still retry it.
func TestScenario68RefusedForTooLong(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, inAccount(func(c *awstest.Config) { c.RunningLimit = 1000 }))
	e := r.fail("churn", atOnce.After(minute), awstest.Succeeds())
	r.aws.OnRequest(func(op string, _ int, _ awstest.Request) awstest.Fault {
		if op == opRetry {
			return awstest.Fault{Code: "ResourceLimitExceeded"}
		}
		return awstest.Fault{}
	})
	r.settle()
	if d := r.record(e.ARN).Decision; d.Verdict != retry.Stop || d.Reason != retry.Expired {
		t.Errorf("ended in %s, %s", d.Verdict, d.Reason)
	}
	r.used(e.ARN, 1)
	calls := len(r.aws.Calls(opRetry))
	if calls < 10 || calls > 60 {
		t.Errorf("%d calls within a day", calls)
	}
	r.aws.OnRequest(nil)
	if err := r.aws.HumanRetry(e.ARN); err != nil {
		t.Error(err)
	}
}
