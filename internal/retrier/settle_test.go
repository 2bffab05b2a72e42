package retrier_test

import (
	"net/http"
	"net/http/httptest"
	"time"
)

// direct hands requests to the stand-in without a socket.
type direct struct{ r *rig }

func (d direct) RoundTrip(q *http.Request) (*http.Response, error) {
	if err := q.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.r.aws.ServeHTTP(w, q)
	return w.Result(), nil
}

// asynchronously delivers as Lambda does: on an error it waits a minute and
// two for two more deliveries, and after that keeps the payload as a dead letter.
func (r *rig) asynchronously(payload []byte, taps ...tap) outcome {
	o := r.invoke(payload, taps...)
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute} {
		if o.err == nil {
			return o
		}
		r.pass(wait)
		o = r.invoke(payload)
	}
	if o.err != nil {
		r.dead = append(r.dead, payload)
	}
	return o
}

// wake moves the clock to the next schedule and fires what is due. False: none waits.
func (r *rig) wake(taps ...tap) bool {
	next, ok := r.aws.NextDue()
	if !ok {
		return false
	}
	r.passTo(next)
	r.aws.Fire(r.clock(), func(input []byte) { r.asynchronously(input, taps...) })
	return true
}

// wakeUp moves the clock to the next schedule, which has to be there, and is
// the payload that it fires with.
func (r *rig) wakeUp() (payload []byte) {
	r.Helper()
	next, ok := r.aws.NextDue()
	if !ok {
		r.Fatal("no schedule is there")
	}
	r.passTo(next)
	r.aws.Fire(r.clock(), func(input []byte) { payload = input })
	return payload
}

// fire delivers the next wake, once.
func (r *rig) fire(taps ...tap) outcome {
	r.Helper()
	return r.invoke(r.wakeUp(), taps...)
}

// wakes delivers wakes, and nothing else, until no schedule is left.
func (r *rig) wakes() {
	r.Helper()
	for range maxRounds {
		if !r.wake() {
			return
		}
	}
	r.Fatalf("still waking after %d wakes", maxRounds)
}

const maxRounds = 200000

// settle delivers the events of new failures as they come, and all wakes, until
// nothing is left to happen; then it audits.
func (r *rig) settle() {
	r.Helper()
	for range maxRounds {
		if !r.step() {
			r.audit()
			return
		}
	}
	r.Fatalf("not settled after %d steps", maxRounds)
}

// step lets the next thing happen: events first, then what comes due.
func (r *rig) step() bool {
	if events := r.aws.Events(); len(events) > 0 {
		for _, e := range events {
			if matched(e) {
				r.asynchronously(e.JSON())
			}
		}
		return true
	}
	change, changes := r.aws.NextChange()
	due, waits := r.aws.NextDue()
	switch {
	case changes && (!waits || change.Before(due)):
		r.passTo(change)
		return true
	case waits:
		return r.wake()
	}
	return false
}

// mustChange is when the next scripted change comes due; one has to be there.
func (r *rig) mustChange() time.Time {
	r.Helper()
	at, ok := r.aws.NextChange()
	if !ok {
		r.Fatal("nothing is scripted to change")
	}
	return at
}
