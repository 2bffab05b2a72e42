package ledgertest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/retry"
)

func freshKnowsNothing(t *testing.T, l Ledger) {
	got := read(t, l, 1, bucket(3))
	same(t, "record", got.Record, retry.Record{})
	sameFull(t, "buckets", got.Full, nil)
	same(t, "trails", len(trails(t, l, 1)), 0)
}

func fullRecordReadsBack(t *testing.T, l Ledger) {
	want := fullRecord()
	complete(t, "Record", reflect.ValueOf(want))
	c := change(1, retry.State{}, now)
	c.Record = want
	same(t, "record after the write", apply(t, l, c).Record, want)
	same(t, "record read", read(t, l, 1).Record, want)
}

func sparseRecordReadsBack(t *testing.T, l Ledger) {
	c := change(1, retry.State{}, now)
	c.Record, c.Trail = retry.Record{Rev: 1}, retry.Trail{}
	apply(t, l, c)
	same(t, "record", read(t, l, 1).Record, retry.Record{Rev: 1})
	same(t, "trails", trails(t, l, 1), []retry.Trail{{}})
}

func timesKeepTheirInstant(t *testing.T, l Ledger) {
	here := now.In(time.FixedZone("somewhere", 5*3600+1800))
	c := change(1, retry.State{}, here)
	c.Record.Claim.Due = here.Add(time.Nanosecond)
	apply(t, l, c)
	got := read(t, l, 1).Record
	same(t, "updated", got.Updated, now)
	same(t, "due", got.Claim.Due, now.Add(time.Nanosecond))
}

func trailsPerRev(t *testing.T, l Ledger) {
	seen := retry.State{}
	for i := range 12 { // more than one digit
		seen = apply(t, l, change(1, seen, now.Add(time.Duration(i)*time.Second)))
	}
	got := trails(t, l, 1)
	same(t, "trails", len(got), 12)
	for i, trail := range got {
		same(t, fmt.Sprintf("used in trail %d", i), trail.Used, i+1)
	}
	same(t, "trails of another execution", len(trails(t, l, 2)), 0)
}

func fullTrailReadsBack(t *testing.T, l Ledger) {
	want := fullTrail()
	complete(t, "Trail", reflect.ValueOf(want))
	c := change(1, retry.State{}, now)
	c.Trail = want
	apply(t, l, c)
	same(t, "trails", trails(t, l, 1), []retry.Trail{want})
}

func oneRecordPerExecution(t *testing.T, l Ledger) {
	apply(t, l, change(1, retry.State{}, now))
	upper := arn(1)
	upper.Pipeline, upper.ID = strings.ToUpper(upper.Pipeline), strings.ToUpper(upper.ID)
	state, err := l.Read(t.Context(), upper, nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rev under another spelling", state.Record.Rev, 1)
	c := change(1, retry.State{}, now)
	c.Execution = upper
	same(t, "what stands", refuse(t, l, c).Record.Rev, 1)
	c = change(1, state, now)
	c.Execution = upper
	apply(t, l, c)
	same(t, "rev under the first spelling", read(t, l, 1).Record.Rev, 2)
	same(t, "trails", len(trails(t, l, 1)), 2)
}

func executionsApart(t *testing.T, l Ledger) {
	apply(t, l, change(1, retry.State{}, now))
	same(t, "the other's record", read(t, l, 2).Record, retry.Record{})
	apply(t, l, change(2, retry.State{}, now))
	same(t, "its rev", read(t, l, 1).Record.Rev, 1)
}

// expiredItemsCount: DynamoDB deletes expired items at some later time, and
// whoever relied on it would see them come and go.
func expiredItemsCount(t *testing.T, l Ledger) {
	b := bucket(1)
	c := change(1, retry.State{}, now, b)
	c.Expires = now.Add(-365 * 24 * time.Hour)
	apply(t, l, c)
	state := read(t, l, 1, b)
	same(t, "rev", state.Record.Rev, 1)
	sameFull(t, "bucket", state.Full, map[string]time.Time{b.Key: now.Truncate(time.Millisecond).Add(time.Minute)})
	same(t, "what stands", refuse(t, l, change(1, retry.State{}, now, b)).Record.Rev, 1)
}

// nothingShared: what callers do with their values afterwards stays with them.
func nothingShared(t *testing.T, l Ledger) {
	b := bucket(3)
	seen := read(t, l, 1, b)
	c := change(1, seen, now, b)
	c.Record.Aliases = []string{"a", "b"}
	stands := apply(t, l, c)
	sameFull(t, "what was seen", seen.Full, nil)
	c.Record.Aliases[0] = "changed"
	delete(stands.Full, b.Key)
	got := read(t, l, 1, b)
	same(t, "aliases", got.Record.Aliases, []string{"a", "b"})
	same(t, "buckets", len(got.Full), 1)
	got.Record.Aliases[1] = "changed"
	same(t, "aliases read again", read(t, l, 1).Record.Aliases, []string{"a", "b"})
}

func impossibleChanges(t *testing.T, l Ledger) {
	b := bucket(2)
	skipping := change(1, retry.State{}, now)
	skipping.Record.Rev = 2
	for name, c := range map[string]retry.Change{
		"rev skipped":    skipping,
		"bucket twice":   change(1, retry.State{}, now, b, b),
		"bucket of none": change(1, retry.State{}, now, retry.Bucket{Key: "k", Per: time.Hour}),
		"bucket unnamed": change(1, retry.State{}, now, retry.Bucket{Size: 1, Per: time.Hour}),
	} {
		if _, applied, err := l.Commit(t.Context(), c); err == nil || applied {
			t.Errorf("%s: got applied %t, error %v; want an error", name, applied, err)
		}
	}
	same(t, "record", read(t, l, 1).Record, retry.Record{})
}

func staleRevRefused(t *testing.T, l Ledger) {
	first := apply(t, l, change(1, retry.State{}, now))
	c := change(1, first, now)
	c.Record.Aliases = []string{"of the second"}
	second := apply(t, l, c)
	stands := refuse(t, l, change(1, first, now))
	same(t, "what stands", stands.Record, second.Record)
	same(t, "what is read", read(t, l, 1).Record, second.Record)
	ahead := second
	ahead.Record.Rev = 7
	same(t, "what stands instead of a rev that never was", refuse(t, l, change(1, ahead, now)).Record, second.Record)
	same(t, "what stands instead of nothing", refuse(t, l, change(2, second, now)).Record, retry.Record{})
}

func secondFirstWriteRefused(t *testing.T, l Ledger) {
	first := apply(t, l, change(1, retry.State{}, now))
	stands := refuse(t, l, change(1, retry.State{}, now.Add(time.Second)))
	same(t, "what stands", stands.Record, first.Record)
	same(t, "trails", len(trails(t, l, 1)), 1)
}

func fiftyWriters(t *testing.T, l Ledger) {
	for round := range 2 { // the first write, and one after it
		seen := read(t, l, 1)
		var applied atomic.Int32
		var writers sync.WaitGroup
		for i := range 50 {
			writers.Go(func() {
				c := change(1, seen, now)
				c.Record.Claim.EventID = fmt.Sprint(i)
				stands, won, err := l.Commit(t.Context(), c)
				switch {
				case err != nil:
					t.Errorf("writer %d: %v", i, err)
				case won:
					applied.Add(1)
				case stands.Record.Rev != c.Record.Rev:
					t.Errorf("writer %d: what stands has rev %d, want the winner's %d", i, stands.Record.Rev, c.Record.Rev)
				}
			})
		}
		writers.Wait()
		same(t, "writers that won", applied.Load(), int32(1))
		got := read(t, l, 1).Record
		same(t, "rev", got.Rev, round+1)
		same(t, "used", got.Used, round+1)
	}
	same(t, "trails", len(trails(t, l, 1)), 2)
}
