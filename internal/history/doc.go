// Package history records what several clients did to one ledger at the same
// time, and tells whether it can be explained: whether there is one order of all
// that was done, each thing at some moment between its call and its return, in
// which the ledger's rules give every answer that was given. Porcupine looks for
// that order. Tests use the package; nothing that is built does.
//
//	Recorder   what was done, by whom, and between which two moments
//	Look       one item was read, and showed a Value
//	Write      one change of an execution: its record, units, breakers, outcome
//	Turn       a turn in a line was asked for
//	Place      a person set the holds
//	Call       a process called RetryPipelineExecution
//	Answer     what became of it: done, refused, or nobody knows
//	Rules      what an answer may be, given what stands (the model)
//	Check      looks for the order; a Verdict shows it, or how far it goes
//
// Two places record. A Ledger stands around a retry.Ledger, and sees what a
// program asks. A Wire stands before DynamoDB and SageMaker, and sees what real
// processes send, those that are killed too. Both tell the same operations, and
// the rules know nothing of conditions and expressions: what a request demands
// of the table is the ledger's own affair, and may be wrong.
//
// # What counts as one moment
//
// A write is one moment, however many items it touches. A read of several items
// is not: DynamoDB promises each of them as of a moment during the call, so each
// is a Look of its own. So are the items that a refusal shows. What a refusal
// says in itself is that something of what the write demands did not stand.
//
// # What nobody knows
//
// A process that is killed never hears its answer, and a connection that breaks
// takes it along. Such an operation is Unknown: it may have happened at any
// moment since its call, or not at all, so it returns when everything has ended.
package history
