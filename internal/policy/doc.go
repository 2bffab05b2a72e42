// Package policy turns facts into verdicts: whether a failure gets a second
// chance, when, and out of which budgets. It is pure; the time, the balances and
// the token that spreads a delay come in with the case.
//
// The rules are built in and read top to bottom, first match wins (Decide).
// What a class of cause deserves stands in one table (rules.go).
package policy
