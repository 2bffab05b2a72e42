package awscall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/smithy-go"
)

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		left time.Duration
		ok   bool
	}{{-time.Second, false}, {0, false}, {time.Second, false}, {time.Second + reserve - 50*time.Millisecond, false}, {2 * time.Second, true}} {
		ctx, cancel := context.WithTimeout(t.Context(), test.left)
		bounded, stop, err := Within(ctx, time.Second)
		if (err == nil) != test.ok || (err != nil && !errors.Is(err, ErrNoTime)) {
			t.Errorf("%s left: got %v, want ok %t", test.left, err, test.ok)
		}
		if err == nil {
			if deadline, _ := bounded.Deadline(); time.Until(deadline) > time.Second {
				t.Errorf("%s left: the call may take until %s", test.left, deadline)
			}
			stop()
		}
		cancel()
	}
	if bounded, stop, err := Within(context.Background(), time.Second); err != nil || bounded.Err() != nil {
		t.Errorf("no deadline: got %v", err)
	} else {
		stop()
	}
}

func api(code string) error {
	return fmt.Errorf("operation: %w", &smithy.GenericAPIError{Code: code, Message: "ResourceLimitExceeded in the text"})
}

func TestKindOf(t *testing.T) {
	for code, want := range map[string]Kind{
		"ThrottlingException": Throttled, "AccessDeniedException": Denied, "ExpiredTokenException": Denied,
		"ResourceNotFound": NotFound, "ConflictException": Conflicting, "ValidationException": Invalid,
		"ResourceLimitExceeded": OverLimit, "InternalFailure": Ambiguous, "ServiceUnavailable": Ambiguous, "": Ambiguous,
	} {
		if got := KindOf(api(code)); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
	if got := KindOf(errors.New("ThrottlingException: in the text only")); got != Ambiguous {
		t.Errorf("an error without a code: got %d, want Ambiguous", got)
	}
}

func TestExplain(t *testing.T) {
	for code, says := range map[string]string{
		"AccessDeniedException":     "dynamodb:BatchGetItem on table x is not allowed",
		"ResourceNotFoundException": "dynamodb:BatchGetItem: table x does not exist",
		"InternalServerError":       "dynamodb:BatchGetItem on table x: ",
	} {
		err := Explain(api(code), "dynamodb:BatchGetItem", "table x")
		if !strings.HasPrefix(err.Error(), says) || KindOf(err) != KindOf(api(code)) {
			t.Errorf("%s: got %q, want it to begin with %q and keep its code", code, err, says)
		}
	}
}

// The SDK's endpoint variables work for the binaries: the general one, and the
// service's own before it.
func TestEndpoints(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-1")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ENDPOINT_URL_SCHEDULER", "http://127.0.0.1:2")
	cfg, err := Config(http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(sagemaker.NewFromConfig(cfg).Options().BaseEndpoint); got != "http://127.0.0.1:1" {
		t.Errorf("sagemaker goes to %q", got)
	}
	if got := aws.ToString(scheduler.NewFromConfig(cfg).Options().BaseEndpoint); got != "http://127.0.0.1:2" {
		t.Errorf("scheduler goes to %q", got)
	}
	t.Setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
	if cfg, _ = Config(http.DefaultTransport); aws.ToString(sagemaker.NewFromConfig(cfg).Options().BaseEndpoint) != "" {
		t.Error("the endpoint was to be ignored")
	}
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	if _, err := Config(http.DefaultTransport); err == nil || !strings.HasPrefix(err.Error(), "AWS_REGION: expected") {
		t.Errorf("no Region: got %v", err)
	}
}

func TestBoundedAnswer(t *testing.T) {
	size := maxAnswer - 1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.CopyN(w, neverEnding{}, int64(size))
	}))
	defer server.Close()
	client := Client(NewWarm())
	for _, test := range []struct {
		size int
		ok   bool
	}{{maxAnswer - 1, true}, {maxAnswer + 1, false}} {
		size = test.size
		answer, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(answer.Body)
		if (err == nil) != test.ok {
			t.Errorf("%d bytes: got %v", test.size, err)
		}
		_ = answer.Body.Close()
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }

// Open connects ahead and sends nothing; the first requests use what it opened,
// once each, and nothing that has lain for too long.
func TestWarm(t *testing.T) {
	var opened, asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	warm := NewWarm()
	defer warm.CloseIdleConnections()
	warm.Open(t.Context(), server.URL, server.URL, "http://127.0.0.1:1", "::no url::", "")
	client := Client(warm)
	get := func() {
		answer, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
	for range 5 {
		get()
	}
	if opened.Load() != 2 || asked.Load() != 5 {
		t.Errorf("got %d connections and %d requests, want the 2 that were opened ahead for 5", opened.Load(), asked.Load())
	}
	old := NewWarm()
	defer old.CloseIdleConnections()
	old.Open(t.Context(), server.URL)
	for key := range old.ready {
		old.ready[key][0].at = time.Now().Add(-freshFor)
	}
	client = Client(old)
	get()
	if opened.Load() != 4 {
		t.Errorf("got %d connections, want a new one in place of the stale one", opened.Load())
	}
}

func TestWarmSpeaksTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	if _, err := Client(NewWarm()).Get(server.URL); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server nobody vouches for: got %v, want its certificate refused", err)
	}
}
