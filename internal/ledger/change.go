package ledger

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"mulligan/internal/retry"
)

// check refuses a change that no ledger could write, before anything is sent.
// It is a fault of the program, not of the ledger.
func check(c retry.Change) error {
	if c.Record.Rev != c.Seen.Record.Rev+1 {
		return fmt.Errorf("change: expected rev %d after the one seen, got %d", c.Seen.Record.Rev+1, c.Record.Rev)
	}
	for i, b := range c.Takes {
		if b.Key == "" || b.Size < 1 || b.Per <= 0 {
			return fmt.Errorf("change: expected a bucket with key, size and period, got key %q, %d per %s", b.Key, b.Size, b.Per)
		}
		if slices.ContainsFunc(c.Takes[:i], func(o retry.Bucket) bool { return o.Key == b.Key }) {
			return fmt.Errorf("change: bucket %q is taken from twice", b.Key)
		}
	}
	return nil
}

// items are the record and the trail of a change.
func items(c retry.Change) (record, trail item, err error) {
	if record, err = newItem(recordKey(c.Execution), c.Record, c.Expires); err != nil {
		return nil, nil, err
	}
	trail, err = newItem(trailKey(c.Execution, c.Record.Rev), c.Trail, c.Expires)
	return record, trail, err
}

// done is the state after the change was applied. Others may have taken from
// the buckets between the read and the write: a bucket is full again then or later.
func done(c retry.Change, takes []take) retry.State {
	full := balances(c.Seen.Full)
	for _, t := range takes {
		full[t.key] = instant(t.after(t.seen))
	}
	return retry.State{Record: c.Record, Full: full, Policy: c.Seen.Policy}
}

// unchanged is what was seen, for a refusal to correct: what it says nothing
// about, the policy too, stays as it was read.
func unchanged(c retry.Change) retry.State {
	return retry.State{Record: c.Seen.Record, Full: balances(c.Seen.Full), Policy: c.Seen.Policy}
}

// balances is a copy of what was seen, for the caller to keep: never nil.
func balances(seen map[string]time.Time) map[string]time.Time {
	full := make(map[string]time.Time, len(seen))
	maps.Copy(full, seen)
	return full
}
