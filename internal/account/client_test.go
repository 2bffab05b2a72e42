package account

import (
	"net/http"
	"net/http/httptest"
	"reflect"
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

// What one asks for is what the account is set to, and what was lost is sent once.
func TestRemoteSettings(t *testing.T) {
	a, r := remote(t)
	before, err := r.Settings(t.Context())
	if err != nil || !reflect.DeepEqual(before, a.Settings()) {
		t.Errorf("got %+v, %v, want %+v", before, err, a.Settings())
	}
	to := before
	to.Denied, to.LoseEvents, to.Quotas = []string{"Search"}, 2, map[string]int{"ml.g5.xlarge for training job usage": 3}
	if set, err := r.Set(t.Context(), to); err != nil || !reflect.DeepEqual(set, to) || !reflect.DeepEqual(a.Settings(), to) {
		t.Errorf("set to %+v, %v, and there it is %+v, want %+v", set, err, a.Settings(), to)
	}
	if _, err := r.Set(t.Context(), awstest.Settings{RunningLimit: -1}); err == nil || !strings.Contains(err.Error(), "running_limit: expected") {
		t.Errorf("got %v, want the control side's words", err)
	}
	arn := a.Add(awstest.Script{})
	for _, want := range []int{2, 0} {
		if sent, err := r.SendLate(t.Context(), arn); err != nil || sent != want {
			t.Errorf("sent %d, %v, want %d", sent, err, want)
		}
	}
	if _, err := r.SendLate(t.Context(), "nonsense"); err == nil || !strings.Contains(err.Error(), "pipelineExecutionArn") {
		t.Errorf("got %v, want the control side's words", err)
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
