package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

var update = flag.Bool("update", false, "write what was sent to testdata instead of comparing with it")

// answer is what the stand-in answers to one request.
type answer struct {
	status int
	body   string
}

func ok(body string) answer { return answer{status: http.StatusOK, body: body} }

// refusal is an error answer as DynamoDB spells it.
func refusal(code string) answer {
	return answer{status: http.StatusBadRequest, body: fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"said so"}`, code)}
}

// cancelled is a cancelled transaction, with the reasons as JSON objects.
func cancelled(reasons ...string) answer {
	all := "[" + strings.Join(reasons, ",") + "]"
	var parsed []struct{ Code string }
	if err := json.Unmarshal([]byte(all), &parsed); err != nil {
		panic(err)
	}
	message := fmt.Sprintf("Transaction cancelled, please refer cancellation reasons for specific reasons %v", parsed)
	return answer{status: http.StatusBadRequest, body: fmt.Sprintf(
		`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":%q,"CancellationReasons":%s}`, message, all)}
}

// call is one request that the stand-in got.
type call struct{ operation, body string }

// wire is a stand-in for DynamoDB that gives prepared answers, one a request,
// and keeps what it was sent.
type wire struct {
	mu      sync.Mutex
	answers []answer
	calls   []call
	pauses  []time.Duration
}

func (w *wire) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	w.calls = append(w.calls, call{operation, string(body)})
	given := answer{status: http.StatusTeapot, body: `{"__type":"NoAnswerLeft"}`}
	if n := len(w.calls); err == nil && n <= len(w.answers) {
		given = w.answers[n-1]
	}
	to.Header().Set("Content-Type", "application/x-amz-json-1.0")
	to.Header().Set("X-Amz-Crc32", fmt.Sprint(crc32.ChecksumIEEE([]byte(given.body))))
	to.WriteHeader(given.status)
	_, _ = io.WriteString(to, given.body)
}

// connect starts a stand-in with the answers and a ledger that talks to it: the
// real client, made as in production except for its waits.
func connect(t *testing.T, answers ...answer) (*DynamoDB, *wire) {
	t.Helper()
	w := &wire{answers: answers}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	cfg := aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}
	ledger := NewDynamoDB(cfg, "Ledger", func(o *dynamodb.Options) {
		o.Retryer = sdkretry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
	})
	tokens := 0
	ledger.Token = func() string { tokens++; return fmt.Sprintf("token-%d", tokens) }
	ledger.Jitter = func() float64 { return 0.5 }
	ledger.Pause = func(ctx context.Context, d time.Duration) error {
		w.pauses = append(w.pauses, d)
		return ctx.Err()
	}
	return ledger, w
}

// asked fails the test unless exactly these operations were called.
func (w *wire) asked(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, c := range w.calls {
		got = append(got, c.operation)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("calls: got %v, want %v", got, want)
	}
}

// golden compares what was sent with a file, whatever the order of its names.
func golden(t *testing.T, name, sent string) {
	t.Helper()
	var parsed any
	if err := json.Unmarshal([]byte(sent), &parsed); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	pretty := json.NewEncoder(&got)
	pretty.SetEscapeHTML(false)
	pretty.SetIndent("", "  ")
	if err := pretty.Encode(parsed); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs from what was sent:\n%s", path, &got)
	}
}

// fails fails the test unless the error says all of it.
func fails(t *testing.T, err error, want ...string) {
	t.Helper()
	for _, part := range want {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got error %v, want it to say %q", err, part)
		}
	}
}

// asJSON is an item the way DynamoDB sends it, by way of a request that holds it.
func asJSON(t *testing.T, it item) string {
	t.Helper()
	ledger, w := connect(t, ok(`{}`))
	put := &dynamodb.PutItemInput{TableName: aws.String("Ledger"), Item: it}
	if _, err := ledger.Client.(*dynamodb.Client).PutItem(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	var sent struct{ Item json.RawMessage }
	if err := json.Unmarshal([]byte(w.calls[0].body), &sent); err != nil {
		t.Fatal(err)
	}
	return string(sent.Item)
}

// standing is the record of claim as it is stored, at the rev.
func standing(t *testing.T, rev int) string {
	t.Helper()
	record := claim().Record
	record.Rev = rev
	it, err := newItem(recordKey(churn), record, noon)
	if err != nil {
		t.Fatal(err)
	}
	return asJSON(t, it)
}

// drawnTo is a bucket as it is stored.
func drawnTo(t *testing.T, key string, full int64) string {
	t.Helper()
	it := bucketKey(key)
	it[attrFull], it[attrTTL] = number(full), number(1)
	return asJSON(t, it)
}
