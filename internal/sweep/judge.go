package sweep

import (
	"time"

	"mulligan/internal/retry"
)

// isNews tells whether a failure that was found may be another one than the
// record's: modified later, and not in doubt already. Where the time is not told,
// any record will do but one that knows the execution to have left Failed.
func isNews(f retry.Found, r retry.Record) bool {
	if f.LastModified.IsZero() {
		return r.Pause.Reason == "" && seenElsewhere(r)
	}
	inDoubt := r.Pause.Reason != "" && !f.LastModified.After(r.Pause.Seen)
	return f.LastModified.After(r.Failure.LastModified) && !inDoubt
}

// seenElsewhere tells whether the execution was seen outside of Failed after the
// failure on record. Of a retry that is watched, its queue tells.
func seenElsewhere(r retry.Record) bool {
	return r.Kind == retry.MovedOn && r.Decision.Verdict != retry.Stop || r.Kind == retry.Retried && r.Outcome.Result != ""
}

// stays tells whether an execution that was looked at before it was due waits on
// for the same thing. One that waits for another by now is over with this.
func stays(o retry.Open, d retry.Decision) bool {
	return d.Verdict == retry.Wait && d.For == o.For
}

// dueBy are the executions at the head of a queue, ordered by when they are due,
// that were due by then.
func dueBy(open []retry.Open, by time.Time) []retry.ExecutionARN {
	var due []retry.ExecutionARN
	for _, o := range open {
		if o.Due.After(by) {
			break
		}
		due = append(due, o.Execution)
	}
	return due
}

// executionsOf names those found.
func executionsOf(found []retry.Found) []retry.ExecutionARN {
	executions := make([]retry.ExecutionARN, len(found))
	for i, f := range found {
		executions[i] = f.Execution
	}
	return executions
}
