// Package retry is the domain: what a failed pipeline execution is, how one
// failure is told from the next, and the corridor that every failure goes down
// until it is retried once, waits with a due time, or is stopped with a reason.
//
// The way through the package is the way of one failure:
//
//	Notice    a door (event, wake, sweep) names a failure, or another end
//	State     what the ledger knows: the Record of the execution, its budgets, the policy (Rulebook → Terms),
//	          the Holds, and the Breakers and Lines of what the failure has in common with others
//	Recall    pure: a settled failure ends here, before SageMaker is asked
//	Facts     what SageMaker says: status, times, failed steps, their cause
//	identify  is it the failure on record, a new one, or can that not be told yet?
//	Plan      pure: State + Facts + Notice + Policy + now → Move, or what must be asked first:
//	          the jobs of steps that say nothing, a newer execution that succeeded (Background),
//	          the breakers of the cause, a turn in a line
//	Move      the record to write, the budgets to take, the breakers told, the effect that follows
//	Corridor  reads, plans, writes, acts, settles; a lost write is planned anew
//	Outcome   what became of the retry, settled by the end that comes after it
//
// What may keep a retry that deserves to be made is the same for every claim and
// every call, the one that is made again for a retry that never started included:
// a Hold of a person's, an empty Bucket (judge.go, wait.go), a Breaker that
// another execution probes, or that lets go of others first (passage.go). Who
// waits for one of them stands in its Line, and whose turn has come is in
// turns.go: before a breaker the line is put off and brought forward as a whole,
// and nobody loses their place. Whoever waits is in a queue of the sweep
// (Record.Open) until something has become of it.
//
// Nothing here imports AWS, reads a clock or the environment. Whatever can be
// decided is decided in Plan and AfterCall, which are functions of their
// arguments; the Corridor only carries the decisions out, in the one order that
// keeps the promises: no call without a claim that was written before it.
package retry
