package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// cut is now as a bucket counts it.
var cut = now.Truncate(time.Millisecond)

// drawn is what is known of a bucket that is full again after d.
func drawn(b retry.Bucket, d time.Duration) map[string]time.Time {
	return map[string]time.Time{b.Key: cut.Add(d)}
}

func refusedRecordChangesNothing(t *testing.T, l Ledger) {
	b := bucket(3)
	apply(t, l, change(1, retry.State{}, now, b))
	before := read(t, l, 1, b)
	refuse(t, l, change(1, retry.State{Full: before.Full}, now, b))
	same(t, "state", read(t, l, 1, b), before)
	same(t, "trails", len(trails(t, l, 1)), 1)
}

func refusedBucketChangesNothing(t *testing.T, l Ledger) {
	b, other := bucket(1), retry.Bucket{Key: "budget#account#1", Size: 9, Per: time.Hour}
	apply(t, l, change(1, retry.State{}, now, b))
	before := read(t, l, 2, b, other)
	stands := refuse(t, l, change(2, before, now, other, b))
	same(t, "what stands", stands.Record, retry.Record{})
	sameFull(t, "buckets that stand", stands.Full, drawn(b, time.Minute))
	same(t, "state", read(t, l, 2, b, other), before)
	same(t, "trails", len(trails(t, l, 2)), 0)
}

func bothRefused(t *testing.T, l Ledger) {
	b := bucket(1)
	first := apply(t, l, change(1, retry.State{}, now, b))
	stands := refuse(t, l, change(1, retry.State{}, now, b))
	same(t, "what stands", stands.Record, first.Record)
	sameFull(t, "buckets that stand", stands.Full, drawn(b, time.Minute))
}

func fullBucketFromNow(t *testing.T, l Ledger) {
	b := bucket(3)
	state := apply(t, l, change(1, retry.State{}, now, b))
	sameFull(t, "first unit", state.Full, drawn(b, time.Minute))
	sameFull(t, "as read", read(t, l, 1, b).Full, drawn(b, time.Minute))
	state = apply(t, l, change(1, state, now.Add(time.Hour), b))
	sameFull(t, "after an hour", state.Full, drawn(b, time.Hour+time.Minute))
	sameFull(t, "as read", read(t, l, 1, b).Full, drawn(b, time.Hour+time.Minute))
}

func drawnBucketFromStored(t *testing.T, l Ledger) {
	b := bucket(3)
	state := retry.State{}
	for n := range 3 {
		state = apply(t, l, change(1, state, now, b))
		want := drawn(b, time.Duration(n+1)*time.Minute)
		sameFull(t, fmt.Sprintf("unit %d", n+1), state.Full, want)
		sameFull(t, "as read", read(t, l, 1, b).Full, want)
	}
	stands := refuse(t, l, change(1, state, now, b))
	same(t, "record that stands", stands.Record.Rev, 3)
	sameFull(t, "empty bucket", stands.Full, drawn(b, 3*time.Minute))
}

// staleGuessRefused: a bucket that was seen full and is not any more, or the
// other way round, is refused with what stands, and the next try goes through.
func staleGuessRefused(t *testing.T, l Ledger) {
	b := bucket(3)
	apply(t, l, change(1, retry.State{}, now, b))
	stands := refuse(t, l, change(2, retry.State{}, now, b))
	sameFull(t, "instead of a full one", stands.Full, drawn(b, time.Minute))
	apply(t, l, change(2, stands, now, b))

	gone := retry.State{Full: map[string]time.Time{b.Key: now.Add(2 * time.Hour)}}
	stands = refuse(t, l, change(3, gone, now.Add(time.Hour), b))
	sameFull(t, "instead of a drawn one", stands.Full, drawn(b, 2*time.Minute))
	apply(t, l, change(3, stands, now.Add(time.Hour), b))

	never := retry.Bucket{Key: "budget#never", Size: 2, Per: time.Hour}
	gone = retry.State{Full: map[string]time.Time{never.Key: now.Add(time.Minute)}}
	stands = refuse(t, l, change(4, gone, now, never))
	sameFull(t, "instead of one that never was", stands.Full, nil)
	apply(t, l, change(4, stands, now, never))
}

// staleBalanceCounts: others may draw between the read and the write. The unit
// counts from what is stored, and no more are given than there are.
func staleBalanceCounts(t *testing.T, l Ledger) {
	b := bucket(4)
	apply(t, l, change(1, retry.State{}, now, b))
	seen := read(t, l, 2, b)
	for n := range 3 {
		state := apply(t, l, change(2+n, seen, now, b))
		if full := state.Full[b.Key]; full.After(cut.Add(time.Duration(n+2) * time.Minute)) {
			t.Errorf("unit %d: said to be full again at %s, later than it is", n+2, full)
		}
		sameFull(t, "as read", read(t, l, 1, b).Full, drawn(b, time.Duration(n+2)*time.Minute))
	}
	stands := refuse(t, l, change(5, seen, now, b))
	sameFull(t, "empty bucket", stands.Full, drawn(b, 4*time.Minute))
}

func bucketRefills(t *testing.T, l Ledger) {
	b := bucket(2)
	state := apply(t, l, change(1, retry.State{}, now, b))
	state = apply(t, l, change(1, state, now, b))
	for _, c := range []struct {
		after time.Duration
		free  bool
	}{
		{0, false}, {time.Minute - time.Millisecond, false}, {time.Minute, true},
		{time.Minute, false}, {2*time.Minute - time.Millisecond, false}, {2 * time.Minute, true},
		{time.Hour, true}, {time.Hour, true}, {time.Hour, false},
	} {
		next := change(1, state, cut.Add(c.after), b)
		var applied bool
		if state, applied = commit(t, l, next); applied != c.free {
			t.Errorf("after %s: got a unit %t, want %t", c.after, applied, c.free)
		}
	}
}

func twoExecutionsOneUnit(t *testing.T, l Ledger) {
	b := bucket(2)
	apply(t, l, change(1, retry.State{}, now, b))
	got := contend(t, l, 2, 2, b)
	same(t, "units taken", got, 1)
	sameFull(t, "bucket", read(t, l, 1, b).Full, drawn(b, 2*time.Minute))
}

func neverMoreThanSize(t *testing.T, l Ledger) {
	b := bucket(7)
	got := contend(t, l, 1, 30, b)
	same(t, "units taken", got, 7)
	sameFull(t, "bucket", read(t, l, 1, b).Full, drawn(b, 7*time.Minute))
	written := 0
	for n := range 30 {
		written += len(trails(t, l, n+1))
	}
	same(t, "records written", written, 7)
}

// contend lets executions first, first+1, ... claim at the same time, and
// counts the units that they got.
func contend(t *testing.T, l Ledger, first, executions int, b retry.Bucket) int {
	t.Helper()
	var units atomic.Int32
	var all sync.WaitGroup
	for i := range executions {
		all.Go(func() {
			got, err := claimAll(t.Context(), l, first+i, b)
			if err != nil {
				t.Error(err)
			}
			if got {
				units.Add(1)
			}
		})
	}
	all.Wait()
	return int(units.Load())
}

func twoBucketsOrNone(t *testing.T, l Ledger) {
	small, large := bucket(1), retry.Bucket{Key: "budget#account#1", Size: 60, Per: time.Hour}
	state := apply(t, l, change(1, retry.State{}, now, small, large))
	want := map[string]time.Time{small.Key: cut.Add(time.Minute), large.Key: cut.Add(time.Minute)}
	sameFull(t, "both", read(t, l, 1, small, large).Full, want)
	refuse(t, l, change(1, state, now, large, small))
	sameFull(t, "neither", read(t, l, 1, small, large).Full, want)
	sameFull(t, "asked for twice", read(t, l, 1, small, large, small).Full, want)
	sameFull(t, "asked for one", read(t, l, 1, large).Full, map[string]time.Time{large.Key: want[large.Key]})
}

// takesAgreeWithRule walks buckets through time at random and compares every
// answer with retry.Bucket.Take, which knows nothing of branches.
func takesAgreeWithRule(t *testing.T, l Ledger) {
	random := rand.New(rand.NewPCG(3, 5))
	for n, b := range []retry.Bucket{
		{Key: "one", Size: 1, Per: 10 * time.Millisecond},
		{Key: "uneven", Size: 7, Per: 100 * time.Millisecond},
		{Key: "tiny", Size: 3, Per: time.Microsecond},
		{Key: "day", Size: 20, Per: 24 * time.Hour},
	} {
		state, at := retry.State{}, now
		for step := range 60 {
			at = at.Add(time.Duration(random.Int64N(int64(b.Interval()) * 3 / 2)))
			full, free := b.Take(state.Full[b.Key], at.Truncate(time.Millisecond))
			if _, planned := b.Take(state.Full[b.Key], at); planned != free {
				t.Fatalf("%s, step %d: the plan would have said %t, the ledger %t", b.Key, step, planned, free)
			}
			stands, applied := commit(t, l, change(n, state, at, b))
			if applied != free {
				t.Fatalf("%s, step %d: applied %t, the rule says %t", b.Key, step, applied, free)
			}
			if state = stands; free {
				sameFull(t, fmt.Sprintf("%s, step %d", b.Key, step), stands.Full, map[string]time.Time{b.Key: full})
			}
			sameFull(t, fmt.Sprintf("%s, step %d, as read", b.Key, step), read(t, l, n, b).Full, stands.Full)
		}
	}
}
