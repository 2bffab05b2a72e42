package simulate

import (
	"slices"
	"time"
)

// step lets one thing happen while there is trouble.
func (r *run) step() {
	r.totals.Steps++
	switch n := r.n(100); {
	case n < 50:
		r.proceed()
	case n < 50+r.crowded/2:
		r.deliver()
	case n < 80:
		r.proceed()
	case n < 84:
		r.again()
	case n < 87:
		r.passes()
	case n < 92:
		r.person()
	case n < 94:
		r.sweeps()
	case n < 95:
		r.early()
	case n < 96:
		r.replayLetter()
	case n < 97:
		r.deliver()
	default:
		r.proceed()
	}
}

// proceed goes on with what is under way, delivers what is due, or lets time pass
// until something is. It is false where nothing is left to come but the sweep.
func (r *run) proceed() bool {
	if ready := r.ready(); len(ready) > 0 {
		t := of(r.choices, ready)
		r.resume(t)
		r.after(t.of)
		return true
	}
	if len(r.due()) > 0 {
		r.deliver()
		return true
	}
	next, ok := r.nextChange()
	if ok {
		r.passTo(next)
	}
	return ok
}

// after looks after an invocation whose task has stood still or ended.
func (r *run) after(v *invocation) {
	if v.dead {
		r.bury(v)
	}
	r.clear()
	for _, t := range r.tasks {
		if t.of == v {
			return
		}
	}
	r.ended(v)
}

// deliver begins an invocation for one of the messages that are due.
func (r *run) deliver() {
	due := r.due()
	if len(due) == 0 || len(r.tasks) > 12 {
		return
	}
	m := of(r.choices, due)
	r.take(m)
	r.invoke(m)
}

// passes lets some time go by.
func (r *run) passes() {
	r.passTo(r.now.Add(of(r.choices, []time.Duration{
		50 * time.Millisecond, 2 * time.Second, 15 * time.Second, time.Minute, 6 * time.Minute, time.Hour, 7 * time.Hour,
	})))
}

// nextChange is when something comes about by itself; the sweep apart.
func (r *run) nextChange() (next time.Time, ok bool) {
	sooner := func(t time.Time) {
		if !ok || t.Before(next) {
			next, ok = t, true
		}
	}
	if at, some := r.aws.NextChange(); some {
		sooner(at)
	}
	for _, m := range r.queue {
		sooner(m.due)
	}
	for _, t := range r.timers {
		sooner(t.due)
	}
	for _, l := range r.network {
		sooner(l.due)
	}
	for _, t := range r.tasks {
		if t.left == 0 {
			sooner(t.until)
		}
	}
	return next, ok
}

// passTo lets time go by until then: requests that are on their way arrive when
// they are due, invocations whose time is up end, or stand still and go on later.
func (r *run) passTo(t time.Time) {
	for len(r.network) > 0 && !r.network[0].due.After(t) {
		r.arrive()
	}
	if t.After(r.now) {
		r.now = t
	}
	r.aws.Tick()
	r.fire()
	for _, v := range slices.Clone(r.running) {
		if !v.dead && r.now.After(v.deadline) && !(v.frozen && r.now.Before(v.deadline.Add(longestFreeze))) {
			r.timesOut(v)
		}
	}
	r.sweepWhenDue()
}

// ticks is the time that one call takes.
const ticks = 7 * time.Millisecond
