package ledgertest

import (
	"reflect"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

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
			Rule: "busy machines", Message: awkward, Cause: fullCause(), Scopes: []string{scarce, alike}, Unstarted: 2,
		},
		Pause: retry.Pause{
			Reason: retry.LookingAgain, Due: now.Add(time.Minute), Visit: 2, Seen: now, Schedule: "s-1", Evidence: awkward,
			For: retry.BreakerLine(scarce), Turns: []retry.Turn{{Line: "budget#account#1", At: now}, {Line: retry.BreakerLine(scarce), At: now, None: true}}, Notice: fullNotice(),
		},
		Granted: map[string]int{"busy machines": 2, awkward: 1}, Mark: awkward, Repeats: 2,
		Outcome: retry.Outcome{Result: retry.FailedAnew, Same: true, At: now}, Watch: now.Add(time.Hour),
		Decision: fullDecision(), Updated: now,
	}
}

func fullDecision() retry.Decision {
	return retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Execution: arn(1).String(), Pipeline: "Churn", Class: cause.Capacity,
		Retry: 3, Due: now.Add(time.Hour), Evidence: awkward, Careful: true,
		Rule: "busy machines", Message: awkward, Parallelism: 4, Policy: "rev 3", Problem: "its schema is 2",
		Outcome: retry.FailedAnew, Breaker: scarce,
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
		Notice: fullNotice(),
		Stood:  fullRecord(),
		Facts: retry.Facts{
			Gone: true, Detail: "it said so", Status: "Failed", LastModified: now, Round: now.Add(-time.Second), Ended: now.Add(time.Second),
			Running: true, FailStep: true, Failed: []cause.Step{step, step},
			Parallelism: 8, Steps: 12, Rerun: []retry.Rerun{{Name: "Train", Type: "Training"}},
			NewerAsked: true, Newer: arn(2).String(), Untold: []string{awkward},
			Cause: fullCause(),
		},
		Balances: map[string]time.Time{"budget#pipeline#ü": now.Truncate(time.Millisecond)},
		Lines:    map[string]time.Time{retry.BreakerLine(scarce): now.Truncate(time.Millisecond)},
		Breakers: map[string]retry.Breaker{scarce: fullBreaker(), alike: {Scope: alike}},
		Holds:    []retry.Hold{{Scope: retry.HoldOfAll, Author: awkward, Note: awkward, Since: now, Until: now.Add(time.Hour)}},
		Turn:     retry.Turn{Line: retry.BreakerLine(scarce), At: now, None: true},
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

// fullNotice has a value in every field that a ledger keeps.
func fullNotice() retry.Notice {
	return retry.Notice{
		Door: retry.DoorWake, EventID: "e-1", Ended: "2026-03-01T11:59:59.1Z", Status: "Stopped", Previous: "Executing",
		Emitted: now.Add(-time.Second), Wake: retry.Wake{Wait: "w-1", Again: 2},
	}
}

func fullCause() cause.Cause {
	return cause.Cause{
		Class: cause.Capacity, Label: cause.Transient, Step: "Train", Type: "Training", Rule: "capacity", Evidence: awkward,
		Confidence: cause.High, Fingerprint: "0123456789abcdef", Scarce: "ml.p5.48xlarge",
	}
}
