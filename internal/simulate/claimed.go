package simulate

import (
	"slices"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// follows looks whether a record may follow the one before it.
func (r *run) follows(l *life, was retry.Record, c retry.Change) {
	is := c.Record
	if before, known := r.claimed[is.Claim.Token]; known && is.Kind == retry.Claimed && (before.of != l || before.n != is.Claim.Retry) {
		r.breaks(I2, "retries %d and %d of %s have one token", before.n, is.Claim.Retry, l.name())
	}
	goesOn := was.Kind == retry.Claimed && is.Kind == retry.Claimed && is.Claim.Retry == was.Claim.Retry && is.Claim.Token != was.Claim.Token
	switch {
	case goesOn && !r.declined[was.Claim.Token]:
		r.breaks(I2, "retry %d of %s goes on to another token, and the one before it was never refused", is.Claim.Retry, l.name())
	case goesOn && is.Claim.Due.Sub(c.Now) < functionTimeout:
		r.breaks(I5, "retry %d of %s has another token due within %s", is.Claim.Retry, l.name(), is.Claim.Due.Sub(c.Now))
	case is.Kind == retry.Retried && was.Kind == retry.Claimed && !l.accepted(is.Claim.Retry):
		r.breaks(Outcome, "retry %d of %s is written down as made, and was never accepted", is.Claim.Retry, l.name())
	}
	unasked := slices.ContainsFunc(c.Refills, func(b retry.Bucket) bool { return !b.Refills })
	if len(c.Refills) > 0 && (unasked || c.Tally == nil || c.Tally.Result != retry.WasRecovered) {
		r.breaks(I9, "%s fills budgets without having recovered, or those that nobody said to", l.name())
	}
}

// accepted tells whether SageMaker accepted a call of that retry.
func (l *life) accepted(n int) bool {
	s := l.claims[n]
	return s != nil && s.accepted
}

// ceilings looks whether a claim takes from the deployment's own budgets.
func (r *run) ceilings(l *life, c retry.Change) {
	for _, want := range []retry.Bucket{
		{Key: "budget#pipeline#" + l.parsed.PipelineKey(), Size: r.settings.PipelineRetriesPerDay, Per: 24 * time.Hour},
		{Key: "budget#account#" + home.Account + "#" + home.Region, Size: r.settings.AccountRetriesPerHour, Per: time.Hour},
	} {
		if !slices.ContainsFunc(c.Takes, func(b retry.Bucket) bool { return b.Key == want.Key && b.Size == want.Size && b.Per == want.Per }) {
			r.breaks(I9, "retry %d of %s takes nothing from %s of %d", c.Record.Claim.Retry, l.name(), want.Key, want.Size)
		}
	}
}

// deserves looks whether a failure may be retried at all.
func (r *run) deserves(l *life, f *failed, was retry.Record, c retry.Change) {
	n, began := c.Record.Claim.Retry, r.began(c.Now)
	rests := f == l.last() // not overtaken since it was looked at
	switch mode := r.modeSince(began); {
	case rests && f.end.name == fails["on purpose"].name:
		r.breaks(Helps, "retry %d of %s is claimed for a Fail step", n, l.name())
	case !l.ignored && len(f.modified) == 1 && r.now.Sub(f.at) > r.settings.ExpireAfter+time.Minute:
		r.breaks(Helps, "retry %d of %s is claimed %s after its failure", n, l.name(), r.now.Sub(f.at))
	case mode == retry.ModeOff || mode == retry.Observe:
		r.breaks(Helps, "retry %d of %s is claimed under the mode %s", n, l.name(), mode)
	case len(r.policies) == 1 && r.policies[0] == nil && rests:
		r.deservesBuiltIn(l, f, was, c)
	}
	for _, key := range c.Record.Claim.Scopes {
		if b := r.breaker(l, key); b.IsOpen() && b.Probe != l.key {
			r.breaks(Helps, "retry %d of %s is claimed although %q is open, and it is not its probe", n, l.name(), key)
		}
	}
}

// deservesBuiltIn is deserves where nobody ever applied a policy.
func (r *run) deservesBuiltIn(l *life, f *failed, was retry.Record, c retry.Change) {
	n, claim := c.Record.Claim.Retry, c.Record.Claim
	scarce := f.end.name == fails["capacity"].name || f.end.name == fails["quota"].name
	switch {
	case scarce && len(was.Pause.Turns) == 0 && claim.Due.Sub(f.at) < r.settings.BackoffInterval/2:
		r.breaks(Helps, "retry %d of %s is due %s after it failed of %s", n, l.name(), claim.Due.Sub(f.at), f.end.name)
	case claim.Due.Equal(c.Now.UTC()) && len(f.modified) == 1 && r.replacedBy(l, f, r.began(c.Now)): // editing moves what newer means
		r.breaks(Helps, "retry %d of %s is claimed beside a newer success", n, l.name())
	case l.inARow(f) > 2 && f.end.name == fails["service"].name:
		r.breaks(Helps, "retry %d of %s is claimed for the same failure, %d times in a row", n, l.name(), l.inARow(f))
	case f.end.label == cause.Ambiguous && l.doubtful() > 1:
		r.breaks(Helps, "%s gets a second careful retry", l.name())
	}
}

// began is when what is under way began at the latest.
func (r *run) began(now time.Time) time.Time {
	if r.current != nil {
		now = r.current.deadline
	}
	return now.Add(-functionTimeout)
}

func (r *run) breaker(l *life, scope string) retry.Breaker {
	state, err := r.ledger.Read(background, l.parsed, nil, scope)
	if err != nil {
		panic(err) // nobody writes what cannot be read
	}
	return state.Breakers[scope]
}

// inARow is how often the same failure came before this one, each of them retried
// by us: what a person retried may never have been met.
func (l *life) inARow(f *failed) (n int) {
	for i := slices.Index(l.failures, f) - 1; i >= 0 && l.failures[i].end.name == f.end.name && l.failures[i].left == byUs; i-- {
		n++
	}
	return n
}

// doubtful are the units that were spent on causes which may be anything.
func (l *life) doubtful() (n int) {
	for _, s := range l.claims {
		if s.of != nil && s.of.end.label == cause.Ambiguous {
			n++
		}
	}
	return n
}

// replacedBy tells whether a newer execution, which needed no retry, had succeeded
// by then.
func (r *run) replacedBy(l *life, f *failed, by time.Time) bool {
	for _, o := range r.lives {
		newer := o != l && !o.gone && o.created.After(f.at) && o.parsed.PipelineKey() == l.parsed.PipelineKey()
		if newer && o.status == awstest.Succeeded && o.record.Used == 0 && o.lastEnd.Before(by) {
			return true
		}
	}
	return false
}

// inForce is a mode, and since when.
type inForce struct {
	at   time.Time
	mode retry.Mode
}

// modeSince is the mode that was in force all the time since then; "" if it changed.
func (r *run) modeSince(t time.Time) retry.Mode {
	if len(r.modes) == 0 {
		return retry.Enforce
	}
	if last := r.modes[len(r.modes)-1]; last.at.Before(t) {
		return last.mode
	}
	return ""
}
