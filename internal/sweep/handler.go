package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mulligan/internal/announce"
	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// Search is SageMaker's search. An error that is retry.ErrNotTold stays, however
// often it is asked. An error beside a page, or with one after it, says what of
// the page cannot be read.
type Search interface {
	// FailedSince is one page of the executions in Failed that were modified at
	// that instant or later, the oldest modification first. No next page: "".
	FailedSince(ctx context.Context, since time.Time, page string) ([]retry.Found, string, error)
}

// Lists are SageMaker's lists, which filter neither status nor time. Errors are
// as with Search.
type Lists interface {
	// Pipelines is one page of the pipelines' names.
	Pipelines(ctx context.Context, page string) ([]string, string, error)
	// FailedOf is one page of a pipeline's executions, those in Failed of them,
	// the newest start first; it does not tell when they were modified.
	FailedOf(ctx context.Context, pipeline, page string) ([]retry.Found, string, error)
}

// Records are the ledger's records.
type Records interface {
	// Known are the records of those executions that have one, by ARN.Key(), and
	// the executions whose record this build cannot read.
	Known(context.Context, []retry.ExecutionARN) (map[string]retry.Record, []retry.ExecutionARN, error)
	// Open is one page of a queue, in its order. It may lag behind the records.
	Open(ctx context.Context, standing retry.Standing, page string) ([]retry.Open, string, error)
}

// Cursors keep what one sweep leaves to the next: "" if nothing was kept.
type Cursors interface {
	Cursor(context.Context) (string, error)
	KeepCursor(context.Context, string) error
}

// Corridor is the one way that every failure goes.
type Corridor interface {
	Handle(context.Context, retry.Notice) (retry.Decision, error)
}

// Handler handles one invocation of the function, which is one sweep. It
// implements lambda.Handler. Sweeps may overlap: whatever two of them find alike
// is a duplicate for the second.
type Handler struct {
	Home          retry.Home
	Mode          retry.Mode
	Prefix        string        // of the names of the pipelines to handle; empty is all
	ExpireAfter   time.Duration // an older failure is not looked for
	HandleTimeout time.Duration // what one failure may take: as long as the retrier's invocation lives
	Requests      int           // to SageMaker in one sweep, at most
	PerSecond     int           // of these, at most
	Build         string
	Search        Search
	Lists         Lists
	Records       Records
	Cursors       Cursors
	Corridor      Corridor
	Now           func() time.Time
	Pause         func(context.Context, time.Duration) // Rest
	Abreast       func(...func())                      // how failures are handled side by side; nil: retry.SideBySide
	Log           *slog.Logger
}

// Invoke sweeps once and answers with the Report as JSON. What it is invoked
// with carries nothing. It is an error if a part of the sweep could not be made
// because SageMaker or the ledger did not answer, so that the alarm tells of a
// sweep that finds less than it should; the rest is done even so. What went wrong
// with single executions is in the report, and the next sweep's to mend.
func (h *Handler) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	start := h.Now()
	report, err := h.sweep(ctx, start)
	h.tell(ctx, report, h.Now().Sub(start), err)
	if err != nil {
		return nil, errors.New(announce.ErrorText(err))
	}
	return json.Marshal(report)
}

// closing is what stays of an invocation after the last failure that was
// handled: time to keep the cursor and to answer.
const closing = 5 * time.Second

// sweep looks for what is most urgent first.
func (h *Handler) sweep(ctx context.Context, start time.Time) (Report, error) {
	s := h.begin(start)
	switch {
	case h.Mode == retry.ModeOff:
		s.report.Reason = string(retry.Off)
		return s.report, nil
	case !s.enoughTime(ctx):
		return s.report, fmt.Errorf("%w: a failure may take %s", awscall.ErrNoTime, h.HandleTimeout)
	}
	s.overdue(ctx, retry.StandsClaimed, grace, &s.report.Sweep.ClaimedDue)
	s.parked(ctx)
	s.overdue(ctx, retry.StandsRetried, 0, &s.report.Sweep.Watched)
	s.failures(ctx)
	s.report.Sweep.Requests = s.meter.spent
	if s.unread != nil {
		return s.report, fmt.Errorf("a part of the sweep could not be made: %w", s.unread)
	}
	return s.report, nil
}

// sweeping is one sweep under way. One goroutine owns it.
type sweeping struct {
	*Handler
	start  time.Time
	meter  *meter
	report Report
	seen   map[string]bool // keys of the executions that were handled
	ailing map[string]int  // errors by pipeline
	unread error           // why a part of the sweep could not be made: the first
}

func (h *Handler) begin(start time.Time) *sweeping {
	return &sweeping{
		Handler: h, start: start, report: newReport(), seen: map[string]bool{}, ailing: map[string]int{},
		meter: &meter{left: h.Requests, apart: time.Second / time.Duration(max(h.PerSecond, 1)), now: h.Now, pause: h.Pause},
	}
}

// enoughTime tells whether a failure that is handled from now on ends before the
// invocation does.
func (h *Handler) enoughTime(ctx context.Context) bool {
	deadline, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(deadline) >= h.HandleTimeout+closing)
}

// Rest waits that long, or until the context ends.
func Rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
