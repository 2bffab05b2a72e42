package explain

import (
	"context"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// behindAn is the question of failed-quota before an open breaker, in whose line a
// turn was given last.
func behindAn(t *testing.T, b retry.Breaker, last time.Duration) Question {
	t.Helper()
	q := ask(t, "failed-quota", nil)
	q.Breakers = func(context.Context, []string) (retry.State, error) {
		b.Scope, b.Rev, b.Rate, b.Opened, b.Why, b.At = quotaScope, 3, 60, q.Now.Add(-time.Hour), "it was short", q.Now
		if b.Next.IsZero() {
			b.Next = q.Now.Add(5 * time.Minute)
		}
		return retry.State{
			Breakers: map[string]retry.Breaker{quotaScope: b},
			Lines:    map[string]time.Time{retry.BreakerLine(quotaScope): q.Now.Add(last)},
		}, nil
	}
	return q
}

// Turns before a breaker are told as they come: put off by the breaker's shift.
func TestTurnsThatArePutOff(t *testing.T) {
	q := behindAn(t, retry.Breaker{Probe: other, Shift: 20 * time.Minute}, -5*time.Minute)
	s := tell(t, q)
	w := s.Waits
	if w == nil || !w.After.Equal(q.Now.Add(15*time.Minute)) || !w.Turn.Equal(w.After.Add(time.Minute)) {
		t.Fatalf("got %+v, want the turn after that of %s", w, q.Now.Add(15*time.Minute))
	}
	if late := s.Due.Sub(w.Turn); late < 0 || late > time.Minute {
		t.Errorf("due at %s, with a turn at %s", s.Due, w.Turn)
	}
}

// Where nobody probes, somebody among those that wait does next.
func TestNobodyProbes(t *testing.T) {
	q := behindAn(t, retry.Breaker{}, 10*time.Minute)
	tells(t, tell(t, q), "wait, scarce", []string{
		"Nobody probes now: whoever comes first, from 2026-11-20 05:36:53 UTC on, becomes the probe, and until one has succeeded the others wait on.",
	})
	q = behindAn(t, retry.Breaker{Next: q.Now.Add(-time.Second)}, 10*time.Minute)
	tells(t, tell(t, q), "wait, scarce", []string{"Nobody probes now: whoever comes first becomes the probe,"})
}

// The commands that are told act on the deployment that was asked.
func TestCommandsActThere(t *testing.T) {
	q := ask(t, "failed-quota", among("holds", holding("all")))
	q.At = " --stack other"
	s := tell(t, q)
	tells(t, s, "wait, held", []string{"`mulligan release --all --stack other`", "`mulligan holds --stack other`", "ended before by  mulligan release --all --stack other"})
	q = behindAn(t, retry.Breaker{Probe: other}, 0)
	q.At = " --local"
	tells(t, tell(t, q), "wait, scarce", []string{"`mulligan holds --local` shows who probes"})
}
