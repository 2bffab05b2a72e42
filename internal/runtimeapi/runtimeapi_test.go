package runtimeapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The Runtime API as a runtime sees it: ask, answer, ask again.
func TestAskAndAnswer(t *testing.T) {
	api := New("arn:aws:lambda:eu-west-1:123456789012:function:f:live", time.Minute)
	server := httptest.NewServer(api)
	defer server.Close()
	base := server.URL + "/2018-06-01/runtime/"
	for _, test := range []struct {
		path   string
		failed bool
	}{{"response", false}, {"error", true}} {
		go func() { api.Events <- []byte(`{"n":1}`) }()
		next, err := http.Get(base + "invocation/next")
		if err != nil {
			t.Fatal(err)
		}
		next.Body.Close()
		<-api.Asked
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		deadline := next.Header.Get("Lambda-Runtime-Deadline-Ms")
		if next.StatusCode != http.StatusOK || id == "" || deadline == "" {
			t.Fatalf("next: got status %d, id %q, deadline %q", next.StatusCode, id, deadline)
		}
		sent, err := http.Post(base+"invocation/"+id+"/"+test.path, "application/json", strings.NewReader("done"))
		if err != nil || sent.StatusCode != http.StatusAccepted {
			t.Fatalf("%s: got %v, %v, want 202", test.path, sent, err)
		}
		sent.Body.Close()
		if got := <-api.Answers; got.Body != "done" || got.Failed != test.failed || got.Took <= 0 {
			t.Errorf("%s: got %+v, want done, failed %t, after some time", test.path, got, test.failed)
		}
	}
}

// What no runtime asks for is not found.
func TestUnknownPath(t *testing.T) {
	server := httptest.NewServer(New("arn", time.Minute))
	defer server.Close()
	answer, err := http.Get(server.URL + "/2018-06-01/extension/register")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("got %d, want 404", answer.StatusCode)
	}
}
