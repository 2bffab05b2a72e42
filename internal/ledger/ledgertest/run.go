package ledgertest

import (
	"context"
	"slices"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// Ledger is a ledger under test: the function's part of it, the sweep's and the
// operator's.
type Ledger interface {
	retry.Ledger
	Sweep
	Current(context.Context) (ledger.Version, error)
	Apply(ctx context.Context, v ledger.Version, seenRev int) (ledger.Version, error)
	History(ctx context.Context, most int) ([]ledger.Version, error)
	ByHash(ctx context.Context, hashPrefix string) (ledger.Version, error)
	Decisions(ctx context.Context, most int) (trails []retry.Trail, more bool, err error)
	Trails(context.Context, retry.ExecutionARN) ([]retry.Trail, error)

	// PlaceHolds puts these holds in the place of those that stand, as a person's
	// program does.
	PlaceHolds(context.Context, retry.Holds) error
	// Counters are what was counted of a pipeline and class, by attribute.
	Counters(ctx context.Context, pipeline string, class cause.Class) (map[string]int64, error)
	// Spoil writes a text over an attribute of an item, as nothing of Mulligan does.
	Spoil(ctx context.Context, pk, sk, attribute, value string) error
}

// Sweep is what the sweep looks at.
type Sweep interface {
	Known(context.Context, []retry.ExecutionARN) (known map[string]retry.Record, unreadable []retry.ExecutionARN, err error)
	Open(ctx context.Context, standing retry.Standing, page string) (open []retry.Open, next string, err error)
	Cursor(context.Context) (string, error)
	KeepCursor(ctx context.Context, cursor string) error
}

// test is one of the suite.
type test struct {
	name string
	test func(*testing.T, Ledger)
}

// Run runs the suite. Open gives an empty ledger to each of its tests and takes
// care of what has to be closed.
func Run(t *testing.T, open func(*testing.T) Ledger) {
	for _, test := range slices.Concat(ofRecords, ofBuckets, ofBreakers, ofSweeps, ofPolicies) {
		t.Run(test.name, func(t *testing.T) { test.test(t, open(t)) })
	}
}

var ofRecords = []test{
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
}

var ofBuckets = []test{
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

var ofBreakers = []test{
	{"turns follow one another", turnsFollowOneAnother},
	{"free line begins anew", freeLineBeginsAnew},
	{"turns are whole milliseconds", turnsAreWholeMilliseconds},
	{"turns agree with the line's rule", turnsAgreeWithRule},
	{"many stand in line", manyStandInLine},
	{"lines are read", linesAreRead},
	{"impossible lines", impossibleLines},
	{"breaker reads back", breakerReadsBack},
	{"second writer of a breaker", secondWriterOfBreaker},
	{"rev of a breaker that never was", revOfBreakerThatNeverWas},
	{"refused record writes no breaker", refusedRecordWritesNoBreaker},
	{"twenty writers of one breaker", twentyWritersOfBreaker},
	{"unreadable breaker stops its scope", unreadableBreaker},
	{"holds are read", holdsAreRead},
	{"hold after the read", holdAfterTheRead},
	{"holds that are gone", holdsThatAreGone},
	{"holds stop only claims", holdsOnlyClaims},
	{"unreadable holds stop every claim", unreadableHolds},
	{"hold against many claims", holdAgainstClaims},
	{"outcomes are counted", outcomesAreCounted},
	{"outcome is counted once", outcomeIsCountedOnce},
	{"success refills", successRefills},
	{"refused change refills nothing", refusedChangeRefillsNothing},
	{"impossible lessons", impossibleLessons},
}

var ofSweeps = []test{
	{"open records are in the index", openRecordsAreIndexed},
	{"records leave the index", recordsLeaveTheIndex},
	{"index has pages", indexHasPages},
	{"known records", knownRecords},
	{"cursor is kept", cursorIsKept},
}

var ofPolicies = []test{
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
