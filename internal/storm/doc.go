// Command storm has thousands of executions fail at about the same time for want of
// the same few instances, and prints what becomes of them: under Mulligan, and
// under the handler that people write instead, next to one another. `make storm`
// runs it. It needs DynamoDB Local (infra/local/install) and no AWS account.
//
// # What is real
//
// The functions are their real binaries, several instances of each behind a
// Runtime API, one invocation at a time, with Lambda's queue of asynchronous
// invocations before them: what ends in an error comes again after a minute and
// after two more, and then is a dead letter (function.go, queue.go). The ledger
// is DynamoDB Local; SageMaker and Scheduler are the stand-in, whose events and
// schedules come back to the queue (world.go). Time is real. So that a storm
// blows over within minutes, the settings are seconds where they would be hours
// (mulligan.go): a run lasts one, a back-off 5 to 30.
//
// # Who is compared
//
// The plain handler (internal/bench/plain) counts in DynamoDB and retries at
// once, up to as many times as Mulligan may. A second one gets its events as if
// from a queue that delays them. Each has an account and a table of its own, the
// same storm, and as many instances.
//
// # What makes it fail
//
// It ends with status 1 if a promise of Mulligan's is broken: an execution is
// lost, which is to say neither recovered nor given up with a reason; more units
// are taken or retries made than the policy's budget has, in a window of any
// length (windows.go); a failure is retried twice; a retry takes effect that
// nobody counted; a dead letter; a request that AWS would not understand.
package main
