package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mulligan/internal/awstest"
)

// A Home is one account in one Region.
type Home struct {
	Number, Region string
}

// Options say what a local account is like.
type Options struct {
	// Root is the project's folder. Folder takes logs and temporary files; Stop
	// leaves the logs.
	Root, Folder string
	// Homes are the accounts and Regions that it serves, the first one being
	// what MiniStack takes for its own. More than one account needs IAM to be
	// false: the emulator tells accounts apart by their access key only then.
	Homes []Home
	// IAM has every call checked against the caller's policies.
	IAM bool
	// Port is MiniStack's. Zero: a free one.
	Port int
	// RetryAfter is how long Lambda waits before it tries a failed invocation
	// again; the next wait is twice as long. In AWS it is a minute.
	RetryAfter time.Duration
	// Every is how often each rule with a rate fires, whichever it names. Zero: as
	// it says, in Mulligan's case every five minutes. Negative: never, for tests
	// that have a sweep when they ask for one.
	Every time.Duration
	// Environment is given to MiniStack, and by it to every function, on top
	// of what they need.
	Environment []string
	// StandIn changes how the stand-in for SageMaker is made. Nil: not at all.
	StandIn func(*awstest.Config)
	// Lost is told at once of each event that did not reach the bus, from any
	// goroutine. Nil: [Host.Lost] tells in the end.
	Lost func(error)
}

// A Host is a local account that runs.
type Host struct {
	Reach
	// SageMaker is the stand-in's URL.
	SageMaker string

	options  Options
	emulator *emulator
	standIns map[Home]*awstest.Account
	events   *carrier
	buckets  buckets
	closers  []func()

	sageMaker awstest.Accounts // the stand-ins behind one address
}

// Start brings the account up and returns when it answers. Its errors say what
// was missing and what to do.
func Start(ctx context.Context, o Options) (h *Host, err error) {
	if o.Root, err = filepath.Abs(o.Root); err != nil {
		return nil, err
	}
	if o.Folder, err = filepath.Abs(o.Folder); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, err
	}
	connections := newConnections()
	h = &Host{
		Reach:   Reach{Root: o.Root, Folder: o.Folder, IAM: o.IAM, connections: connections},
		options: o, standIns: map[Home]*awstest.Account{}, buckets: buckets{made: map[Home]bool{}},
	}
	h.events = newCarrier(h.putEvent, o.Lost)
	h.closers = append(h.closers, connections.CloseIdleConnections, h.events.close)
	if err := h.serveSageMaker(); err != nil {
		return nil, errors.Join(err, h.Stop())
	}
	if h.emulator, err = launch(ctx, o, h.SageMaker); err != nil {
		return nil, errors.Join(err, h.Stop())
	}
	h.Endpoint = h.emulator.url
	return h, nil
}

// Stop ends everything that Start and Deploy started. It may be called again.
func (h *Host) Stop() error {
	var err error
	if h.emulator != nil {
		err = h.emulator.stop()
	}
	for i := len(h.closers) - 1; i >= 0; i-- {
		h.closers[i]()
	}
	h.closers = nil
	return err
}

// Home is the main one.
func (h *Host) Home() Home { return h.options.Homes[0] }

// StandIn is SageMaker as it is in a home. It panics for one that was not among
// the options.
func (h *Host) StandIn(home Home) *awstest.Account {
	a, ok := h.standIns[home]
	if !ok {
		panic(fmt.Sprintf("no stand-in for %+v", home))
	}
	return a
}

// Ended is closed when MiniStack has ended, whoever ended it.
func (h *Host) Ended() <-chan struct{} { return h.emulator.ended }
