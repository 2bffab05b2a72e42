package ledger

import (
	"context"
	"maps"
)

// Spoil implements ledgertest.Ledger.
func (m *Memory) Spoil(_ context.Context, attribute, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	it := maps.Clone(m.policy[currentSK])
	it[attribute] = text(value)
	m.policy[currentSK] = it
	return nil
}
