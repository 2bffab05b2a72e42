package retry

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/cause"
)

// Result is what became of a retry that was accepted.
type Result string

// The results. A word of the vocabulary each; the zero Result is not known yet.
const (
	WasRecovered Result = "recovered"         // the execution ended Succeeded
	FailedAnew   Result = "failed_again"      // it ended Failed
	WasStopped   Result = "stopped_by_person" // it ended Stopped
	EndedElse    Result = "superseded"        // it ended otherwise, such as CompletedWithFailures
)

// Outcome settles one retry.
type Outcome struct {
	Result Result    `json:"result,omitempty"` // "" while it runs
	Same   bool      `json:"same,omitempty"`   // failed again in the same step with the same fingerprint
	At     time.Time `json:"at"`               // when it was settled
}

// Tally counts one outcome for its pipeline and class, in the write that settles it.
type Tally struct {
	Pipeline string // its name, lower-cased
	Class    cause.Class
	Result   Result
	Same     bool
}

// How the sweep looks after a retry whose end nobody told: at first after as long
// as what does not start takes to be found, then less and less often.
const (
	firstWatch   = 15 * time.Minute
	longestWatch = 6 * time.Hour
)

// maxUnstarted is how often a call that was accepted is made again, with the same
// token, where the execution stays in the Failed that it was made for.
const maxUnstarted = 3

// settles tells whether the decision is on an end that settles a retry, and on no
// failure.
func (d Decision) settles() bool { return d.Outcome != "" && d.Outcome != FailedAnew }

// runs tells whether the record's retry was accepted and its end is not known.
func (r Record) runs() bool { return r.Kind == Retried && r.Outcome.Result == "" }

// results are what the ends of an execution make of a retry of ours.
var results = map[string]Result{StatusSucceeded: WasRecovered, StatusStopped: WasStopped}

// settleOutcome settles the retry that runs by the end that SageMaker shows;
// false: it has not ended.
func (s Situation) settleOutcome() (Move, bool) {
	for _, running := range []string{statusExecuting, statusStopping, statusStarting} {
		if is(s.Facts.Status, running) {
			return Move{}, false
		}
	}
	result := EndedElse
	for status, meant := range results {
		if is(s.Facts.Status, status) {
			result = meant
		}
	}
	r := s.State.Record.withAlias(s.Notice)
	if missing := s.mustAskScopes(s.scopesOf(r.Claim.Scopes)); len(missing) > 0 {
		return Move{Then: AskScopes, Scopes: missing}, true
	}
	move := s.noting(Move{Decision: s.endedBy(result)}, s.settled(r, result, false)) // the decision on the failure stands beside it
	move.Tally = tally(s.Notice.Execution, r.Claim, result, false)
	if result == WasRecovered {
		move.Refills, move.Breakers = s.refills(), s.succeeded(r.Claim.Scopes)
	}
	return move, true
}

// settled is the record with the outcome of its retry.
func (s Situation) settled(r Record, result Result, same bool) Record {
	r.Outcome, r.Watch, r.Pause = Outcome{Result: result, Same: same, At: s.Now.UTC()}, time.Time{}, Pause{}
	return r
}

func tally(arn ExecutionARN, c Claim, result Result, same bool) *Tally {
	return &Tally{Pipeline: strings.ToLower(arn.Pipeline), Class: c.Cause.Class, Result: result, Same: same}
}

// endedBy is the decision on an end that settles a retry.
func (s Situation) endedBy(result Result) Decision {
	r := s.State.Record
	d := s.decision(Ignore, Superseded, "the execution ended "+s.Facts.Status+" after a retry of ours")
	switch result {
	case WasRecovered:
		d.Reason = Recovered
		d.Evidence = fmt.Sprintf("succeeded after retry %d", r.Claim.Retry)
	case WasStopped:
		d.Verdict, d.Reason, d.Evidence = Stop, StoppedByPerson, fmt.Sprintf("somebody stopped it after retry %d", r.Claim.Retry)
	}
	d.Class, d.Retry, d.Outcome = r.Claim.Cause.Class, r.Claim.Retry, result
	return d
}

// refills are the budgets that a success fills, as the policy says.
func (s Situation) refills() []Bucket {
	return slices.DeleteFunc(s.Policy.Budgets(s.Notice.Execution), func(b Bucket) bool { return !b.Refills })
}

// scopesOf are scopes by their keys alone.
func (s Situation) scopesOf(keys []string) []Scope {
	scopes := make([]Scope, len(keys))
	for i, key := range keys {
		scopes[i].Key = key
	}
	return scopes
}

// succeeded are the breakers of the scopes after a success of a retry that met
// them: closed by their probe, and letting go faster by any.
func (s Situation) succeeded(scopes []string) []Breaker {
	var writes []Breaker
	for _, key := range scopes {
		stood := s.State.Breakers[key]
		b := stood.asOf(s.Now).eased()
		if b.IsOpen() && b.Probe == s.Notice.Execution.Key() {
			b = b.early(s.Now).closed()
		}
		b.Scope = key
		writes = s.writes(writes, stood, b)
	}
	return writes
}

// watchOn looks at a retry that still runs again later, the longer it runs.
func (s Situation) watchOn() Move {
	r := s.State.Record
	ran := s.Now.Sub(s.Facts.LastModified)
	r.Watch, r.Pause = s.Now.UTC().Add(min(max(ran, firstWatch), longestWatch)), Pause{}
	return s.noting(Move{Decision: s.decision(Ignore, NotFailed, "the execution is "+s.Facts.Status+" after a retry of ours")}, r)
}

// startAgain takes back the word of an accepted call that did not take the
// execution out of the Failed that it was made for: it is claimed still, and is
// called again if nothing speaks against it by now. The token is the same: should the first have
// taken effect after all, this one has none.
func (s Situation) startAgain() Move {
	r := s.State.Record
	r.Claim.Unstarted++
	if r.Claim.Unstarted > maxUnstarted {
		return s.close(r, Stop, CannotRetry, fmt.Sprintf("SageMaker accepted the retry %d times and never started it", maxUnstarted))
	}
	r.Kind, r.Watch = Claimed, time.Time{}
	s.State.Record = r
	move := s.rollForward(r)
	if move.asks() {
		return move
	}
	if move.Then == Call {
		move.Decision.Evidence += "; SageMaker accepted the retry and did not start it: asked again with the same token"
	}
	if move.Write == nil {
		return s.noting(move, r)
	}
	return move
}

// failedAnew settles the retry that runs by the failure that came after it.
func (s Situation) failedAnew(m *Move) {
	r := s.State.Record
	if !r.runs() || !s.isNew() {
		return
	}
	same := r.Mark != "" && s.Facts.mark() == r.Mark
	m.Tally = tally(s.Notice.Execution, r.Claim, FailedAnew, same)
	m.Decision.Outcome = FailedAnew
}
