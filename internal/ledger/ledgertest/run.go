package ledgertest

import (
	"context"
	"testing"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// Ledger is a ledger under test: the function's part of it and the operator's.
type Ledger interface {
	retry.Ledger
	Current(context.Context) (ledger.Version, error)
	Apply(ctx context.Context, v ledger.Version, seenRev int) (ledger.Version, error)
	History(ctx context.Context, most int) ([]ledger.Version, error)
	ByHash(ctx context.Context, hashPrefix string) (ledger.Version, error)
	Decisions(ctx context.Context, most int) (trails []retry.Trail, more bool, err error)
	Trails(context.Context, retry.ExecutionARN) ([]retry.Trail, error)

	// Spoil writes a text over an attribute of the policy in force, as nothing
	// of Mulligan does.
	Spoil(ctx context.Context, attribute, value string) error
}

// Run runs the suite. Open gives an empty ledger to each of its tests and takes
// care of what has to be closed.
func Run(t *testing.T, open func(*testing.T) Ledger) {
	tests := []struct {
		name string
		test func(*testing.T, Ledger)
	}{
		{"fresh ledger knows nothing", freshKnowsNothing},
		{"record with every field reads back", fullRecordReadsBack},
		{"sparse record reads back", sparseRecordReadsBack},
		{"times keep their instant", timesKeepTheirInstant},
		{"trails are kept per rev", trailsPerRev},
		{"trail with every field reads back", fullTrailReadsBack},
		{"spellings of one ARN are one record", oneRecordPerExecution},
		{"executions are told apart", executionsApart},
		{"expired items count", expiredItemsCount},
		{"what is shared stays unharmed", nothingShared},
		{"impossible changes are errors", impossibleChanges},
		{"stale rev is refused", staleRevRefused},
		{"second first write is refused", secondFirstWriteRefused},
		{"fifty writers of one record", fiftyWriters},
		{"refused record changes nothing", refusedRecordChangesNothing},
		{"refused bucket changes nothing", refusedBucketChangesNothing},
		{"record and bucket refused together", bothRefused},
		{"full bucket is drawn from now", fullBucketFromNow},
		{"drawn bucket is drawn on", drawnBucketFromStored},
		{"stale guess is refused", staleGuessRefused},
		{"stale balance counts from what is stored", staleBalanceCounts},
		{"bucket refills over time", bucketRefills},
		{"two executions and one unit", twoExecutionsOneUnit},
		{"never more than the size at once", neverMoreThanSize},
		{"two buckets or none", twoBucketsOrNone},
		{"takes agree with the bucket's rule", takesAgreeWithRule},
		{"no policy", noPolicy},
		{"applied policy is read", appliedPolicyIsRead},
		{"policy stays through a change", policyStaysThroughChange},
		{"policy knows the one before", policyKnowsBefore},
		{"built-in policy again", builtInAgain},
		{"damaged policy is not the one before", damagedIsNotBefore},
		{"unreadable policy stops nobody", unreadablePolicy},
		{"policy without a rev is not replaced", policyWithoutRev},
		{"policy moved meanwhile", policyMoved},
		{"twenty people apply", twentyPeople},
		{"impossible versions", impossibleVersions},
		{"largest version", largestVersion},
		{"source is kept with the hash", sourceKept},
		{"history is bounded", historyIsBounded},
		{"policies by their hash", byHash},
		{"last decisions of all", lastDecisions},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, open(t)) })
	}
}
