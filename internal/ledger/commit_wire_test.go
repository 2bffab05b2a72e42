package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/retry"
)

// The reasons of a cancelled transaction.
const (
	none      = `{"Code":"None"}`
	conflict  = `{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}`
	throttled = `{"Code":"ThrottlingError","Message":"Throughput exceeds the current capacity"}`
	exceeded  = `{"Code":"ProvisionedThroughputExceeded"}`
	invalid   = `{"Code":"ValidationError","Message":"the item is too large"}`
	failed    = `{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}` // without the item
)

// failedBy is a refused condition with the item that stands.
func failedBy(it string) string {
	return fmt.Sprintf(`{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":%s}`, it)
}

func TestFirstWriteOnTheWire(t *testing.T) {
	ledger, w := connect(t, ok(`{}`))
	got, applied, err := ledger.Commit(t.Context(), claim())
	if err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	want := empty(nil)
	want.Record, want.Full[pipeline.Key] = claim().Record, instant(noonMS).Add(pipeline.Interval())
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	w.asked(t, "TransactWriteItems")
	golden(t, "commit_first.json", w.calls[0].body)
}

func TestLaterWriteOnTheWire(t *testing.T) {
	ledger, w := connect(t, ok(`{}`))
	got, applied, err := ledger.Commit(t.Context(), next())
	if err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	want := map[string]time.Time{
		pipeline.Key: instant(noonMS).Add(pipeline.Interval()),
		account.Key:  instant(noonMS + 90_000).Add(account.Interval()),
	}
	if !reflect.DeepEqual(got.Full, want) {
		t.Errorf("\n got %v\nwant %v", got.Full, want)
	}
	golden(t, "commit_later.json", w.calls[0].body)
}

func TestRefusals(t *testing.T) {
	record := failedBy(standing(t, 9))
	full := failedBy(drawnTo(t, pipeline.Key, noonMS+5))
	empty := failedBy(drawnTo(t, account.Key, noonMS+7_200_000))
	seen := next().Seen
	moved := map[string]time.Time{pipeline.Key: instant(noonMS + 5), account.Key: instant(noonMS + 7_200_000)}
	tests := []struct {
		name    string
		reasons []string
		rev     int
		full    map[string]time.Time
	}{
		{"record", []string{record, none, none, none, none}, 9, seen.Full},
		{"one bucket", []string{none, none, none, empty, none}, 7, map[string]time.Time{account.Key: moved[account.Key]}},
		{"both buckets", []string{none, none, full, empty, none}, 7, moved},
		{"record and buckets", []string{record, none, full, empty, none}, 9, moved},
		{"record, a conflict elsewhere", []string{record, none, conflict, none, none}, 9, seen.Full},
		{"bucket, a conflict on the record", []string{conflict, none, full, throttled, none}, 7,
			map[string]time.Time{pipeline.Key: moved[pipeline.Key], account.Key: seen.Full[account.Key]}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, cancelled(test.reasons...))
			got, applied, err := ledger.Commit(t.Context(), next())
			if err != nil || applied {
				t.Fatalf("applied %t, error %v", applied, err)
			}
			if got.Record.Rev != test.rev {
				t.Errorf("record that stands: got rev %d, want %d", got.Record.Rev, test.rev)
			}
			if !reflect.DeepEqual(got.Full, test.full) {
				t.Errorf("buckets that stand:\n got %v\nwant %v", got.Full, test.full)
			}
			w.asked(t, "TransactWriteItems")
		})
	}
}

// The policy goes along with a change; a read that has to be made anyway brings
// the one that stands by then.
func TestPolicyAlongWithAChange(t *testing.T) {
	stale := retry.Stored{Rev: 2, Hash: "h", Body: "b"}
	tests := []struct {
		name    string
		answers []answer
		rev     int
	}{
		{"applied", []answer{ok(`{}`)}, 2},
		{"refused", []answer{cancelled(failedBy(standing(t, 9)), none, none, none, none)}, 2},
		{"read again", []answer{
			cancelled(failed, none, none, none, none),
			ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s,%s]}}`, standing(t, 9), asJSON(t, current(strict())))),
		}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.answers...)
			c := next()
			c.Seen.Policy = stale
			got, _, err := ledger.Commit(t.Context(), c)
			if err != nil || got.Policy.Rev != test.rev {
				t.Errorf("got policy %+v, error %v, want rev %d", got.Policy, err, test.rev)
			}
			if len(w.calls) != len(test.answers) {
				t.Errorf("got %d calls, want %d", len(w.calls), len(test.answers))
			}
		})
	}
}

// A refusal that does not show what stands (an emulator's, or the item is gone)
// costs one consistent read.
func TestRefusalWithoutTheItem(t *testing.T) {
	tests := []struct {
		name    string
		reasons []string
		found   string
		rev     int
		full    map[string]time.Time
	}{
		{"the record is there", []string{failed, none, none, none, none}, standing(t, 9), 9, map[string]time.Time{}},
		{"the record is gone", []string{failed, none, none, none, none}, "", 0, map[string]time.Time{}},
		{"the bucket is there", []string{none, none, none, failed, none}, standing(t, 7) + "," + drawnTo(t, account.Key, noonMS), 7,
			map[string]time.Time{account.Key: instant(noonMS)}},
		{"the bucket is gone, the record shown", []string{failedBy(standing(t, 8)), none, none, failed, none}, standing(t, 9), 9, map[string]time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, cancelled(test.reasons...), ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s]}}`, test.found)))
			got, applied, err := ledger.Commit(t.Context(), next())
			if err != nil || applied {
				t.Fatalf("applied %t, error %v", applied, err)
			}
			if got.Record.Rev != test.rev || !reflect.DeepEqual(got.Full, test.full) {
				t.Errorf("what stands: got rev %d, %v; want rev %d, %v", got.Record.Rev, got.Full, test.rev, test.full)
			}
			w.asked(t, "TransactWriteItems", "BatchGetItem")
		})
	}
}

func TestWhatStandsCannotBeRead(t *testing.T) {
	newer := `{"pk":{"S":"x"},"sk":{"S":"record"},"rev":{"N":"7"},"schema":{"N":"2"}}`
	corrupt := `{"pk":{"S":"x"},"sk":{"S":"bucket"},"full":{"S":"soon"}}`
	for name, test := range map[string]struct {
		reasons []string
		want    string
	}{
		"newer record":   {[]string{failedBy(newer), none, none, none, none}, "its schema is 2, this build reads schema 1 only"},
		"corrupt bucket": {[]string{none, none, none, failedBy(corrupt), none}, "expected its full as a number, got something else"},
	} {
		t.Run(name, func(t *testing.T) {
			ledger, w := connect(t, cancelled(test.reasons...))
			_, applied, err := ledger.Commit(t.Context(), next())
			fails(t, err, test.want)
			if applied {
				t.Error("applied")
			}
			w.asked(t, "TransactWriteItems")
		})
	}
}

// What is nobody's verdict is tried again with the same token, and whatever
// comes then counts.
func TestContentionIsTriedAgain(t *testing.T) {
	tests := []struct {
		name    string
		answers []answer
		applied bool
	}{
		{"conflict, then success", []answer{cancelled(conflict, none, none, conflict, none), ok(`{}`)}, true},
		{"throttled, then success", []answer{cancelled(none, throttled, none, none, none), cancelled(none, none, exceeded, none, none), ok(`{}`)}, true},
		{"conflict, then refused", []answer{cancelled(none, none, none, conflict, none), cancelled(failedBy(standing(t, 9)), none, none, none, none)}, false},
		{"replicated write", []answer{refusal("ReplicatedWriteConflictException"), ok(`{}`)}, true},
		{"conflict as an error of its own", []answer{refusal("TransactionConflictException"), ok(`{}`)}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.answers...)
			_, applied, err := ledger.Commit(t.Context(), next())
			if err != nil || applied != test.applied {
				t.Errorf("applied %t, error %v; want %t", applied, err, test.applied)
			}
			tokens(t, w, len(test.answers))
			if len(w.pauses) != len(test.answers)-1 {
				t.Errorf("got %d pauses, want %d", len(w.pauses), len(test.answers)-1)
			}
		})
	}
}

// tokens fails the test unless n transactions were sent, all the same.
func tokens(t *testing.T, w *wire, n int) {
	t.Helper()
	if len(w.calls) != n {
		t.Fatalf("got %d calls, want %d", len(w.calls), n)
	}
	var first any
	for i, c := range w.calls {
		var sent map[string]any
		if err := json.Unmarshal([]byte(c.body), &sent); err != nil {
			t.Fatal(err)
		}
		if sent["ClientRequestToken"] != "token-1" {
			t.Errorf("call %d: got token %v, want token-1", i, sent["ClientRequestToken"])
		}
		if i == 0 {
			first = sent
		} else if !reflect.DeepEqual(sent, first) {
			t.Errorf("call %d differs from the first:\n%s", i, c.body)
		}
	}
}

// The SDK's own attempts are one write too, and the next Commit is another.
func TestServerErrorThenSuccess(t *testing.T) {
	down := answer{status: http.StatusServiceUnavailable, body: `{"__type":"ServiceUnavailable"}`}
	ledger, w := connect(t, down, refusal("TransactionInProgressException"), ok(`{}`), ok(`{}`))
	if _, applied, err := ledger.Commit(t.Context(), claim()); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	tokens(t, w, 3)
	if _, applied, err := ledger.Commit(t.Context(), claim()); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	var sent struct{ ClientRequestToken string }
	if err := json.Unmarshal([]byte(w.calls[3].body), &sent); err != nil || sent.ClientRequestToken != "token-2" {
		t.Errorf("the next commit: got token %q, error %v, want token-2", sent.ClientRequestToken, err)
	}
}

func TestConflictsAreBounded(t *testing.T) {
	ledger, w := connect(t)
	for range maxTries + 1 {
		w.answers = append(w.answers, cancelled(none, none, none, conflict, none))
	}
	_, applied, err := ledger.Commit(t.Context(), next())
	fails(t, err, "dynamodb:TransactWriteItems", "on table Ledger: contended after 8 tries", "TransactionConflict")
	if applied {
		t.Error("applied")
	}
	tokens(t, w, maxTries)
	var total time.Duration
	for _, d := range w.pauses {
		total += d
	}
	if len(w.pauses) != maxTries-1 || 2*total > 900*time.Millisecond { // half of the longest, by the tests' jitter
		t.Errorf("pauses: got %v", w.pauses)
	}
}

func TestPauseEndsWithTheContext(t *testing.T) {
	ledger, w := connect(t, cancelled(none, none, none, conflict, none))
	ledger.Pause = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	_, applied, err := ledger.Commit(t.Context(), next())
	fails(t, err, "no time for another try", "TransactionCanceledException")
	if applied {
		t.Error("applied")
	}
	w.asked(t, "TransactWriteItems")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pause(ctx, time.Hour); err == nil {
		t.Error("pause: got no error from an ended context")
	}
	if err := pause(t.Context(), 0); err != nil {
		t.Errorf("pause: got error %v", err)
	}
}

func TestCommitErrors(t *testing.T) {
	const action = "dynamodb:TransactWriteItems (in IAM: dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:ConditionCheckItem)"
	tests := []struct {
		name  string
		given answer
		calls int
		want  []string
	}{
		{"access denied", refusal("AccessDeniedException"), 1, []string{action + " on table Ledger is not allowed"}},
		{"expired credentials", refusal("ExpiredTokenException"), 1, []string{action + " on table Ledger is not allowed, or not with these credentials"}},
		{"missing table", refusal("ResourceNotFoundException"), 1, []string{action + ": table Ledger does not exist"}},
		{"mismatch", refusal("IdempotentParameterMismatchException"), 1, []string{action + " on table Ledger: "}},
		{"server error for too long", answer{status: http.StatusInternalServerError, body: `{"__type":"InternalServerError"}`}, attempts, []string{action + " on table Ledger: "}},
		{"invalid item", cancelled(invalid, none, none, none, none), 1, []string{action + " on table Ledger: "}},
		{"invalid item and a conflict", cancelled(invalid, none, none, conflict, none), 1, []string{action + " on table Ledger: "}},
		{"no reason at all", cancelled(), 1, []string{action + " on table Ledger: "}},
		{"reasons that are none", cancelled(none, none, none, none, none), 1, []string{action + " on table Ledger: "}},
		{"reasons of another transaction", cancelled(failed, none), 1, []string{action + " on table Ledger: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.given, test.given, test.given)
			got, applied, err := ledger.Commit(t.Context(), next())
			fails(t, err, test.want...)
			if applied || !reflect.DeepEqual(got, retry.State{}) {
				t.Errorf("got %+v, applied %t beside the error", got, applied)
			}
			if len(w.calls) != test.calls {
				t.Errorf("got %d calls, want %d", len(w.calls), test.calls)
			}
		})
	}
}

func TestImpossibleChangeIsNotSent(t *testing.T) {
	ledger, w := connect(t)
	c := claim()
	c.Takes = []retry.Bucket{{Key: "b", Per: time.Hour}}
	_, applied, err := ledger.Commit(t.Context(), c)
	fails(t, err, "expected a bucket with key, size and period")
	if applied {
		t.Error("applied")
	}
	w.asked(t)
}

// Production draws a token of its own for each commit, within the API's bounds.
func TestProductionTokens(t *testing.T) {
	token := NewDynamoDB(aws.Config{Region: "eu-west-1"}, "Ledger").Token
	first, second := token(), token()
	if first == second || len(first) < 16 || len(first) > 36 {
		t.Errorf("got %q and %q", first, second)
	}
}
