package main

import (
	"testing"
	"time"
)

// taken takes what is ready at an instant.
func taken(t *testing.T, q *queue, now time.Time, want string) message {
	t.Helper()
	m, _, ok := q.next(now)
	if got := string(m.payload); got != want || ok != (want != "") {
		t.Fatalf("got %q, want %q", got, want)
	}
	return m
}

func TestQueueIsInOrder(t *testing.T) {
	q, now := newQueue(), time.Now().Add(time.Second)
	q.add([]byte("later"), time.Minute)
	q.add([]byte("first"), 0)
	q.add([]byte("second"), 0)
	for _, want := range []string{"first", "second"} {
		q.ended(taken(t, q, now, want), false, now)
	}
	taken(t, q, now, "")
	if q.idle() {
		t.Error("idle while one waits")
	}
	q.ended(taken(t, q, now.Add(time.Hour), "later"), false, now)
	if !q.idle() {
		t.Error("not idle after the last")
	}
}

// What ends in an error comes again, twice, and then is a dead letter.
func TestQueueDeliversAgain(t *testing.T) {
	q, now := newQueue(), time.Now()
	q.add([]byte("x"), 0)
	now = now.Add(time.Second)
	q.ended(taken(t, q, now, "x"), true, now)
	for _, pause := range pauses {
		taken(t, q, now.Add(pause-time.Millisecond), "")
		now = now.Add(pause)
		q.ended(taken(t, q, now, "x"), true, now)
	}
	failed, dead, waiting := q.counts()
	if failed != 3 || dead != 1 || waiting != 0 || !q.idle() {
		t.Errorf("got %d errors, %d dead letters, %d waiting; want 3, 1, 0", failed, dead, waiting)
	}
}
