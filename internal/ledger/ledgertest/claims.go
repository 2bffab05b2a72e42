package ledgertest

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// holds are those that a person has set by the rev.
func holds(rev int, scopes ...string) retry.Holds {
	h := retry.Holds{Rev: rev}
	for _, scope := range scopes {
		h.Holds = append(h.Holds, retry.Hold{Scope: scope, Author: "anna", Note: awkward, Since: now, Until: now.Add(2 * time.Hour)})
	}
	return h
}

// place sets the holds.
func place(t *testing.T, l Ledger, h retry.Holds) {
	t.Helper()
	if err := l.PlaceHolds(t.Context(), h); err != nil {
		t.Fatalf("place holds: %v", err)
	}
}

func holdsAreRead(t *testing.T, l Ledger) {
	same(t, "holds of none", read(t, l, 1).Holds, retry.Holds{})
	want := holds(1, retry.HoldOfAll, retry.HoldOfPipeline("Churn"))
	complete(t, "Hold", reflect.ValueOf(want.Holds[0]))
	place(t, l, want)
	same(t, "holds read", read(t, l, 1).Holds, want)
	place(t, l, holds(2))
	same(t, "holds released", read(t, l, 1).Holds, holds(2))
}

// holdAfterTheRead refuses the claim, with what stands now; whoever has seen it
// may claim, in its own judgement of what it holds.
func holdAfterTheRead(t *testing.T, l Ledger) {
	b := bucket(3)
	for rev := 1; rev <= 3; rev++ { // the first ones, others, and none any more
		seen, stand := read(t, l, rev, b), holds(rev, retry.HoldOfPipeline("Churn"))
		if rev == 3 {
			stand = holds(rev)
		}
		place(t, l, stand)
		stands := refuse(t, l, change(rev, seen, now, b))
		same(t, "holds that stand", stands.Holds, stand)
		same(t, "record that stands", stands.Record, retry.Record{})
		same(t, "record", read(t, l, rev).Record, retry.Record{})
		sameFull(t, "bucket", read(t, l, rev, b).Full, seen.Full)
		same(t, "trails", len(trails(t, l, rev)), 0)
		same(t, "holds after the claim", apply(t, l, change(rev, stands, now, b)).Holds, stand)
	}
}

// holdsThatAreGone: a rev that was seen and is not there is not believed.
func holdsThatAreGone(t *testing.T, l Ledger) {
	stands := refuse(t, l, change(1, retry.State{Holds: holds(5)}, now, bucket(1)))
	same(t, "holds that stand", stands.Holds, retry.Holds{})
	apply(t, l, change(1, stands, now, bucket(1)))
}

// holdsOnlyClaims: what takes nothing is written whatever is held.
func holdsOnlyClaims(t *testing.T, l Ledger) {
	seen := read(t, l, 1)
	place(t, l, holds(1, retry.HoldOfAll))
	same(t, "holds that were seen", apply(t, l, change(1, seen, now)).Holds, retry.Holds{})
}

// unreadableHolds stop every claim, and nothing else.
func unreadableHolds(t *testing.T, l Ledger) {
	before := read(t, l, 1)
	place(t, l, holds(1, retry.HoldOfAll))
	spoil(t, l, "hold", "current", "schema", "2")
	seen := read(t, l, 1)
	const fault = "its schema is not a number, this build reads schema 1 only"
	same(t, "holds read", seen.Holds, retry.Holds{Rev: 1, Fault: fault})
	same(t, "holds that stand", refuse(t, l, change(1, before, now, bucket(1))).Holds, seen.Holds)
	_, applied, err := l.Commit(t.Context(), change(1, seen, now, bucket(1)))
	says(t, "claim", err, "expected no claim while the holds cannot be read: "+fault)
	same(t, "claimed", applied, false)
	apply(t, l, change(1, seen, now))
	sameFull(t, "bucket", read(t, l, 1, bucket(1)).Full, nil)
}

// holdAgainstClaims: a hold that is set while many claim refuses every claim that
// comes after it.
func holdAgainstClaims(t *testing.T, l Ledger) {
	b := bucket(100)
	var after atomic.Bool
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			seen, err := l.Read(t.Context(), arn(i), []retry.Bucket{b})
			if err != nil {
				t.Error(err)
			}
			for range 1000 {
				set := after.Load()
				stands, applied, err := l.Commit(t.Context(), change(i, seen, now, b))
				if err != nil || applied && set && seen.Holds.Rev == 0 {
					t.Errorf("execution %d: claimed after the hold was set, error %v", i, err)
				}
				if err != nil || applied || stands.Holds.Rev > 0 {
					return
				}
				seen = stands
			}
			t.Errorf("execution %d: neither claimed nor held", i)
		})
	}
	place(t, l, holds(1, retry.HoldOfAll))
	after.Store(true)
	all.Wait()
	claimed := 0
	for i := range 30 {
		claimed += read(t, l, i).Record.Used
	}
	sameFull(t, fmt.Sprintf("bucket after %d claims", claimed), read(t, l, 1, b).Full, drawnBy(b, claimed))
}

// drawnBy is what is known of a bucket after so many claims of one instant.
func drawnBy(b retry.Bucket, claims int) map[string]time.Time {
	if claims == 0 {
		return nil
	}
	return drawn(b, time.Duration(claims)*time.Minute)
}
