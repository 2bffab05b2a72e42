// Package model is the claim protocol as it is built, small enough to be looked at
// in every state that it can be in.
//
// One execution fails, is retried and fails again. Deliveries of its events, its
// wakes and the sweep go down the corridor, two at a time, one call after the other;
// between any two calls anything else may happen. Config says what: deliveries crash
// and come again or never, answers are lost, calls are refused, events are repeated
// under the same id and another, lost and late, Describe and the step list are stale,
// people retry, stop, edit and hold, tokens are forgotten, time goes by while a
// delivery is frozen. Trouble bounds how often, all together. Explore goes through all
// states of a Config breadth first, so that what it finds wrong it shows by a shortest
// trace, and asks of each of them whether a good end can still be reached.
//
//	world.go, notice.go       SageMaker, and the notices of it
//	record.go                 the record, as retry.Record
//	move.go, plan.go, judge.go, settle.go
//	                          what is decided, as retry.Plan and retry.AfterCall
//	delivery.go, call.go      one delivery, call by call, as retry.Corridor
//	action.go, next.go, surround.go
//	                          all that can happen in one step
//	invariants.go             what must hold, in every state and in the end
//	guards.go                 what keeps it so, each to be taken away
//	baseline.go               what others would build first
//	explore.go                the search
//
// The tests explore the design, and controls that must fail: three simpler designs,
// and this one without each of its guards. Where taking a guard away breaks nothing,
// the table of controls says what stands behind it. Other tests tie the model to the
// code: the real Corridor, with the real policy and the ledger's in-memory twin, is
// led along the model's paths, and has to make the same calls in the same order, leave
// the same record after each and give the same answers.
//
// What is left out: breakers and the lines before them, a newer success, the mode
// observe, jobs, causes other than one that may be retried at once (or, with
// Config.Waits, later), other executions but for the unit that they take. Time is
// what decisions can tell of it: which change of the execution came first, whether a
// minute or hours went by. A minute is what a doubt waits, hours are longer than any
// back-off, hold or watch. Two ends of one execution are at least eleven seconds apart.
//
// What the design accepts, and the model with it: a run that somebody else started and
// that fails before any step looks like an edited description of the failure before;
// the age of a failure that nobody knows to come after a retry counts from its last
// step; a call that is refused for a conflict too often, or accepted and not started,
// ends the failure with its unit spent.
//
// What is assumed, as in docs/design.md: an invocation starts no call after its
// time-out, and no wait but a doubt's ends before; a token is forgotten only while
// nobody is under way that may still send it; a read shows what was before the last
// change at the worst, and is not stale any more when a doubt has been looked at as
// often as it is worth, nor after hours.
package model
