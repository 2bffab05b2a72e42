package sweep

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// TestRequestsAreBounded sweeps accounts drawn by lot: no sweep makes more
// requests than it may, or makes them faster, or handles one execution twice, and in
// the end nothing is left.
func TestRequestsAreBounded(t *testing.T) {
	for seed := range uint64(60) {
		lot := rand.New(rand.NewPCG(seed, 6))
		w := newWorld(t)
		w.pageSize, w.h.Requests, w.h.PerSecond = 1+lot.IntN(20), 40+lot.IntN(200), 1+lot.IntN(9)
		populate(w, lot)
		for n := range 200 {
			began := w.now.Add(every)
			r := w.swept(every)
			held(t, w, r, began)
			if done := r.Sweep.Left == 0 && r.Sweep.Completed && len(w.handled) == 0 && n > 12; done {
				break
			}
		}
		for _, f := range w.failed {
			if _, found := w.records[f.Execution.Key()]; !found {
				t.Fatalf("seed %d: %s was never found", seed, f.Execution.ID)
			}
		}
		w.swept(every)
		if open := len(w.open[retry.StandsClaimed]) + len(w.open[retry.StandsParked]) + len(w.open[retry.StandsRetried]); open > 0 {
			t.Fatalf("seed %d: %d stand open", seed, open)
		}
	}
}

// populate draws failures and open records, and whether the search works.
func populate(w *world, lot *rand.Rand) {
	for n := range lot.IntN(150) {
		w.fail(execution(fmt.Sprint("p", lot.IntN(12)), n), grace+time.Duration(lot.IntN(500))*time.Minute)
	}
	for n := range lot.IntN(150) {
		standing := []retry.Standing{retry.StandsClaimed, retry.StandsParked, retry.StandsRetried}[lot.IntN(3)]
		due := time.Duration(lot.IntN(120)-60) * time.Minute
		w.stands(standing, execution(fmt.Sprint("q", lot.IntN(5)), 1000+n), time.Hour, due, fmt.Sprint("line ", lot.IntN(3)))
	}
	refused := lot.IntN(2) == 0
	throttled := lot.IntN(3) == 0
	if refused {
		w.pageSize = 100 // of more, lists do not find all
	}
	w.trouble = func(op string) error {
		switch {
		case refused && op == "Search":
			return errDenied
		case throttled && strings.HasPrefix(op, "FailedOf") && lot.IntN(50) == 0:
			return errThrottled
		}
		return nil
	}
}

func held(t *testing.T, w *world, r Report, began time.Time) {
	t.Helper()
	if w.requests > w.h.Requests || w.requests != r.Sweep.Requests {
		t.Fatalf("made %d requests of %d, and says %d", w.requests, w.h.Requests, r.Sweep.Requests)
	}
	if least := time.Second / time.Duration(w.h.PerSecond) * time.Duration(w.requests-handleCost); w.now.Sub(began) < least {
		t.Fatalf("%d requests in %s", w.requests, w.now.Sub(began))
	}
	once := map[string]bool{}
	for _, n := range w.handled {
		if once[n.Execution.Key()] {
			t.Fatalf("%s was handled twice", n.Execution.ID)
		}
		once[n.Execution.Key()] = true
	}
}

// TestThrottled halves the pace for what is left, and again, and not without end.
func TestThrottled(t *testing.T) {
	pace := func(throttles int) time.Duration {
		w := newWorld(t)
		for n := range 40 {
			w.fail(execution(fmt.Sprint("p", n), n), time.Hour)
		}
		w.trouble = func(op string) error {
			if strings.HasPrefix(op, "Handle") && len(w.handled) <= throttles {
				return fmt.Errorf("look: %w", errThrottled)
			}
			return nil
		}
		w.swept(0)
		return w.now.Sub(dawn)
	}
	free, once := pace(0), pace(1)
	if last := 36 * handleCost * time.Second / PerSecond; once-free < last-2*time.Second || once-free > last {
		t.Errorf("40 failures took %s, and with a throttle %s", free, once)
	}
	if always := pace(1000); always > slowest*free {
		t.Errorf("throttled for ever they took %s", always)
	}
	free = paced(t, nil)
	if slowed := paced(t, map[string]error{"Open claimed": errThrottled}); slowed < free*3/2 {
		t.Errorf("with a queue that was throttled it took %s instead of %s", slowed, free)
	}
}

// paced is how long a sweep takes with that trouble.
func paced(t *testing.T, trouble map[string]error) time.Duration {
	w := newWorld(t)
	w.trouble = func(op string) error { return trouble[op] }
	for n := range 40 {
		w.fail(execution(fmt.Sprint("p", n), n), time.Hour)
	}
	w.swept(0)
	return w.now.Sub(dawn)
}

// TestThrottledSearch ends there; the next sweep goes on.
func TestThrottledSearch(t *testing.T) {
	w := newWorld(t)
	w.pageSize = 1
	w.fail(execution("p", 1), 2*time.Hour)
	w.fail(execution("p", 2), time.Hour)
	w.trouble = func(op string) error {
		if op == "Search" && w.count("Search") == 2 {
			return errThrottled
		}
		return nil
	}
	if r := w.swept(0); r.Sweep.Cut != cutByThrottle || r.Sweep.Completed || w.count("Search") != 2 {
		t.Errorf("%+v", r.Sweep)
	}
	w.trouble = nil
	if r := w.swept(every); !r.Sweep.Resumed || !r.Sweep.Completed || w.ids()[0] != "e00002" {
		t.Errorf("handled %s, %+v", w.ids(), r.Sweep)
	}
}

// slow takes its time: each failure ends with its own context.
type slow struct {
	sync.Mutex
	running, most int
	left          []time.Duration
}

func (s *slow) Handle(ctx context.Context, _ retry.Notice) (retry.Decision, error) {
	deadline, _ := ctx.Deadline()
	s.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.left = append(s.left, time.Until(deadline))
	s.Unlock()
	<-ctx.Done()
	s.Lock()
	s.running--
	s.Unlock()
	return retry.Decision{}, ctx.Err()
}

// TestEachHasAnInvocationsTime and no more, a few of them side by side.
func TestEachHasAnInvocationsTime(t *testing.T) {
	w, s := newWorld(t), &slow{}
	w.h.Corridor, w.h.HandleTimeout = s, 30*time.Millisecond
	for n := range 6 {
		w.fail(execution(fmt.Sprint("p", n), n), time.Hour)
	}
	r := w.swept(0)
	if r.Sweep.Errors != 6 || !r.Sweep.Completed || s.most != abreast {
		t.Errorf("%d side by side, %+v", s.most, r.Sweep)
	}
	for _, left := range s.left {
		if left > w.h.HandleTimeout || left <= 0 {
			t.Errorf("one had %s", left)
		}
	}
}

// TestRest ends with its time, or with the context.
func TestRest(t *testing.T) {
	began := time.Now()
	Rest(t.Context(), 5*time.Millisecond)
	if took := time.Since(began); took < 5*time.Millisecond {
		t.Errorf("rested %s", took)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the invocation ends"))
	Rest(ended, time.Hour)
}
