// Package historytest makes histories of any retry.Ledger: several clients do at
// random what the corridor, the sweep and people do, some of it wrongly, some of
// it without ever hearing what became of it.
//
//	Histories   all at once: what they were answered must have an explanation
//	Alone       one deed after the other: the same history each time, for controls
//	Alike       the same on two ledgers: every answer must be the same
package historytest
