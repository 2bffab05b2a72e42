package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

var execution = retry.ExecutionARN{Partition: "aws", Region: region, Account: accountNumber, Pipeline: "churn", ID: "abc"}

// newLedger is the real ledger over a table of this package.
func newLedger(t *table) *ledger.DynamoDB {
	return ledger.NewDynamoDB(aws.Config{
		Region:      region,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDBENCH", "bench", "bench"),
		HTTPClient:  &http.Client{Transport: direct{t}},
	}, "ledger")
}

// direct hands requests to a handler, and remembers nothing.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	fresh := newReplay(d.Handler)
	fresh.table = d.Handler
	return fresh.RoundTrip(r)
}

// The table carries the ledger's protocol: what is written is read, a stale
// write is refused with what stands, a bucket counts and runs empty.
func TestTableCarriesTheLedger(t *testing.T) {
	stand, now := newTable(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	l, bucket := newLedger(stand), retry.Bucket{Key: "budget#account#x", Name: "account", Size: 2, Per: time.Hour}
	seen := read(t, l, bucket)
	for rev := 1; rev <= 2; rev++ {
		stands, applied, err := l.Commit(t.Context(), change(seen, now, bucket))
		if err != nil || !applied {
			t.Fatalf("commit %d: got applied %t, %v, want it applied", rev, applied, err)
		}
		seen = read(t, l, bucket)
		if seen.Record.Rev != rev || !seen.Full[bucket.Key].Equal(stands.Full[bucket.Key]) {
			t.Errorf("after commit %d: got rev %d, full %s, want rev %d, full %s",
				rev, seen.Record.Rev, seen.Full[bucket.Key], rev, stands.Full[bucket.Key])
		}
	}
	if got, want := seen.Full[bucket.Key], now.Add(time.Hour); !got.Equal(want) {
		t.Errorf("two units of two taken: full at %s, want %s", got, want)
	}
	if _, applied, err := l.Commit(t.Context(), change(seen, now, bucket)); err != nil || applied {
		t.Errorf("a third unit of two: got applied %t, %v, want it refused", applied, err)
	}
	stale := seen
	stale.Record.Rev = 1
	stands, applied, err := l.Commit(t.Context(), change(stale, now))
	if err != nil || applied || stands.Record.Rev != 2 {
		t.Errorf("a stale write: got applied %t, rev %d, %v, want it refused at rev 2", applied, stands.Record.Rev, err)
	}
	if bad := stand.violations(); len(bad) > 0 {
		t.Errorf("not understood: %q", bad)
	}
}

func read(t *testing.T, l *ledger.DynamoDB, b retry.Bucket) retry.State {
	t.Helper()
	state, err := l.Read(t.Context(), execution, []retry.Bucket{b})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func change(seen retry.State, now time.Time, takes ...retry.Bucket) retry.Change {
	c := retry.Change{Execution: execution, Seen: seen, Record: seen.Record, Takes: takes, Now: now, Expires: now.Add(time.Hour)}
	c.Record.Rev++
	c.Record.Kind, c.Record.Updated = retry.Closed, now
	return c
}

// Whatever it does not know is refused, and said so: never a 200.
func TestTableRefuses(t *testing.T) {
	for name, request := range map[string]struct{ operation, body string }{
		"an operation":           {"Query", `{}`},
		"a broken body":          {"UpdateItem", `{`},
		"a delete":               {"TransactWriteItems", `{"TransactItems":[{"Delete":{}}]}`},
		"a function":             {"UpdateItem", `{"Key":{},"ConditionExpression":"begins_with(#a, :b)"}`},
		"an operator":            {"UpdateItem", `{"Key":{},"ConditionExpression":"a <> a"}`},
		"a removal":              {"UpdateItem", `{"Key":{},"UpdateExpression":"REMOVE a"}`},
		"a comparison of texts":  {"UpdateItem", `{"Key":{},"ConditionExpression":"a = :b","ExpressionAttributeValues":{":b":{"S":"x"}}}`},
		"a sum with nothing":     {"UpdateItem", `{"Key":{},"UpdateExpression":"SET c = c + :b","ExpressionAttributeValues":{":b":{"N":"1"}}}`},
		"a value that is absent": {"UpdateItem", `{"Key":{},"UpdateExpression":"SET a = :b"}`},
	} {
		stand := newTable()
		stand.items[keyOf(nil)] = item{"a": []byte(`{"S":"x"}`)}
		if _, status := stand.answer(request.operation, []byte(request.body)); status != http.StatusBadRequest {
			t.Errorf("%s: got status %d, want %d", name, status, http.StatusBadRequest)
		}
		if len(stand.violations()) != 1 {
			t.Errorf("%s: got %q, want it remembered", name, stand.violations())
		}
	}
}
