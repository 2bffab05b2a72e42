package historytest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/history"
	"mulligan/internal/retry"
)

// Kept is what a history is made on: a ledger, and beside it what a person does
// and what only a test looks at.
type Kept interface {
	retry.Ledger
	PlaceHolds(context.Context, retry.Holds) error
	Counters(ctx context.Context, pipeline string, class cause.Class) (map[string]int64, error)
}

// How many clients a history has, and how much each of them does.
const (
	clients = 5
	deeds   = 40
)

// Histories has several clients at once do what their dice say, once for each of
// so many seeds, and fails the test unless what they were answered has an
// explanation. Open gives an empty ledger each time.
func Histories(t *testing.T, seeds uint64, open func(*testing.T) Kept) {
	var sum history.Counted
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			ledger, recorder := open(t), &history.Recorder{}
			var all sync.WaitGroup
			for i := range clients {
				c := newClient(seed, i, ledger, recorder)
				all.Go(func() {
					for range deeds {
						c.do(t.Context(), c.next())
					}
				})
			}
			all.Wait()
			conclude(t, ledger, recorder)
			verdict := history.Check(recorder.History())
			if err := verdict.Fault(t.ArtifactDir()); err != nil {
				t.Error(err)
			}
			sum = sum.Plus(verdict.Count())
		})
	}
	t.Logf("%d operations checked: %+v", sum.All(), sum)
	if sum.Looks == 0 || sum.Done == 0 || sum.Refused == 0 || sum.Unknown == 0 || sum.Turns == 0 || sum.NoTurn == 0 || sum.Places == 0 {
		t.Error("the dice left something out")
	}
}

// Alone has the same clients do one deed after the other, in an order that the
// seed gives: a ledger without chance makes one history of it, whenever it runs.
func Alone(t *testing.T, seed uint64, ledger Kept) history.Verdict {
	t.Helper()
	recorder := &history.Recorder{}
	turns, all := rand.New(rand.NewPCG(seed, 0)), make([]*client, clients)
	for i := range all {
		all[i] = newClient(seed, i, ledger, recorder)
	}
	for range clients * deeds {
		c := all[turns.IntN(clients)]
		c.do(t.Context(), c.next())
	}
	conclude(t, ledger, recorder)
	return history.Check(recorder.History())
}

// Alike has two ledgers do the same, one deed after the other, and compares every
// answer and what stands in the end. It returns how many were compared.
func Alike(t *testing.T, seed uint64, one, other Kept) int {
	t.Helper()
	recorder := &history.Recorder{}
	turns, all := rand.New(rand.NewPCG(seed, 0)), make([]*client, clients)
	for i := range all {
		all[i] = newClient(seed, i, one, recorder)
	}
	for step := range clients * deeds {
		c := all[turns.IntN(clients)]
		d := c.next()
		c.ledger.Under = other
		got := c.ask(t.Context(), d)
		c.ledger.Under = one
		if want := c.do(t.Context(), d); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, step %d, %s:\none answers   %+v\nother answers %+v", seed, step, d.kind, want, got)
		}
	}
	return clients*deeds + sameEnd(t, one, other)
}

// sameEnd compares what stands in two ledgers.
func sameEnd(t *testing.T, one, other Kept) (compared int) {
	t.Helper()
	for n := range executions {
		want, wantErr := one.Read(t.Context(), arn(n), buckets, scopes...)
		got, gotErr := other.Read(t.Context(), arn(n), buckets, scopes...)
		if wantErr != nil || gotErr != nil {
			t.Fatalf("errors %v, %v", wantErr, gotErr)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("what stands in the end of execution %d:\none   %+v\nother %+v", n, want, got)
		}
		compared++
	}
	if got, want := counters(t, other), counters(t, one); !maps.Equal(got, want) {
		t.Errorf("counted: one %v, other %v", want, got)
	}
	return compared + 1
}

// conclude looks at everything when all is over.
func conclude(t *testing.T, ledger Kept, recorder *history.Recorder) {
	t.Helper()
	last := &history.Ledger{Under: ledger, Recorder: recorder, Client: clients}
	for n := range executions {
		if _, err := last.Read(t.Context(), arn(n), buckets, scopes...); err != nil {
			t.Fatal(err)
		}
	}
	counted := counters(t, ledger)
	for _, result := range outcomes {
		item := history.CountItem("churn", string(cause.Capacity), string(result))
		recorder.Saw(clients, recorder.Called(), history.Sight{Of: history.Look{Item: item}, Shown: history.Value{N: counted[string(result)]}})
	}
}

func counters(t *testing.T, ledger Kept) map[string]int64 {
	t.Helper()
	counted, err := ledger.Counters(t.Context(), "churn", cause.Capacity)
	if err != nil {
		t.Fatal(err)
	}
	return counted
}
