package backtest

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// What people and other executions had set then is no matter of a policy; what
// budgets had promised is.
func TestOthersAreLeftAside(t *testing.T) {
	held := []retry.Hold{{Scope: retry.HoldOfAll, Until: ended.Add(time.Hour)}}
	open := map[string]retry.Breaker{"class service_fault": {
		Scope: "class service_fault", Rev: 3, Opened: ended, Probe: "another", Next: ended.Add(time.Hour), Rate: 50,
	}}
	queued := map[string]time.Time{retry.BreakerLine("class service_fault"): ended.Add(time.Hour)}
	promised := map[string]time.Time{builtin.Budgets(arn)[1].Key: ended.Add(time.Hour)}
	for name, test := range map[string]struct {
		change func(*retry.Trail)
		want   Outcome
		units  int
	}{
		"a hold":    {func(t *retry.Trail) { t.Holds = held }, Outcome{retry.Retry, retry.Retryable}, 1},
		"a breaker": {func(t *retry.Trail) { t.Breakers = open }, Outcome{retry.Retry, retry.Retryable}, 1},
		"its line":  {func(t *retry.Trail) { t.Lines = queued }, Outcome{retry.Retry, retry.Retryable}, 1},
		"a budget":  {func(t *retry.Trail) { t.Lines = promised }, Outcome{retry.Wait, retry.SharedBudgetEmpty}, 0},
	} {
		trail := decide(builtin, look(broken), retry.Record{}, nil, 0)
		trail.Decision.Verdict, trail.Decision.Reason, trail.Used = retry.Stop, retry.Observing, 0
		test.change(&trail)
		if got := judge(only(t, asLine(t, trail)), builtin); got.Outcome != test.want || got.units != test.units {
			t.Errorf("%s: got %v, %d units, want %v, %d", name, got.Outcome, got.units, test.want, test.units)
		}
	}
}

// A failure that a hold kept, and that was retried when it came back, and
// recovered, is one failure with one retry.
func TestHeldIsCountedOnce(t *testing.T) {
	first := decide(builtin, look(broken), retry.Record{}, nil, 0)
	first.Decision.Verdict, first.Decision.Reason, first.Used = retry.Wait, retry.Held, 0
	parked := retry.Record{Kind: retry.Parked, Rev: 1, Failure: retry.Failure{LastModified: ended, Round: ended, Ended: ended},
		Pause: retry.Pause{Reason: retry.Held, For: retry.HoldOfAll, Due: ended.Add(time.Hour), Seen: ended, Visit: 1}}
	back := decide(builtin, look(broken), parked, nil, time.Hour)
	called := back
	called.Stood = retry.Record{Kind: retry.Claimed, Used: 1}
	over := called
	over.Stood.Kind, over.Decision.Verdict, over.Decision.Reason, over.Decision.Outcome = retry.Retried, retry.Ignore, retry.Recovered, retry.WasRecovered
	var lines []string
	for _, trail := range []retry.Trail{first, back, called, over} {
		lines = append(lines, asLine(t, trail))
	}
	got, err := Run(Read("in", strings.NewReader(strings.Join(lines, "\n"))), builtin, builtin)
	if err != nil || got.Rows != 1 || got.Old.Retries != 1 || got.New.Retries != 1 || got.Then != (Then{1, 1}) || got.Differ != 0 {
		t.Errorf("got %+v, %v, want one failure with one retry", got, err)
	}
	if u := got.Unknown; u.Held != 1 || u.Answers != 1 || u.Endings != 1 {
		t.Errorf("got %+v, want one of each left out", u)
	}
	var page strings.Builder
	if err := got.Write(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 left out: kept by a hold or a breaker then", "1 left out: they note how a retry ended"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("got\n%s\nwhich lacks %q", page.String(), want)
		}
	}
}
