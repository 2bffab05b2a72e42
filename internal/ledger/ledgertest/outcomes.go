package ledgertest

import (
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

func (h holding) outcomes(t *testing.T) []ledger.Outcome {
	t.Helper()
	outcomes, err := h.holds.Outcomes(t.Context())
	if err != nil {
		t.Fatalf("outcomes: %v", err)
	}
	return outcomes
}

func noOutcomes(t *testing.T, h holding) {
	same(t, "outcomes", len(h.outcomes(t)), 0)
	breakers, err := h.holds.Breakers(t.Context())
	if err != nil || len(breakers) != 0 {
		t.Errorf("breakers: got %+v, error %v", breakers, err)
	}
}

func outcomesCounted(t *testing.T, h holding) {
	for n, tally := range []retry.Tally{
		{Pipeline: "churn", Class: cause.Throttling, Result: retry.WasRecovered},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.WasRecovered},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.WasRecovered},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.FailedAnew},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.FailedAnew, Same: true},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.WasStopped},
		{Pipeline: "churn", Class: cause.Capacity, Result: retry.EndedElse},
		{Pipeline: "a-z", Class: cause.Network, Result: retry.FailedAnew, Same: true},
	} {
		c := change(n, retry.State{}, now)
		c.Tally = &tally
		apply(t, h, c)
	}
	want := []ledger.Outcome{
		{Pipeline: "a-z", Class: cause.Network, FailedAgain: 1, FailedAgainSame: 1},
		{Pipeline: "churn", Class: cause.Capacity, Recovered: 2, FailedAgain: 2, FailedAgainSame: 1, StoppedByPerson: 1, Superseded: 1},
		{Pipeline: "churn", Class: cause.Throttling, Recovered: 1},
	}
	got := h.outcomes(t)
	same(t, "outcomes", got, want)
	same(t, "settled", got[1].Settled(), 6)
}

func breakersListed(t *testing.T, h holding) {
	open := retry.Breaker{
		Scope: "scarce ml.p5.48xlarge", Rev: 1, Seen: []retry.Sighting{{Execution: arn(1).Key(), At: now}}, Opened: now, Why: awkward,
		Probe: arn(1).Key(), Called: true, Next: now.Add(time.Minute), Failed: 2, Rate: 25,
	}
	easing := retry.Breaker{Scope: "class capacity", Rev: 1, Rate: 99}
	c := change(1, retry.State{}, now)
	c.Breakers = []retry.Breaker{
		open, easing, {Scope: "class network", Rev: 1, Rate: 100}, {Scope: "fingerprint 0123", Rev: 1, Seen: open.Seen},
	}
	apply(t, h, c)
	got, err := h.holds.Breakers(t.Context())
	if err != nil {
		t.Fatalf("breakers: %v", err)
	}
	same(t, "breakers", got, []retry.Breaker{easing, open})
}
