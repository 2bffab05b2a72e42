package main

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// A message is one asynchronous invocation.
type message struct {
	payload []byte
	tries   int       // so far
	ready   time.Time // not handed out before
	nth     int       // in the order of arrival
}

// pauses are those before the second and third delivery of what ended in an error
// (AWS Lambda developer guide, "How Lambda handles errors and retries with
// asynchronous invocation"). After the third it is a dead letter.
var pauses = []time.Duration{time.Minute, 2 * time.Minute}

// queue is a function's queue of asynchronous invocations: at least once, those
// first that have been ready longest. It may be used concurrently.
type queue struct {
	mu      sync.Mutex
	waiting messages
	arrived int
	flying  int           // taken, and not ended
	dead    int           // given up
	errors  int           // invocations that ended in one
	put     chan struct{} // something arrived
}

func newQueue() *queue { return &queue{put: make(chan struct{}, 1)} }

// add takes an invocation on, to be handed out after the delay.
func (q *queue) add(payload []byte, delay time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(message{payload: payload, ready: time.Now().Add(delay)})
}

func (q *queue) push(m message) {
	q.arrived++
	m.nth = q.arrived
	heap.Push(&q.waiting, m)
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.put <- struct{}{}:
	default:
	}
}

// take waits for the next invocation that is ready; false when the context ends.
func (q *queue) take(ctx context.Context) (message, bool) {
	for ctx.Err() == nil {
		m, wait, ok := q.next(time.Now())
		if ok {
			return m, true
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.put:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return message{}, false
}

// next takes what is ready, or tells how long to wait at most.
func (q *queue) next(now time.Time) (m message, wait time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return message{}, time.Second, false
	}
	if wait := q.waiting[0].ready.Sub(now); wait > 0 {
		return message{}, min(wait, time.Second), false
	}
	m = heap.Pop(&q.waiting).(message)
	q.flying++
	if len(q.waiting) > 0 {
		q.wake() // one more of those that wait
	}
	return m, 0, true
}

// ended says how a delivery ended just now. One that failed comes again, or is a dead
// letter.
func (q *queue) ended(m message, failed bool, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flying--
	if !failed {
		return
	}
	q.errors++
	if m.tries == len(pauses) {
		q.dead++
		return
	}
	m.ready = now.Add(pauses[m.tries])
	m.tries++
	q.push(m)
}

// idle tells whether nothing waits and nothing is under way.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0 && q.flying == 0
}

// counts are the errors, the dead letters, and how many wait.
func (q *queue) counts() (failed, dead, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.errors, q.dead, len(q.waiting)
}

// messages have the one on top that is ready first.
type messages []message

func (m messages) Len() int      { return len(m) }
func (m messages) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *messages) Push(x any)   { *m = append(*m, x.(message)) }

func (m messages) Less(i, j int) bool {
	if m[i].ready.Equal(m[j].ready) {
		return m[i].nth < m[j].nth
	}
	return m[i].ready.Before(m[j].ready)
}

func (m *messages) Pop() any {
	last := len(*m) - 1
	top := (*m)[last]
	*m = (*m)[:last]
	return top
}
