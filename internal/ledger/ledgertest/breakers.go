package ledgertest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// The scopes of the suite.
const (
	scarce = "scarce ml.p5.48xlarge"
	alike  = "fingerprint 0123456789abcdef"
)

// fullBreaker has a value in every field.
func fullBreaker() retry.Breaker {
	return retry.Breaker{
		Scope: scarce, Rev: 1, Seen: []retry.Sighting{{Execution: arn(1).Key(), At: now}, {Execution: arn(2).Key(), At: now.Add(1)}},
		Opened: now, Why: awkward, Probe: arn(1).Key(), Called: true, Next: now.Add(time.Minute), Failed: 3, Rate: 12, Shift: time.Minute, At: now, Slowed: now, Let: now,
	}
}

// readBreakers reads those of the scopes.
func readBreakers(t *testing.T, l Ledger, n int, scopes ...string) retry.State {
	t.Helper()
	state, err := l.Read(t.Context(), arn(n), nil, scopes...)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return state
}

// breaking is a change that writes the next breaker of a scope.
func breaking(n int, seen retry.State, scope, probe string, takes ...retry.Bucket) retry.Change {
	c := change(n, seen, now, takes...)
	b := seen.Breakers[scope]
	b.Scope, b.Rev, b.Probe = scope, b.Rev+1, probe
	c.Breakers = []retry.Breaker{b}
	return c
}

func breakerReadsBack(t *testing.T, l Ledger) {
	want := fullBreaker()
	complete(t, "Breaker", reflect.ValueOf(want))
	seen := readBreakers(t, l, 1, scarce, alike, scarce)
	none := map[string]retry.Breaker{scarce: {Scope: scarce}, alike: {Scope: alike}}
	same(t, "breakers that never were", seen.Breakers, none)
	c := change(1, seen, now)
	c.Breakers = []retry.Breaker{want}
	same(t, "breakers after the write", apply(t, l, c).Breakers, map[string]retry.Breaker{scarce: want, alike: {Scope: alike}})
	same(t, "what was seen", seen.Breakers, none)
	same(t, "breaker read", readBreakers(t, l, 2, scarce).Breakers, map[string]retry.Breaker{scarce: want})
	same(t, "breakers that nobody asked for", readBreakers(t, l, 2).Breakers, map[string]retry.Breaker{})
	sparse := retry.Breaker{Scope: alike, Rev: 1}
	c = change(2, readBreakers(t, l, 2, alike), now)
	c.Breakers = []retry.Breaker{sparse}
	apply(t, l, c)
	same(t, "sparse breaker read", readBreakers(t, l, 2, alike).Breakers[alike], sparse)
}

// secondWriterOfBreaker is refused with what stands, and nothing of its change is
// written; on what it was told, it is applied.
func secondWriterOfBreaker(t *testing.T, l Ledger) {
	b := bucket(5)
	seen := readBreakers(t, l, 1, scarce, alike)
	for rev := 1; rev <= 2; rev++ {
		mine := apply(t, l, breaking(1, seen, scarce, "mine"))
		late := seen
		late.Record = read(t, l, 2).Record
		stands := refuse(t, l, breaking(2, late, scarce, "late", b))
		want := map[string]retry.Breaker{scarce: {Scope: scarce, Rev: rev, Probe: "mine"}, alike: {Scope: alike}}
		same(t, "breakers that stand", stands.Breakers, want)
		same(t, "breaker read", readBreakers(t, l, 1, scarce).Breakers[scarce], want[scarce])
		same(t, "record that was not written", read(t, l, 2).Record, retry.Record{})
		sameFull(t, "bucket that was not drawn from", read(t, l, 2, b).Full, nil)
		same(t, "trails", len(trails(t, l, 2)), 0)
		seen = mine
	}
	late := retry.State{Breakers: seen.Breakers}
	apply(t, l, breaking(2, late, scarce, "late", b))
	same(t, "breaker read", readBreakers(t, l, 1, scarce).Breakers[scarce], retry.Breaker{Scope: scarce, Rev: 3, Probe: "late"})
}

// revOfBreakerThatNeverWas, or is gone, is refused with the zero breaker.
func revOfBreakerThatNeverWas(t *testing.T, l Ledger) {
	seen := retry.State{Breakers: map[string]retry.Breaker{scarce: {Scope: scarce, Rev: 6}}}
	stands := refuse(t, l, breaking(1, seen, scarce, "x"))
	same(t, "breakers that stand", stands.Breakers, map[string]retry.Breaker{scarce: {Scope: scarce}})
	apply(t, l, breaking(1, stands, scarce, "x"))
}

func refusedRecordWritesNoBreaker(t *testing.T, l Ledger) {
	apply(t, l, change(1, retry.State{}, now))
	refuse(t, l, breaking(1, readBreakers(t, l, 2, scarce), scarce, "x"))
	same(t, "breaker read", readBreakers(t, l, 1, scarce).Breakers[scarce], retry.Breaker{Scope: scarce})
}

// twentyWritersOfBreaker: of those who have seen the same, one gets through, and
// the others are told what it wrote.
func twentyWritersOfBreaker(t *testing.T, l Ledger) {
	seen := readBreakers(t, l, 1, scarce)
	for round := range 2 { // the first write, and one after it
		var applied atomic.Int32
		var writers sync.WaitGroup
		for i := range 20 {
			writers.Go(func() {
				c := breaking(100*round+i, retry.State{Breakers: seen.Breakers}, scarce, fmt.Sprint(i))
				stands, won, err := l.Commit(t.Context(), c)
				switch got := stands.Breakers[scarce]; {
				case err != nil:
					t.Errorf("writer %d: %v", i, err)
				case won:
					applied.Add(1)
				case got.Rev != round+1 || got.Probe == fmt.Sprint(i):
					t.Errorf("writer %d: what stands is %+v, want the winner's rev %d", i, got, round+1)
				}
			})
		}
		writers.Wait()
		same(t, "writers that won", applied.Load(), int32(1))
		seen = readBreakers(t, l, 1, scarce)
		same(t, "rev", seen.Breakers[scarce].Rev, round+1)
	}
}

// unreadableBreaker: nobody goes on as if it were closed, and nobody writes over
// it; who does not ask for it is not stopped by it.
func unreadableBreaker(t *testing.T, l Ledger) {
	seen := apply(t, l, breaking(1, readBreakers(t, l, 1, scarce), scarce, "x"))
	spoil(t, l, "breaker", scarce, "schema", "2")
	_, err := l.Read(t.Context(), arn(1), nil, alike, scarce)
	says(t, "read", err, fmt.Sprintf("breaker %q", scarce), "this build reads schema 1 only")
	if !errors.Is(err, retry.ErrUnreadable) {
		t.Errorf("read: got error %v, want %v", err, retry.ErrUnreadable)
	}
	c := breaking(1, seen, scarce, "y")
	_, applied, err := l.Commit(t.Context(), c)
	says(t, "commit", err, fmt.Sprintf("breaker %q", scarce))
	if applied || !errors.Is(err, retry.ErrUnreadable) {
		t.Errorf("commit: applied %t, error %v, want %v", applied, err, retry.ErrUnreadable)
	}
	same(t, "record", readBreakers(t, l, 1, alike).Record.Rev, 1)
	c.Breakers = nil
	apply(t, l, c)
}
