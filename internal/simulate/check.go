package simulate

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mulligan/internal/announce"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// taken is one unit out of a shared bucket.
type taken struct {
	at     time.Time
	bucket retry.Bucket
}

// claimed is what a token was written down for before any call.
type claimed struct {
	of          *life
	n           int // retry n
	due         time.Time
	parallelism int32
}

func (r *run) recordOf(arn retry.ExecutionARN) retry.Record {
	if l := r.byKey[arn.Key()]; l != nil {
		return l.record
	}
	return retry.Record{}
}

// committed looks at a write that the ledger took.
func (r *run) committed(was retry.Record, c retry.Change) {
	l, is := r.byKey[c.Execution.Key()], c.Record
	r.mark(uint64(l.nth), uint64(is.Rev), hash(string(is.Kind)), hash(string(is.Decision.Reason)))
	switch {
	case is.Used < was.Used:
		r.breaks(I8, "%s had spent %d units, and now %d", l.name(), was.Used, is.Used)
	case is.Used > was.Used+1 || (is.Used > was.Used) != (len(c.Takes) > 0):
		r.breaks(I4, "the units of %s went from %d to %d, with %d taken from shared budgets", l.name(), was.Used, is.Used, len(c.Takes))
	case is.Used > r.settings.MaxRetries:
		r.breaks(I1, "%s has spent %d units of %d", l.name(), is.Used, r.settings.MaxRetries)
	case reopens(was, is):
		r.breaks(I7, "the failure of %s at %s was %s and is %s", l.name(), is.Failure.LastModified.Format(time.TimeOnly), was.Kind, is.Kind)
	}
	if _, open := is.Open(c.Execution); !open && (is.Kind == retry.Claimed || is.Kind == retry.Parked) {
		r.breaks(I10, "%s is %s, and stands in no queue of the sweep", l.name(), is.Kind)
	}
	l.record = is
	r.follows(l, was, c)
	if is.Kind == retry.Claimed {
		r.claimed[is.Claim.Token] = claimed{l, is.Claim.Retry, is.Claim.Due, is.Claim.Parallelism}
	}
	if len(c.Takes) > 0 {
		r.claims(l, was, c)
	}
	if s := l.claims[is.Claim.Retry]; s != nil && (is.Kind == retry.Retried || is.Kind == retry.Claimed) {
		s.settles = is.Kind == retry.Retried
	}
	if c.Tally != nil {
		r.counts(l, was.Claim.Retry)
	}
	for _, b := range c.Refills {
		delete(r.takes, b.Key)
	}
}

// reopens tells whether a failure that was done with is not any more. A retry that
// SageMaker accepted and never started is asked for again, with its token.
func reopens(was, is retry.Record) bool {
	again := was.Kind == retry.Retried && is.Claim.Unstarted == was.Claim.Unstarted+1 && is.Claim.Token == was.Claim.Token
	return done(was.Kind) && !again && was.Failure == is.Failure && was.Failure != retry.Failure{} && !done(is.Kind)
}

func done(k retry.Kind) bool {
	return k == retry.Retried || k == retry.MovedOn || k == retry.Closed
}

// builtIn are the rules that grant retries without a policy of anybody's.
var builtIn = []string{"scarce", "passing", "doubtful"}

// claims looks at one unit that was taken.
func (r *run) claims(l *life, was retry.Record, c retry.Change) {
	n, is := c.Record.Claim.Retry, c.Record
	r.totals.Claims++
	if l.claims[n] != nil {
		r.breaks(I2, "retry %d of %s was claimed twice", n, l.name())
	}
	f := l.failure(is.Failure.LastModified)
	for other := 1; other < n && f != nil; other++ {
		if s := l.claims[other]; s != nil && s.of == f && len(f.modified) == 1 && !l.ignored { // one that seems to be another by then is decided anew
			r.breaks(I4, "retries %d and %d of %s are claimed for one failure", other, n, l.name())
		}
	}
	l.claims[n] = &spent{of: f}
	switch {
	case f == nil:
		r.breaks(Helps, "retry %d of %s is claimed for a failure at %s, and there was none", n, l.name(), is.Failure.LastModified)
	case f == l.last() && f.end.label == cause.Permanent && slices.Contains(builtIn, is.Claim.Rule) && !r.mayBeUnshown(l): // not overtaken since it was looked at
		r.breaks(Helps, "retry %d of %s is claimed by rule %s for %q, which is permanent", n, l.name(), is.Claim.Rule, f.end.name)
	}
	r.ceilings(l, c)
	if f != nil {
		r.deserves(l, f, was, c)
	}
	holds, _ := r.holds.Current(background)
	if hold, on := holds.On(c.Execution, is.Claim.Cause.Class, r.now); on {
		r.breaks(Held, "retry %d of %s is claimed although %s is held", n, l.name(), hold.Scope)
	}
	for _, b := range c.Takes {
		r.takesFrom(b, c.Now)
	}
}

// mayBeUnshown tells whether a step list that lags may show no step at all: none had
// ended before this failure (docs/proof.md, what is not shown).
func (r *run) mayBeUnshown(l *life) bool {
	for _, f := range l.failures[:len(l.failures)-1] {
		if f.end.name != fails["before steps"].name {
			return false
		}
	}
	return r.stepLag > 0 && len(l.failures) > 1
}

// takesFrom holds the units of a bucket against what one that refills evenly gives:
// in no window more than it holds, and what flowed in meanwhile.
func (r *run) takesFrom(b retry.Bucket, at time.Time) {
	all := append(r.takes[b.Key], taken{at.Truncate(time.Millisecond), b})
	r.takes[b.Key] = all
	last := all[len(all)-1].at
	for i, first := range all {
		flowed := int(last.Sub(first.at).Abs() / b.Interval())
		if took := len(all) - i; took > b.Size+flowed {
			r.breaks(I9, "budget %s of %d gave %d units within %s", b.Key, b.Size, took, last.Sub(first.at))
		}
	}
}

// counts looks at an outcome that was counted.
func (r *run) counts(l *life, n int) {
	if s := l.claims[n]; s != nil {
		if s.settled++; s.settled > 1 {
			r.breaks(Outcome, "the outcome of retry %d of %s was counted twice", n, l.name())
		}
	}
}

// effective looks at a retry that took effect on a failure; nil: on none.
func (r *run) effective(l *life, f *failed, c retry.Claim) {
	r.totals.Retries++
	r.mark(uint64(l.nth), hash(c.Token))
	if f != nil {
		f.left = byUs
	}
	l.effective++
	if l.effective > l.record.Used {
		r.breaks(I4, "%d retries of %s took effect, %d units were spent", l.effective, l.name(), l.record.Used)
	}
	if l.effective > r.settings.MaxRetries {
		r.breaks(I1, "%d retries of %s took effect, %d are allowed", l.effective, l.name(), r.settings.MaxRetries)
	}
	if s := l.claims[r.claimed[c.Token].n]; s != nil {
		if s.effective++; s.effective > 1 {
			r.breaks(I2, "retry %d of %s took effect twice", r.claimed[c.Token].n, l.name())
		}
	}
}

// mostCalls is what one invocation of the retrier may make: eight plans, each with a
// look, its questions and a write, as internal/retry bounds them.
const mostCalls = 80

// checkEnd looks at an invocation that has ended.
func (r *run) checkEnd(v *invocation) {
	if v.of != nil {
		r.totals.MostCalls = max(r.totals.MostCalls, v.calls)
		if v.calls > mostCalls {
			r.breaks(I13, "%s made %d calls", v.name, v.calls)
		}
	}
	if v.err != nil && strings.Contains(v.err.Error(), errLog.Error()) {
		r.breaks(I11, "%s ends in an error: %v", v.name, v.err)
	}
	if n := len(v.log.lines); !v.dead && !v.log.fails && (n == 0 || n > 1 && v.of != nil) { // a sweep adds one for each breaker that it opens
		r.breaks(I12, "%s logged %d lines", v.name, len(v.log.lines))
	}
	for _, line := range v.log.lines {
		if why := unfit(line); why != "" {
			r.breaks(I12, "%s logged %s: %.200q", v.name, why, line)
		}
	}
	if v.err == nil && v.of != nil && !v.dead {
		r.decided(v)
	}
}

// maxLine bounds a log line, in bytes.
const maxLine = 8 << 10

// unfit says what is wrong with a log line.
func unfit(line []byte) string {
	switch {
	case len(line) > maxLine:
		return "too much"
	case !utf8.Valid(line) || !json.Valid(line):
		return "what is no JSON"
	}
	for _, c := range string(line[:len(line)-1]) {
		if !unicode.IsPrint(c) {
			return "what cannot be printed"
		}
	}
	return ""
}

// decided counts a decision.
func (r *run) decided(v *invocation) {
	var a announce.Answer
	if err := json.Unmarshal(v.answer, &a); err != nil {
		r.breaks(I12, "%s answered what is no JSON: %v", v.name, err)
		return
	}
	if r.totals.Verdicts == nil {
		r.totals.Verdicts = map[string]int{}
	}
	r.totals.Verdicts[a.Verdict+", "+a.Reason]++
	r.mark(hash(a.Verdict), hash(a.Reason))
	if l := r.byKey[keyOf(a.Execution)]; l != nil && a.Verdict == "wait" {
		r.comesBack(v, l)
	}
	r.tell(v.name, "decides: %s, %s (%s)", a.Verdict, a.Reason, a.Evidence)
}
