package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// Holds is the side of a ledger under test by which a person watches and stops
// retries.
type Holds interface {
	Current(context.Context) (retry.Holds, error)
	Place(ctx context.Context, hold retry.Hold, seen retry.Holds) (retry.Holds, error)
	Release(ctx context.Context, scope string, by ledger.By, seen retry.Holds) (retry.Holds, error)
	History(ctx context.Context, most int) ([]ledger.HoldChange, error)
	Outcomes(context.Context) ([]ledger.Outcome, error)
	Breakers(context.Context) ([]retry.Breaker, error)
}

// holding is a ledger with that side of it.
type holding struct {
	Ledger
	holds Holds
}

// RunHolds runs the suite for that side. Open gives both sides of an empty
// ledger to each of its tests and takes care of what has to be closed.
func RunHolds(t *testing.T, open func(*testing.T) (Ledger, Holds)) {
	tests := []struct {
		name string
		test func(*testing.T, holding)
	}{
		{"no holds", noHolds},
		{"hold is read by both sides", holdIsRead},
		{"one hold for a scope", oneHoldForAScope},
		{"ended holds go with the next", endedHoldsGo},
		{"released hold", releasedHold},
		{"nothing to release", nothingToRelease},
		{"others' scopes are no matter", othersScopes},
		{"hold moved meanwhile", holdMoved},
		{"hold set meanwhile refuses a claim", holdRefusesClaim},
		{"ten people hold", tenPeopleHold},
		{"two people and one scope", twoPeopleOneScope},
		{"no more than so many holds", tooManyHolds},
		{"impossible holds", impossibleHolds},
		{"texts on one line", holdTexts},
		{"history of holds is bounded", holdHistory},
		{"no outcomes", noOutcomes},
		{"outcomes are counted", outcomesCounted},
		{"breakers that make somebody wait", breakersListed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, h := open(t)
			test.test(t, holding{l, h})
		})
	}
}

// pipelineScope is the scope of the suite's pipeline.
var pipelineScope = retry.HoldOfPipeline("Churn")

// hold is the n-th hold of a scope: an hour long.
func hold(n int, scope string) retry.Hold {
	since := now.Add(time.Duration(n) * time.Second)
	return retry.Hold{Scope: scope, Author: fmt.Sprint("anna ", n), Note: "Kapazität 容量不足 \"#:seen\"", Since: since, Until: since.Add(time.Hour)}
}

func (h holding) current(t *testing.T) retry.Holds {
	t.Helper()
	holds, err := h.holds.Current(t.Context())
	if err != nil {
		t.Fatalf("current: %v", err)
	}
	return holds
}

// place sets what must be set.
func (h holding) place(t *testing.T, hold retry.Hold, seen retry.Holds) retry.Holds {
	t.Helper()
	holds, err := h.holds.Place(t.Context(), hold, seen)
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	return holds
}

func (h holding) history(t *testing.T, most int) []ledger.HoldChange {
	t.Helper()
	changes, err := h.holds.History(t.Context(), most)
	if err != nil {
		t.Fatalf("history: %v", err)
	}
	return changes
}

func noHolds(t *testing.T, h holding) {
	same(t, "current", h.current(t), retry.Holds{})
	same(t, "holds read", read(t, h, 1).Holds, retry.Holds{})
	same(t, "history", len(h.history(t, 10)), 0)
}

func holdIsRead(t *testing.T, h holding) {
	want := hold(1, pipelineScope)
	complete(t, "Hold", reflect.ValueOf(want))
	given := want
	given.Since, given.Until = given.Since.In(time.FixedZone("somewhere", 5*3600+1800)), given.Until.In(time.FixedZone("somewhere", -3600))
	holds := retry.Holds{Rev: 1, Holds: []retry.Hold{want}}
	same(t, "what Place returns", h.place(t, given, retry.Holds{}), holds)
	same(t, "current", h.current(t), holds)
	same(t, "holds read", read(t, h, 1).Holds, holds)
	same(t, "history", h.history(t, 9), []ledger.HoldChange{{
		Rev: 1, Scope: want.Scope, Until: want.Until, By: ledger.By{Author: want.Author, Note: want.Note, At: want.Since},
	}})
}

func oneHoldForAScope(t *testing.T, h holding) {
	first := h.place(t, hold(1, pipelineScope), retry.Holds{})
	second := h.place(t, hold(2, retry.HoldOfAll), first)
	third := h.place(t, hold(3, pipelineScope), second)
	same(t, "rev", third.Rev, 3)
	same(t, "holds", third.Holds, []retry.Hold{hold(2, retry.HoldOfAll), hold(3, pipelineScope)})
	shorter := hold(4, pipelineScope)
	shorter.Until = shorter.Since.Add(time.Second)
	same(t, "cut short", h.place(t, shorter, third).Holds, []retry.Hold{hold(2, retry.HoldOfAll), shorter})
	same(t, "current", h.current(t).Rev, 4)
}

func endedHoldsGo(t *testing.T, h holding) {
	seen := h.place(t, hold(1, pipelineScope), retry.Holds{})
	same(t, "until the next", h.current(t).Holds, []retry.Hold{hold(1, pipelineScope)})
	same(t, "with the next", h.place(t, hold(3601, retry.HoldOfAll), seen).Holds, []retry.Hold{hold(3601, retry.HoldOfAll)})
	same(t, "current", len(h.current(t).Holds), 1)
}

// by is who releases, at a second of the hour.
func by(second int) ledger.By {
	return ledger.By{Author: "ben", Note: "mended", At: now.Add(time.Duration(second) * time.Second)}
}

func releasedHold(t *testing.T, h holding) {
	seen := h.place(t, hold(1, pipelineScope), retry.Holds{})
	seen = h.place(t, hold(2, retry.HoldOfAll), seen)
	left, err := h.holds.Release(t.Context(), pipelineScope, by(3), seen)
	if err != nil {
		t.Fatalf("release: %v", err)
	}
	want := retry.Holds{Rev: 3, Holds: []retry.Hold{hold(2, retry.HoldOfAll)}}
	same(t, "what Release returns", left, want)
	same(t, "holds read", read(t, h, 1).Holds, want)
	same(t, "history", h.history(t, 1), []ledger.HoldChange{{Rev: 3, Scope: pipelineScope, By: by(3)}})
	bare := by(4)
	bare.Note = ""
	if left, err = h.holds.Release(t.Context(), retry.HoldOfAll, bare, left); err != nil || len(left.Holds) != 0 || left.Rev != 4 {
		t.Errorf("the last one: got %+v, error %v", left, err)
	}
	same(t, "holds read in the end", read(t, h, 1).Holds, retry.Holds{Rev: 4})
}

func nothingToRelease(t *testing.T, h holding) {
	release := func(what string, scope string, second int, seen retry.Holds) {
		t.Helper()
		if left, err := h.holds.Release(t.Context(), scope, by(second), seen); !errors.Is(err, ledger.ErrNotHeld) {
			t.Errorf("%s: got %+v, error %v, want %v", what, left, err, ledger.ErrNotHeld)
		}
	}
	release("never set", retry.HoldOfAll, 1, retry.Holds{})
	seen := h.place(t, hold(1, pipelineScope), retry.Holds{})
	release("another scope", retry.HoldOfAll, 2, seen)
	release("ended", pipelineScope, 3601, seen)
	if _, err := h.holds.Release(t.Context(), pipelineScope, by(3), seen); err != nil {
		t.Fatal(err)
	}
	release("released meanwhile", pipelineScope, 4, seen)
	same(t, "history", len(h.history(t, 9)), 2)
}

func holdTexts(t *testing.T, h holding) {
	given := hold(1, pipelineScope)
	given.Author, given.Note = " eve\n\x1b[2J\t", "a\u202eb\xff\u2028c"
	got := h.place(t, given, retry.Holds{}).Holds[0]
	same(t, "author", got.Author, "eve  [2J")
	same(t, "note", got.Note, "a b  c")
	same(t, "what is read", read(t, h, 1).Holds.Holds[0], got)
	given.Note = strings.Repeat("x", ledger.MaxHoldNote)
	given.Author = strings.Repeat("ü", ledger.MaxAuthor/2)
	got = h.place(t, given, h.current(t)).Holds[0]
	same(t, "longest note", got.Note, given.Note)
	same(t, "longest author", got.Author, given.Author)
}

// tenPeopleHold: each of another scope, all on what they saw before.
func tenPeopleHold(t *testing.T, h holding) {
	seen := h.place(t, hold(0, pipelineScope), retry.Holds{})
	var people sync.WaitGroup
	for i := range 10 {
		people.Go(func() {
			if _, err := h.holds.Place(t.Context(), hold(i+1, retry.HoldOfPipeline(fmt.Sprint("p", i))), seen); err != nil {
				t.Errorf("person %d: %v", i, err)
			}
		})
	}
	people.Wait()
	got := h.current(t)
	same(t, "rev", got.Rev, 11)
	same(t, "holds", len(got.Holds), 11)
	for i, change := range h.history(t, 100) {
		same(t, "rev in history", change.Rev, 11-i)
	}
}
