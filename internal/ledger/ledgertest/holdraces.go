package ledgertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

func othersScopes(t *testing.T, h holding) {
	seen := h.place(t, hold(1, pipelineScope), retry.Holds{})
	h.place(t, hold(2, retry.HoldOfAll), seen)
	got := h.place(t, hold(3, retry.HoldOfClass(cause.Capacity)), seen)
	same(t, "rev", got.Rev, 3)
	same(t, "holds", len(got.Holds), 3)
	left, err := h.holds.Release(t.Context(), pipelineScope, by(4), seen)
	if err != nil || left.Rev != 4 || len(left.Holds) != 2 {
		t.Errorf("release: got %+v, error %v", left, err)
	}
	same(t, "current", h.current(t), left)
}

// holdMoved: a person changes the hold that they know of. A shorter one gives way
// to a longer in any case.
func holdMoved(t *testing.T, h holding) {
	first := h.place(t, hold(1, pipelineScope), retry.Holds{})
	longer := hold(2, pipelineScope)
	longer.Until = longer.Until.Add(time.Hour)
	h.place(t, longer, first)
	refused := func(what string, _ retry.Holds, err error) {
		t.Helper()
		moved, ok := errors.AsType[*ledger.HoldMovedError](err)
		if !ok || !errors.Is(err, ledger.ErrHoldMoved) {
			t.Fatalf("%s: got error %v, want %v", what, err, ledger.ErrHoldMoved)
		}
		same(t, what+": what stands", moved.Stands, longer)
		says(t, what, err, "one set by anna 2 stands until 2026-03-01T14:00:02Z")
	}
	got, err := h.holds.Place(t.Context(), hold(3, pipelineScope), first)
	refused("a shorter one", got, err)
	got, err = h.holds.Place(t.Context(), hold(3, pipelineScope), retry.Holds{})
	refused("nothing seen", got, err)
	got, err = h.holds.Release(t.Context(), pipelineScope, by(3), first)
	refused("release", got, err)
	same(t, "current", h.current(t).Holds, []retry.Hold{longer})
	same(t, "history", len(h.history(t, 9)), 2)
	longest := hold(3, pipelineScope)
	longest.Until = longest.Until.Add(2 * time.Hour)
	same(t, "a longer one", h.place(t, longest, first).Holds, []retry.Hold{longest})
}

// holdRefusesClaim: a claim that did not see the hold is not made.
func holdRefusesClaim(t *testing.T, h holding) {
	b := bucket(1)
	seen := read(t, h, 1, b)
	placed := h.place(t, hold(1, pipelineScope), seen.Holds)
	stands := refuse(t, h, change(1, seen, now, b))
	same(t, "holds that stand", stands.Holds, placed)
	left, err := h.holds.Release(t.Context(), pipelineScope, by(2), placed)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "holds after the release", refuse(t, h, change(1, stands, now, b)).Holds, left)
	apply(t, h, change(1, read(t, h, 1, b), now, b))
}

func twoPeopleOneScope(t *testing.T, h holding) {
	seen := h.place(t, hold(0, pipelineScope), retry.Holds{})
	var released, notHeld atomic.Int32
	var people sync.WaitGroup
	for i := range 10 {
		people.Go(func() {
			_, err := h.holds.Release(t.Context(), pipelineScope, by(i+1), seen)
			switch {
			case err == nil:
				released.Add(1)
			case errors.Is(err, ledger.ErrNotHeld):
				notHeld.Add(1)
			default:
				t.Errorf("person %d: %v", i, err)
			}
		})
	}
	people.Wait()
	same(t, "who released it", released.Load(), int32(1))
	same(t, "who came too late", notHeld.Load(), int32(9))
	same(t, "rev", h.current(t).Rev, 2)
}

func tooManyHolds(t *testing.T, h holding) {
	var seen retry.Holds
	for i := range ledger.MaxHolds {
		seen = h.place(t, hold(1, retry.HoldOfPipeline(fmt.Sprint("p", i))), seen)
	}
	if got, err := h.holds.Place(t.Context(), hold(2, retry.HoldOfAll), seen); !errors.Is(err, ledger.ErrTooManyHolds) {
		t.Errorf("got %+v, error %v, want %v", got, err, ledger.ErrTooManyHolds)
	}
	same(t, "holds in place of one", len(h.place(t, hold(2, retry.HoldOfPipeline("p7")), seen).Holds), ledger.MaxHolds)
	same(t, "holds read", len(read(t, h, 1).Holds.Holds), ledger.MaxHolds)
}

func impossibleHolds(t *testing.T, h holding) {
	tests := map[string]struct {
		change func(*retry.Hold)
		want   string
	}{
		"no scope":          {func(x *retry.Hold) { x.Scope = "" }, `expected the scope of a hold, got ""`},
		"some scope":        {func(x *retry.Hold) { x.Scope = "team churn" }, "expected the scope of a hold"},
		"all of something":  {func(x *retry.Hold) { x.Scope = "all things" }, "expected the scope of a hold"},
		"no pipeline":       {func(x *retry.Hold) { x.Scope = "pipeline " }, "expected the scope of a hold"},
		"capitals":          {func(x *retry.Hold) { x.Scope = "pipeline Churn" }, "expected the scope of a hold"},
		"two pipelines":     {func(x *retry.Hold) { x.Scope = "pipeline a b" }, "expected the scope of a hold"},
		"two lines":         {func(x *retry.Hold) { x.Scope = "pipeline a\nb" }, "expected the scope of a hold"},
		"a long pipeline":   {func(x *retry.Hold) { x.Scope = "pipeline " + strings.Repeat("x", 400) }, "expected the scope of a hold"},
		"no Region":         {func(x *retry.Hold) { x.Scope = "account 123456789012" }, "expected the scope of a hold"},
		"no such class":     {func(x *retry.Hold) { x.Scope = "class capcity" }, "expected the scope of a hold"},
		"nobody":            {func(x *retry.Hold) { x.Author = " \n" }, "expected who does it, got nobody"},
		"no note":           {func(x *retry.Hold) { x.Note = "" }, "expected a note that says why, got none"},
		"a long note":       {func(x *retry.Hold) { x.Note = strings.Repeat("x", ledger.MaxHoldNote+1) }, "the note has 257 bytes, and the ledger keeps at most 256"},
		"a long author":     {func(x *retry.Hold) { x.Author = strings.Repeat("x", ledger.MaxAuthor+1) }, "the author has 257 bytes, and the ledger keeps at most 256"},
		"no beginning":      {func(x *retry.Hold) { x.Since = time.Time{} }, "expected the time at which it is done, got none"},
		"over at once":      {func(x *retry.Hold) { x.Until = x.Since }, "expected a hold of up to 672h0m0s, got 0s"},
		"longer than a run": {func(x *retry.Hold) { x.Until = x.Since.Add(ledger.MaxHold + 1) }, "expected a hold of up to 672h0m0s, got 672h0m0.000000001s"},
	}
	for name, test := range tests {
		given := hold(1, pipelineScope)
		test.change(&given)
		got, err := h.holds.Place(t.Context(), given, retry.Holds{})
		same(t, name+": holds beside the error", got, retry.Holds{})
		says(t, name, err, "change the holds: "+test.want)
	}
	_, err := h.holds.Release(t.Context(), "team churn", by(1), retry.Holds{})
	says(t, "release", err, "change the holds: expected the scope of a hold")
	same(t, "current", h.current(t), retry.Holds{})
}

func holdHistory(t *testing.T, h holding) {
	var seen retry.Holds
	for i := range 12 { // more than one digit
		seen = h.place(t, hold(i, pipelineScope), seen)
	}
	got := h.history(t, 100)
	same(t, "all of it", len(got), 12)
	for i, change := range got {
		same(t, "rev", change.Rev, 12-i)
		same(t, "time", change.At, hold(11-i, pipelineScope).Since)
	}
	same(t, "the newest two", h.history(t, 2), got[:2])
	same(t, "none asked for", len(h.history(t, 0)), 0)
}
