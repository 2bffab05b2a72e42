package awstest

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve puts the account on a free port of the loopback interface. The caller
// ends it by stop, which breaks off whatever is under way and returns when the
// listener is closed. It panics where the machine has no port to give.
func (a *Account) Serve() (url string, stop func()) {
	url, stop, err := a.ServeOn("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return url, stop
}

// ServeOn is Serve on an address of the caller's choice, such as
// "0.0.0.0:4577" for a container to reach.
func (a *Account) ServeOn(address string) (url string, stop func(), err error) {
	return serve(a, address)
}

func serve(handler http.Handler, address string) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the listener broke: nothing that a test could go on with
		}
	}()
	stop = sync.OnceFunc(func() {
		server.Close()
		<-done
	})
	return "http://" + listener.Addr().String(), stop, nil
}
