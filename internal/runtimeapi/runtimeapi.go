// Package runtimeapi is the Lambda Runtime API for one process, so that the
// functions' real binaries run as in Lambda, one invocation at a time, on any
// machine. It has as much as runtimes of Go use: next, response and error (AWS
// Lambda developer guide, "Using the Lambda runtime API").
package runtimeapi

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// API serves one process, which makes one request at a time. Make one with New;
// it is an http.Handler, whose address the process finds in
// AWS_LAMBDA_RUNTIME_API.
type API struct {
	Asked   chan time.Time // when the process asked for the next event: to be received before that is sent
	Events  chan []byte
	Answers chan Answer

	function string
	timeLeft time.Duration

	mu     sync.Mutex
	handed time.Time // when the event under way was handed out
	served int
}

// Answer is what the process made of one event.
type Answer struct {
	Body   string
	Failed bool          // it reported an error, and Lambda would deliver the event again
	Took   time.Duration // since the event was handed out
}

// New makes the API of a process that is invoked under that ARN and told to have
// so much time for each event.
func New(functionARN string, timeLeft time.Duration) *API {
	return &API{
		Asked: make(chan time.Time, 1), Events: make(chan []byte), Answers: make(chan Answer, 1),
		function: functionARN, timeLeft: timeLeft,
	}
}

// ServeHTTP answers one request of the process.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	what, ok := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/")
	switch {
	case ok && r.Method == http.MethodGet && what == "invocation/next":
		a.next(w, r, now)
	case ok && r.Method == http.MethodPost && what != "invocation/next":
		body, _ := io.ReadAll(r.Body) // of a process that dies meanwhile, the rest is not missed
		failed := !strings.HasSuffix(what, "/response")
		a.mu.Lock()
		took := now.Sub(a.handed)
		a.mu.Unlock()
		a.Answers <- Answer{string(body), failed, took}
		w.WriteHeader(http.StatusAccepted)
	default:
		http.NotFound(w, r)
	}
}

func (a *API) next(w http.ResponseWriter, r *http.Request, now time.Time) {
	a.Asked <- now
	select {
	case event := <-a.Events:
		a.hand(w, event)
	case <-r.Context().Done():
	}
}

func (a *API) hand(w http.ResponseWriter, event []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.served++
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-4000-8000-%012d", a.served))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", a.function)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(a.timeLeft).UnixMilli(), 10))
	a.handed = time.Now()
	_, _ = w.Write(event) // a process that is gone answers nothing, which is noticed
}
