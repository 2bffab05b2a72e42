package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The log is told in order and each line once, through pages, although looks
// overlap; and looks do not begin at the beginning for ever.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world{page: 2}
		var want []string
		for i := range 10 {
			text := fmt.Sprintf(`{"msg":"decided","verdict":"ignore","reason":"duplicate","evidence":"%d"}`, i)
			w.logs = append(w.logs, logged{time.Duration(i) * 20 * time.Second, text})
			want = append(want, text)
		}
		from := w.sources()
		from.Sweeps = "" // w.asked is about one group
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Second)
		defer cancel()
		var got []string
		for line, err := range Log(ctx, from, time.Time{}, true) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, line.Raw)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		last := w.asked[len(w.asked)-1]
		if begin, want := aws.ToInt64(last.StartTime), w.began.Add(2*time.Minute).UnixMilli(); begin != want {
			t.Errorf("the last look began at %d, want %d", begin, want)
		}
		count := 0
		for range Log(context.Background(), from, w.began.Add(100*time.Second), false) {
			count++
		}
		if count != 5 {
			t.Errorf("%d lines from the middle on, want 5", count)
		}
	})
}

// The lines of a sweep stand among the others, where they belong in time.
func TestLogOfTwoGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := func(n int) string { return fmt.Sprintf(`{"msg":"decided","evidence":"%d"}`, n) }
		w := world{
			logs:   []logged{{time.Second, line(1)}, {3 * time.Second, line(3)}},
			sweeps: []logged{{2 * time.Second, line(2)}, {4 * time.Second, line(4)}},
		}
		from := w.sources()
		time.Sleep(5 * time.Second) // of the bubble
		var got []string
		for line, err := range Log(context.Background(), from, time.Time{}, false) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, line.Raw)
		}
		if want := []string{line(1), line(2), line(3), line(4)}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestReadLine(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	tests := []struct{ name, message, want string }{
		{"a decision, with its own time", `{"time":"2026-03-01T08:59:59.5Z","msg":"decided","verdict":"retry","reason":"retryable","class":"network","retry":2}`, "08:59:59  retry  retryable    network, retry 2"},
		{"due tomorrow", `{"verdict":"wait","reason":"shared_budget_empty","due":"2026-03-02T09:00:00Z"}`, "09:00:00  wait   shared_budget_empty  due 2026-03-02 09:00:00"},
		{"an error", `{"msg":"not decided: left to the next delivery","error":"denied"}`, "09:00:00  error  left to the next delivery: denied"},
		{"another JSON line", `{"msg":"hello"}`, "09:00:00  hello"},
		{"no JSON", "mulligan cannot start:\n", "09:00:00  mulligan cannot start:"},
		{"spoiled JSON", `{"msg":`, `09:00:00  {"msg":`},
		{"hostile", `{"verdict":"stop","reason":"unknown_cause","evidence":"a\u001b[31m\nb"}`, "09:00:00  stop   unknown_cause  because: a [31m b"},
		{"of Lambda, in JSON", `{"time":"2026-03-01T08:59:59Z","type":"platform.start","record":{"requestId":"r"}}`, ""},
		{"of Lambda, in text", "REPORT RequestId: r\tDuration: 1 ms", ""},
		{"empty", "\n", ""},
	}
	for _, test := range tests {
		line, ok := readLine(test.message, at)
		if got := (Style{}).Line(line); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, ok, test.want)
		}
	}
}

// Where the log of an account cannot be read, there is a way out.
func TestUnreadLog(t *testing.T) {
	emptied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}`))
	}))
	defer emptied.Close()
	ended := httptest.NewServer(nil)
	ended.Close()
	for _, test := range []struct{ name, endpoint, want string }{
		{"ended", ended.URL, "connection refused\nIt may have ended: `make account` starts it again, `make account-down` clears it away"},
		{"emptied", emptied.URL, "does not exist.\nWhat was deployed may be gone: `make account` deploys it again"},
	} {
		state := State{Endpoint: test.endpoint, Region: "eu-west-1", Number: "123456789012", LogGroup: "logs"}
		var got error
		for _, err := range Log(t.Context(), state.Sources(), time.Time{}, false) {
			got = err
		}
		if got == nil || !strings.HasPrefix(got.Error(), "read the function's log: ") || !strings.HasSuffix(got.Error(), test.want) {
			t.Errorf("%s: got %v, want the way out: %s", test.name, got, test.want)
		}
	}
}

// Who breaks off is told no way out.
func TestUnreadLogBrokenOff(t *testing.T) {
	arrived := make(chan struct{}, 1)
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then is it noticed that the client is gone
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer hangs.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	state := State{Endpoint: hangs.URL, Region: "eu-west-1", Number: "123456789012", LogGroup: "logs"}
	for _, err := range Log(ctx, state.Sources(), time.Time{}, false) {
		if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "make account") {
			t.Errorf("got %v, want it broken off", err)
		}
	}
}
