package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"mulligan/internal/awstest"
)

// A carrier takes events from the stand-in to the bus: at once, each by itself,
// since the stand-in answers a request only when its event was taken.
type carrier struct {
	put  func(context.Context, Home, awstest.Event) error
	tell func(error) // of each that was lost; may be nil

	mu     sync.Mutex
	faults []error
	busy   sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc
}

// putLimit is how long an event may take to the bus. It is generous: 200 may
// go at a time, through one emulator.
const putLimit = 60 * time.Second

func newCarrier(put func(context.Context, Home, awstest.Event) error, tell func(error)) *carrier {
	c := &carrier{put: put, tell: tell}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// carry takes one event on its way. One that comes after close goes nowhere.
func (c *carrier) carry(home Home, e awstest.Event) {
	c.mu.Lock() // close must not wait while another goes
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	c.busy.Go(func() {
		ctx, cancel := context.WithTimeout(c.ctx, putLimit)
		defer cancel()
		if err := c.put(ctx, home, e); err != nil && c.ctx.Err() == nil {
			c.lose(fmt.Errorf("the event of %s (%s) did not reach the bus: %w", e.ARN, e.Status, err))
		}
	})
}

func (c *carrier) lose(fault error) {
	c.mu.Lock()
	c.faults = append(c.faults, fault)
	c.mu.Unlock()
	if c.tell != nil {
		c.tell(fault)
	}
}

// close breaks off what is on its way, which is not lost then.
func (c *carrier) close() {
	c.mu.Lock()
	c.cancel()
	c.mu.Unlock()
	c.busy.Wait()
}

// lost are the events that did not reach the bus.
func (c *carrier) lost() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.faults...)
}

// Lost tells which events did not reach the bus, and why, and which requests to
// SageMaker no home took; nil if there was none of either.
func (h *Host) Lost() error {
	err := h.events.lost()
	for _, v := range h.sageMaker.Violations() {
		err = errors.Join(err, errors.New("to SageMaker: "+v))
	}
	return err
}

// putEvent does what SageMaker does at a status change: it puts the event on
// the account's default bus.
func (h *Host) putEvent(ctx context.Context, home Home, e awstest.Event) error {
	var envelope struct {
		Source     string          `json:"source"`
		DetailType string          `json:"detail-type"`
		Time       time.Time       `json:"time"`
		Resources  []string        `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(e.JSON(), &envelope); err != nil {
		return err
	}
	return h.PutEvent(ctx, home, types.PutEventsRequestEntry{
		Source: &envelope.Source, DetailType: &envelope.DetailType, Time: &envelope.Time,
		Resources: envelope.Resources, Detail: aws.String(string(envelope.Detail)),
	})
}

// PutEvent puts an event on the default bus of a home.
func (r Reach) PutEvent(ctx context.Context, home Home, entry types.PutEventsRequestEntry) error {
	out, err := eventbridge.NewFromConfig(r.AWS(home)).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{entry}})
	switch {
	case err != nil:
		return fmt.Errorf("put an event on the bus: %w", err)
	case out.FailedEntryCount != 0:
		return fmt.Errorf("put an event on the bus: %s: %s", aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}
