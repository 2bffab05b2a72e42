package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/ledger/ledgertest"
	"mulligan/internal/retry"
)

func TestMemoryHolds(t *testing.T) {
	ledgertest.RunHolds(t, func(*testing.T) (ledgertest.Ledger, ledgertest.Holds) {
		m := ledger.NewMemory()
		return m, ledger.NewMemoryHolds(m)
	})
}

func TestMemoryHoldsHonourTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := ledger.NewMemoryHolds(ledger.NewMemory())
	hold := retry.Hold{Scope: retry.HoldOfAll, Author: "a", Note: "n", Since: time.Unix(1, 0), Until: time.Unix(2, 0)}
	for name, call := range map[string]func() error{
		"current":  func() error { _, err := h.Current(ctx); return err },
		"place":    func() error { _, err := h.Place(ctx, hold, retry.Holds{}); return err },
		"history":  func() error { _, err := h.History(ctx, 1); return err },
		"outcomes": func() error { _, err := h.Outcomes(ctx); return err },
		"breakers": func() error { _, err := h.Breakers(ctx); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want %v", name, err, context.Canceled)
		}
	}
}
