package sweep

import (
	"context"
	"time"

	"mulligan/internal/retry"
)

const (
	// maxEarly bounds how many that are parked are looked at before they are due.
	maxEarly = 50

	// maxQueuePages bounds what is read of the parked, the oldest first: of 500
	// each, 20,000.
	maxQueuePages = 40
)

// spareForFailures is what the queues leave of the requests: two fifths, with
// which 500 pipelines are listed in three sweeps.
func (h *Handler) spareForFailures() int { return h.Requests * 2 / 5 }

// overdue handles the head of a queue that is ordered by when its records are
// due: those that were due a grace ago.
func (s *sweeping) overdue(ctx context.Context, standing retry.Standing, grace time.Duration, found *int) {
	page := ""
	for {
		open, next, ok := s.readQueue(ctx, standing, page)
		due := dueBy(open, s.start.Add(-grace))
		*found += len(due)
		came := s.hand(ctx, due, s.spareForFailures())
		if page = next; !ok || page == "" || len(came) < len(open) {
			return
		}
	}
}

// readQueue reads one page of a queue.
func (s *sweeping) readQueue(ctx context.Context, standing retry.Standing, page string) ([]retry.Open, string, bool) {
	if !s.enoughTime(ctx) {
		s.cut(cutByTime)
		return nil, "", false
	}
	open, next, err := s.Records.Open(ctx, standing, page)
	if err != nil {
		s.cannotRead(about("read the queue of the "+string(standing), err))
		return nil, "", false
	}
	return open, next, true
}

// parked handles those whose schedule should have brought them back, and lets go
// of others early if what they wait for is over.
func (s *sweeping) parked(ctx context.Context) {
	due, early := s.readParked(ctx)
	waitsOn := map[string]bool{}
	executions := make([]retry.ExecutionARN, len(due))
	for i, o := range due {
		executions[i] = o.Execution
	}
	s.report.Sweep.ParkedDue += len(due)
	came := s.hand(ctx, executions, s.spareForFailures())
	for i, b := range came {
		if !b.passed && b.err == nil && stays(due[i], b.decision) {
			waitsOn[due[i].For] = true
		}
	}
	s.letGo(ctx, early, waitsOn)
}

// readParked reads the parked, the oldest first: all that are past due, and of
// the others as many for each thing waited for as could be let go.
func (s *sweeping) readParked(ctx context.Context) (due, early []retry.Open) {
	waiting := map[string]int{}
	page := ""
	for range maxQueuePages {
		open, next, ok := s.readQueue(ctx, retry.StandsParked, page)
		for _, o := range open {
			switch {
			case !o.Due.After(s.start.Add(-grace)):
				due = append(due, o)
			case o.For != "" && waiting[o.For] < maxEarly: // a clearer look is no thing that could be over
				waiting[o.For]++
				early = append(early, o)
			}
		}
		if page = next; !ok || page == "" {
			break
		}
	}
	return due, early
}

// letGo hands on those that are not due yet, one after the other. Whoever waits
// on has all behind it that wait for the same thing wait on.
func (s *sweeping) letGo(ctx context.Context, early []retry.Open, waitsOn map[string]bool) {
	for _, o := range early {
		if s.report.Sweep.Early == maxEarly {
			return
		}
		if waitsOn[o.For] || s.passes(o.Execution) {
			continue
		}
		came := s.handFew(ctx, []retry.ExecutionARN{o.Execution}, s.spareForFailures())
		if len(came) == 0 {
			return
		}
		s.report.Sweep.Early++
		switch b := came[0]; {
		case b.err != nil:
		case stays(o, b.decision):
			waitsOn[o.For] = true
		default:
			s.report.Sweep.Released++
		}
	}
}
