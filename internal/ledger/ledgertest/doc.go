// Package ledgertest is the conformance suite of retry.Ledger: what the domain
// relies on, whatever keeps the ledger. Run it against every implementation:
//
//	ledgertest.Run(t, func(t *testing.T) ledgertest.Ledger { return ledger.NewMemory() })
//
// The suite brings its own clock, in the changes that it commits.
package ledgertest
