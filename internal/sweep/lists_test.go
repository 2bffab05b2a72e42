package sweep

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var errDenied = fmt.Errorf("sagemaker:Search on * is not allowed: %w", retry.ErrNotTold)

// refuses lets the search be refused.
func (w *world) refuses() {
	w.trouble = func(op string) error {
		if op == "Search" {
			return errDenied
		}
		return nil
	}
}

// TestFallback lists while the search is refused, asks it again once an hour,
// and makes a full round when it works again.
func TestFallback(t *testing.T) {
	w := newWorld(t)
	w.refuses()
	for n := range 13 {
		w.fail(execution("churn", n), 10*time.Minute)
		r := w.swept(every)
		asked := n%12 == 0
		if got := w.count("Search") == 1; got != asked {
			t.Errorf("sweep %d: search asked %t, want %t", n, got, asked)
		}
		if r.Sweep.Searched != "lists" || !strings.Contains(r.Sweep.Fallback, "sagemaker:Search") || !r.Sweep.Completed || r.Sweep.Errors != 0 {
			t.Errorf("sweep %d: %+v", n, r.Sweep)
		}
		if len(w.handled) != 1 {
			t.Errorf("sweep %d: handled %d", n, len(w.handled))
		}
	}
	w.trouble = nil
	w.now = w.now.Add(55 * time.Minute)
	for n, full := range []bool{true, false} {
		r := w.swept(every)
		if r.Sweep.Searched != "search" || r.Sweep.FullRound != full || r.Sweep.Fallback != "" || w.count("Pipelines") != 0 {
			t.Errorf("sweep %d with a search again: %+v", n, r.Sweep)
		}
	}
}

// TestFallbackOfMany lists 500 pipelines in a sweep, in a full round in two, and
// in three while the queues take their share.
func TestFallbackOfMany(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*world)
		sweeps  int
	}{
		"one page each": {func(*world) {}, 1},
		"more pages": {func(w *world) {
			for n := range 120 {
				for p := range 20 {
					w.records[execution(fmt.Sprintf("p%03d", p), n).Key()] = retry.Record{Kind: retry.Closed}
					w.fail(execution(fmt.Sprintf("p%03d", p), n), time.Hour)
				}
			}
		}, 1},
		"queues that are full": {func(w *world) {
			for n := range 1000 {
				w.stands(retry.StandsClaimed, execution(fmt.Sprint("q", n), n), 0, -time.Hour, "")
			}
		}, 3},
	} {
		w := newWorld(t)
		w.refuses()
		test.prepare(w)
		for p := range 500 {
			w.names = append(w.names, fmt.Sprintf("p%03d", p))
		}
		last := execution("p499", 200)
		w.fail(last, 10*time.Minute)
		for n := 1; n <= test.sweeps; n++ {
			started := w.now.Add(every)
			r := w.swept(every)
			if took := w.now.Sub(started); took > every || w.requests > Requests || r.Sweep.Completed != (n == test.sweeps) {
				t.Errorf("%s: sweep %d took %s, %d requests, %+v", name, n, took, w.requests, r.Sweep)
			}
		}
		if _, found := w.records[last.Key()]; !found {
			t.Errorf("%s: the last pipeline's failure was not found", name)
		}
	}
}

// TestFullRoundOfLists reads two pages of each of 500 pipelines, in two sweeps.
func TestFullRoundOfLists(t *testing.T) {
	w := newWorld(t)
	w.refuses()
	w.h.Lists = endless{w}
	for p := range 500 {
		w.names = append(w.names, fmt.Sprintf("p%03d", p))
	}
	for n := range 4 {
		r := w.swept(every)
		if r.Sweep.FullRound != (n < 2) || r.Sweep.Completed != (n > 0) {
			t.Errorf("sweep %d: %+v", n, r.Sweep)
		}
	}
}

// TestStartedLongAgo gives way to what was started lately, and to the listing.
func TestStartedLongAgo(t *testing.T) {
	w := newWorld(t)
	w.refuses()
	w.h.Requests = 110 // for the search, the listing, and 14 failures, 10 of them of long ago
	for n := range 50 {
		w.names = append(w.names, fmt.Sprintf("p%03d", n))
		w.fail(execution("p000", n), 5*expireAfter+time.Duration(n)*time.Minute)
	}
	w.fail(execution("p000", 100), longestRun+2*expireAfter) // cannot have failed lately
	w.fail(execution("p049", 101), 10*time.Minute)
	r := w.swept(0)
	ids := w.ids()
	if !r.Sweep.Completed || len(ids) != 14 || ids[13] != "e00101" || ids[0] != "e00000" || r.Sweep.Left != 37 {
		t.Errorf("handled %s, %+v", ids, r.Sweep)
	}
	for _, want := range []int{14, 14, 9, 0} {
		if r = w.swept(every); len(w.handled) != want || r.Sweep.Left != r.Sweep.Unknown-want {
			t.Errorf("handled %s, %+v; want %d", w.ids(), r.Sweep, want)
		}
	}
}

// TestLongAgoHasItsShare of a listing that takes all requests there are.
func TestLongAgoHasItsShare(t *testing.T) {
	w := newWorld(t)
	w.refuses()
	w.h.Requests = 100
	for n := range 500 {
		w.names = append(w.names, fmt.Sprintf("p%03d", n))
	}
	for n := range 30 {
		w.fail(execution("p000", n), 5*expireAfter)
	}
	if r := w.swept(0); len(w.handled) != longAgoInASweep || r.Sweep.Completed || w.requests > 100 {
		t.Errorf("handled %s, %+v", w.ids(), r.Sweep)
	}
}

// TestWhatListsPassOver is too young, or too old for any page behind it to be read; a pipeline
// that two pages name is listed once.
func TestWhatListsPassOver(t *testing.T) {
	w := newWorld(t)
	w.refuses()
	w.pageSize = 2
	w.names = []string{"a", "b"}
	w.h.Lists = twice{w}
	w.fail(execution("p", 1), time.Hour)
	w.fail(execution("p", 2), longestRun+2*expireAfter)
	w.fail(execution("p", 3), longestRun+3*expireAfter)
	w.failed = append(w.failed, retry.Found{Execution: execution("q", 4), LastModified: w.now, Started: w.now.Add(-grace + time.Second)})
	r := w.swept(0)
	if got := w.ids(); len(got) != 1 || w.count("FailedOf p") != 1 || w.count("FailedOf") != 4 || r.Sweep.Young != 1 || !r.Sweep.FullRound {
		t.Errorf("handled %s, %s, %+v", got, w.ops, r.Sweep)
	}
}

// TestOnePipelineCannotBeListed stops no other; a throttle stops them all.
func TestOnePipelineCannotBeListed(t *testing.T) {
	for name, test := range map[string]struct {
		fault   error
		handled int
		cut     string
	}{
		"denied":    {fmt.Errorf("p1: %w", retry.ErrNotTold), 2, ""},
		"no answer": {errors.New("500"), 2, ""},
		"throttled": {errThrottled, 1, cutByThrottle},
	} {
		w := newWorld(t)
		w.fail(execution("p0", 0), time.Hour)
		w.fail(execution("p1", 1), time.Hour)
		w.fail(execution("p2", 2), time.Hour)
		w.trouble = func(op string) error {
			return map[string]error{"Search": errDenied, "FailedOf p1": test.fault}[op]
		}
		r := w.swept(0)
		if len(w.handled) != test.handled || r.Sweep.Cut != test.cut || r.Sweep.Errors != 1 || r.Sweep.Completed != (test.cut == "") {
			t.Errorf("%s: handled %s, %+v", name, w.ids(), r.Sweep)
		}
		w.refuses()
		r = w.swept(every)
		if want := "e00001"; w.ids()[0] != want || r.Sweep.Resumed != (test.cut != "") {
			t.Errorf("%s: then handled %s, %+v", name, w.ids(), r.Sweep)
		}
	}
}

// TestListsAreRefusedToo leaves the queues, and says so.
func TestListsAreRefusedToo(t *testing.T) {
	w := newWorld(t)
	w.stands(retry.StandsClaimed, execution("p", 1), 0, -time.Hour, "")
	w.trouble = func(op string) error {
		return map[string]error{"Search": errDenied, "Pipelines": fmt.Errorf("pipelines: %w", retry.ErrNotTold)}[op]
	}
	r := w.partly(0)
	if len(w.handled) != 1 || r.Sweep.Errors != 1 || r.Sweep.Searched != "" || r.Sweep.Fallback == "" {
		t.Errorf("%+v %q", r.Sweep, r.Errors)
	}
}
