// Mutants takes guards out of the code, one at a time, and shows which test
// notices:
//
//	go run ./internal/mutants [-only regexp] [-list] [-v] [-p 2] [-e2e]
//
// A guard is what keeps a promise of docs/design.md: a clause of a condition
// that DynamoDB checks, a comparison that tells one failure from the next, a
// deadline, a bound, an escape. Each mutant of the tables breaks one of them by
// replacing a text of one file, and says what that guard is for. The tree is
// never touched: the change is an overlay of go test. A mutant is caught by the
// test that fails first. One that no test catches is an error, unless it cannot
// be told from the original: then the table says why.
//
// The invariants that the guards name:
//
//	I1   retries of one execution that took effect: never more than it may have
//	I2   per failure: at most one
//	I3   every failure that came in ends in exactly one verdict
//	I4   units spent are never fewer than retries that took effect
//	I5   no call without a claim that was written before it
//	I6   one token, one set of parameters
//	I7   what is settled stays settled
//	I8   units spent never shrink
//	I9   the shared budgets, breakers and holds bound who is retried when
//	I10  whatever waits is brought back
//	I11  what tells people never changes a decision
//	I12  text from elsewhere leaves escaped and bounded, and decides nothing
//	I13  one event costs a bounded number of calls
//
// First of all the tests are run without any mutant, so that "caught" says
// something. A text that is not there exactly once, or a mutant that does not
// compile, is an error of the table: it must not rot. With -e2e the conditions
// are tried on DynamoDB Local too, where it is installed: the other tests hold
// their text to what was recorded, there they are evaluated.
package main
