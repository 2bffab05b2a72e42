// Package ledgertest is the conformance suite of ledgers: what the domain relies
// on (retry.Ledger), and what an operator does (ledger.Policies), whatever keeps
// the ledger. Run it against every implementation:
//
//	ledgertest.Run(t, func(t *testing.T) ledgertest.Ledger { return ledger.NewMemory() })
//
// The suite brings its own clock, in the changes that it commits.
package ledgertest
