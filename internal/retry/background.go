package retry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mulligan/internal/cause"
)

// Background tells what surrounds a failure. It is asked only where the answer
// decides.
type Background interface {
	// Job describes a step's training, processing or transform job by its ARN:
	// ErrGone if there is none (any more), ErrNotTold if nobody says.
	Job(ctx context.Context, arn string) (cause.Job, error)
	// NewerSuccesses are other executions of the same pipeline, created after
	// that instant, which have succeeded, the newest first and only a few.
	// ErrNotTold if nobody says.
	NewerSuccesses(ctx context.Context, arn ExecutionARN, after time.Time) ([]ExecutionARN, error)
}

// askNewer asks whether somebody replaced the execution. The executions of a
// pipeline may each have work of their own: one that was started before the
// failure runs beside it, one that failed too and was retried by us was in the
// same trouble, and neither replaces it.
func (c *Corridor) askNewer(ctx context.Context, s *Situation) error {
	s.Facts.NewerAsked = true
	newer, err := c.Background.NewerSuccesses(ctx, s.Facts.ARN, s.ended())
	if err != nil {
		return s.Facts.leaveUntold("whether a newer execution has succeeded", err)
	}
	helped := make([]bool, len(newer))
	errs := make([]error, len(newer))
	asks := make([]func(), len(newer))
	for i, other := range newer {
		asks[i] = func() { helped[i], errs[i] = c.helped(ctx, other) }
	}
	c.abreast(asks...)
	if i := slices.Index(helped, false); i >= 0 {
		s.Facts.Newer = newer[i].String()
	}
	return errors.Join(errs...)
}

// helped tells whether an execution needed a retry of ours. Of one whose record
// this build cannot read there is a record, and so a failure.
func (c *Corridor) helped(ctx context.Context, arn ExecutionARN) (bool, error) {
	state, err := c.Ledger.Read(ctx, arn, nil)
	switch {
	case errors.Is(err, ErrUnreadable):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read the ledger: %w", err)
	}
	return state.Record.Used > 0, nil
}

// lookCloser asks for the jobs of failed steps, side by side. A job that is gone
// has nothing to say.
func (c *Corridor) lookCloser(ctx context.Context, s *Situation, at []int) error {
	jobs, errs := make([]cause.Job, len(at)), make([]error, len(at))
	asks := make([]func(), len(at))
	for i, place := range at {
		asks[i] = func() { jobs[i], errs[i] = c.Background.Job(ctx, s.Facts.Failed[place].Ref) }
	}
	c.abreast(asks...)
	s.Facts = s.Facts.withJobs(at, jobs)
	for i, err := range errs {
		if errors.Is(err, ErrGone) {
			err = nil
		}
		errs[i] = s.Facts.leaveUntold("what the job of "+s.Facts.Failed[at[i]].Name+" says", err)
	}
	return errors.Join(errs...)
}

// mustAskNewer tells whether a retry must not be granted or made before it is known
// whether a newer execution of the pipeline has succeeded.
func (s Situation) mustAskNewer() bool { return s.Supersedes && !s.Facts.NewerAsked }

// superseded tells whether one has.
func (s Situation) superseded() bool { return s.Supersedes && s.Facts.Newer != "" }

func (s Situation) supersession() Decision {
	return Decision{Verdict: Ignore, Reason: Superseded,
		Evidence: "an execution of the pipeline that was started after the failure has succeeded: " + s.Facts.Newer}
}
