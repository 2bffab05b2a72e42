package ledger_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"mulligan/internal/history/historytest"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// broken is the twin with one promise broken. What is nil it keeps.
type broken struct {
	*ledger.Memory
	read   func(context.Context, retry.ExecutionARN, []retry.Bucket, ...string) (retry.State, error)
	commit func(context.Context, retry.Change) (retry.State, bool, error)
	queue  func(context.Context, retry.Line) (time.Time, bool, error)
}

func (b broken) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	if b.read != nil {
		return b.read(ctx, arn, buckets, scopes...)
	}
	return b.Memory.Read(ctx, arn, buckets, scopes...)
}

func (b broken) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	if b.commit != nil {
		return b.commit(ctx, c)
	}
	return b.Memory.Commit(ctx, c)
}

func (b broken) Queue(ctx context.Context, l retry.Line) (time.Time, bool, error) {
	if b.queue != nil {
		return b.queue(ctx, l)
	}
	return b.Memory.Queue(ctx, l)
}

// Ledgers that break a promise make histories that have no explanation, each by
// itself; the twin, asked the same, makes one that has.
func TestBrokenLedgersAreFound(t *testing.T) {
	for name, breaks := range map[string]func(*broken){
		"the twin":                        nil,
		"a record is not fenced":          notFenced,
		"a breaker is not fenced":         breakerNotFenced,
		"holds are not looked at":         holdsNotLookedAt,
		"units are taken after the write": takesAfter,
		"units are taken before":          takesBefore,
		"a unit is free":                  freeUnit,
		"a read is stale":                 staleRead,
		"a refusal is stale":              staleRefusal,
		"a turn is given twice":           turnTwice,
		"an outcome is counted twice":     countedTwice,
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(3) {
				b := broken{Memory: ledger.NewMemory()}
				want := porcupine.Ok
				if breaks != nil {
					breaks(&b)
					want = porcupine.Illegal
				}
				verdict := historytest.Alone(t, seed, b)
				if verdict.Result != want {
					t.Errorf("seed %d: got %s, want %s: %+v", seed, verdict.Result, want, verdict.Count())
				}
				if err := verdict.Fault(t.ArtifactDir()); (err == nil) != (breaks == nil) {
					t.Errorf("seed %d: error %v", seed, err)
				}
			}
		})
	}
}

// notFenced writes the record over whatever stands.
func notFenced(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		stands, err := b.Memory.Read(ctx, c.Execution, nil)
		if err != nil {
			return stands, false, err
		}
		c.Seen.Record.Rev, c.Record.Rev = stands.Record.Rev, stands.Record.Rev+1
		return b.Memory.Commit(ctx, c)
	}
}

// breakerNotFenced writes breakers over whatever stands.
func breakerNotFenced(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		c.Breakers = slices.Clone(c.Breakers)
		for i, next := range c.Breakers {
			stands, err := b.Memory.Read(ctx, c.Execution, nil, next.Scope)
			if err != nil {
				return stands, false, err
			}
			c.Seen.Breakers = stands.Breakers
			c.Breakers[i].Rev = stands.Breakers[next.Scope].Rev + 1
		}
		return b.Memory.Commit(ctx, c)
	}
}

func holdsNotLookedAt(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		stands, err := b.Memory.Read(ctx, c.Execution, nil)
		if err != nil {
			return stands, false, err
		}
		c.Seen.Holds = stands.Holds
		return b.Memory.Commit(ctx, c)
	}
}

// taking takes the units of a change in a write of its own, of another execution.
func (b *broken) taking(ctx context.Context, c retry.Change) (bool, error) {
	units := retry.Change{Execution: c.Execution, Takes: c.Takes, Now: c.Now, Expires: c.Expires}
	units.Execution.ID = "units"
	seen, err := b.Memory.Read(ctx, units.Execution, c.Takes)
	if err != nil {
		return false, err
	}
	units.Seen, units.Record = seen, seen.Record
	units.Record.Rev++
	_, taken, err := b.Memory.Commit(ctx, units)
	return taken, err
}

// takesAfter writes the record first, and then takes what there is.
func takesAfter(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		whole := c
		c.Takes = nil
		stands, applied, err := b.Memory.Commit(ctx, c)
		if applied && len(whole.Takes) > 0 {
			_, err = b.taking(ctx, whole)
		}
		return stands, applied, err
	}
}

// takesBefore takes the units first, and then writes the record if that is still
// as it was seen.
func takesBefore(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		if len(c.Takes) > 0 {
			if taken, err := b.taking(ctx, c); err != nil || !taken {
				return c.Seen, false, err
			}
		}
		c.Takes = nil
		return b.Memory.Commit(ctx, c)
	}
}

// freeUnit forgets the last bucket of a claim.
func freeUnit(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		if len(c.Takes) > 1 {
			c.Takes = c.Takes[:1]
		}
		return b.Memory.Commit(ctx, c)
	}
}

// staleRead shows every third time what it showed first.
func staleRead(b *broken) {
	first, times := map[retry.ExecutionARN]retry.State{}, 0
	b.read = func(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
		times++
		if old, is := first[arn]; is && times%3 == 0 {
			return old, nil
		}
		state, err := b.Memory.Read(ctx, arn, buckets, scopes...)
		if _, is := first[arn]; !is {
			first[arn] = state
		}
		return state, err
	}
}

// staleRefusal shows a record that stood before.
func staleRefusal(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		stands, applied, err := b.Memory.Commit(ctx, c)
		if !applied && stands.Record.Rev > c.Seen.Record.Rev+1 {
			stands.Record.Rev--
		}
		return stands, applied, err
	}
}

// turnTwice gives every other turn a second time.
func turnTwice(b *broken) {
	last := map[string]time.Time{}
	b.queue = func(ctx context.Context, l retry.Line) (time.Time, bool, error) {
		if turn, is := last[l.Key]; is && !turn.Before(l.First) {
			delete(last, l.Key)
			return turn, true, nil
		}
		turn, given, err := b.Memory.Queue(ctx, l)
		if given {
			last[l.Key] = turn
		}
		return turn, given, err
	}
}

// countedTwice counts an outcome by another write once more.
func countedTwice(b *broken) {
	b.commit = func(ctx context.Context, c retry.Change) (retry.State, bool, error) {
		stands, applied, err := b.Memory.Commit(ctx, c)
		if applied && c.Tally != nil {
			again := retry.Change{Execution: c.Execution, Tally: c.Tally, Now: c.Now, Expires: c.Expires}
			again.Execution.ID += c.Record.Claim.Token
			again.Record.Rev = 1
			_, _, err = b.Memory.Commit(ctx, again)
		}
		return stands, applied, err
	}
}
