package ledger_test

import (
	"context"
	"errors"
	"testing"

	"mulligan/internal/ledger"
	"mulligan/internal/ledger/ledgertest"
	"mulligan/internal/retry"
)

func TestMemory(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Ledger { return ledger.NewMemory() })
}

func TestMemoryHonoursTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := ledger.NewMemory()
	if _, err := m.Read(ctx, retry.ExecutionARN{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("read: got error %v, want %v", err, context.Canceled)
	}
	c := retry.Change{Record: retry.Record{Rev: 1}}
	if _, applied, err := m.Commit(ctx, c); applied || !errors.Is(err, context.Canceled) {
		t.Errorf("commit: got %t, error %v, want %v", applied, err, context.Canceled)
	}
}
