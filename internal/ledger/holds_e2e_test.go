//go:build e2e

package ledger_test

import (
	"testing"

	"mulligan/internal/ledger"
	"mulligan/internal/ledger/ledgertest"
)

// The suite for holds against DynamoDB Local.
func TestDynamoDBLocalHolds(t *testing.T) {
	ledgertest.RunHolds(t, func(t *testing.T) (ledgertest.Ledger, ledgertest.Holds) {
		l := ledger.OpenLocal(t)
		return l, l.Holds()
	})
}
