package model

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// op is a call of the real corridor at which it stands still.
type op string

const (
	opDescribe op = "Describe"
	opSteps    op = "Steps"
	opCommit   op = "Commit"
	opRetry    op = "Retry"
	opEnsure   op = "Ensure"
)

var errGone = errors.New("the process is gone")

// A process is one delivery of the real corridor. It stands still before every call
// to the outside, until the tie lets it go on; then the call has its effect and its
// answer at once.
type process struct {
	tie    *tie
	resume func() (struct{}, bool)
	stop   func()
	park   func(...op) // gives way to the tie, which says which call goes on
	parked []op        // empty: it has ended
	chosen op
	dead   bool
	answer retry.Answer // to the next Retry
	lost   bool         // the next Retry has no answer
	ended  bool
	said   retry.Decision
	err    error
	moved  bool // the last Commit was refused, and its buckets have a unit
}

// begin starts a delivery, and lets it read the ledger.
func (t *tie) begin(n retry.Notice) *process {
	p := &process{tie: t}
	corridor := retry.Corridor{
		Mode: retry.Enforce, Rules: rules{t.book}, Build: "tie", Keep: time.Hour, Abreast: p.abreast,
		Ledger: p, Pipelines: p, Background: p, Schedules: p, Now: func() time.Time { return t.now },
	}
	p.resume, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.park = func(at ...op) {
			p.parked = at
			yield(struct{}{})
		}
		p.said, p.err = corridor.Handle(context.Background(), n)
		p.ended, p.parked = true, nil
	})
	p.resume()
	return p
}

// goOn makes one of the calls before which the process stands.
func (p *process) goOn(call op) error {
	if !slices.Contains(p.parked, call) {
		return fmt.Errorf("the corridor stands before %v, the model before %s", p.parked, call)
	}
	p.chosen = call
	p.resume()
	return nil
}

// die ends the process: this call and all that follow fail.
func (p *process) die() {
	for p.dead = true; !p.ended; {
		p.resume()
	}
}

// abreast makes calls one after the other, in the order that the tie chooses.
func (p *process) abreast(calls ...func()) {
	outer, waiting := p.park, map[op]func() (struct{}, bool){}
	for _, call := range calls {
		next, stop := iter.Pull(func(yield func(struct{}) bool) {
			p.park = func(at ...op) {
				p.parked = at
				yield(struct{}{})
			}
			call()
		})
		defer stop()
		if _, stands := next(); stands {
			waiting[p.parked[0]] = next
		}
	}
	p.park = outer
	for len(waiting) > 0 {
		p.park(slices.Collect(maps(waiting))...)
		if next := waiting[p.chosen]; next != nil && !p.dead {
			delete(waiting, p.chosen)
			next()
			continue
		}
		for at, next := range waiting { // the process is gone
			delete(waiting, at)
			next()
		}
	}
}

func maps[V any](m map[op]V) iter.Seq[op] {
	return func(yield func(op) bool) {
		for _, at := range []op{opDescribe, opSteps} {
			if _, has := m[at]; has && !yield(at) {
				return
			}
		}
	}
}

// before stands still before a call.
func (p *process) before(call op) error {
	if !p.dead {
		p.park(call)
	}
	if p.dead {
		return errGone
	}
	return nil
}

// Read implements retry.Ledger. A delivery begins with it, so that nothing can come
// before.
func (p *process) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	return p.tie.ledger.Read(ctx, arn, buckets, scopes...)
}

// Queue implements retry.Ledger: nobody else stands in the lines of the tie.
func (p *process) Queue(ctx context.Context, l retry.Line) (time.Time, bool, error) {
	return p.tie.ledger.Queue(ctx, l)
}

// Commit implements retry.Ledger. The model knows no breakers.
func (p *process) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	if !p.moved {
		if err := p.before(opCommit); err != nil {
			return retry.State{}, false, err
		}
	}
	c.Breakers = nil
	stands, applied, err := p.tie.ledger.Commit(ctx, c)
	p.moved = err == nil && !applied && onlyMoved(c, stands, p.tie.now)
	return stands, applied, err
}

// onlyMoved tells whether a write was refused for nothing but a bucket that others
// had taken from, and that still has a unit. It is written again at once; the model
// knows of a bucket only whether it is empty.
func onlyMoved(c retry.Change, stands retry.State, now time.Time) bool {
	for _, b := range c.Takes {
		if _, left := b.Take(stands.Full[b.Key], now); !left {
			return false
		}
	}
	return len(c.Takes) > 0 && stands.Record.Rev == c.Seen.Record.Rev && stands.Holds.Rev == c.Seen.Holds.Rev
}

// Describe implements retry.Pipelines by what the model's SageMaker shows.
func (p *process) Describe(_ context.Context, arn retry.ExecutionARN) (retry.Execution, error) {
	if err := p.before(opDescribe); err != nil {
		return retry.Execution{}, err
	}
	status, modified := p.tie.state.World.describe()
	return retry.Execution{ARN: arn, Status: statuses[status], LastModified: p.tie.at(modified)}, nil
}

var statuses = [...]string{Executing: "Executing", Failed: "Failed", Succeeded: "Succeeded", Stopped: "Stopped"}

// Steps implements retry.Pipelines.
func (p *process) Steps(context.Context, retry.ExecutionARN) ([]retry.Step, error) {
	if err := p.before(opSteps); err != nil {
		return nil, err
	}
	round, running := p.tie.state.World.steps()
	step := retry.Step{Name: "Train", Type: "Training", Status: "Failed", Reason: p.tie.reason, Started: start, Ended: p.tie.at(round)}
	switch {
	case running:
		step.Status, step.Reason, step.Ended = "Executing", "", time.Time{}
	case round == 0:
		return nil, nil
	}
	return []retry.Step{step}, nil
}

// Retry implements retry.Pipelines.
func (p *process) Retry(_ context.Context, _ retry.ExecutionARN, c retry.Claim) (retry.Answer, error) {
	if err := p.before(opRetry); err != nil {
		return retry.Answer{}, err
	}
	p.tie.sent = c.Token
	if p.lost {
		return retry.Answer{}, errors.New("no answer")
	}
	return p.answer, nil
}

// Ensure implements retry.Schedules.
func (p *process) Ensure(_ context.Context, w retry.Wake, n retry.Notice) error {
	if err := p.before(opEnsure); err != nil {
		return err
	}
	p.tie.scheduled, p.tie.wakes[p.tie.code(n)] = n, w
	return nil
}

// Job implements retry.Background.
func (p *process) Job(context.Context, string) (cause.Job, error) { return cause.Job{}, retry.ErrGone }

// NewerSuccesses implements retry.Background.
func (p *process) NewerSuccesses(context.Context, retry.ExecutionARN, time.Time) ([]retry.ExecutionARN, error) {
	return nil, nil
}

// rules are the real policy's, without what the model leaves out.
type rules struct{ retry.Rulebook }

// Terms implements retry.Rulebook.
func (r rules) Terms(arn retry.ExecutionARN, stored *retry.Stored) (retry.Terms, error) {
	terms, err := r.Rulebook.Terms(arn, stored)
	terms.Breakers, terms.Supersedes = retry.Breakers{}, false
	return terms, err
}
