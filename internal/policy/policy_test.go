package policy

import (
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

var (
	now = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)
	arn = retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Train", ID: "abc"}

	// defaults are the template's.
	defaults = Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
		BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
	}
)

func failure(class cause.Class, label cause.Label) retry.Case {
	return retry.Case{Execution: arn, Cause: cause.Cause{Class: class, Label: label, Evidence: "words"},
		Retry: 1, Token: "token", Now: now, Age: time.Minute}
}

func TestDecide(t *testing.T) {
	passing := failure(cause.ServiceFault, cause.Transient)
	with := func(c retry.Case, change func(*retry.Case)) retry.Case { change(&c); return c }
	tests := []struct {
		name    string
		c       retry.Case
		verdict retry.Verdict
		reason  retry.Reason
	}{
		{"service fault", passing, retry.Retry, retry.Retryable},
		{"throttling", failure(cause.Throttling, cause.Transient), retry.Retry, retry.Retryable},
		{"service fault again", with(passing, func(c *retry.Case) { c.Retry, c.Used = 2, 1 }), retry.Wait, retry.BackingOff},
		{"capacity", failure(cause.Capacity, cause.Transient), retry.Wait, retry.BackingOff},
		{"quota contention", failure(cause.QuotaContention, cause.Transient), retry.Wait, retry.BackingOff},
		{"spot", failure(cause.SpotInterruption, cause.Transient), retry.Wait, retry.BackingOff},
		{"quota zero", failure(cause.QuotaZero, cause.Permanent), retry.Stop, retry.PermanentCause},
		{"user code", failure(cause.UserCode, cause.Permanent), retry.Stop, retry.PermanentCause},
		{"user code without detail", failure(cause.UserCode, cause.Ambiguous), retry.Stop, retry.PermanentCause},
		{"out of memory", failure(cause.OutOfMemory, cause.Permanent), retry.Stop, retry.PermanentCause},
		{"permanent capacity", failure(cause.Capacity, cause.Permanent), retry.Stop, retry.PermanentCause},
		{"unknown", failure(cause.Unknown, cause.Ambiguous), retry.Wait, retry.BackingOff},
		{"unknown again", with(failure(cause.Unknown, cause.Ambiguous), func(c *retry.Case) { c.Careful, c.Used = 1, 1 }), retry.Stop, retry.UnknownCause},
		{"a class nobody knows", failure("sunspots", cause.Transient), retry.Stop, retry.PermanentCause},
		{"fail step", with(passing, func(c *retry.Case) { c.FailStep = true }), retry.Stop, retry.CannotRetry},
		{"from Stopping", with(passing, func(c *retry.Case) { c.Previous = "Stopping" }), retry.Stop, retry.StoppedByPerson},
		{"as old as may be", with(passing, func(c *retry.Case) { c.Age = 24 * time.Hour }), retry.Retry, retry.Retryable},
		{"expired", with(passing, func(c *retry.Case) { c.Age = 24*time.Hour + 1 }), retry.Stop, retry.Expired},
		{"from the future", with(passing, func(c *retry.Case) { c.Age = -time.Hour }), retry.Retry, retry.Retryable},
		{"last retry", with(passing, func(c *retry.Case) { c.Retry, c.Used = 3, 2 }), retry.Wait, retry.BackingOff},
		{"budget exhausted", with(passing, func(c *retry.Case) { c.Retry, c.Used = 4, 3 }), retry.Stop, retry.BudgetExhausted},
		{"claimed and due", with(passing, func(c *retry.Case) { c.Claimed, c.Used = true, 3 }), retry.Retry, retry.Retryable},
		{"claimed, and then stopped by a person", with(passing, func(c *retry.Case) { c.Claimed, c.Previous = true, "Stopping" }), retry.Stop, retry.StoppedByPerson},
		{"claimed and expired", with(passing, func(c *retry.Case) { c.Claimed, c.Age = true, 25*time.Hour }), retry.Stop, retry.Expired},
		{"no budget of the account", with(passing, func(c *retry.Case) {
			c.Full = map[string]time.Time{"budget#account#123456789012#eu-west-1": now.Add(time.Hour)}
		}), retry.Wait, retry.SharedBudgetEmpty},
		{"no budget, and permanent", with(failure(cause.UserCode, cause.Permanent), func(c *retry.Case) {
			c.Full = map[string]time.Time{"budget#account#123456789012#eu-west-1": now.Add(time.Hour)}
		}), retry.Stop, retry.PermanentCause},
	}
	for _, test := range tests {
		got := New(defaults).Decide(test.c)
		if got.Verdict != test.verdict || got.Reason != test.reason {
			t.Errorf("%s: got %s, %s; want %s, %s", test.name, got.Verdict, got.Reason, test.verdict, test.reason)
		}
		if got != New(defaults).Decide(test.c) {
			t.Errorf("%s: the same case gave another decision", test.name)
		}
		if (got.Verdict == retry.Wait) != got.Due.After(now) {
			t.Errorf("%s: %s is due %s", test.name, got.Verdict, got.Due)
		}
	}
}

// Every class has its place among the built-in rules: a new one must not fall to
// the last of them unnoticed.
func TestEveryClassHasItsRule(t *testing.T) {
	want := map[cause.Class]string{
		cause.Capacity: "scarce", cause.QuotaContention: "scarce", cause.SpotInterruption: "scarce",
		cause.Throttling: "passing", cause.ServiceFault: "passing", cause.Network: "passing", cause.DependencyTimeout: "passing",
		cause.Unknown: "doubtful", cause.QuotaZero: "lasting", cause.UserCode: "lasting", cause.OutOfMemory: "lasting",
		cause.DiskFull: "lasting", cause.ConfigValidation: "lasting", cause.AccessDenied: "lasting", cause.Image: "lasting",
		cause.DataMissing: "lasting", cause.StoppedOrTimeout: "lasting",
	}
	for _, class := range cause.Classes() {
		got := New(defaults).Decide(failure(class, cause.Transient)).Rule
		if got != want[class] {
			t.Errorf("%s: got rule %q, want %q", class, got, want[class])
		}
	}
}

func TestBackOff(t *testing.T) {
	p := New(defaults)
	for n := 1; n <= 70; n++ {
		whole := time.Hour
		if n <= 4 {
			whole = defaults.BackoffInterval << (n - 1)
		}
		whole = min(whole, time.Hour)
		c := failure(cause.Capacity, cause.Transient)
		c.Retry = n
		for _, c.Token = range []string{"a", "b", "c", "d"} {
			got := p.Decide(c).Due.Sub(now)
			if got < whole/2 || got > whole+time.Second {
				t.Errorf("retry %d: due in %s, want between %s and %s", n, got, whole/2, whole)
			}
		}
	}
	c := failure(cause.Capacity, cause.Transient)
	a := p.Decide(c).Due
	c.Token = "another"
	if b := p.Decide(c).Due; a.Equal(b) {
		t.Error("two tokens share a due time")
	}
	if a.Nanosecond() != 0 {
		t.Errorf("due %s: a schedule says no less than a second", a)
	}
}

// The floor of a refused call is the function's time-out, whatever the cap is.
func TestDefer(t *testing.T) {
	tight := defaults
	tight.BackoffInterval, tight.BackoffMaxDelay = time.Second, time.Second
	for ordinal := 2; ordinal < 40; ordinal++ {
		c := failure(cause.Capacity, cause.Transient)
		if got := New(tight).Defer(c, ordinal).Sub(now); got < tight.FunctionTimeout {
			t.Errorf("ordinal %d: due in %s, before a running invocation must have ended", ordinal, got)
		}
		if got := New(defaults).Defer(c, ordinal).Sub(now); got > time.Hour+time.Second || got < defaults.BackoffInterval {
			t.Errorf("ordinal %d: due in %s, no longer than the first wait", ordinal, got)
		}
	}
}

func TestParkedUntilAUnitIsThere(t *testing.T) {
	p := New(defaults)
	c := failure(cause.ServiceFault, cause.Transient)
	account, pipeline := p.Budgets(arn)[1], p.Budgets(arn)[0]
	c.Full = map[string]time.Time{
		account.Key:  now.Add(account.Interval() * time.Duration(account.Size)),
		pipeline.Key: now.Add(pipeline.Interval() * time.Duration(pipeline.Size)),
	}
	got := p.Decide(c)
	want := retry.Line{Key: pipeline.Key, Every: pipeline.Interval(), First: pipeline.Free(c.Full[pipeline.Key], now)}
	if got.Reason != retry.SharedBudgetEmpty || got.Line != want || got.Stands {
		t.Fatalf("got %s in line %+v, want in that of the pipeline, %+v", got.Reason, got.Line, want)
	}
	c.Stood = []string{pipeline.Key} // its turn has come, and somebody else was quicker
	got = p.Decide(c)
	if _, ok := pipeline.Take(c.Full[pipeline.Key], got.Due); !ok || !got.Stands {
		t.Errorf("due %s: the pipeline's budget is still empty then", got.Due)
	}
	if late := got.Due.Sub(now); late > pipeline.Interval()+2*time.Minute {
		t.Errorf("due in %s, want soon after a unit flowed in", late)
	}
	delete(c.Full, pipeline.Key)
	if got = p.Decide(c); got.Line.Key != account.Key {
		t.Errorf("got line %q, want the account's next", got.Line.Key)
	}
}

// Who comes later does not take the unit that those who wait are promised.
func TestNobodyJumpsTheLine(t *testing.T) {
	p := New(defaults)
	c := failure(cause.ServiceFault, cause.Transient)
	pipeline := p.Budgets(arn)[0]
	c.Lines = map[string]time.Time{pipeline.Key: now.Add(time.Hour)}
	if got := p.Decide(c); got.Reason != retry.SharedBudgetEmpty || got.Line.Key != pipeline.Key {
		t.Errorf("got %s in line %q, want it to wait behind the others", got.Reason, got.Line.Key)
	}
	c.Stood = []string{pipeline.Key}
	if got := p.Decide(c); got.Reason != retry.Retryable {
		t.Errorf("its turn has come: got %s", got.Reason)
	}
	c.Stood, c.Lines[pipeline.Key] = nil, now
	if got := p.Decide(c); got.Reason != retry.Retryable {
		t.Errorf("the last turn has come: got %s", got.Reason)
	}
}

// Who has waited for others has backed off meanwhile.
func TestRested(t *testing.T) {
	p := New(defaults)
	c := failure(cause.Capacity, cause.Transient)
	c.Rested, c.Age = true, 10*time.Minute
	if got := p.Decide(c); got.Verdict != retry.Retry || got.Reason != retry.Retryable {
		t.Errorf("after ten minutes: got %s, %s; want it retried at once", got.Verdict, got.Reason)
	}
	c.Age = time.Minute
	if got := p.Decide(c); got.Reason != retry.BackingOff || got.Due.Sub(now) > defaults.BackoffInterval-time.Minute+time.Second {
		t.Errorf("after one: got %s, due in %s; want the rest of the delay", got.Reason, got.Due.Sub(now))
	}
}

func TestVersion(t *testing.T) {
	other := defaults
	other.MaxRetries++
	if a, b := New(defaults).Version(), New(other).Version(); a == b || a != New(defaults).Version() {
		t.Errorf("got %s and %s, want one version per settings", a, b)
	}
}
