package retry

import (
	"strings"
	"testing"
	"time"
)

func TestAfterCall(t *testing.T) {
	claimed := recordOf(Claimed, t0, t0)
	changed := func(change func(*Record)) Record {
		r := claimed
		change(&r)
		return r
	}
	moved := failedFacts(t1, t0)
	moved.Status = "Executing"
	tests := []struct {
		name   string
		stands Record
		facts  Facts
		answer AnswerKind
		reason Reason
		writes Kind // "none": no write
	}{
		{"accepted", claimed, failedFacts(t0, t0), Accepted, Retryable, Retried},
		{"accepted, settled by another delivery", changed(func(r *Record) { r.Kind = Retried }), failedFacts(t0, t0), Accepted, Retryable, "none"},
		{"accepted, taken for a person's", changed(func(r *Record) { r.Kind = MovedOn }), failedFacts(t0, t0), Accepted, Retryable, Retried},
		{"accepted, after a newer ordinal", changed(func(r *Record) { r.Claim.Ordinal = 2 }), failedFacts(t0, t0), Accepted, Retryable, Retried},
		{"accepted, a newer failure on record", changed(func(r *Record) { r.Claim.Retry = 2 }), failedFacts(t0, t0), Accepted, Retryable, "none"},
		{"refused", claimed, failedFacts(t0, t0), Refused, RefusedForNow, Claimed},
		{"refused, settled by another delivery", changed(func(r *Record) { r.Kind = Retried }), failedFacts(t0, t0), Refused, Duplicate, "none"},
		{"refused, on a newer ordinal already", changed(func(r *Record) { r.Claim.Ordinal = 2 }), failedFacts(t0, t0), Refused, Duplicate, "none"},
		{"wrong status, still failed", claimed, failedFacts(t0, t0), WrongStatus, RefusedForNow, Claimed},
		{"wrong status, for the fourth time", changed(func(r *Record) { r.Claim.Conflicts = 3 }), failedFacts(t0, t0), WrongStatus, CannotRetry, Closed},
		{"wrong status, moved on", claimed, moved, WrongStatus, Superseded, MovedOn},
		{"gone", claimed, failedFacts(t0, t0), NoSuchRetry, CannotRetry, Closed},
		{"wrong status, gone", claimed, Facts{Gone: true}, WrongStatus, CannotRetry, Closed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := AfterCall(situation(test.stands, test.facts), claimed, Answer{Kind: test.answer, Detail: "said so"})
			writes := Kind("none")
			if got.Write != nil {
				writes = got.Write.Kind
				if got.Write.Used != claimed.Used {
					t.Errorf("settling changed what is spent: %d, want %d", got.Write.Used, claimed.Used)
				}
			}
			if got.Decision.Reason != test.reason || writes != test.writes {
				t.Errorf("got %s, wrote %q; want %s, %q", got.Decision.Reason, writes, test.reason, test.writes)
			}
			if len(got.Takes) > 0 {
				t.Error("settling took a unit")
			}
		})
	}
}

// Each definite refusal moves on to the next ordinal: another due time, token
// and schedule name, on the one unit.
func TestNextOrdinal(t *testing.T) {
	record := recordOf(Claimed, t0, t0)
	seen := map[string]bool{record.Claim.Token: true}
	for ordinal := 2; ordinal < 6; ordinal++ {
		s := situation(record, failedFacts(t0, t0))
		move := AfterCall(s, record, Answer{Kind: Refused, Detail: "ResourceLimitExceeded"})
		c := move.Write.Claim
		if c.Ordinal != ordinal || seen[c.Token] || !c.Due.After(s.Now) || c.Retry != 1 || c.EventID != "e-0" {
			t.Fatalf("ordinal %d: got %+v", ordinal, c)
		}
		if move.Then != Schedule || move.Wake.Name != c.Token || !move.Wake.Due.Equal(c.Due) {
			t.Errorf("ordinal %d: got wake %+v, want it named after the token and due then", ordinal, move.Wake)
		}
		seen[c.Token], record = true, *move.Write
	}
}

func TestToken(t *testing.T) {
	token := NewToken("e-1", arn, t0, 1, 1)
	if len(token) != 64 || strings.Trim(token, "0123456789abcdef") != "" {
		t.Errorf("got %q, want 64 lower-case hexadecimal digits", token)
	}
	shouted := arn
	shouted.Pipeline = strings.ToUpper(arn.Pipeline)
	if NewToken("e-1", shouted, t0, 1, 1) != token {
		t.Error("the case of the ARN changed the token")
	}
	others := []string{
		NewToken("e-2", arn, t0, 1, 1), NewToken("e-1", arn, t1, 1, 1), NewToken("e-1", arn, t0, 2, 1),
		NewToken("e-1", arn, t0, 1, 2), NewToken("", arn, t0, 1, 1),
	}
	for i, other := range others {
		if other == token {
			t.Errorf("change %d left the token as it was", i)
		}
	}
	if s := Spread(token); s < 0 || s >= 1 {
		t.Errorf("got spread %v, want it in [0, 1)", s)
	}
}

func TestFacts(t *testing.T) {
	at := func(minutes int) time.Time { return t0.Add(time.Duration(minutes) * time.Minute) }
	rows := []Step{
		{Name: "Prepare", Status: "Succeeded", Started: at(0), Ended: at(9)},
		{Name: "Train", Status: "Failed", Type: "Fail", Reason: "old", Started: at(1), Ended: at(2)},
		{Name: "Train", Status: "Failed", Type: "Training", Reason: "InternalServerError: x", Started: at(3), Ended: at(4)},
		{Name: "Report", Status: "failed", Started: at(3), Ended: at(5)},
	}
	got := NewFacts(Execution{ARN: arn, Status: "FAILED", LastModified: at(10)}, rows)
	if !got.Round.Equal(at(5)) || !got.Ended.Equal(at(9)) || got.Running || !got.failed() {
		t.Errorf("got round %s, ended %s, running %t", got.Round, got.Ended, got.Running)
	}
	if len(got.Failed) != 2 || got.FailStep {
		t.Errorf("got %d failed steps, fail step %t; the replaced row must not count", len(got.Failed), got.FailStep)
	}
	rows = append(rows, Step{Name: "Report", Status: "Executing", Started: at(6)})
	if again := NewFacts(Execution{}, rows); !again.Running || !again.Round.Equal(at(4)) {
		t.Errorf("got running %t, round %s; want the newer row to count", again.Running, again.Round)
	}
}
