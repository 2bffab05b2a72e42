// Package policy turns facts into verdicts: whether a failure gets a second
// chance, when, and out of which budgets. It is pure; the time, the balances and
// the token that spreads a delay come in with the case.
//
// A Document is what a team wrote (internal/policyfile reads their YAML), a
// Policy is a document, or none, under a deployment's Settings. The way through
// one decision (decide.go), in this order:
//
//  1. Guards that no policy can lift: age, a person's stop, a Fail step.
//  2. Rules (match.go): those of the pipeline's section, the document's, the
//     built-in ones (builtin.go). The first that matches decides what the failure
//     deserves: stop, or a retry at once or after a back-off.
//  3. What speaks against a retry that the rule would grant: steps with side
//     effects, the same failure again, the rule's own limits, the budgets.
//  4. The grant: when it is due, and with what parallelism.
//
// Every step can be watched (Explain), so what people are told is what was
// decided and not a second reading of it.
//
// A Book holds the policy in force: it takes what the ledger was read to hold,
// and keeps the last good one where that is not whole.
package policy
