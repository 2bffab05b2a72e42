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
	for name, call := range map[string]func() error{
		"queue": func() error {
			_, _, err := m.Queue(ctx, retry.Line{Key: "k", Every: time.Second, Last: time.Unix(1, 0)})
			return err
		},
		"known":       func() error { _, _, err := m.Known(ctx, nil); return err },
		"open":        func() error { _, _, err := m.Open(ctx, retry.StandsParked, ""); return err },
		"cursor":      func() error { _, err := m.Cursor(ctx); return err },
		"keep cursor": func() error { return m.KeepCursor(ctx, "x") },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want %v", name, err, context.Canceled)
		}
	}
}
