// Package ledger keeps claims, budgets, holds and decisions: in a DynamoDB table
// (DynamoDB), or in memory (Memory), its twin for tests and the demo. It keeps the
// policies and holds that people set (Policies and Holds, for a person's program),
// and knows what the sweep has to look at (Sweeping). All pass one conformance
// suite, ledgertest.
//
// The table has a partition key pk and a sort key sk, and holds these items:
//
//	pk                     sk                   what
//	execution#<ARN>        record               the retry.Record, fenced on its rev
//	execution#<ARN>        decision#<rev>       the retry.Trail of that write
//	<Bucket.Key>           bucket               full: when the bucket is full again, in epoch milliseconds
//	<Line.Key>             line                 turn: the turn that was given last, in epoch milliseconds
//	breaker                <scope>              the retry.Breaker, fenced on its rev
//	hold                   current              the retry.Holds, all in one item
//	hold                   rev#<rev>            who set or released which hold, when and why
//	outcome                <pipeline>#<class>   counters by retry.Result, and failed_again_same
//	policy                 current              the policy applied last, and the one before: retry.Stored
//	policy                 hash#<hash>          a policy, compiled and as it was written
//	policy                 rev#<rev>            who applied which hash, when and why
//	sweep                  cursor               how far the sweep has come
//
// ARN and pipeline are lower-cased, the rev padded with zeros so that trails and
// revs sort. What belongs to an execution, a bucket, a line or a breaker carries
// ttl, in epoch seconds; the rest is kept for good. That is housekeeping: an item
// that is past it and still there counts like any other. All but buckets, lines
// and outcomes carry schema; a record or breaker of another schema, or one that
// cannot be decoded, is an error and is never overwritten.
//
// # One write
//
// A change is one transaction: the record under the condition that its rev is
// the one that was read, its trail, one unit from each shared bucket under the
// condition that it has one, and with any unit the condition that the holds are
// those that were read; beside them the breakers, each under the condition that
// its rev is the one that was read, what a success refills, and the outcome that
// it counts. Either all of it happens or nothing, so no crash can leak a unit or
// take one twice, and no hold comes too late for a claim that follows it.
//
// A refused condition returns the item that stands instead (ALL_OLD), which
// saves a read and tells the caller who won. A cancellation without a refused
// condition (a conflict with another transaction, a throttle) says nothing
// about the change: it is tried again, with jitter, a bounded number of times.
//
// # Lines
//
// Who must wait for an empty bucket or before a breaker takes a turn in its line,
// in a write of its own: a turn that is not used costs others a moment, and no
// promise hangs on it. A line is split in two branches like a bucket (below).
//
// # The index
//
// A record that something is still to become of (retry.Record.Open) carries the
// attributes open, open_order, open_due, open_for and open_execution, and no other
// does: the global secondary index named open holds those alone, by standing, in
// the order in which the sweep goes for them. It is written a moment after the
// table. Nothing is decided by it: whatever it shows goes down the corridor.
//
// # One number for a bucket
//
// A DynamoDB condition cannot take the later of two times, so the generic cell
// rate algorithm of retry.Bucket is split where it does: a bucket that is full
// counts on from now, one that was drawn from counts on from what is stored.
// Which of the two was seen decides which is asked for (take.go). A guess that
// has gone stale is refused, and answered with what stands.
//
// # The policy
//
// The policy in force is one item, read in the same BatchGetItem as the record:
// a new one counts from the next decision on, for no call more. It holds the
// policy itself and the one before, so that whoever cannot read the new one has
// the last good one in the same answer. What is wrong with it is no error but a
// Fault; whether the hash fits the body is for the reader to check. An empty hash
// and body say that the built-in policy was put back in force.
//
// Applying is one transaction too, fenced on the rev that the person saw: of two
// people who apply at once, one is told about the other. It runs with the
// person's credentials, as do the queries and scans that tell what was decided;
// the function's Client knows none of them.
package ledger
