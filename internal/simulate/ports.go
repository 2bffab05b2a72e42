package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/event"
	"mulligan/internal/retry"
)

// A port is what one invocation has of AWS.
type port struct{ *invocation }

// What a call may take at most, and what has to follow it: as in the adapters.
const (
	callLimit  = 5500 * time.Millisecond
	retryLimit = 8500 * time.Millisecond
)

// store is the ledger.
type store interface {
	retry.Ledger
}

// Read implements retry.Ledger.
func (p *port) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (state retry.State, err error) {
	passed := p.pass(call{op: "Read", about: "reads the ledger", limit: callLimit, refuse: notTold[:1], effect: func() (err error) {
		state, err = p.store.Read(ctx, arn, buckets, scopes...)
		return err
	}})
	return state, passed
}

// Commit implements retry.Ledger.
func (p *port) Commit(ctx context.Context, c retry.Change) (state retry.State, applied bool, err error) {
	about := ""
	if p.telling {
		about = "writes " + wrote(c)
	}
	passed := p.pass(call{op: "Commit", about: about, limit: callLimit, writes: true, refuse: notTold[:1], effect: func() (err error) {
		before := p.recordOf(c.Execution)
		if state, applied = p.pretends(c); applied {
			return nil
		}
		if state, applied, err = p.store.Commit(ctx, c); applied {
			p.committed(before, c)
		} else if err == nil {
			p.tell(p.name, "its write is refused: the ledger has moved on")
		}
		return err
	}})
	return state, applied, passed
}

// Queue implements retry.Ledger.
func (p *port) Queue(ctx context.Context, l retry.Line) (turn time.Time, ok bool, err error) {
	passed := p.pass(call{op: "Queue", about: "takes a turn in the line of " + l.Key, limit: callLimit, writes: true, effect: func() (err error) {
		turn, ok, err = p.store.Queue(ctx, l)
		return err
	}})
	return turn, ok, passed
}

// Describe implements retry.Pipelines.
func (p *port) Describe(_ context.Context, arn retry.ExecutionARN) (seen retry.Execution, err error) {
	err = p.pass(call{op: "Describe", about: "describes the execution", limit: callLimit, refuse: denials, effect: func() error {
		if stands, _, known := p.unasked(arn); known {
			seen = stands
			return nil
		}
		e, exists := p.aws.Described(arn.String(), p.stale(p.describeLag))
		if !exists {
			return retry.ErrGone
		}
		seen = retry.Execution{ARN: arn, Status: string(e.Status), LastModified: e.Modified.UTC(), Parallelism: e.Parallelism}
		return nil
	}})
	return seen, err
}

// Steps implements retry.Pipelines.
func (p *port) Steps(_ context.Context, arn retry.ExecutionARN) (rows []retry.Step, err error) {
	err = p.pass(call{op: "ListSteps", about: "lists the steps", limit: callLimit, refuse: denials, effect: func() (err error) {
		known := false
		if _, rows, known = p.unasked(arn); !known {
			rows, err = p.rows(arn)
		}
		return err
	}})
	return rows, err
}

// Retry implements retry.Pipelines.
func (p *port) Retry(_ context.Context, arn retry.ExecutionARN, c retry.Claim) (answer retry.Answer, err error) {
	c = p.claimAsSent(c)
	err = p.pass(call{
		op: "Retry", about: fmt.Sprintf("calls RetryPipelineExecution, token %.6s", c.Token), limit: retryLimit, writes: true,
		refuse: []error{refusal{retry.Refused, "ResourceLimitExceeded"}, refusal{retry.Refused, "ThrottlingException"}, refusal{retry.WrongStatus, "ConflictException"}},
		effect: func() error { answer, err = p.retried(arn, c); return err },
	})
	if _, ok := errors.AsType[refusal](err); ok || err == nil && answer.Kind != retry.Accepted {
		p.declined[c.Token] = true
	}
	if made, ok := errors.AsType[refusal](err); ok {
		return retry.Answer{Kind: made.kind, Detail: made.code}, nil
	}
	return answer, err
}

// A refusal is an answer that nothing came of.
type refusal struct {
	kind retry.AnswerKind
	code string
}

func (r refusal) Error() string { return r.code }

// Job implements retry.Background.
func (p *port) Job(_ context.Context, ref string) (job cause.Job, err error) {
	err = p.pass(call{op: "DescribeJob", about: "describes the job", limit: callLimit, refuse: notTold, effect: func() error {
		job, err = p.job(ref)
		return err
	}})
	return job, err
}

// NewerSuccesses implements retry.Background.
func (p *port) NewerSuccesses(_ context.Context, arn retry.ExecutionARN, after time.Time) (found []retry.ExecutionARN, err error) {
	err = p.pass(call{op: "ListExecutions", about: "looks for newer executions", limit: callLimit, refuse: notTold, effect: func() error {
		found = p.newer(arn, after)
		return nil
	}})
	return found, err
}

var (
	denials = []error{errors.New("AccessDeniedException")}
	notTold = []error{errors.New("ThrottlingException"), fmt.Errorf("%w: AccessDeniedException", retry.ErrNotTold)}
)

// Ensure implements retry.Schedules.
func (p *port) Ensure(_ context.Context, w retry.Wake, n retry.Notice) error {
	payload, err := event.WakePayload(w, n)
	if err != nil {
		return err
	}
	about := ""
	if p.telling {
		about = "makes sure of its schedule at " + w.Due.Format(time.TimeOnly)
	}
	return p.pass(call{op: "CreateSchedule", about: about, limit: callLimit, writes: true, refuse: notTold[:1], effect: func() error {
		p.ensure(w, payload, n)
		return nil
	}})
}

func (p *port) ensure(w retry.Wake, payload []byte, n retry.Notice) {
	for _, t := range p.timers {
		if t.name == w.Name {
			return
		}
	}
	due := w.Due
	if soonest := p.now.Add(2 * time.Second); due.Before(soonest) {
		due = retry.WholeSecond(soonest)
	}
	what := "the wake of an execution"
	if l := p.byKey[n.Execution.Key()]; l != nil {
		what = "the wake of " + l.name()
	}
	p.timers = append(p.timers, &timer{w.Name, due, payload, what})
}
