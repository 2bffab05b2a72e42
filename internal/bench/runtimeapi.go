package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The function as the Runtime API names it to the process.
const functionARN = "arn:aws:lambda:" + region + ":" + accountNumber + ":function:mulligan-retrier:live"

// timeLeft is what an invocation is given, as in the template.
const timeLeft = 30 * time.Second

// runtimeAPI is the Lambda Runtime API for one process, as far as runtimes of
// Go use it: next, response and error (AWS Lambda developer guide, "Using the
// Lambda runtime API").
type runtimeAPI struct {
	asked   chan time.Time // when the process asked for the next event
	events  chan []byte
	answers chan answer

	mu     sync.Mutex
	handed time.Time // when the event under way was handed out
	served int
}

// answer is what the process made of one event.
type answer struct {
	body   string
	failed bool // it reported an error, and Lambda would deliver the event again
	took   time.Duration
}

func newRuntimeAPI() *runtimeAPI {
	return &runtimeAPI{asked: make(chan time.Time, 1), events: make(chan []byte), answers: make(chan answer, 1)}
}

// ServeHTTP serves one process, which makes one request at a time: nothing here
// is asked for twice at once.
func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	what, ok := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/")
	switch {
	case ok && r.Method == http.MethodGet && what == "invocation/next":
		a.next(w, r, now)
	case ok && r.Method == http.MethodPost && what != "invocation/next":
		body, _ := io.ReadAll(r.Body)
		failed := !strings.HasSuffix(what, "/response")
		a.mu.Lock()
		took := now.Sub(a.handed)
		a.mu.Unlock()
		a.answers <- answer{string(body), failed, took}
		w.WriteHeader(http.StatusAccepted)
	default:
		http.NotFound(w, r)
	}
}

func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request, now time.Time) {
	a.asked <- now
	select {
	case event := <-a.events:
		a.hand(w, event)
	case <-r.Context().Done():
	}
}

func (a *runtimeAPI) hand(w http.ResponseWriter, event []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.served++
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-4000-8000-%012d", a.served))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", functionARN)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(timeLeft).UnixMilli(), 10))
	a.handed = time.Now()
	_, _ = w.Write(event) // a process that is gone answers nothing, which is noticed
}
