package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mulligan/internal/retry"
)

// Breakers are those that make somebody wait, by their scopes: open, or letting
// go at less than the full rate. Beside an error that names those that cannot be
// read, the others are returned.
func (h *Holds) Breakers(ctx context.Context) ([]retry.Breaker, error) {
	found, err := h.table.all(ctx, breakerPK)
	if err != nil {
		return nil, err
	}
	return readBreakers(found)
}

// Breakers is Holds.Breakers.
func (h *MemoryHolds) Breakers(ctx context.Context) ([]retry.Breaker, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	var found []item
	for _, it := range h.memory.breakers {
		found = append(found, it)
	}
	return readBreakers(found)
}

// fullRate is the rate, in percent, from which on a breaker holds nobody back.
const fullRate = 100

func readBreakers(found []item) ([]retry.Breaker, error) {
	var breakers []retry.Breaker
	var faults []error
	for _, it := range found {
		scope := stored(it[attrSK])
		b, err := readBreaker(scope, it)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("breaker %.80q cannot be read: %w", scope, err))
		case b.IsOpen(), b.Rate > 0 && b.Rate < fullRate:
			breakers = append(breakers, b)
		}
	}
	slices.SortFunc(breakers, func(a, b retry.Breaker) int { return strings.Compare(a.Scope, b.Scope) })
	return breakers, errors.Join(faults...)
}
