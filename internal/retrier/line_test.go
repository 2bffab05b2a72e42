package retrier_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"mulligan/internal/retry"
)

// The operations that a delivery can call.
const (
	opRead     = "Read"
	opCommit   = "Commit"
	opQueue    = "Queue"
	opDescribe = "DescribePipelineExecution"
	opSteps    = "ListPipelineExecutionSteps"
	opNewer    = "ListPipelineExecutions"
	opJob      = "DescribeTrainingJob"
	opRetry    = "RetryPipelineExecution"
	opSchedule = "CreateSchedule"
)

// A call is one outgoing call of a delivery, seen before it is made or after.
type call struct {
	op    string
	nth   int // of the delivery, from 1
	nthOp int // of this operation in the delivery, from 1
	after bool
}

// A tap sits on the line of one delivery. An error before a call keeps it from
// being made; one after it loses its answer.
type tap func(call) error

var (
	errCrash = errors.New("the process is gone")           // this call and all that follow fail
	errTwice = errors.New("the transport sent this twice") // after a commit: it is sent again, and that answer counts
)

// A line carries the calls of one delivery: to the ledger, and over HTTP.
type line struct {
	rig    *rig
	taps   []tap
	cancel context.CancelFunc

	mu    sync.Mutex
	calls []string
	dead  bool
}

// pass makes one call, as far as the taps let it.
func (l *line) pass(op string, do func() error) error {
	c := l.begin(op)
	if err := l.tapped(c); err != nil {
		return err
	}
	err := do()
	c.after = true
	if lost := l.tapped(c); lost != nil {
		return lost
	}
	return err
}

func (l *line) begin(op string) call {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, op)
	c := call{op: op, nth: len(l.calls)}
	for _, o := range l.calls {
		if o == op {
			c.nthOp++
		}
	}
	return c
}

// tapped asks the taps. A crash ends the delivery's context too, as no client
// of a process that is gone tries anything again.
func (l *line) tapped(c call) error {
	l.mu.Lock()
	dead := l.dead
	l.mu.Unlock()
	if dead {
		return errCrash
	}
	for _, t := range l.taps {
		err := t(c)
		if errors.Is(err, errCrash) {
			l.mu.Lock()
			l.dead = true
			l.mu.Unlock()
			l.cancel()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	op := opSchedule
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		op = name
	}
	passed := l.pass(op, func() error {
		if op == opRetry {
			l.rig.calling(r)
		}
		answer, err = l.rig.transport.RoundTrip(r)
		return err
	})
	if passed != nil && answer != nil {
		answer.Body.Close()
		answer = nil
	}
	return answer, passed
}

// Read implements retry.Ledger.
func (l *line) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (state retry.State, err error) {
	err = l.pass(opRead, func() error {
		state, err = l.rig.ledger.Read(ctx, arn, buckets, scopes...)
		return err
	})
	return state, err
}

// Queue implements retry.Ledger.
func (l *line) Queue(ctx context.Context, wanted retry.Line) (turn time.Time, ok bool, err error) {
	err = l.pass(opQueue, func() error {
		turn, ok, err = l.rig.ledger.Queue(ctx, wanted)
		return err
	})
	return turn, ok, err
}

// Commit implements retry.Ledger.
func (l *line) Commit(ctx context.Context, c retry.Change) (state retry.State, applied bool, err error) {
	write := func() error {
		if state, applied, err = l.rig.ledger.Commit(ctx, c); applied {
			l.rig.committed(c)
		}
		return err
	}
	err = l.pass(opCommit, write)
	if errors.Is(err, errTwice) {
		err = write()
	}
	return state, applied, err
}

// crash cuts a delivery off right before or right after its k-th call.
func crash(k int, after bool) tap {
	return func(c call) error {
		if c.nth == k && c.after == after {
			return errCrash
		}
		return nil
	}
}

// on gives err before or after the n-th call of an operation; n 0: every one.
func on(op string, n int, after bool, err error) tap {
	return func(c call) error {
		if c.op == op && (n == 0 || c.nthOp == n) && c.after == after {
			return err
		}
		return nil
	}
}

// meanwhile does something else right before or right after the k-th call.
func meanwhile(k int, after bool, act func()) tap {
	return func(c call) error {
		if c.nth == k && c.after == after {
			act()
		}
		return nil
	}
}
