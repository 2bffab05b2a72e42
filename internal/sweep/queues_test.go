package sweep

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// TestOverdue looks at which of a queue are taken up.
func TestOverdue(t *testing.T) {
	for _, test := range []struct {
		standing retry.Standing
		due      time.Duration
		want     int
	}{
		{retry.StandsClaimed, -grace, 1},
		{retry.StandsClaimed, -grace + time.Second, 0},
		{retry.StandsClaimed, time.Minute, 0},
		{retry.StandsRetried, -grace, 1},
		{retry.StandsRetried, 0, 1},
		{retry.StandsRetried, time.Second, 0},
		{retry.StandsParked, -grace, 1},
		{retry.StandsParked, -grace + time.Second, 0},
		{retry.StandsParked, time.Minute, 0},
	} {
		w := newWorld(t)
		w.stands(test.standing, execution("p", 1), time.Hour, test.due, "")
		r := w.swept(0)
		found := map[retry.Standing]int{retry.StandsClaimed: r.Sweep.ClaimedDue, retry.StandsParked: r.Sweep.ParkedDue, retry.StandsRetried: r.Sweep.Watched}
		if len(w.handled) != test.want || found[test.standing] != test.want || r.Sweep.ClaimedDue+r.Sweep.ParkedDue+r.Sweep.Watched != test.want {
			t.Errorf("%s, due %s from now: handled %d, %+v; want %d", test.standing, test.due, len(w.handled), r.Sweep, test.want)
		}
	}
}

// TestMostUrgentFirst has one of everything.
func TestMostUrgentFirst(t *testing.T) {
	w := newWorld(t)
	w.fail(execution("p", 5), time.Hour)
	w.stands(retry.StandsRetried, execution("p", 4), 0, -time.Hour, "")
	w.stands(retry.StandsParked, execution("p", 3), time.Hour, time.Hour, "hold")
	w.stands(retry.StandsParked, execution("p", 2), time.Minute, -time.Hour, "hold")
	w.stands(retry.StandsClaimed, execution("p", 1), 0, -time.Hour, "")
	r := w.swept(0)
	var order []string
	for _, n := range w.handled {
		order = append(order, n.Execution.ID)
	}
	if !slices.IsSorted(order) || len(order) != 5 || r.Sweep.Released != 1 || r.Verdicts["retry"] != 5 {
		t.Errorf("handled %s, %+v", order, r)
	}
}

// TestPagesOfAQueue goes as far as something is due, and handles none twice.
func TestPagesOfAQueue(t *testing.T) {
	w := newWorld(t)
	w.pageSize = 2
	w.h.Requests = 1000
	w.handle = func(retry.Notice) (retry.Decision, error) { return retry.Decision{Verdict: retry.Wait}, nil } // the index lags behind
	for n := range 10 {
		w.stands(retry.StandsClaimed, execution("p", n), 0, time.Duration(n-7)*time.Hour, "")
	}
	w.stands(retry.StandsRetried, execution("p", 0), 0, -time.Hour, "")
	w.fail(execution("p", 1), time.Hour)
	r := w.swept(0)
	if len(w.handled) != 7 || w.count("Open claimed") != 4 || r.Sweep.ClaimedDue != 7 || r.Sweep.Passed != 1 {
		t.Errorf("handled %s, %+v", w.ids(), r.Sweep)
	}
}

// TestPagesOfTheParked have what is due anywhere: they are ordered by age.
func TestPagesOfTheParked(t *testing.T) {
	w := newWorld(t)
	w.pageSize = 2
	for n := range 7 {
		w.stands(retry.StandsParked, execution("p", n), time.Duration(7-n)*time.Hour, time.Duration(5-n)*time.Hour, "")
	}
	if r := w.swept(0); fmt.Sprint(w.ids()) != "[e00006]" || r.Sweep.ParkedDue != 1 || w.count("Open parked") != 4 {
		t.Errorf("handled %s, %+v", w.ids(), r.Sweep)
	}
}

// stillWaits keeps those waiting whose id is among those, and lets go the others.
func (w *world) stillWaits(d retry.Decision, ids ...string) func(retry.Notice) (retry.Decision, error) {
	return func(n retry.Notice) (retry.Decision, error) {
		if len(ids) > 0 && !slices.Contains(ids, n.Execution.ID) {
			return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable}, nil
		}
		still := d
		for _, o := range w.open[retry.StandsParked] {
			if o.Execution.Same(n.Execution) && d.Reason != retry.BackingOff {
				still.For = o.For
			}
		}
		return still, nil
	}
}

// TestLetGoEarly looks at the oldest first, until one waits on.
func TestLetGoEarly(t *testing.T) {
	in := func(d time.Duration) time.Time { return dawn.Add(d) }
	for name, test := range map[string]struct {
		decision retry.Decision
		waits    []string
		want     []string
		released int
	}{
		"all may go": {retry.Decision{}, []string{"none"}, []string{"e00000", "e00001", "e00002", "e00003"}, 4},
		"the hold goes on": {retry.Decision{Verdict: retry.Wait, Reason: retry.Held, Due: in(2 * time.Hour)},
			[]string{"e00000", "e00002"}, []string{"e00000", "e00001", "e00003"}, 2},
		"no unit": {retry.Decision{Verdict: retry.Wait, Reason: retry.SharedBudgetEmpty, Due: in(3 * time.Hour)},
			nil, []string{"e00000", "e00001"}, 0},
		"scarce": {retry.Decision{Verdict: retry.Wait, Reason: retry.Scarce, Due: in(3 * time.Hour)},
			[]string{"e00001"}, []string{"e00000", "e00001", "e00002"}, 2},
		"backs off now": {retry.Decision{Verdict: retry.Wait, Reason: retry.BackingOff, Due: in(5 * time.Minute)},
			nil, []string{"e00000", "e00001", "e00002", "e00003"}, 4},
	} {
		w := newWorld(t)
		w.handle = w.stillWaits(test.decision, test.waits...)
		for n := range 4 { // in turns for one thing and another; the youngest comes first by its due time
			w.stands(retry.StandsParked, execution("p", n), time.Duration(10-n)*time.Hour, time.Hour, []string{"hold a", "line b"}[n%2])
		}
		w.stands(retry.StandsParked, execution("p", 9), 20*time.Hour, time.Minute, "") // for a clearer look
		r := w.swept(0)
		if got := w.ids(); !slices.Equal(got, test.want) || r.Sweep.Released != test.released || r.Sweep.Early != len(test.want) {
			t.Errorf("%s: handled %s, %+v; want %s", name, got, r.Sweep, test.want)
		}
	}
}

// TestDueOnesAreAllTakenUp though the first still waits: each needs a schedule anew. Those that
// are not due learn from it.
func TestDueOnesAreAllTakenUp(t *testing.T) {
	w := newWorld(t)
	w.handle = w.stillWaits(retry.Decision{Verdict: retry.Wait, Reason: retry.Held, Due: dawn.Add(time.Hour)})
	for n := range 6 {
		w.stands(retry.StandsParked, execution("p", n), time.Hour, time.Duration(n-3)*time.Hour, "hold")
	}
	r := w.swept(0)
	if got := w.ids(); len(got) != 3 || r.Sweep.ParkedDue != 3 || r.Sweep.Early != 0 {
		t.Errorf("handled %s, %+v", got, r.Sweep)
	}
}

// TestEarlyIsBounded lets go the oldest 50 of a crowd, and more with the next sweep.
func TestEarlyIsBounded(t *testing.T) {
	w := newWorld(t)
	for n := range 120 {
		w.stands(retry.StandsParked, execution(fmt.Sprint("p", n), n), time.Duration(1000-n)*time.Minute, time.Hour, fmt.Sprint("line ", n%7))
	}
	first := 0
	for _, want := range []int{50, 50, 20, 0} {
		w.swept(time.Minute)
		ids := w.ids()
		if len(ids) != want || want > 0 && ids[0] != fmt.Sprintf("e%05d", first) {
			t.Fatalf("handled %s, want %d from %d", ids, want, first)
		}
		first += want
	}
}

// TestQueuesLeaveRequests has the failures found however long the queues are.
func TestQueuesLeaveRequests(t *testing.T) {
	for _, standing := range []retry.Standing{retry.StandsClaimed, retry.StandsParked, retry.StandsRetried} {
		w := newWorld(t)
		for n := range 100 {
			w.stands(standing, execution("q", n), time.Hour, -time.Hour, "hold")
		}
		w.stands(retry.StandsParked, execution("q", 500), 0, time.Hour, "line")
		w.fail(execution("p", 1000), time.Hour)
		r := w.swept(0)
		early := r.Sweep.Early
		if got := w.ids(); len(got) != 91 || got[90] != "e01000" || r.Sweep.Left != 10+early || r.Sweep.Cut != cutByRequests || !r.Sweep.Completed {
			t.Errorf("%s: handled %s, %+v", standing, got, r.Sweep)
		}
	}
}

// TestQueueCannotBeRead stops no other part.
func TestQueueCannotBeRead(t *testing.T) {
	for _, standing := range []retry.Standing{retry.StandsClaimed, retry.StandsParked, retry.StandsRetried} {
		w := newWorld(t)
		for n, s := range []retry.Standing{retry.StandsClaimed, retry.StandsParked, retry.StandsRetried} {
			w.stands(s, execution("q", n), 0, -time.Hour, "")
		}
		w.fail(execution("p", 3), time.Hour)
		w.trouble = func(op string) error {
			return map[string]error{"Open " + string(standing): errors.New("no index")}[op]
		}
		if r := w.partly(0); len(w.handled) != 3 || r.Sweep.Errors != 1 || r.Sweep.Cut != cutByError {
			t.Errorf("%s: handled %s, %+v", standing, w.ids(), r.Sweep)
		}
	}
}
