package ledger

import (
	"reflect"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

func TestOutcomesByPages(t *testing.T) {
	tally := retry.Tally{Pipeline: "Churn", Class: cause.Capacity, Result: retry.FailedAnew, Same: true}
	first := counted(tally, counted(tally, nil))
	first[string(retry.WasRecovered)] = text("many") // as nothing of Mulligan does
	second := counted(retry.Tally{Pipeline: "a", Class: cause.Network, Result: retry.WasRecovered}, nil)
	h, w := watcher(t, pageOf(t, tallyKey(tally), first), pageOf(t, nil, second))
	got, err := h.Outcomes(t.Context())
	want := []Outcome{
		{Pipeline: "a", Class: cause.Network, Recovered: 1},
		{Pipeline: "churn", Class: cause.Capacity, FailedAgain: 2, FailedAgainSame: 2},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v, error %v\nwant %+v", got, err, want)
	}
	w.asked(t, "Query", "Query")
	golden(t, "outcomes_query.json", w.calls[0].body)
	golden(t, "outcomes_rest.json", w.calls[1].body)
}

func TestOutcomesAreBounded(t *testing.T) {
	h, w := watcher(t)
	for range maxPages + 1 {
		w.answers = append(w.answers, pageOf(t, item{attrPK: text(outcomePK), attrSK: text("x")}))
	}
	got, err := h.Outcomes(t.Context())
	fails(t, err, "dynamodb:Query on table Ledger: more than 100 pages of outcome")
	if got != nil || len(w.calls) != maxPages {
		t.Errorf("got %d beside the error, after %d calls", len(got), len(w.calls))
	}
}

// One breaker that cannot be read hides none of the others.
func TestBreakersOnTheWire(t *testing.T) {
	c := retry.Change{Breakers: []retry.Breaker{
		{Scope: "scarce x", Rev: 2, Opened: noon, Next: noon, Rate: 50},
		{Scope: "class capacity", Rev: 1, Rate: 5},
		{Scope: "class network", Rev: 1, Rate: 100},
		{Scope: "class throttling", Rev: 1, Opened: noon, Rate: 50},
	}, Expires: noon}
	items, err := breakerItems(c)
	if err != nil {
		t.Fatal(err)
	}
	items[3][attrSchema] = number(2)
	h, w := watcher(t, pageOf(t, nil, items...))
	got, err := h.Breakers(t.Context())
	fails(t, err, `breaker "class throttling" cannot be read: its schema is 2`)
	if want := []retry.Breaker{c.Breakers[1], c.Breakers[0]}; !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	golden(t, "breakers_query.json", w.calls[0].body)
}
