package host

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"mulligan/internal/awstest"
)

// serveSageMaker puts one stand-in for each home behind one address.
func (h *Host) serveSageMaker() error {
	accounts := &awstest.Accounts{}
	for _, home := range h.options.Homes {
		config := awstest.Config{
			Number: home.Number, Region: home.Region,
			OnEvent:   func(e awstest.Event) { h.events.carry(home, e) },
			Authorize: h.authorize(home),
		}
		if h.options.StandIn != nil {
			h.options.StandIn(&config)
		}
		h.standIns[home] = awstest.New(config)
		accounts.Add(h.standIns[home])
	}
	var handler http.Handler = accounts
	if len(h.options.Homes) == 1 {
		handler = h.standIns[h.Home()]
	}
	url, stop, err := Listen("127.0.0.1:0", handler)
	if err != nil {
		return fmt.Errorf("serve the stand-in for SageMaker: %w", err)
	}
	h.SageMaker = url
	h.closers = append(h.closers, stop, h.tick())
	return nil
}

// tick lets scripted runs end when their time has come, though nobody asks.
func (h *Host) tick() (stop func()) {
	done := make(chan struct{})
	go func() {
		beat := time.NewTicker(200 * time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-done:
				return
			case <-beat.C:
				for _, a := range h.standIns {
					a.Tick()
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}

// Listen serves a handler at a loopback address until stop is called, which
// breaks off what is under way.
func Listen(address string, handler http.Handler) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it ends by Close alone
	}()
	stop = sync.OnceFunc(func() {
		server.Close()
		<-done
	})
	return "http://" + listener.Addr().String(), stop, nil
}
