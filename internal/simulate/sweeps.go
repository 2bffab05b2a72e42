package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
	"mulligan/internal/sweep"
)

const (
	sweepEvery = 5 * time.Minute // the template's rate
	sweepLives = 4 * time.Minute
)

// sweepWhenDue begins the sweep that the rate brings; while there is trouble,
// only some of them.
func (r *run) sweepWhenDue() {
	if r.now.Before(r.sweepAt) {
		return
	}
	r.sweepAt = r.now.Add(sweepEvery)
	if r.calm || r.chance(25) {
		r.sweeps()
	}
}

// sweeps begins a sweep; two may overlap while there is trouble.
func (r *run) sweeps() {
	if r.options.Without == withoutSweep || r.sweeping && (r.calm || r.n(4) != 3) {
		return
	}
	r.sweeping = true
	v := r.enter("sweep", nil, sweepLives)
	r.tell(v.name, "begins")
	p := &port{v}
	h := &sweep.Handler{
		Home: home, Mode: retry.Enforce, ExpireAfter: r.settings.ExpireAfter, HandleTimeout: functionTimeout,
		Requests: of(r.choices, []int{sweep.Requests, sweep.Requests, 16, 9}), PerSecond: sweep.PerSecond, Build: "simulated", Log: slog.New(slog.NewJSONHandler(&v.log, nil)),
		Search: p, Lists: p, Records: p, Cursors: p, Corridor: bounded{v, v.corridor()},
		Now: func() time.Time { return r.now }, Pause: func(_ context.Context, d time.Duration) { r.sleep(d) }, Abreast: r.abreast,
	}
	t := r.begin(v, func() { v.answer, v.err = h.Invoke(background, nil) })
	t.deadline = v.deadline
	r.resume(t)
	r.after(v)
}

// bounded gives each failure that a sweep handles the time that it has.
type bounded struct {
	*invocation
	corridor *retry.Corridor
}

// Handle implements sweep.Corridor.
func (b bounded) Handle(ctx context.Context, n retry.Notice) (retry.Decision, error) {
	t := b.current
	before := t.deadline
	t.deadline = b.now.Add(functionTimeout)
	defer func() { t.deadline = before }()
	if l := b.byKey[n.Execution.Key()]; l != nil {
		b.tell(b.name, "comes to %s", l.name())
	}
	return b.corridor.Handle(ctx, n)
}

// FailedSince implements sweep.Search.
func (p *port) FailedSince(_ context.Context, since time.Time, _ string) (found []retry.Found, next string, err error) {
	err = p.pass(call{op: "Search", about: "searches", limit: callLimit, refuse: notTold, effect: func() error {
		if p.denied {
			return fmt.Errorf("%w: AccessDeniedException", retry.ErrNotTold)
		}
		found = p.failedSince(since)
		return nil
	}})
	return found, "", err
}

// Pipelines implements sweep.Lists.
func (p *port) Pipelines(context.Context, string) (names []string, next string, err error) {
	err = p.pass(call{op: "ListPipelines", about: "lists the pipelines", limit: callLimit, refuse: notTold, effect: func() error {
		for _, l := range p.lives {
			if !slices.Contains(names, l.parsed.Pipeline) {
				names = append(names, l.parsed.Pipeline)
			}
		}
		slices.Sort(names)
		return nil
	}})
	return names, "", err
}

// FailedOf implements sweep.Lists.
func (p *port) FailedOf(_ context.Context, pipeline, _ string) (found []retry.Found, next string, err error) {
	err = p.pass(call{op: "ListExecutions", about: "lists the executions", limit: callLimit, refuse: notTold, effect: func() error {
		for _, l := range slices.Backward(p.lives) {
			if e, _ := p.aws.Described(l.arn, p.stale(p.describeLag)); strings.EqualFold(l.parsed.Pipeline, pipeline) && e.Status == awstest.Failed {
				found = append(found, retry.Found{Execution: l.parsed, Started: e.Created.UTC()})
			}
		}
		return nil
	}})
	return found, "", err
}

// Known implements sweep.Records.
func (p *port) Known(ctx context.Context, arns []retry.ExecutionARN) (known map[string]retry.Record, unreadable []retry.ExecutionARN, err error) {
	passed := p.pass(call{op: "Read", about: "reads records", limit: callLimit, refuse: notTold[:1], effect: func() error {
		known, unreadable, err = p.ledger.Known(ctx, arns)
		return err
	}})
	return known, unreadable, passed
}

// Open implements sweep.Records.
func (p *port) Open(ctx context.Context, standing retry.Standing, page string) (open []retry.Open, next string, err error) {
	passed := p.pass(call{op: "Query", about: "reads the queue of the " + string(standing), limit: callLimit, refuse: notTold[:1], effect: func() error {
		open, next, err = p.ledger.Open(ctx, standing, page)
		return err
	}})
	return open, next, passed
}

// Cursor implements sweep.Cursors.
func (p *port) Cursor(ctx context.Context) (text string, err error) {
	passed := p.pass(call{op: "Read", about: "reads the cursor", limit: callLimit, refuse: notTold[:1], effect: func() error {
		text, err = p.ledger.Cursor(ctx)
		return err
	}})
	return text, passed
}

// KeepCursor implements sweep.Cursors.
func (p *port) KeepCursor(ctx context.Context, text string) error {
	return p.pass(call{op: "KeepCursor", about: "keeps the cursor", limit: callLimit, writes: true, refuse: notTold[:1], effect: func() error {
		return p.ledger.KeepCursor(ctx, text)
	}})
}
