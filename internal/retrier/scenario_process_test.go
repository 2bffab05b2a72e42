package retrier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario55HotKey has a thousand copies of one failure come as fast as the
// reserved concurrency takes them, five at a time. Of those that come when the
// first is done each costs one read, and SageMaker hears of no more than five.
func TestScenario55HotKey(t *testing.T) {
	t.Parallel()
	const copies, room = 1000, 5
	r := newRig(t, inProcess)
	e := r.fail("churn", atOnce, awstest.KeepsRunning())
	r.aws.Events()
	r.pass(2 * time.Second) // within a second of the retry a copy could tell of the next failure
	outcomes := make([]outcome, copies)
	free := make(chan struct{}, room)
	var all sync.WaitGroup
	for i := range outcomes {
		free <- struct{}{}
		all.Go(func() {
			outcomes[i] = r.deliver(e.Again(fmt.Sprint(i)))
			<-free
		})
	}
	all.Wait()
	looked := 0
	for _, o := range outcomes {
		switch {
		case o.err != nil:
			t.Errorf("a delivery ended in an error: %v", o.err)
		case !slices.Equal(o.calls, []string{opRead}):
			looked++
		}
	}
	if looked > room || r.aws.Count(opRetry) > room || r.aws.Count(opDescribe) > 2*room {
		t.Errorf("%d deliveries did more than read, with %d looks and %d calls, want at most %d, %d and %d",
			looked, r.aws.Count(opDescribe), r.aws.Count(opRetry), room, 2*room, room)
	}
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestScenario83OneProcess has one process handle the failures of many executions
// side by side, each of them three times, while the policy changes under it. What
// it must not share, the race detector sees.
func TestScenario83OneProcess(t *testing.T) {
	t.Parallel()
	r := newRig(t, with(func(s *settings) { s.MaxRetries = 2 }))
	h := r.handler(&line{rig: r, cancel: func() {}})
	var events []awstest.Event
	for i := range 16 {
		events = append(events, r.fail(fmt.Sprintf("pipeline-%d", i%4), atOnce, awstest.Succeeds()))
	}
	r.aws.Events()
	var all sync.WaitGroup
	for i := range 3 * len(events) {
		all.Go(func() {
			if _, err := h.Invoke(context.Background(), events[i%len(events)].JSON()); err != nil {
				t.Errorf("delivery %d: %v", i, err)
			}
		})
	}
	for n := range 4 {
		r.applies(fmt.Sprintf("version: 1\ndescription: change %d\n", n))
	}
	all.Wait()
	r.settle()
	for _, e := range events {
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	}
}

// A brokenLog takes nothing: a full disk, a pipe that nobody reads any more.
type brokenLog struct{}

func (brokenLog) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestScenario77LogIsBroken decides, writes and answers the same where not one
// line can be logged, whatever the delivery comes to.
func TestScenario77LogIsBroken(t *testing.T) {
	t.Parallel()
	for _, f := range flows {
		for name, fault := range map[string]error{"decided": nil, "an error": errLedger} {
			t.Run(f.name+", "+name, func(t *testing.T) {
				whole, broken := logged(t, f, fault, false), logged(t, f, fault, true)
				if !bytes.Equal(whole.answer, broken.answer) || fmt.Sprint(whole.err) != fmt.Sprint(broken.err) {
					t.Errorf("answered %s, %v; with a log %s, %v", broken.answer, broken.err, whole.answer, whole.err)
				}
				if fmt.Sprintf("%+v", whole.record) != fmt.Sprintf("%+v", broken.record) {
					t.Errorf("wrote %+v; with a log %+v", broken.record, whole.record)
				}
			})
		}
	}
}

// A logging is what a delivery came to, with a log or without.
type logging struct {
	answer []byte
	err    error
	record retry.Record
}

func logged(t *testing.T, f flow, fault error, isBroken bool) (l logging) {
	r := newRig(t, append([]option{inProcess}, f.set...)...)
	e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events()
	h := r.handler(&line{rig: r, cancel: func() {}, taps: []tap{func(c call) error {
		if c.op == opCommit && !c.after {
			return fault
		}
		return nil
	}}})
	if isBroken {
		h.Log = slog.New(slog.NewJSONHandler(brokenLog{}, nil))
	}
	l.answer, l.err = h.Invoke(context.Background(), e.JSON())
	l.record = r.record(e.ARN)
	if (l.err != nil) != (fault != nil) {
		t.Errorf("ended in the error %v", l.err)
	}
	r.deliver(e)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	return l
}
