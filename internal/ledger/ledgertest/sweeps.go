package ledgertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// open are all that stand so, page by page.
func open(t *testing.T, l Ledger, standing retry.Standing) []retry.Open {
	t.Helper()
	var all []retry.Open
	page := ""
	for range 100 {
		found, next, err := l.Open(t.Context(), standing, page)
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		if all = append(all, found...); next == "" {
			return all
		}
		page = next
	}
	t.Fatal("the index has no end")
	return nil
}

// keep commits a record as the next one of its execution.
func keep(t *testing.T, l Ledger, n int, r retry.Record) {
	t.Helper()
	c := change(n, read(t, l, n), now)
	r.Rev = c.Record.Rev
	c.Record = r
	apply(t, l, c)
}

func claimed(due time.Time) retry.Record {
	return retry.Record{Kind: retry.Claimed, Claim: retry.Claim{Due: due}}
}

func parked(ended, due time.Time, waitsFor string) retry.Record {
	return retry.Record{
		Kind: retry.Parked, Failure: retry.Failure{Ended: ended},
		Pause: retry.Pause{Reason: retry.Held, Due: due, For: waitsFor},
	}
}

// openRecordsAreIndexed: each in its queue, in the order of that queue to the last
// nanosecond, with what the sweep has to know.
func openRecordsAreIndexed(t *testing.T, l Ledger) {
	second := now.Truncate(time.Second)
	here := time.FixedZone("somewhere", -5*3600)
	keep(t, l, 1, claimed(second.Add(time.Nanosecond)))
	keep(t, l, 2, claimed(second.In(here)))
	keep(t, l, 3, claimed(second.Add(100*time.Millisecond)))
	keep(t, l, 4, claimed(second.Add(-time.Nanosecond)))
	keep(t, l, 5, claimed(second.Add(99*time.Millisecond)))
	due := now.Add(time.Hour)
	keep(t, l, 6, parked(now, due, retry.HoldOfAll))
	keep(t, l, 7, parked(now.Add(-time.Minute), due.Add(time.Hour), ""))
	keep(t, l, 8, parked(time.Time{}, due, "breaker x")) // no end known: by its due time
	keep(t, l, 9, retry.Record{Kind: retry.Retried, Watch: due})
	keep(t, l, 10, retry.Record{Kind: retry.Retried, Watch: due, Outcome: retry.Outcome{Result: retry.WasRecovered, At: now}})
	keep(t, l, 11, retry.Record{Kind: retry.Closed})
	entry := func(n int, s retry.Standing, order, due time.Time, waitsFor string) retry.Open {
		return retry.Open{Execution: arn(n), Standing: s, Order: order, Due: due, For: waitsFor}
	}
	var claims []retry.Open
	for _, c := range []struct {
		n  int
		at time.Time
	}{{4, second.Add(-time.Nanosecond)}, {2, second}, {1, second.Add(time.Nanosecond)}, {5, second.Add(99 * time.Millisecond)}, {3, second.Add(100 * time.Millisecond)}} {
		claims = append(claims, entry(c.n, retry.StandsClaimed, c.at, c.at, ""))
	}
	same(t, "claimed", open(t, l, retry.StandsClaimed), claims)
	same(t, "parked", open(t, l, retry.StandsParked), []retry.Open{
		entry(7, retry.StandsParked, now.Add(-time.Minute), due.Add(time.Hour), ""),
		entry(6, retry.StandsParked, now, due, retry.HoldOfAll),
		entry(8, retry.StandsParked, due, due, "breaker x"),
	})
	same(t, "retried", open(t, l, retry.StandsRetried), []retry.Open{entry(9, retry.StandsRetried, due, due, "")})
}

// recordsLeaveTheIndex, and change queues, as they are written.
func recordsLeaveTheIndex(t *testing.T, l Ledger) {
	count := func(name string, claims, parks, retries int) {
		t.Helper()
		for standing, want := range map[retry.Standing]int{retry.StandsClaimed: claims, retry.StandsParked: parks, retry.StandsRetried: retries} {
			same(t, name+": "+string(standing), len(open(t, l, standing)), want)
		}
	}
	count("nothing yet", 0, 0, 0)
	keep(t, l, 1, parked(now, now, retry.HoldOfAll))
	count("parked", 0, 1, 0)
	keep(t, l, 1, claimed(now))
	count("claimed", 1, 0, 0)
	keep(t, l, 1, retry.Record{Kind: retry.Retried, Watch: now})
	count("retried", 0, 0, 1)
	keep(t, l, 1, retry.Record{Kind: retry.Retried, Watch: now, Outcome: retry.Outcome{Result: retry.FailedAnew, At: now}})
	count("settled", 0, 0, 0)
	keep(t, l, 1, parked(now, now, ""))
	refuse(t, l, change(1, retry.State{}, now))
	count("refused", 0, 1, 0)
}

// indexHasPages: no page has more than 500 entries, and all of them together show
// every record once.
func indexHasPages(t *testing.T, l Ledger) {
	const records = 507
	for n := range records {
		keep(t, l, n, claimed(now.Add(time.Duration(n/3)*time.Millisecond))) // three of a time
	}
	first, next, err := l.Open(t.Context(), retry.StandsClaimed, "")
	if err != nil || next == "" || len(first) > 500 {
		t.Fatalf("first page: got %d, next %q, error %v", len(first), next, err)
	}
	all, seen := open(t, l, retry.StandsClaimed), map[string]bool{}
	for i, o := range all {
		seen[o.Execution.Key()] = true
		if want := now.Add(time.Duration(i/3) * time.Millisecond); !o.Order.Equal(want) {
			t.Fatalf("entry %d: got order %s, want %s", i, o.Order, want)
		}
	}
	same(t, "entries", len(all), records)
	same(t, "executions", len(seen), records)
	_, _, err = l.Open(t.Context(), retry.StandsClaimed, "seven")
	says(t, "a page of nobody's", err, `expected a page of the open records, got "seven"`)
}

// knownRecords: any number may be asked for, in any spelling, and one that cannot
// be read costs nobody the others.
func knownRecords(t *testing.T, l Ledger) {
	var asked []retry.ExecutionARN
	for n := range 230 {
		if asked = append(asked, arn(n)); n%2 == 0 {
			keep(t, l, n, claimed(now))
		}
	}
	spoil(t, l, "execution#"+arn(4).Key(), "record", "used", "many")
	upper := arn(6)
	upper.Pipeline = strings.ToUpper(upper.Pipeline)
	known, unreadable, err := l.Known(t.Context(), append(asked, upper, arn(8)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "known", len(known), 114)
	same(t, "unreadable", unreadable, []retry.ExecutionARN{arn(4)})
	for n := range 230 {
		record, found := known[arn(n).Key()]
		same(t, fmt.Sprintf("execution %d found", n), found, n%2 == 0 && n != 4)
		same(t, fmt.Sprintf("rev of execution %d", n), record.Rev == 1, found)
	}
	none, unreadable, err := l.Known(t.Context(), nil)
	if err != nil || len(none) != 0 || len(unreadable) != 0 {
		t.Errorf("of none: got %v, unreadable %v, error %v", none, unreadable, err)
	}
}

func cursorIsKept(t *testing.T, l Ledger) {
	for i, want := range []string{"", "2026-03-01T12:00:00Z page 7", awkward, ""} {
		if i > 0 {
			if err := l.KeepCursor(t.Context(), want); err != nil {
				t.Fatalf("keep cursor: %v", err)
			}
		}
		got, err := l.Cursor(t.Context())
		if err != nil || got != want {
			t.Errorf("got cursor %q, error %v, want %q", got, err, want)
		}
	}
}

var _ Sweep = (*ledger.Sweeping)(nil)
