package simulate

import (
	"iter"
	"time"
)

// A task is one line of work of an invocation: a coroutine that stands still at
// each call until it is chosen to go on.
type task struct {
	of    *invocation
	next  func() (struct{}, bool)
	yield func(struct{}) bool
	until time.Time // it sleeps
	left  int       // children that it waits for
	ended bool

	deadline time.Time // of what it handles
}

// begin makes a task that is ready to go.
func (r *run) begin(of *invocation, body func()) *task {
	t := &task{of: of}
	if r.current != nil {
		t.deadline = r.current.deadline
	}
	t.next, _ = iter.Pull(func(yield func(struct{}) bool) {
		t.yield = yield
		body()
	})
	r.tasks = append(r.tasks, t)
	return t
}

// resume lets a task go on until it stands still again, or ends.
func (r *run) resume(t *task) {
	before := r.current
	r.current = t
	_, more := t.next()
	r.current = before
	t.ended = !more
}

// standStill lets others go first.
func (r *run) standStill() { r.current.yield(struct{}{}) }

// sleep lets that much time pass, as the sweep does between two requests.
func (r *run) sleep(d time.Duration) {
	if t := r.current; !t.of.dead {
		t.until = r.now.Add(d)
		r.standStill()
	}
}

// abreast makes calls as tasks of their own, in any order of all that they do.
func (r *run) abreast(calls ...func()) {
	parent := r.current
	if parent.of.dead || len(calls) == 1 {
		for _, call := range calls {
			call()
		}
		return
	}
	parent.left = len(calls)
	for _, call := range calls {
		r.begin(parent.of, func() { call(); parent.left-- })
	}
	for parent.left > 0 {
		r.standStill()
	}
}

// ready are the tasks that could go on now, the oldest first.
func (r *run) ready() []*task {
	ready := r.readied[:0]
	for _, t := range r.tasks {
		if t.left == 0 && !t.until.After(r.now) {
			ready = append(ready, t)
		}
	}
	r.readied = ready
	return ready
}

// clear drops the tasks that have ended.
func (r *run) clear() {
	kept := r.tasks[:0]
	for _, t := range r.tasks {
		if !t.ended {
			kept = append(kept, t)
		}
	}
	clear(r.tasks[len(kept):])
	r.tasks = kept
}

// bury lets the tasks of an invocation that is gone run out: none of their calls
// is made any more. What they began last ends first.
func (r *run) bury(v *invocation) {
	for open := true; open; {
		open = false
		for i := len(r.tasks) - 1; i >= 0; i-- {
			if t := r.tasks[i]; t.of == v && !t.ended && t.left == 0 && t != r.current {
				r.resume(t)
				open = true
			}
		}
	}
	r.clear()
}
