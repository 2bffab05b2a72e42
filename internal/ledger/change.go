package ledger

import (
	"errors"
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
	if len(c.Takes) > 0 && c.Seen.Holds.Fault != "" {
		return fmt.Errorf("change: expected no claim while the holds cannot be read: %s", c.Seen.Holds.Fault)
	}
	if c.Tally != nil && !slices.Contains(results, c.Tally.Result) {
		return fmt.Errorf("change: expected an outcome to count, got %q", c.Tally.Result)
	}
	return errors.Join(checkBuckets(c), checkBreakers(c))
}

// checkBuckets: DynamoDB takes no transaction that touches one item twice.
func checkBuckets(c retry.Change) error {
	for _, b := range c.Takes {
		if b.Key == "" || b.Size < 1 || b.Per <= 0 {
			return fmt.Errorf("change: expected a bucket with key, size and period, got key %q, %d per %s", b.Key, b.Size, b.Per)
		}
	}
	touched := map[string]bool{}
	for _, b := range slices.Concat(c.Takes, c.Refills) {
		if touched[b.Key] {
			return fmt.Errorf("change: bucket %q is taken from or refilled twice", b.Key)
		}
		touched[b.Key] = true
	}
	if touched[""] {
		return errors.New("change: expected a bucket to refill with a key, got none")
	}
	return nil
}

func checkBreakers(c retry.Change) error {
	written := map[string]bool{}
	for _, b := range c.Breakers {
		switch seen := c.Seen.Breakers[b.Scope].Rev; {
		case b.Scope == "":
			return errors.New("change: expected a breaker with a scope, got none")
		case written[b.Scope]:
			return fmt.Errorf("change: breaker %q is written twice", b.Scope)
		case b.Rev != seen+1:
			return fmt.Errorf("change: expected rev %d of breaker %q after the one seen, got %d", seen+1, b.Scope, b.Rev)
		}
		written[b.Scope] = true
	}
	return nil
}

// items are the record and the trail of a change.
func items(c retry.Change) (record, trail item, err error) {
	if record, err = newItem(recordKey(c.Execution), c.Record, c.Expires); err != nil {
		return nil, nil, err
	}
	indexed(record, c.Execution, c.Record)
	trail, err = newItem(trailKey(c.Execution, c.Record.Rev), c.Trail, c.Expires)
	return record, trail, err
}

// done is the state after the change was applied. Others may have taken from
// the buckets between the read and the write: a bucket is full again then or later.
func done(c retry.Change, takes []take) retry.State {
	state := unchanged(c)
	state.Record = c.Record
	for _, t := range takes {
		state.Full[t.key] = instant(t.after(t.seen))
	}
	for _, b := range c.Refills {
		state.Full[b.Key] = instant(c.Now.UnixMilli())
	}
	for _, b := range c.Breakers {
		state.Breakers[b.Scope] = b
	}
	return state
}

// unchanged is what was seen, for the caller to keep. It is what a refusal
// corrects: what that says nothing about, the policy too, stays as it was read.
func unchanged(c retry.Change) retry.State {
	state := c.Seen
	state.Full, state.Lines = balances(c.Seen.Full), balances(c.Seen.Lines)
	state.Breakers = make(map[string]retry.Breaker, len(c.Seen.Breakers))
	maps.Copy(state.Breakers, c.Seen.Breakers)
	return state
}

// empty is the state of a ledger that holds nothing of what was asked for.
func empty(scopes []string) retry.State {
	state := retry.State{Full: balances(nil), Lines: balances(nil), Breakers: make(map[string]retry.Breaker, len(scopes))}
	for _, scope := range scopes {
		state.Breakers[scope] = retry.Breaker{Scope: scope}
	}
	return state
}

// balances is a copy of what was seen of buckets or lines: never nil.
func balances(seen map[string]time.Time) map[string]time.Time {
	full := make(map[string]time.Time, len(seen))
	maps.Copy(full, seen)
	return full
}
