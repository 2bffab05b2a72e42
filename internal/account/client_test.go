package account

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mulligan/internal/awstest"
)

// remote is the control side of an account, over HTTP.
func remote(t *testing.T) (*awstest.Account, Remote) {
	t.Helper()
	a := awstest.New(awstest.Config{})
	server := httptest.NewServer(a.Control())
	t.Cleanup(server.Close)
	return a, Remote{URL: server.URL}
}

func TestRemote(t *testing.T) {
	a, r := remote(t)
	made, err := r.Fail(t.Context(), awstest.FailOrder{Pipeline: "nightly", Class: "capacity"})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Execution(made.ARN); made.Status != awstest.Failed || got.Steps[0].Reason != awstest.ReasonCapacity {
		t.Errorf("made %+v, and there is %+v", made, got)
	}
	if got, err := r.Execution(t.Context(), made.ARN); err != nil || got.ARN != made.ARN || got.Run != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Every error says what is wrong, in words for whoever typed the command.
func TestRemoteErrors(t *testing.T) {
	answers := func(status int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	ended := httptest.NewServer(nil)
	ended.Close()
	_, real := remote(t)
	tests := []struct{ name, url, want string }{
		{"nobody there", ended.URL, "`make account` starts it again"},
		{"the control side's words", real.URL, "class: expected one of access_denied, capacity"},
		{"a page", answers(502, "<html>"), "the control side answered 502 Bad Gateway"},
		{"no JSON", answers(200, "<html>"), "read the control side's answer: "},
		{"endless", answers(200, `{"arn":"`+strings.Repeat("x", maxControlAnswer)), "more than 8388608 bytes"},
	}
	for _, test := range tests {
		_, err := Remote{URL: test.url}.Fail(t.Context(), awstest.FailOrder{Class: "gremlins"})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}
