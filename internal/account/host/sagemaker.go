package host

import (
	"fmt"
	"sync"
	"time"

	"mulligan/internal/awstest"
)

// serveSageMaker puts one stand-in for each home behind one address.
func (h *Host) serveSageMaker() error {
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
		h.sageMaker.Add(h.standIns[home])
	}
	url, stop, err := awstest.Listen("127.0.0.1:0", &h.sageMaker)
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
	var beats sync.WaitGroup
	beats.Go(func() {
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
	})
	return sync.OnceFunc(func() {
		close(done)
		beats.Wait()
	})
}
