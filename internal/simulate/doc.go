// Package simulate runs Mulligan through schedules that nobody thinks of: the
// real retrier and the real sweep in one process and in virtual time, in front of
// fakes that duplicate, reorder, delay, lose and crash at every call, before its
// effect and after it.
//
// # What is real, and what is not
//
// Real: internal/event, retrier, retry (the corridor), policy, cause, sweep,
// announce, and the ledger's in-memory twin, which keeps items in the encoding of
// DynamoDB. SageMaker is the stand-in (internal/awstest), asked in Go. Faked here
// are what lies between: the calls, Lambda's queue, EventBridge and its Scheduler,
// people. Not in it: the SDK and the wire, which the tests of the adapters and of
// the compiled binaries have.
//
// # One run
//
// A run is drawn from a seed (choices.go): an account with what nobody knows of
// SageMaker settled one way, a deployment, a policy, a few executions with what
// their runs end in, and how much trouble there is (world.go). Invocations are
// coroutines (tasks.go) which stand still at each call, so that one goroutine
// decides who goes next, what becomes of the call, and when time passes
// (fate.go, steps.go). First comes the trouble: anything may happen. With liveness
// the faults then end, and everything that was begun has to settle (calm.go).
//
// The same seed gives the same run on any machine, as nothing but its choices
// decides. A run that breaks an invariant is made again with fewer and tamer
// choices until none can be left out (shrink.go): what is left is the shortest
// timeline that was found.
//
// # Invariants
//
// They are looked at after every write, call, effect and invocation (check.go,
// claimed.go, called.go), and when all has settled (calm.go, reasons.go); [Invariants]
// names them.
//
// # Assumptions
//
// SageMaker remembers a token for longer than an invocation can hold one back, frozen
// or not, and no read of it is stale for longer than the function's time-out. A
// request reaches it within the time-out of the invocation that sent it.
// DynamoDB does what its documentation says of conditions and transactions.
//
// # That it can fail
//
// [Guards] are what can be taken away ([Options].Without): each makes a run fail
// soon, by the invariant that it is there for.
package simulate
