package simulate

import (
	"slices"
	"strings"

	"mulligan/internal/retry"
)

// calling looks at a RetryPipelineExecution that arrives at SageMaker.
func (p *port) calling(l *life, c retry.Claim) {
	made, known := p.claimed[c.Token]
	before, sent := l.tokens[c.Token]
	switch {
	case !known || made.of != l:
		p.breaks(I5, "%s is retried with a token that no claim was written with", l.name())
	case p.now.Before(made.due):
		p.breaks(I5, "retry %d of %s is called %s before it is due", made.n, l.name(), made.due.Sub(p.now))
	case sent && before != c.Parallelism:
		p.breaks(I6, "one token of %s is sent with parallelism %d and %d", l.name(), before, c.Parallelism)
	case made.parallelism != c.Parallelism:
		p.breaks(I6, "retry %d of %s is claimed with parallelism %d and called with %d", made.n, l.name(), made.parallelism, c.Parallelism)
	case !p.arriving && !p.now.After(p.current.deadline): // else it was sent before
		p.held(l, made, c)
	}
	l.tokens[c.Token] = c.Parallelism
}

// held looks whether a call is made although a person held it back before the
// delivery that makes it began.
func (p *port) held(l *life, made claimed, c retry.Claim) {
	began := p.began(p.now)
	stands, err := p.holds.Current(background)
	if err != nil {
		panic(err) // nobody writes what cannot be read
	}
	for _, h := range stands.Holds {
		one := retry.Holds{Holds: []retry.Hold{h}}
		if _, on := one.On(l.parsed, c.Cause.Class, p.now); on && h.Since.Before(began) {
			p.breaks(Held, "retry %d of %s is called although %s is held", made.n, l.name(), h.Scope)
		}
	}
	if p.modeSince(began) == retry.ModeOff {
		p.breaks(Held, "retry %d of %s is called although the mode is off", made.n, l.name())
	}
}

// comesBack looks whether a wait that was answered has its schedule.
func (r *run) comesBack(v *invocation, l *life) {
	_, open := l.record.Open(l.parsed)
	if !open || l.record.Kind == retry.Retried || r.now.After(v.deadline) || r.faulty > 0 && !r.calm {
		return
	}
	what := "the wake of " + l.name()
	has := slices.ContainsFunc(r.timers, func(t *timer) bool { return t.what == what }) ||
		slices.ContainsFunc(r.queue, func(m *message) bool { return strings.HasPrefix(m.what, what) }) ||
		slices.ContainsFunc(r.running, func(o *invocation) bool { return o.of != nil && strings.HasPrefix(o.of.what, what) })
	if !has {
		r.breaks(I10, "%s waits, and has no schedule", l.name())
	}
}
