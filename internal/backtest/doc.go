// Package backtest says what two policies would do to failures that were
// recorded: verdict by verdict, and where they differ.
//
//	Read, FromTrails   recorded failures, from JSON lines or from the ledger
//	judge              one failure under one policy, down retry.Plan
//	Run                all failures under both, counted
//	Result.Write       the counts and differences for people; as JSON for machines
//
// A failure is judged by the very code that judges it in production. A trail of
// the ledger is judged on what stood then: its record, facts, balances and time.
// What the other policy would have asked SageMaker for, and the trail does not
// hold, is taken as nothing known and counted. So is what a plain failure, a
// message out of a collection, does not tell: its budgets are taken as full.
//
// People and other executions are left aside: no hold is in force, every breaker
// is closed, nobody stands in line before one. A trail that says that a hold or a
// breaker kept a retry back is left out and counted: the failure comes back and is
// judged by its next trail, and would be counted twice. So are trails that note
// what SageMaker answered to a call, or how a retry ended. The lines before budgets
// are kept, as their balances are.
//
// Each failure is judged by itself: a unit that one policy would not have spent
// is not there for the next failure. The deployment's mode is left aside, the
// policy's own mode holds: what an observed deployment would do once it is
// enforced is just what a back-test is asked.
//
// Everything here is a pure function of its arguments. Memory does not grow with
// the number of failures.
package backtest
