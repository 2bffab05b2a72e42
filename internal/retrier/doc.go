// Package retrier is the body of the retrier function: bytes in, answer out.
// It joins event (what came), retry (what becomes of it) and announce (how it is
// told), and holds the handler's contract: an error only if another delivery
// could change the outcome. What comes is a failure, a wake, or another end, which
// settles what became of a retry; what never comes is internal/sweep's to find.
package retrier
