// Package sweep is the body of the sweeper function: the periodic search for
// what no event and no schedule brought. It decides nothing. Whatever it finds
// goes down the retry.Corridor under one and the same notice, so that another
// sweep, or the event that comes late, finds it dealt with.
//
// One invocation is one sweep, every five minutes, the most urgent first:
//
//	claimed   two minutes past due: their schedule was lost
//	parked    two minutes past due: the same. Then the oldest of the others, at most 50, to
//	          be let go early if a hold or a breaker is over; where one waits on, all behind
//	          it that wait for the same thing are left out
//	retried   whose outcome nobody told when it was to be looked for
//	failures  without a record, or later than the one on record, that are two minutes old and
//	          not older than ExpireAfter
//
// The first three are queues of the ledger's index. The failures are found in
// rounds, each one turn over all failures of some time (not the round of a
// failure), in as many sweeps as it takes: an ordinary round goes back to 30 minutes
// before the start of the last one, and once an hour a full round goes back to
// ExpireAfter. The cursor in the ledger says how far a round has come, in words that
// do not expire: by search the modification reached, by lists the pipeline.
//
// A sweep makes at most 600 requests to SageMaker, 5 a second. A failure that is
// handled counts for 4 of them; the queues leave two fifths to the search. A throttle
// halves the pace for the rest of the sweep, and ends a search. No failure is
// taken on that might outlive the invocation. An execution that ends in an error
// stops no other, and after three errors of one pipeline the rest of it waits for
// the next sweep.
//
// Where SageMaker refuses the search, pipelines and their executions are listed
// instead, and the search is asked again once an hour. Lists tell neither when
// an execution failed nor that one failed again. So they do not find a failure
// of an execution that has a record (but of our own retries, which are watched), nor
// one with 100 newer executions of its pipeline, 200 in a full round. Executions that
// were started before ExpireAfter get what the listing leaves of the requests, for
// nearly all of these failed long ago; it leaves enough for ten of them in a sweep.
package sweep
