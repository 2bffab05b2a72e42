//go:build e2e

package ledger_test

import (
	"testing"

	"mulligan/internal/history/historytest"
	"mulligan/internal/ledger"
)

// What several clients do to a table in DynamoDB Local at once has an explanation,
// under the same rules as the twin's.
func TestDynamoDBHistories(t *testing.T) {
	historytest.Histories(t, 6, func(t *testing.T) historytest.Kept { return ledger.OpenLocal(t) })
}

// Asked the same, one deed after the other, the twin and DynamoDB Local answer the
// same.
func TestTwinAnswersAsDynamoDB(t *testing.T) {
	compared := 0
	for seed := range uint64(6) {
		compared += historytest.Alike(t, 100+seed, ledger.OpenLocal(t), ledger.NewMemory())
	}
	t.Logf("%d answers compared", compared)
}
