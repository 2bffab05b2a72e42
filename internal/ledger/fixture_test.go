package ledger

import (
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// The instant of the tests: not on a whole millisecond.
var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)
	noonMS = noon.UnixMilli()
)

var churn = retry.ExecutionARN{
	Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: "Run1",
}

// The buckets of the tests: one that is seen full, one that is seen drawn from.
var (
	pipeline = retry.Bucket{Key: "budget#pipeline#churn", Name: "pipeline", Size: 20, Per: 24 * time.Hour}
	account  = retry.Bucket{Key: "budget#account#123456789012#eu-west-1", Name: "account", Size: 60, Per: time.Hour}
)

// claim is the first write for an execution.
func claim() retry.Change {
	decision := retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Execution: churn.String(), Pipeline: "Churn",
		Class: cause.Capacity, Retry: 1, Due: noon.Add(5 * time.Minute), Evidence: "CapacityError: no machine is free",
	}
	record := retry.Record{
		Rev: 1, Used: 1, Kind: retry.Claimed, Aliases: []string{"2026-03-01T11:59:58Z"},
		Failure: retry.Failure{LastModified: noon.Add(-2 * time.Second), Round: noon.Add(-3 * time.Second)},
		Claim:   retry.Claim{EventID: "e-1", Retry: 1, Ordinal: 1, Token: "f00d", Due: decision.Due},
		Updated: noon, Decision: decision,
	}
	trail := retry.Trail{
		At: noon, Build: "v1", Policy: "p1", Used: 1, Ordinal: 1, Decision: decision,
		Notice: retry.Notice{Door: retry.DoorEvent, EventID: "e-1", Emitted: noon.Add(-time.Second), Ended: "2026-03-01T11:59:58Z", Previous: "Executing"},
		Facts:  retry.Facts{Status: retry.StatusFailed, LastModified: noon.Add(-2 * time.Second), Round: noon.Add(-3 * time.Second)},
	}
	return retry.Change{
		Execution: churn, Record: record, Trail: trail, Takes: []retry.Bucket{pipeline},
		Now: noon, Expires: noon.Add(90 * 24 * time.Hour),
	}
}

// next is a later write: the record was read at rev 7, the holds at rev 4, the
// pipeline's bucket full, the account's drawn from.
func next() retry.Change {
	c := claim()
	c.Seen = retry.State{Record: c.Record, Full: map[string]time.Time{account.Key: instant(noonMS + 90_000)}}
	c.Seen.Record.Rev, c.Record.Rev, c.Seen.Holds.Rev = 7, 8, 4
	c.Takes = []retry.Bucket{pipeline, account}
	return c
}
