package simulate

import (
	"cmp"
	"slices"
	"time"

	"mulligan/internal/awstest"
)

// A message is an invocation to come: an event or a wake in Lambda's queue, or on
// the way to it.
type message struct {
	payload []byte
	what    string // in timelines
	due     time.Time
	tries   int // deliveries that ended in an error
	serial  int
}

// Lambda tries an asynchronous invocation twice more, after one minute and two.
const moreTries = 2

// push has a payload delivered after that long.
func (r *run) push(payload []byte, what string, after time.Duration) {
	r.serials++
	r.queue = append(r.queue, &message{payload: payload, what: what, due: r.now.Add(after), serial: r.serials})
}

// send has the event of an end on its way, late or never while there is trouble.
func (r *run) send(l *life, e awstest.Event) {
	r.sent = append(r.sent, e)
	if r.options.mute {
		return
	}
	if r.disturbed(15) && r.chance(40) {
		r.fault("event lost", l.name(), "the event of its end %s is lost", e.Status)
		return
	}
	after := 300 * time.Millisecond
	if r.disturbed(15) {
		after = of(r.choices, []time.Duration{time.Second, 20 * time.Second, 5 * time.Minute, time.Hour, 5 * time.Hour})
		r.fault("event late", l.name(), "the event of its end %s takes %s", e.Status, after)
	}
	r.push(e.JSON(), "the event that "+l.name()+" ended "+string(e.Status), after)
}

// again sends an event once more, with an id of its own or as it was.
func (r *run) again() {
	if len(r.sent) == 0 {
		return
	}
	e, what := of(r.choices, r.sent), "the same event again"
	if r.n(2) == 1 {
		e, what = e.Again(string(rune('a'+r.n(4)))), "another event of the same end"
	}
	l := r.byKey[keyOf(e.ARN)]
	r.fault("event again", l.name(), "%s: %s", what, e.Status)
	r.push(e.JSON(), what+" of "+l.name(), 0)
}

// due are the messages that can be delivered, in their order.
func (r *run) due() []*message {
	var due []*message
	for _, m := range r.queue {
		if !m.due.After(r.now) {
			due = append(due, m)
		}
	}
	slices.SortFunc(due, func(a, b *message) int { return cmp.Or(a.due.Compare(b.due), a.serial-b.serial) })
	return due
}

// take takes a message out of the queue.
func (r *run) take(m *message) {
	r.queue = slices.DeleteFunc(r.queue, func(o *message) bool { return o == m })
}

// back puts a message whose delivery ended in an error back, until it has been
// tried often enough: then it is a dead letter.
func (r *run) back(m *message) {
	m.tries++
	if m.tries > moreTries {
		r.totals.DeadLetters++
		r.letters = append(r.letters, m)
		r.tell("lambda", "%s is a dead letter", m.what)
		return
	}
	m.due = r.now.Add(time.Duration(m.tries) * time.Minute)
	r.queue = append(r.queue, m)
}

// A timer is a schedule that was made.
type timer struct {
	name    string
	due     time.Time
	payload []byte
	what    string
}

// fire delivers the schedules that are due; each deletes itself.
func (r *run) fire() {
	var left []*timer
	for _, t := range r.timers {
		if t.due.After(r.now) {
			left = append(left, t)
			continue
		}
		switch {
		case r.disturbed(20) && r.chance(50):
			r.fault("wake lost", "scheduler", "%s is lost", t.what)
		case r.disturbed(10):
			r.fault("wake twice", "scheduler", "%s comes twice, once an hour late", t.what)
			r.push(t.payload, t.what, 0)
			r.push(t.payload, t.what, time.Hour)
		default:
			r.push(t.payload, t.what, 0)
		}
	}
	r.timers = left
}

// early fires a schedule before it is due.
func (r *run) early() {
	if len(r.timers) == 0 {
		return
	}
	i := r.n(len(r.timers))
	t := r.timers[i]
	r.fault("wake early", "scheduler", "%s comes early", t.what)
	r.timers = slices.Delete(r.timers, i, i+1)
	r.push(t.payload, t.what, 0)
}

// A late is a request that reaches its service after the process that sent it is
// gone, or has given up.
type late struct {
	due    time.Time
	what   string
	effect func()
}

// sends has a request on its way for that long.
func (r *run) sends(what string, after time.Duration, effect func()) {
	r.network = append(r.network, &late{r.now.Add(after), what, effect})
	slices.SortStableFunc(r.network, func(a, b *late) int { return a.due.Compare(b.due) })
}

// arrive lets the next request arrive, when it is due.
func (r *run) arrive() {
	next := r.network[0]
	r.network = r.network[1:]
	if next.due.After(r.now) {
		r.now = next.due
		r.aws.Tick()
	}
	r.tell("network", "%s arrives after all", next.what)
	r.arriving = true
	next.effect()
	r.arriving = false
}
