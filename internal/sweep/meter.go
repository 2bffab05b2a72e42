package sweep

import (
	"context"
	"time"
)

// What a sweep may ask of SageMaker, which documents no rates for these calls.
// 600 are 500 pipelines and their listing, and 23 failures on top of that; at 5
// a second they take two of the five minutes between two sweeps.
const (
	Requests  = 600
	PerSecond = 5
)

// handleCost is what handling one failure is taken to cost: Describe, the steps, a
// newer execution, and the retry.
const handleCost = 4

// slowest is how far throttles can slow a sweep down, times its pace.
const slowest = 8

// meter is the sweep's own budget of requests to SageMaker, and their pace.
type meter struct {
	left  int
	spent int
	apart time.Duration // two requests
	slow  int           // times slower than that, for throttles; 0 is 1
	free  time.Time     // when the next request may go
	now   func() time.Time
	pause func(context.Context, time.Duration)
}

// wait waits for the turn of the next request.
func (m *meter) wait(ctx context.Context) {
	if left := m.free.Sub(m.now()); left > 0 {
		m.pause(ctx, left)
	}
}

// spend takes n requests.
func (m *meter) spend(n int) {
	m.left, m.spent = m.left-n, m.spent+n
	if now := m.now(); now.After(m.free) {
		m.free = now
	}
	m.free = m.free.Add(time.Duration(n*max(m.slow, 1)) * m.apart)
}

// giveBack returns n requests that were not made.
func (m *meter) giveBack(n int) {
	m.left, m.spent = m.left+n, m.spent-n
	m.free = m.free.Add(-time.Duration(n*max(m.slow, 1)) * m.apart)
}

// throttled halves the pace for the rest of the sweep.
func (m *meter) throttled() { m.slow = min(max(m.slow, 1)*2, slowest) }

// may takes n requests if at least spare stay, there is time, and their turn has
// come. What it refuses cuts the sweep short.
func (s *sweeping) may(ctx context.Context, n, spare int) bool {
	if s.meter.left-n < spare {
		s.cut(cutByRequests)
		return false
	}
	if s.enoughTime(ctx) {
		s.meter.wait(ctx)
	}
	if !s.enoughTime(ctx) {
		s.cut(cutByTime)
		return false
	}
	s.meter.spend(n)
	return true
}
