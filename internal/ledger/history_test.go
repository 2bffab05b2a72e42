package ledger_test

import (
	"testing"

	"mulligan/internal/history/historytest"
	"mulligan/internal/ledger"
)

// What several clients do to the twin at once has an explanation.
func TestMemoryHistories(t *testing.T) {
	historytest.Histories(t, 20, func(*testing.T) historytest.Kept { return ledger.NewMemory() })
}
