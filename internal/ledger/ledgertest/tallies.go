package ledgertest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// settling is a change that counts one outcome.
func settling(n int, seen retry.State, result retry.Result, same bool) retry.Change {
	c := change(n, seen, now)
	c.Tally = &retry.Tally{Pipeline: "churn", Class: cause.Capacity, Result: result, Same: same}
	return c
}

// counters are those of a pipeline and class by name.
func counters(t *testing.T, l Ledger, pipeline string, class cause.Class) map[string]int64 {
	t.Helper()
	counted, err := l.Counters(t.Context(), pipeline, class)
	if err != nil {
		t.Fatalf("counters: %v", err)
	}
	return counted
}

func outcomesAreCounted(t *testing.T, l Ledger) {
	seen := retry.State{}
	same(t, "before the first", counters(t, l, "churn", cause.Capacity), map[string]int64{})
	for _, outcome := range []struct {
		result retry.Result
		same   bool
	}{
		{retry.WasRecovered, false}, {retry.FailedAnew, true}, {retry.FailedAnew, false}, {retry.FailedAnew, true},
		{retry.WasStopped, false}, {retry.WasRecovered, false}, {retry.EndedElse, false},
	} {
		seen = apply(t, l, settling(1, seen, outcome.result, outcome.same))
	}
	want := map[string]int64{"recovered": 2, "failed_again": 3, "failed_again_same": 2, "stopped_by_person": 1, "superseded": 1}
	same(t, "counters", counters(t, l, "churn", cause.Capacity), want)
	other := settling(1, seen, retry.WasRecovered, false)
	other.Tally.Class = cause.Network
	seen = apply(t, l, other)
	other = settling(1, seen, retry.WasRecovered, false)
	other.Tally.Pipeline = "Uplift" // lower-cased, whoever asks
	apply(t, l, other)
	same(t, "of another class", counters(t, l, "churn", cause.Network), map[string]int64{"recovered": 1})
	same(t, "of another pipeline", counters(t, l, "uplift", cause.Capacity), map[string]int64{"recovered": 1})
	same(t, "counters after that", counters(t, l, "churn", cause.Capacity), want)
}

// outcomeIsCountedOnce: the write that settles counts, and no other.
func outcomeIsCountedOnce(t *testing.T, l Ledger) {
	c := settling(1, retry.State{}, retry.WasRecovered, false)
	apply(t, l, c)
	refuse(t, l, c) // as after an answer that was lost
	full := settling(2, retry.State{}, retry.WasRecovered, false)
	full.Takes = []retry.Bucket{bucket(1)}
	apply(t, l, change(3, retry.State{}, now, bucket(1)))
	refuse(t, l, full)
	same(t, "counters", counters(t, l, "churn", cause.Capacity), map[string]int64{"recovered": 1})
	var writers sync.WaitGroup
	for i := range 20 { // ten executions, each settled by two at once
		writers.Go(func() {
			if _, _, err := l.Commit(t.Context(), settling(10+i/2, retry.State{}, retry.WasStopped, false)); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	same(t, "counters", counters(t, l, "churn", cause.Capacity), map[string]int64{"recovered": 1, "stopped_by_person": 10})
}

// successRefills: the bucket is full as of the change, whatever stood there.
func successRefills(t *testing.T, l Ledger) {
	b, never := bucket(2), retry.Bucket{Key: "budget#never", Size: 2, Per: time.Hour}
	state := apply(t, l, change(1, retry.State{}, now, b))
	seen := state // what the refill saw: others draw on
	state = apply(t, l, change(1, state, now, b))
	refuse(t, l, change(1, state, now, b))
	seen.Record = state.Record
	c := change(1, seen, now.Add(time.Second))
	c.Refills = []retry.Bucket{b, never}
	state = apply(t, l, c)
	want := map[string]time.Time{b.Key: cut.Add(time.Second), never.Key: cut.Add(time.Second)}
	sameFull(t, "after the write", state.Full, want)
	sameFull(t, "as read", read(t, l, 1, b, never).Full, want)
	for range b.Size {
		state = apply(t, l, change(1, state, now.Add(time.Second), b))
	}
	refuse(t, l, change(1, state, now.Add(time.Second), b))
	sameFull(t, "drawn again", read(t, l, 1, b).Full, drawn(b, time.Second+2*time.Minute))
}

// refusedChangeRefillsNothing.
func refusedChangeRefillsNothing(t *testing.T, l Ledger) {
	b := bucket(2)
	apply(t, l, change(1, retry.State{}, now, b))
	c := change(1, retry.State{}, now)
	c.Refills = []retry.Bucket{b}
	refuse(t, l, c)
	sameFull(t, "bucket", read(t, l, 1, b).Full, drawn(b, time.Minute))
}

// impossibleLessons are what no ledger could write.
func impossibleLessons(t *testing.T, l Ledger) {
	b := bucket(2)
	tests := map[string]struct {
		spoil func(*retry.Change)
		want  string
	}{
		"taken and refilled":  {func(c *retry.Change) { c.Takes, c.Refills = []retry.Bucket{b}, []retry.Bucket{b} }, "is taken from or refilled twice"},
		"refilled twice":      {func(c *retry.Change) { c.Refills = []retry.Bucket{b, b} }, "is taken from or refilled twice"},
		"refill unnamed":      {func(c *retry.Change) { c.Refills = []retry.Bucket{{}} }, "expected a bucket to refill with a key"},
		"breaker twice":       {func(c *retry.Change) { c.Breakers = []retry.Breaker{{Scope: "s", Rev: 1}, {Scope: "s", Rev: 1}} }, `breaker "s" is written twice`},
		"breaker unnamed":     {func(c *retry.Change) { c.Breakers = []retry.Breaker{{Rev: 1}} }, "expected a breaker with a scope"},
		"breaker rev skipped": {func(c *retry.Change) { c.Breakers = []retry.Breaker{{Scope: "s", Rev: 2}} }, `expected rev 1 of breaker "s" after the one seen, got 2`},
		"outcome of nothing":  {func(c *retry.Change) { c.Tally = &retry.Tally{Pipeline: "churn"} }, `expected an outcome to count, got ""`},
		"holds not readable":  {func(c *retry.Change) { c.Takes, c.Seen.Holds.Fault = []retry.Bucket{b}, "torn" }, "expected no claim while the holds cannot be read: torn"},
	}
	for name, test := range tests {
		c := change(1, retry.State{}, now)
		test.spoil(&c)
		_, applied, err := l.Commit(t.Context(), c)
		says(t, name, err, test.want)
		same(t, name+": applied", applied, false)
	}
	same(t, "record", read(t, l, 1).Record, retry.Record{})
	scopes := make([]string, 49)
	for i := range scopes {
		scopes[i] = fmt.Sprint("class ", i)
	}
	_, err := l.Read(t.Context(), arn(1), nil, scopes...)
	says(t, "too many scopes", err, "expected at most 48 buckets and scopes")
	_, err = l.Read(t.Context(), arn(1), nil, scopes[1:]...)
	same(t, "as many as there may be", err, nil)
}
