package retry

import (
	"slices"
	"time"
)

// Case is what the policy sees: retry n is one more than was ever spent, and
// the token that the claim would have.
func (s Situation) Case() Case {
	r := s.State.Record
	n := r.Used + 1
	return Case{
		Execution: s.Notice.Execution, Cause: s.Facts.Cause, FailStep: s.Facts.FailStep,
		Message: s.Facts.message(), Rerun: s.Facts.Rerun, Granted: r.Granted, Repeats: s.repeats(),
		Parallelism: s.Facts.Parallelism, Steps: s.Facts.Steps,
		Previous: s.previous(), Age: s.Now.Sub(s.ended()), Retry: n, Used: r.Used, Careful: r.Careful,
		Full: s.State.Full, Lines: s.State.Lines, Stood: s.stood(), Rested: s.rested(), Let: slices.ContainsFunc(s.stood(), ofBreaker), Now: s.Now,
		Token: NewToken(s.Notice.EventID, s.Notice.Execution, s.Facts.Round, n, 1),
	}
}

// rested tells whether the failure has waited for what others waited for too.
func (s Situation) rested() bool {
	p := s.State.Record.Pause
	return s.State.Record.waits() && p.Reason != LookingAgain && p.Seen.Equal(s.Facts.LastModified)
}

// previous is the status that the failure shown came from. A notice whose own
// failure has been dealt with, or that tells of another end, says nothing about the
// one that is there now.
func (s Situation) previous() string {
	if s.Notice.Status != "" || s.State.Record.knows(s.Notice) {
		return ""
	}
	return s.Notice.Previous
}

// ended is when the execution ended: as on record, if the failure is. Else,
// since LastModifiedTime moves when somebody edits a description, the steps tell,
// unless the execution was retried after them, or the event says when it ended.
func (s Situation) ended() time.Time {
	r := s.State.Record
	switch {
	case identify(r, s.Facts) != newFailure:
		return r.Failure.Ended
	case s.Facts.Ended.IsZero() || r.leftFailed() || s.Notice.endedAt(s.Facts.LastModified):
		return s.Facts.LastModified
	default:
		return s.Facts.Ended
	}
}

// endedAt tells whether the notice is of a failure at that time.
func (n Notice) endedAt(modified time.Time) bool {
	return n.Status == "" && !n.EndedAt.IsZero() && n.EndedAt.Sub(modified).Abs() < repeatWithin
}
