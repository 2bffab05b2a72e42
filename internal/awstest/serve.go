package awstest

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve puts the account on a free port of the loopback interface. The caller
// ends it by stop, as with [Listen]. It panics where the machine has no port to
// give.
func (a *Account) Serve() (url string, stop func()) {
	url, stop, err := Listen("127.0.0.1:0", a)
	if err != nil {
		panic(err)
	}
	return url, stop
}

// Listen serves a handler at an address until stop is called, which breaks off
// what is under way and returns when the listener is closed and no request is
// handled any more. A handler must not call stop, and must heed its request's
// context where it waits. The error is that of listening.
func Listen(address string, handler http.Handler) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	var open sync.WaitGroup // connections: each is opened by Serve, and closed when its last handler has returned
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ConnState: func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Done()
		}
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the listener broke: nothing that anybody could go on with
		}
	}()
	stop = sync.OnceFunc(func() {
		server.Close()
		<-done // from here on no connection is opened
		open.Wait()
	})
	return "http://" + listener.Addr().String(), stop, nil
}
