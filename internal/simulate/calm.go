package simulate

import (
	"time"

	"mulligan/internal/retry"
)

const (
	maxCalm   = 30_000 // steps in which everything has to settle
	maxVain   = 30     // sweeps that change nothing although something is open
	grace     = 2 * time.Minute
	neverDone = "nothing settles it"
)

// settle ends the faults: from here on every call is answered, every event and
// wake comes, nobody interferes, and the sweep comes every five minutes. All that
// was begun has to come to an end.
func (r *run) settle() {
	r.calm, r.calmAt = true, r.now
	r.tell("world", "from here on nothing goes wrong any more")
	r.peace()
	vain, revs := 0, r.revs()
	for range maxCalm {
		if r.broken != nil {
			return
		}
		if len(r.tasks) > 0 || len(r.due()) > 0 {
			r.proceed()
			continue
		}
		if now := r.revs(); now != revs {
			vain, revs = 0, now
		}
		next, ok := r.nextWanted()
		if !ok {
			r.checkSettled()
			return
		}
		if vain++; vain > maxVain {
			r.unsettled()
			return
		}
		r.passTo(next)
	}
	r.unsettled()
}

// peace puts a policy in force that leaves nothing alone.
func (r *run) peace() {
	if r.options.Policy == nil {
		r.apply(nil)
	}
	r.loseLogs = false
}

// revs counts all writes to records.
func (r *run) revs() (n int) {
	for _, l := range r.lives {
		n += l.record.Rev + l.ended
	}
	return n
}

// nextWanted is when something comes about, or the sweep is to find something;
// false: nothing is left to be done.
func (r *run) nextWanted() (next time.Time, ok bool) {
	next, ok = r.nextChange()
	for _, l := range r.lives {
		at, wanted := r.wanted(l)
		if !wanted {
			continue
		}
		if at.Before(r.sweepAt) {
			at = r.sweepAt
		}
		if !ok || at.Before(next) {
			next, ok = at, true
		}
	}
	return next, ok
}

// wanted is when a sweep is to look after an execution.
func (r *run) wanted(l *life) (at time.Time, wanted bool) {
	if o, open := l.record.Open(l.parsed); open {
		return o.Due.Add(grace), true
	}
	return r.now, r.options.Without != withoutSweep && r.unknown(l)
}

// unknown tells whether it rests in a failure that its record does not know. Where
// the search is denied, lists tell no times: they find no later failure of an
// execution that was stopped (docs/design.md, the sweep).
func (r *run) unknown(l *life) bool {
	f := l.last()
	old := f != nil && r.calmAt.Sub(f.at) > r.settings.ExpireAfter-time.Hour // and no sweep came in time
	return f != nil && !l.gone && l.failure(l.record.Failure.LastModified) != f && r.looks(l) && !(r.denied && (l.record.Kind == retry.Closed || r.mayBeOff())) && !old
}

// unsettled says what does not come to an end.
func (r *run) unsettled() {
	for _, l := range r.lives {
		if o, open := l.record.Open(l.parsed); open {
			r.breaks(I10, "%s: %s since %s, and %s", l.name(), o.Standing, o.Due.Format(time.DateTime), neverDone)
			return
		}
	}
	r.checkSettled()
	r.breaks(I10, "%s", neverDone)
}

// checkSettled looks at what is left when nothing is left to be done.
func (r *run) checkSettled() {
	for _, l := range r.lives {
		r.checkLife(l)
	}
}

func (r *run) checkLife(l *life) {
	is, f := l.record, l.last()
	_, open := is.Open(l.parsed)
	effective := 0
	for n := 1; n <= is.Used; n++ { // in their order: the first that breaks is told
		s := l.claims[n]
		if s == nil {
			continue
		}
		effective += s.effective
		if s.effective > 0 && s.settles && s.settled != 1 && !r.mayBeOff() && !l.gone {
			r.breaks(Outcome, "retry %d of %s took effect, and its outcome was counted %d times", n, l.name(), s.settled)
		}
	}
	switch {
	case open:
		r.breaks(I10, "%s is left open: %s", l.name(), stands(is))
	case is.Used != len(l.claims) || effective != l.effective:
		r.breaks(I4, "%s: %d units are spent, %d claims were written; %d retries took effect, %d of them on a claim", l.name(), is.Used, len(l.claims), l.effective, effective)
	case f == nil || l.gone || l.failure(is.Failure.LastModified) != f && !r.unknown(l):
	case r.unknown(l):
		r.breaks(I3, "%s rests in Failed (run %d, %s), and no record knows of it: %s", l.name(), f.run, f.end.name, stands(is))
	case is.Decision.Reason == retry.Off || is.Kind == retry.Retried && l.ignored && r.mayBeOff(): // given up for good
	case is.Decision.Reason == retry.Superseded && r.replaced(l):
	case is.Kind == retry.Retried || is.Kind == retry.MovedOn && is.Decision.Verdict != retry.Stop:
		r.breaks(I3, "%s rests in Failed (run %d, %s), and its record says %s", l.name(), f.run, f.end.name, stands(is))
	default:
		if why := r.untrue(l, f); why != "" {
			r.breaks(Missed, "%s rests in Failed (run %d, %s) for %s: %s", l.name(), f.run, f.end.name, is.Decision.Reason, why)
		}
	}
}

// mayBeOff tells whether a policy that somebody applied leaves everything alone.
func (r *run) mayBeOff() bool {
	for _, p := range r.policies {
		if p != nil && p.Document.Mode == retry.ModeOff {
			return true
		}
	}
	return false
}

// looks tells whether the policy in force cares for the execution at all.
func (r *run) looks(l *life) bool {
	state, err := r.ledger.Read(background, l.parsed, nil)
	if err != nil {
		return true
	}
	terms, err := r.books[0].Terms(l.parsed, &state.Policy)
	return err != nil || terms.Mode != retry.ModeOff
}
