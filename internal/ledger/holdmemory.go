package ledger

import (
	"context"
	"slices"

	"mulligan/internal/retry"
)

// MemoryHolds is Holds for a ledger in memory. Make one with NewMemoryHolds; the
// history of the holds is its own.
type MemoryHolds struct {
	memory  *Memory
	changes []item // oldest first
}

// NewMemoryHolds makes the person's side of a ledger in memory.
func NewMemoryHolds(m *Memory) *MemoryHolds { return &MemoryHolds{memory: m} }

// Current is Holds.Current.
func (h *MemoryHolds) Current(ctx context.Context) (retry.Holds, error) {
	if err := ctx.Err(); err != nil {
		return retry.Holds{}, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	return readHolds(h.memory.holds), nil
}

// Place is Holds.Place.
func (h *MemoryHolds) Place(ctx context.Context, hold retry.Hold, seen retry.Holds) (retry.Holds, error) {
	return race(ctx, h, placing(hold), seen, pausing)
}

// Release is Holds.Release.
func (h *MemoryHolds) Release(ctx context.Context, scope string, by By, seen retry.Holds) (retry.Holds, error) {
	return race(ctx, h, HoldChange{Scope: scope, By: by}, seen, pausing)
}

// History is Holds.History.
func (h *MemoryHolds) History(ctx context.Context, most int) ([]HoldChange, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	var changes []HoldChange
	for _, it := range slices.Backward(h.changes) {
		if len(changes) < most {
			changes = append(changes, readChange(it))
		}
	}
	return changes, nil
}

func (h *MemoryHolds) newest(ctx context.Context) (int, error) {
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	if len(h.changes) == 0 {
		return 0, ctx.Err()
	}
	return readChange(h.changes[len(h.changes)-1]).Rev, ctx.Err()
}

func (h *MemoryHolds) write(ctx context.Context, c HoldChange, next retry.Holds, rev int) (stands retry.Holds, written bool, err error) {
	it, err := holdsItem(next)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return retry.Holds{}, false, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	if stands = readHolds(h.memory.holds); stands.Rev != rev || stands.Fault != "" {
		return stands, false, nil
	}
	h.memory.holds = it
	h.changes = append(h.changes, c.entry())
	return next, true, nil
}
