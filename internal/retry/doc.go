// Package retry is the domain: what a failed pipeline execution is, how one
// failure is told from the next, and the corridor that every failure goes down
// until it is retried once, waits with a due time, or is stopped with a reason.
//
// The way through the package is the way of one failure:
//
//	Notice    a door (event, wake) names a failure
//	State     what the ledger knows: the Record of the execution, its budgets, the policy (Rulebook → Terms)
//	Recall    pure: a settled failure ends here, before SageMaker is asked
//	Facts     what SageMaker says: status, times, failed steps, their cause
//	identify  is it the failure on record, a new one, or can that not be told yet?
//	Plan      pure: State + Facts + Notice + Policy + now → Move, or what must be asked first:
//	          the jobs of steps that say nothing, a newer execution that succeeded (Background)
//	Move      the record to write, the budgets to take, the effect that follows
//	Corridor  reads, plans, writes, acts, settles; a lost write is planned anew
//
// Nothing here imports AWS, reads a clock or the environment. Whatever can be
// decided is decided in Plan and AfterCall, which are functions of their
// arguments; the Corridor only carries the decisions out, in the one order that
// keeps the promises: no call without a claim that was written before it.
package retry
