//go:build e2e

package ledger_test

import (
	"testing"

	"mulligan/internal/ledger"
	"mulligan/internal/ledger/ledgertest"
)

// The conformance suite against DynamoDB Local.
func TestDynamoDBLocal(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Ledger { return ledger.OpenLocal(t) })
}
