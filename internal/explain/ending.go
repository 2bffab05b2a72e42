package explain

import (
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// outcomes say what became of a retry.
var outcomes = map[retry.Result]string{
	retry.WasRecovered: "recovered: the execution succeeded after it",
	retry.FailedAnew:   "failed again",
	retry.WasStopped:   "somebody stopped the execution after it",
	retry.EndedElse:    "the execution ended neither well nor as a failure",
}

// openEnd tells of an event with an end that is no failure, which the ledger
// decides: nothing is known of it here.
func (q Question) openEnd(t *Story, s retry.Situation) {
	j, err := judge(s, q.Policy, nil, supposing)
	if err != nil { // it is decided before anything is asked for
		return
	}
	t.decide(j.move.Decision)
	t.Next, t.Tried, t.Changes = follows(j), q.tried(j), otherEnds(j, q.Policy)
	t.Notes = append(t.Notes, `The event alone says so. It is taken that the ledger has no retry of Mulligan's on this execution whose end is not known: --facts with a "record", or --stack, says what it has.`)
}

// isEnd tells whether an end that is no failure was judged.
func isEnd(j judged) bool {
	d := j.move.Decision
	return j.s.Notice.Status != "" || j.asked == nil && d.Outcome != "" && d.Outcome != retry.FailedAnew
}

// otherEnds are what would have made something else of an end that is no failure.
func otherEnds(j judged, p policy.Policy) []Change {
	all := []Change{{Had: "the execution ended Failed"}}
	for _, s := range []supposition{
		{had: "a retry of Mulligan's been running", on: running},
		{had: "no retry of Mulligan's been on record", on: func(s *retry.Situation) { s.State.Record = retry.Record{} }},
	} {
		if d, ok := s.decide(j, p); ok && d.Verdict != retry.Wait && !same(d, j.move.Decision) {
			all = append(all, change(s.had, d))
		}
	}
	return all
}

// running makes it the end of a retry that was accepted.
func running(s *retry.Situation) {
	ended := s.Now
	if !s.Notice.EndedAt.IsZero() {
		ended = s.Notice.EndedAt
	}
	s.Facts.Status, s.Facts.LastModified = s.Notice.Status, ended
	s.State.Record = retry.Record{
		Rev: 1, Used: 1, Kind: retry.Retried, Claim: retry.Claim{Retry: 1, Ordinal: 1},
		Failure: retry.Failure{LastModified: ended.Add(-time.Hour)},
	}
}
