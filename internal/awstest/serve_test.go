package awstest

import (
	"net/http"
	"sync/atomic"
	"testing"
)

// Whoever stops a server may take apart what its handlers use.
func TestStopWaitsForHandlers(t *testing.T) {
	var inside, returned atomic.Int32
	arrived := make(chan struct{}, 2)
	url, stop, err := Listen("127.0.0.1:0", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		inside.Add(1)
		arrived <- struct{}{}
		<-r.Context().Done()
		returned.Add(1)
	}))
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, 2)
	for range 2 {
		go func() {
			answer, err := http.Get(url)
			if err == nil {
				answer.Body.Close()
			}
			answers <- err
		}()
		<-arrived
	}
	stop()
	if got, want := returned.Load(), inside.Load(); got != want || want != 2 {
		t.Errorf("%d of %d handlers have returned, want both", got, want)
	}
	for range 2 {
		if err := <-answers; err == nil {
			t.Error("an answer, want the request broken off")
		}
	}
	stop() // again does nothing
	if _, err := http.Get(url); err == nil {
		t.Error("an answer after stop")
	}
}

func TestListenSaysWhereItCannot(t *testing.T) {
	url, stop := New(Config{}).Serve()
	defer stop()
	if _, _, err := Listen(url[len("http://"):], http.NotFoundHandler()); err == nil {
		t.Error("no error at an address that is in use")
	}
}
