package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// The scopes of the tests: one whose breaker is there, one that never was.
const (
	scarce = "scarce ml.p5.48xlarge"
	alike  = "fingerprint f00d"
)

// opened is a breaker that was written three times.
func opened() retry.Breaker {
	return retry.Breaker{
		Scope: scarce, Rev: 3, Seen: []retry.Sighting{{Execution: churn.Key(), At: noon}}, Opened: noon, Why: "capacity",
		Probe: churn.Key(), Next: noon.Add(time.Minute), Rate: 50,
	}
}

// asBreaker is a breaker as it is stored.
func asBreaker(t *testing.T, b retry.Breaker) string {
	t.Helper()
	it, err := newItem(breakerKey(b.Scope), b, noon)
	if err != nil {
		t.Fatal(err)
	}
	return asJSON(t, it)
}

// held is what a person set at rev 4.
func held() retry.Holds {
	return retry.Holds{Rev: 4, Holds: []retry.Hold{
		{Scope: retry.HoldOfAll, Author: "anna", Note: "the cluster moves", Since: noon, Until: noon.Add(2 * time.Hour)},
	}}
}

// asHolds are holds as they are stored.
func asHolds(t *testing.T, h retry.Holds) string {
	t.Helper()
	it, err := holdsItem(h)
	if err != nil {
		t.Fatal(err)
	}
	return asJSON(t, it)
}

// turnAt is a line as it is stored.
func turnAt(t *testing.T, key string, turn int64) string {
	t.Helper()
	it := lineKey(key)
	it[attrTurn], it[attrTTL] = number(turn), number(1)
	return asJSON(t, it)
}

// responses are items that were found.
func responses(items ...string) answer {
	return ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s]}}`, strings.Join(items, ",")))
}

func TestReadOnTheWire(t *testing.T) {
	ledger, w := connect(t, responses(
		drawnTo(t, account.Key, noonMS+1), turnAt(t, account.Key, noonMS+2), asJSON(t, current(strict())), asHolds(t, held()),
		standing(t, 7), turnAt(t, retry.BreakerLine(scarce), noonMS+3), asBreaker(t, opened())))
	got, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline, account}, scarce, alike, scarce)
	if err != nil {
		t.Fatal(err)
	}
	want := retry.State{
		Record: claim().Record, Full: map[string]time.Time{account.Key: instant(noonMS + 1)},
		Policy:   retry.Stored{Rev: 3, Hash: strict().Hash, Body: strict().Body, Before: strict().Before},
		Lines:    map[string]time.Time{account.Key: instant(noonMS + 2), retry.BreakerLine(scarce): instant(noonMS + 3)},
		Breakers: map[string]retry.Breaker{scarce: opened(), alike: {Scope: alike}},
		Holds:    held(),
	}
	want.Record.Rev = 7
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	w.asked(t, "BatchGetItem")
	golden(t, "read.json", w.calls[0].body)
}

// DynamoDB takes 100 keys a batch: 48 buckets and scopes beside the three items
// that every read asks for.
func TestReadsAreBounded(t *testing.T) {
	scopes := make([]string, 48)
	for i := range scopes {
		scopes[i] = fmt.Sprintf("class %d", i)
	}
	ledger, w := connect(t, responses())
	if got, err := ledger.Read(t.Context(), churn, nil, scopes...); err != nil || len(got.Breakers) != 48 {
		t.Errorf("48 scopes: got %d breakers, error %v", len(got.Breakers), err)
	}
	_, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline}, scopes...)
	fails(t, err, "expected at most 48 buckets and scopes, got 1 and 48")
	w.asked(t, "BatchGetItem")
}

func TestReadOfNothing(t *testing.T) {
	ledger, _ := connect(t, ok(`{"Responses":{"Ledger":[]},"UnprocessedKeys":{}}`))
	got, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
	if err != nil || !reflect.DeepEqual(got, empty(nil)) {
		t.Errorf("got %+v, error %v", got, err)
	}
}

// A policy that cannot be read costs neither the read nor a further call.
func TestReadBesideAnUnreadablePolicy(t *testing.T) {
	newer := current(strict())
	newer[attrSchema] = number(2)
	ledger, w := connect(t, ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s,%s]}}`, asJSON(t, newer), standing(t, 7))))
	got, err := ledger.Read(t.Context(), churn, nil)
	if err != nil || got.Record.Rev != 7 || got.Policy.Rev != 3 || got.Policy.Fault != "its schema is 2, this build reads schema 1 only" {
		t.Errorf("got %+v, error %v", got, err)
	}
	w.asked(t, "BatchGetItem")
}

// left is an answer in which the record was read and the bucket was not.
func left(t *testing.T, found string) answer {
	t.Helper()
	return ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s]},"UnprocessedKeys":{"Ledger":{"Keys":[%s],"ConsistentRead":true}}}`,
		found, asJSON(t, bucketKey(pipeline.Key))))
}

func TestUnprocessedKeysAreAskedAgain(t *testing.T) {
	ledger, w := connect(t, left(t, standing(t, 7)), left(t, ""),
		ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s]}}`, drawnTo(t, pipeline.Key, noonMS))))
	got, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
	if err != nil {
		t.Fatal(err)
	}
	if got.Record.Rev != 7 || !got.Full[pipeline.Key].Equal(instant(noonMS)) {
		t.Errorf("got %+v", got)
	}
	w.asked(t, "BatchGetItem", "BatchGetItem", "BatchGetItem")
	golden(t, "read_rest.json", w.calls[2].body)
	if want := []time.Duration{10 * time.Millisecond, 20 * time.Millisecond}; !reflect.DeepEqual(w.pauses, want) {
		t.Errorf("pauses: got %v, want %v", w.pauses, want)
	}
}

func TestKeysThatStayUnprocessed(t *testing.T) {
	ledger, w := connect(t)
	for range maxTries + 1 {
		w.answers = append(w.answers, left(t, ""))
	}
	got, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
	fails(t, err, "dynamodb:BatchGetItem on table Ledger: 1 keys stay unprocessed after 8 tries")
	if !reflect.DeepEqual(got, retry.State{}) {
		t.Errorf("got %+v beside the error", got)
	}
	if len(w.calls) != maxTries {
		t.Errorf("got %d calls, want %d", len(w.calls), maxTries)
	}
}

func TestReadErrors(t *testing.T) {
	tests := []struct {
		name  string
		given answer
		calls int
		want  []string
	}{
		{"access denied", refusal("AccessDeniedException"), 1, []string{"dynamodb:BatchGetItem on table Ledger is not allowed", "AccessDeniedException"}},
		{"expired credentials", refusal("ExpiredTokenException"), 1, []string{"dynamodb:BatchGetItem on table Ledger is not allowed, or not with these credentials"}},
		{"missing table", refusal("ResourceNotFoundException"), 1, []string{"dynamodb:BatchGetItem: table Ledger does not exist"}},
		{"throttled for too long", refusal("ProvisionedThroughputExceededException"), attempts, []string{"dynamodb:BatchGetItem on table Ledger: "}},
		{"server error for too long", answer{status: http.StatusInternalServerError, body: `{"__type":"InternalServerError"}`}, attempts, []string{"dynamodb:BatchGetItem on table Ledger: "}},
		{"not JSON", ok(`<html>`), 1, []string{"dynamodb:BatchGetItem on table Ledger: "}},
		{"cut off", ok(`{"Responses":{"Ledger":[`), 1, []string{"dynamodb:BatchGetItem on table Ledger: "}},
		{"newer schema", ok(`{"Responses":{"Ledger":[{"pk":{"S":"x"},"sk":{"S":"record"},"schema":{"N":"2"}}]}}`), 1,
			[]string{"record of " + churn.Key() + " in table Ledger: the record cannot be read: its schema is 2, this build reads schema 1 only"}},
		{"newer breaker", responses(`{"pk":{"S":"breaker"},"sk":{"S":"scarce ml.p5"},"schema":{"N":"2"}}`), 1,
			[]string{`breaker "scarce ml.p5" in table Ledger: the record cannot be read: its schema is 2, this build reads schema 1 only`}},
		{"corrupt line", responses(`{"pk":{"S":"b"},"sk":{"S":"line"},"turn":{"S":"soon"}}`), 1,
			[]string{`line "b" in table Ledger: expected its turn as a number, got something else`}},
		{"corrupt bucket", ok(`{"Responses":{"Ledger":[{"pk":{"S":"b"},"sk":{"S":"bucket"},"full":{"S":"soon"}}]}}`), 1,
			[]string{`bucket "b" in table Ledger: expected its full as a number, got something else`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.given, test.given, test.given)
			got, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
			fails(t, err, test.want...)
			if !reflect.DeepEqual(got, retry.State{}) {
				t.Errorf("got %+v beside the error", got)
			}
			if len(w.calls) != test.calls {
				t.Errorf("got %d calls, want %d", len(w.calls), test.calls)
			}
		})
	}
}

func TestNoCallWithoutTimeForIt(t *testing.T) {
	ledger, w := connect(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	_, err := ledger.Read(ctx, churn, nil)
	if !errors.Is(err, awscall.ErrNoTime) || !strings.Contains(err.Error(), "BatchGetItem") {
		t.Errorf("read: got error %v, want %v", err, awscall.ErrNoTime)
	}
	_, applied, err := ledger.Commit(ctx, claim())
	if applied || !errors.Is(err, awscall.ErrNoTime) || !strings.Contains(err.Error(), "TransactWriteItems") {
		t.Errorf("commit: got %t, error %v, want %v", applied, err, awscall.ErrNoTime)
	}
	w.asked(t)
}
