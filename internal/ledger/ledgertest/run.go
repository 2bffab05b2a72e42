package ledgertest

import (
	"context"
	"testing"

	"mulligan/internal/retry"
)

// Ledger is a ledger under test.
type Ledger interface {
	retry.Ledger
	// Trails are the decisions on an execution, oldest first.
	Trails(context.Context, retry.ExecutionARN) ([]retry.Trail, error)
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
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, open(t)) })
	}
}
