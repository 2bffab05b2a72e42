package ledgertest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// now is when the suite's changes happen: not on a whole millisecond.
var now = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)

// arn names the n-th execution of the suite.
func arn(n int) retry.ExecutionARN {
	return retry.ExecutionARN{
		Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: fmt.Sprintf("Run%04d", n),
	}
}

// bucket is a shared budget of size retries, of which one flows in each minute.
func bucket(size int) retry.Bucket {
	return retry.Bucket{Key: "budget#pipeline#churn", Name: "pipeline", Size: size, Per: time.Duration(size) * time.Minute}
}

// change is the next write after what was seen: one claim.
func change(n int, seen retry.State, at time.Time, takes ...retry.Bucket) retry.Change {
	r := seen.Record
	r.Rev, r.Used, r.Kind, r.Updated = r.Rev+1, r.Used+1, retry.Claimed, at
	return retry.Change{
		Execution: arn(n), Seen: seen, Record: r, Takes: takes, Now: at, Expires: at.Add(30 * 24 * time.Hour),
		Trail: retry.Trail{At: at, Used: r.Used, Balances: seen.Full},
	}
}

// read reads, commit commits; an error ends the test.
func read(t *testing.T, l Ledger, n int, buckets ...retry.Bucket) retry.State {
	t.Helper()
	state, err := l.Read(t.Context(), arn(n), buckets)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return state
}

func commit(t *testing.T, l Ledger, c retry.Change) (retry.State, bool) {
	t.Helper()
	state, applied, err := l.Commit(t.Context(), c)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return state, applied
}

// apply commits what must be applied, refuse what must not be.
func apply(t *testing.T, l Ledger, c retry.Change) retry.State {
	t.Helper()
	state, applied := commit(t, l, c)
	if !applied {
		t.Fatalf("the change was refused, and %+v stands", state)
	}
	return state
}

func refuse(t *testing.T, l Ledger, c retry.Change) retry.State {
	t.Helper()
	state, applied := commit(t, l, c)
	if applied {
		t.Fatalf("the change was applied: %+v", state)
	}
	return state
}

func trails(t *testing.T, l Ledger, n int) []retry.Trail {
	t.Helper()
	trails, err := l.Trails(t.Context(), arn(n))
	if err != nil {
		t.Fatalf("trails: %v", err)
	}
	return trails
}

// same fails the test unless both are equal to the last nanosecond.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// sameFull compares what is known of buckets; none is as good as an empty map.
func sameFull(t *testing.T, what string, got, want map[string]time.Time) {
	t.Helper()
	if !maps.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// claimAll commits claims of the execution until one is applied or the bucket
// is empty, the way the corridor does, and tells whether it got a unit.
func claimAll(ctx context.Context, l Ledger, n int, b retry.Bucket) (bool, error) {
	seen, err := l.Read(ctx, arn(n), []retry.Bucket{b})
	for tries := 0; err == nil; tries++ {
		if _, free := b.Take(seen.Full[b.Key], now); !free {
			return false, nil
		}
		if tries == 1000 {
			return false, fmt.Errorf("execution %d: refused %d times, yet %v seems to have a unit", n, tries, seen.Full)
		}
		stands, applied, commitErr := l.Commit(ctx, change(n, seen, now, b))
		if applied {
			return true, commitErr
		}
		seen, err = stands, commitErr
	}
	return false, err
}
