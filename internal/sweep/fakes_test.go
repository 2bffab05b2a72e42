package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"mulligan/internal/retry"
)

func (w *world) FailedSince(_ context.Context, since time.Time, at string) ([]retry.Found, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = append(w.since, since)
	if err := w.note("Search", 1); err != nil {
		return nil, "", err
	}
	var found []retry.Found
	for _, f := range w.failed {
		if !f.LastModified.Before(since) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b retry.Found) int { return a.LastModified.Compare(b.LastModified) })
	found, next := page(w, found, at)
	return found, next, nil
}

func (w *world) Pipelines(_ context.Context, at string) ([]string, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note("Pipelines", 1); err != nil {
		return nil, "", err
	}
	names := slices.Clone(w.names)
	for _, f := range w.failed {
		names = append(names, f.Execution.Pipeline)
	}
	slices.Sort(names)
	names, next := page(w, slices.Compact(names), at)
	return names, next, nil
}

func (w *world) FailedOf(_ context.Context, pipeline, at string) ([]retry.Found, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note("FailedOf "+pipeline, 1); err != nil {
		return nil, "", err
	}
	var found []retry.Found
	for _, f := range w.failed {
		if strings.EqualFold(f.Execution.Pipeline, pipeline) {
			f.LastModified = time.Time{}
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b retry.Found) int { return b.Started.Compare(a.Started) })
	found, next := page(w, found, at)
	return found, next, nil
}

func (w *world) Known(_ context.Context, asked []retry.ExecutionARN) (map[string]retry.Record, []retry.ExecutionARN, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note("Known", 0); err != nil {
		return nil, nil, err
	}
	known := map[string]retry.Record{}
	var unreadable []retry.ExecutionARN
	for _, e := range asked {
		if r, has := w.records[e.Key()]; has {
			known[e.Key()] = r
		}
		if w.broken[e.Key()] {
			unreadable = append(unreadable, e)
		}
	}
	return known, unreadable, nil
}

func (w *world) Open(_ context.Context, standing retry.Standing, at string) ([]retry.Open, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note("Open "+string(standing), 0); err != nil {
		return nil, "", err
	}
	all := slices.Clone(w.open[standing])
	slices.SortStableFunc(all, func(a, b retry.Open) int { return a.Order.Compare(b.Order) })
	open, next := page(w, all, at)
	return open, next, nil
}

func (w *world) Cursor(context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cursor, w.note("Cursor", 0)
}

func (w *world) KeepCursor(_ context.Context, cursor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.note("KeepCursor", 0)
	if err == nil {
		w.cursor = cursor
	}
	return err
}

// Handle retries the execution, and notes that in the ledger, unless the test
// has another mind. Nobody asks for what has its record.
func (w *world) Handle(_ context.Context, n retry.Notice) (retry.Decision, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handled = append(w.handled, n)
	if err := w.note("Handle "+n.Execution.ID, handleCost); err != nil {
		return retry.Decision{}, err
	}
	key := n.Execution.Key()
	if w.handle != nil {
		return w.handle(n)
	}
	w.closed[key] = true
	for _, f := range w.failed {
		if f.Execution.Same(n.Execution) {
			w.records[key] = retry.Record{Rev: 1, Kind: retry.Retried, Failure: retry.Failure{LastModified: f.LastModified}}
		}
	}
	return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable, Execution: n.Execution.String()}, nil
}

// count is how many of the last sweep's calls were of an operation.
func (w *world) count(op string) (n int) {
	for _, called := range w.ops {
		if strings.HasPrefix(called, op) {
			n++
		}
	}
	return n
}

// stands puts an execution into a queue.
func (w *world) stands(standing retry.Standing, e retry.ExecutionARN, age time.Duration, due time.Duration, forWhat string) {
	o := retry.Open{Execution: e, Standing: standing, Order: w.now.Add(due), Due: w.now.Add(due), For: forWhat}
	if standing == retry.StandsParked {
		o.Order = w.now.Add(-age)
	}
	w.open[standing] = append(w.open[standing], o)
}

// partly is a search that cannot read some of each page.
type partly struct{ w *world }

func (p partly) FailedSince(ctx context.Context, since time.Time, at string) ([]retry.Found, string, error) {
	found, next, _ := p.w.FailedSince(ctx, since, at)
	return found, next, errors.New("1 record cannot be read")
}

// endless are lists of pipelines that have any number of executions, none in Failed.
type endless struct{ *world }

func (e endless) FailedOf(ctx context.Context, pipeline, at string) ([]retry.Found, string, error) {
	_, _, err := e.world.FailedOf(ctx, pipeline, "")
	return nil, at + "next", err
}

// errThrottled is what SageMaker answers to too many requests.
var errThrottled = fmt.Errorf("list: %w", &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"})

// twice are lists that name each pipeline again on another page.
type twice struct{ *world }

func (l twice) Pipelines(ctx context.Context, at string) ([]string, string, error) {
	names, next, err := l.world.Pipelines(ctx, strings.TrimPrefix(at, "again"))
	if next == "" && !strings.HasPrefix(at, "again") {
		next = "again0"
	} else if next != "" && strings.HasPrefix(at, "again") {
		next = "again" + next
	}
	return names, next, err
}
