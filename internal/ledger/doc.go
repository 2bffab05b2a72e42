// Package ledger keeps claims, budgets and decisions: in a DynamoDB table
// (DynamoDB), or in memory (Memory), its twin for tests and the demo. It also
// keeps the policies that people apply (Policies, for a person's program). All
// pass one conformance suite, ledgertest.
//
// The table has a partition key pk and a sort key sk, and holds these items:
//
//	pk                     sk                   what
//	execution#<ARN>        record               the retry.Record, fenced on its rev
//	execution#<ARN>        decision#<rev>       the retry.Trail of that write
//	<Bucket.Key>           bucket               full: when the bucket is full again, in epoch milliseconds
//	policy                 current              the policy applied last, and the one before: retry.Stored
//	policy                 hash#<hash>          a policy, compiled and as it was written
//	policy                 rev#<rev>            who applied which hash, when and why
//
// The ARN is lower-cased, the rev padded with zeros so that trails and revs sort.
// Every item but the policy's carries ttl, in epoch seconds. That is housekeeping:
// an item that is past it and still there counts like any other. All but buckets
// carry schema; a record of another schema, or one that cannot be decoded, is an
// error and is never overwritten.
//
// # One write
//
// A change is one transaction: the record under the condition that its rev is
// the one that was read, its trail, and one unit from each shared bucket under
// the condition that it has one. Either all of it happens or nothing, so no
// crash can leak a unit or take one twice.
//
// A refused condition returns the item that stands instead (ALL_OLD), which
// saves a read and tells the caller who won. A cancellation without a refused
// condition (a conflict with another transaction, a throttle) says nothing
// about the change: it is tried again, with jitter, a bounded number of times.
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
