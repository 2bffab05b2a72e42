//go:build e2e

package account

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// How long requests wait for one another. The ledger's client gives up after two
// seconds, SageMaker's after five.
const (
	atLedger    = 1500 * time.Millisecond
	atSageMaker = 4 * time.Second
)

// meetingTries is how often deliveries are brought together that may miss each
// other: functions start when the machine has time for them.
const meetingTries = 4

// untilTheyMeet plays it with one execution after another until two requests
// were there at one time. What is true without that, it checks every time.
func untilTheyMeet(t *testing.T, play func() *meeting) {
	t.Helper()
	for range meetingTries {
		if play().met() > 1 || t.Failed() {
			return
		}
	}
	t.Errorf("in %d tries no two were there at one time", meetingTries)
}

// A meeting holds requests up until n of them are there, so that they go on at
// the same time.
type meeting struct {
	limit time.Duration
	full  chan struct{} // closed when n are there

	mu            sync.Mutex
	n, here, most int
}

// meet plans a meeting for the first n requests of an operation about the
// execution, from whatever function.
func (st *story) meet(op string, n int, limit time.Duration) *meeting {
	m := &meeting{limit: limit, n: n, full: make(chan struct{})}
	for i := range n {
		st.gate.at(moment{about: st.arn, op: op, nth: i + 1}, m.wait)
	}
	return m
}

func (m *meeting) wait(http.ResponseWriter, passage) (passes bool) {
	m.enter()
	select {
	case <-m.full:
	case <-time.After(m.limit):
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.here--
	return true
}

func (m *meeting) enter() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.here++
	if m.most = max(m.most, m.here); m.here == m.n {
		close(m.full)
	}
}

// met is how many were there at one time.
func (m *meeting) met() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.most
}
