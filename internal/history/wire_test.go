package history_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/cause"
	"mulligan/internal/history"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)
	arn  = retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: "run1"}
	full = retry.Bucket{Key: "budget#full", Size: 3, Per: time.Hour}
	less = retry.Bucket{Key: "budget#drawn", Size: 3, Per: time.Hour}
)

// change is a claim that takes from a full bucket and from one that was drawn from,
// and with it whatever else a change can have.
func change() retry.Change {
	record := retry.Record{Rev: 3, Used: 1, Kind: retry.Claimed, Claim: retry.Claim{Token: "token", Due: noon}, Updated: noon}
	seen := retry.State{Record: retry.Record{Rev: 2}, Full: map[string]time.Time{less.Key: noon.Add(time.Minute)}, Holds: retry.Holds{Rev: 4}}
	seen.Breakers = map[string]retry.Breaker{"scarce x": {Scope: "scarce x", Rev: 1}}
	return retry.Change{
		Execution: arn, Seen: seen, Record: record, Takes: []retry.Bucket{full, less}, Now: noon, Expires: noon.Add(time.Hour),
		Breakers: []retry.Breaker{{Scope: "scarce x", Rev: 2, Probe: arn.Key()}}, Refills: []retry.Bucket{{Key: "budget#other"}},
		Tally: &retry.Tally{Pipeline: "churn", Class: cause.Capacity, Result: retry.FailedAnew, Same: true}, Trail: retry.Trail{At: noon},
	}
}

// wired is a ledger whose table answers every request so, and what was recorded.
func wired(t *testing.T, status int, body string) (*ledger.DynamoDB, *history.Wire) {
	t.Helper()
	wire := &history.Wire{
		Recorder: &history.Recorder{}, Client: func(*http.Request) int { return 7 },
		Bucket: func(string) retry.Bucket { return retry.Bucket{Size: 3, Per: time.Hour} },
	}
	table := httptest.NewServer(wire.Around(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})))
	t.Cleanup(table.Close)
	cfg := aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(table.URL), Credentials: credentials.NewStaticCredentialsProvider("x", "x", ""),
	}
	return ledger.NewDynamoDB(cfg, "t", func(o *dynamodb.Options) { o.RetryMaxAttempts = 1 }), wire
}

// What the ledger sends is read as what it was asked to do.
func TestWireReadsChanges(t *testing.T) {
	const cancelled = `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[` +
		`{"Code":"ConditionalCheckFailed","Item":{"pk":{"S":"budget#full"},"sk":{"S":"bucket"},"full":{"N":"5"}}}]}`
	for name, test := range map[string]struct {
		status int
		body   string
		want   any
	}{
		"done":    {http.StatusOK, "{}", history.Done},
		"unknown": {http.StatusBadGateway, "", history.Unknown},
		"refused": {http.StatusBadRequest, cancelled, nil},
	} {
		l, wire := wired(t, test.status, test.body)
		_, _, _ = l.Commit(t.Context(), change()) // that it is told so is not what this is about
		verdict := history.Check(wire.Recorder.History())
		if faults := wire.Faults(); len(faults) > 0 {
			t.Errorf("%s: faults %q", name, faults)
		}
		want := history.NewWrite(change())
		if test.want == nil {
			if c := verdict.Count(); c.Refused != 1 || c.Looks != 1 || c.Done+c.Unknown != 0 {
				t.Errorf("%s: got %+v", name, c)
			}
			continue
		}
		var writes int
		for _, op := range wire.Recorder.History() {
			got, is := op.Input.(history.Write)
			if !is {
				continue
			}
			writes++
			for i := range want.Takes { // what buckets are called, no request tells
				got.Takes[i].Bucket.Key, want.Takes[i].Bucket = "", retry.Bucket{Size: 3, Per: time.Hour}
			}
			got.Of, want.Of, got.ID = nil, nil, ""
			if op.Output != test.want || op.ClientId != 7 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: client %d: %v\n got %+v\nwant %+v", name, op.ClientId, op.Output, got, want)
			}
		}
		if writes == 0 {
			t.Errorf("%s: no write was recorded", name)
		}
	}
}

// A read that need not be of this moment is a fault, whatever it shows.
func TestWireFindsStaleReads(t *testing.T) {
	l, wire := wired(t, http.StatusOK, `{"Responses":{"t":[]},"UnprocessedKeys":{}}`)
	if _, err := l.Read(t.Context(), arn, []retry.Bucket{full}); err != nil || len(wire.Faults()) > 0 {
		t.Fatalf("faults %q, error %v", wire.Faults(), err)
	}
	if c := history.Check(wire.Recorder.History()).Count(); c.Looks != 4 { // record, holds, bucket, line
		t.Errorf("got %+v", c)
	}
	client := l.Client.(*dynamodb.Client)
	ask := `{"RequestItems":{"t":{"Keys":[{"pk":{"S":"budget#full"},"sk":{"S":"bucket"}}]}}}`
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *client.Options().BaseEndpoint, strings.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.BatchGetItem")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if faults := wire.Faults(); len(faults) != 1 || !strings.Contains(faults[0], "may be stale") {
		t.Errorf("faults: %q", faults)
	}
}
