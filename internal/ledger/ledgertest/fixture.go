package ledgertest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"mulligan/internal/cause"
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

// fullRecord has a value in every field.
func fullRecord() retry.Record {
	aliases := make([]string, 16)
	for i := range aliases {
		aliases[i] = now.Add(time.Duration(i)).Format(time.RFC3339Nano)
	}
	return retry.Record{
		Rev: 1, Used: 3, Careful: 1, Kind: retry.Parked,
		Failure: retry.Failure{LastModified: now.Add(-time.Hour), Round: now.Add(-2 * time.Hour), Ended: now.Add(-3 * time.Hour)},
		Aliases: aliases,
		Claim: retry.Claim{
			EventID: "e-1", Retry: 3, Ordinal: 2, Token: "0123456789abcdef", Due: now.Add(time.Nanosecond), Parallelism: 50, Conflicts: 1,
			Rule: "busy machines", Message: awkward, Cause: fullCause(),
		},
		Pause:   retry.Pause{Reason: retry.LookingAgain, Due: now.Add(time.Minute), Visit: 2, Seen: now, Schedule: "s-1", Evidence: awkward},
		Granted: map[string]int{"busy machines": 2, awkward: 1}, Mark: awkward, Repeats: 2,
		Decision: fullDecision(), Updated: now,
	}
}

func fullDecision() retry.Decision {
	return retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Execution: arn(1).String(), Pipeline: "Churn", Class: cause.Capacity,
		Retry: 3, Due: now.Add(time.Hour), Evidence: awkward, Careful: true,
		Rule: "busy machines", Message: awkward, Parallelism: 4, Policy: "rev 3", Problem: "its schema is 2",
	}
}

// awkward is text that encodings trip over.
const awkward = "Kapazität erschöpft: 容量不足 🚫 \"quoted\" \\ back\tslash\nline\u2028\u202e <&> \x00 #:seen"

// fullTrail has a value in every field that a ledger keeps.
func fullTrail() retry.Trail {
	step := cause.Step{
		Name: "Train", Type: "Training", Reason: awkward, Attempts: 2, Ref: "arn:aws:sagemaker:::training-job/1",
		Job: &cause.Job{Name: "1", Status: "Failed", Secondary: "Failed", Reason: awkward, Exit: awkward},
	}
	return retry.Trail{
		At: now, Build: "v1.2.3", Policy: "sha256:1", Mode: retry.Observe, Supersedes: true,
		Notice: retry.Notice{
			Door: retry.DoorWake, EventID: "e-1", Ended: "2026-03-01T11:59:59.1Z", Previous: "Executing",
			Emitted: now.Add(-time.Second), Wake: retry.Wake{Wait: "w-1", Again: 2},
		},
		Stood: fullRecord(),
		Facts: retry.Facts{
			Gone: true, Detail: "it said so", Status: "Failed", LastModified: now, Round: now.Add(-time.Second), Ended: now.Add(time.Second),
			Running: true, FailStep: true, Failed: []cause.Step{step, step},
			Parallelism: 8, Steps: 12, Rerun: []retry.Rerun{{Name: "Train", Type: "Training"}},
			NewerAsked: true, Newer: arn(2).String(), Untold: []string{awkward},
			Cause: fullCause(),
		},
		Balances: map[string]time.Time{"budget#pipeline#ü": now.Truncate(time.Millisecond)},
		Used:     3, Ordinal: 2, Decision: fullDecision(),
	}
}

// complete fails the test if a field that a ledger keeps is zero, so that the
// fixtures grow with the domain.
func complete(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("fixture: %s is zero", path)
	}
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.Tag.Get("json") != "-" {
			complete(t, path+"."+field.Name, v.Field(i))
		}
	}
}

func fullCause() cause.Cause {
	return cause.Cause{
		Class: cause.Capacity, Label: cause.Transient, Step: "Train", Type: "Training", Rule: "capacity", Evidence: awkward,
		Confidence: cause.High, Fingerprint: "0123456789abcdef",
	}
}
