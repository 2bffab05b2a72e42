package sweep

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// TestWhatIsHandled has one execution in Failed at a time.
func TestWhatIsHandled(t *testing.T) {
	e := execution("churn", 1)
	failure := func(ago time.Duration) retry.Failure { return retry.Failure{LastModified: dawn.Add(-ago)} }
	for name, test := range map[string]struct {
		ago    time.Duration
		record *retry.Record
		want   int
	}{
		"without a record":                 {10 * time.Minute, nil, 1},
		"just old enough":                  {grace, nil, 1},
		"too young":                        {grace - time.Second, nil, 0},
		"nearly too old":                   {expireAfter, nil, 1},
		"too old":                          {expireAfter + time.Second, nil, 0},
		"known":                            {10 * time.Minute, &retry.Record{Kind: retry.Closed, Failure: failure(10 * time.Minute)}, 0},
		"the record is younger":            {10 * time.Minute, &retry.Record{Kind: retry.Closed, Failure: failure(5 * time.Minute)}, 0},
		"failed again":                     {10 * time.Minute, &retry.Record{Kind: retry.Retried, Failure: failure(time.Hour)}, 1},
		"claimed, and modified since":      {10 * time.Minute, &retry.Record{Kind: retry.Claimed, Failure: failure(11 * time.Minute)}, 1},
		"in doubt already":                 {10 * time.Minute, &retry.Record{Kind: retry.Closed, Failure: failure(time.Hour), Pause: retry.Pause{Reason: retry.LookingAgain, Seen: dawn.Add(-10 * time.Minute)}}, 0},
		"in doubt for what it was before":  {10 * time.Minute, &retry.Record{Kind: retry.Closed, Failure: failure(time.Hour), Pause: retry.Pause{Reason: retry.LookingAgain, Seen: dawn.Add(-20 * time.Minute)}}, 1},
		"in doubt before any failure":      {10 * time.Minute, &retry.Record{Pause: retry.Pause{Reason: retry.LookingAgain, Seen: dawn.Add(-10 * time.Minute)}}, 0},
		"waits for a unit, modified since": {10 * time.Minute, &retry.Record{Kind: retry.Parked, Failure: failure(time.Hour), Pause: retry.Pause{Reason: retry.Held, Seen: dawn.Add(-time.Hour)}}, 1},
	} {
		w := newWorld(t)
		w.fail(e, test.ago)
		if test.record != nil {
			w.records[e.Key()] = *test.record
		}
		r := w.swept(0)
		if len(w.handled) != test.want || r.Sweep.Unknown != test.want {
			t.Errorf("%s: handled %d, %+v; want %d", name, len(w.handled), r.Sweep, test.want)
		}
		for _, n := range w.handled {
			if want := (retry.Notice{Door: retry.DoorSweep, Execution: e, EventID: "sweep"}); n != want {
				t.Errorf("%s: got notice %+v, want %+v", name, n, want)
			}
		}
	}
}

// TestWatermark looks at how far back sweep after sweep goes.
func TestWatermark(t *testing.T) {
	w := newWorld(t)
	for n := range 14 {
		r := w.swept(every)
		want, full := w.now.Add(-every-overlap), n%12 == 0
		if full {
			want = w.now.Add(-expireAfter)
		}
		if len(w.since) != 1 || !w.since[0].Equal(want) || r.Sweep.FullRound != full || !r.Sweep.Completed || r.Sweep.Resumed {
			t.Errorf("sweep %d searches from %s, %+v; want %s, full %t", n, w.since, r.Sweep, want, full)
		}
	}
}

// TestYoungOnesEndTheSearch, since all behind them are younger still.
func TestYoungOnesEndTheSearch(t *testing.T) {
	w := newWorld(t)
	w.pageSize = 2
	for n := range 6 {
		w.fail(execution("p", n), time.Duration(6-n)*45*time.Second)
	}
	if r := w.swept(0); len(w.handled) != 4 || w.count("Search") != 4 || r.Sweep.Young != 1 {
		t.Errorf("handled %s, %d searches, %+v", w.ids(), w.count("Search"), r.Sweep)
	}
	w.now = w.now.Add(-time.Minute)
	if r := w.swept(0); w.count("Search") != 2 || !r.Sweep.Completed {
		t.Errorf("%d searches, %+v", w.count("Search"), r.Sweep)
	}
}

// TestLateInTheIndex has the search lag half an hour behind.
func TestLateInTheIndex(t *testing.T) {
	w := newWorld(t)
	w.swept(0)
	w.swept(30 * time.Minute)
	e := execution("churn", 1)
	w.fail(e, 29*time.Minute) // it was not there a moment ago
	if w.swept(every); len(w.handled) != 1 {
		t.Error("not found")
	}
	if w.swept(every); len(w.handled) != 0 {
		t.Error("handled again")
	}
}

// TestResumes takes a full round through several sweeps, by requests and by time.
func TestResumes(t *testing.T) {
	for name, limit := range map[string]func(*world){
		cutByRequests: func(w *world) { w.h.Requests = 30 },
		cutByTime: func(w *world) {
			w.left = time.Hour
			w.trouble = func(string) error {
				if len(w.handled) == 5 {
					w.left = time.Second
				}
				return nil
			}
		},
	} {
		w := newWorld(t)
		limit(w)
		w.pageSize = 3
		for n := range 20 {
			w.fail(execution(fmt.Sprint("p", n), n), 20*time.Hour-time.Duration(n/2)*time.Minute) // two at a time
		}
		var ids []string
		for n := range 5 {
			r := w.swept(every)
			w.left = min(w.left*3600, time.Hour)
			ids = append(ids, w.ids()...)
			if last := len(ids) == 20; r.Sweep.Completed != last || !last && r.Sweep.Cut != name || r.Sweep.Resumed != (n > 0) || !r.Sweep.FullRound {
				t.Errorf("%s: sweep %d: %+v", name, n, r.Sweep)
			}
			if r.Sweep.Completed {
				break
			}
		}
		if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 20 { // none twice, the oldest first
			t.Errorf("%s: handled %s", name, ids)
		}
	}
}

// TestOverlapOfALongRound has a failure of before a round that took several
// sweeps, and appeared in the index behind where the round had come to.
func TestOverlapOfALongRound(t *testing.T) {
	w := newWorld(t)
	w.h.Requests = 20
	for n := range 12 {
		w.fail(execution("p", n), 10*time.Minute)
	}
	if r := w.swept(0); r.Sweep.Completed {
		t.Fatal("the round is too short for the test")
	}
	late := execution("late", 1)
	w.fail(late, 25*time.Minute)
	for range 5 {
		w.swept(every)
	}
	if _, found := w.records[late.Key()]; !found {
		t.Error("not found")
	}
}

// TestSearchEndsInAnError keeps what was reached, and no round is completed.
func TestSearchEndsInAnError(t *testing.T) {
	for name, fault := range map[string]error{
		"no answer": errors.New("500"), "a page that is not known any more": fmt.Errorf("page: %w", retry.ErrNotTold),
	} {
		w := newWorld(t)
		w.pageSize = 1
		w.fail(execution("p", 1), 2*time.Hour)
		w.fail(execution("p", 2), time.Hour)
		w.trouble = func(op string) error {
			if op == "Search" && w.count("Search") == 2 {
				return fault
			}
			return nil
		}
		r := w.partly(0)
		if r.Sweep.Completed || r.Sweep.Cut != cutByError || r.Sweep.Errors != 1 || len(w.handled) != 1 || r.Sweep.Fallback != "" {
			t.Errorf("%s: %+v", name, r.Sweep)
		}
		w.trouble = nil
		if r = w.swept(every); !r.Sweep.Completed || !w.since[0].Equal(dawn.Add(-2*time.Hour)) || w.ids()[0] != "e00002" {
			t.Errorf("%s: %+v from %s", name, r.Sweep, w.since)
		}
	}
}

// TestPartOfAPage gives an error beside what could be read of a page.
func TestPartOfAPage(t *testing.T) {
	w := newWorld(t)
	w.fail(execution("p", 1), time.Hour)
	w.h.Search = partly{w}
	r := w.swept(0)
	if len(w.handled) != 1 || r.Sweep.Errors != 1 || !r.Sweep.Completed {
		t.Errorf("%+v %q", r.Sweep, r.Errors)
	}
}

// TestUnreadableRecord is of a failure that nobody can handle: said, and left.
func TestUnreadableRecord(t *testing.T) {
	w := newWorld(t)
	w.fail(execution("p", 1), time.Hour)
	w.fail(execution("p", 2), time.Hour)
	w.broken[execution("p", 1).Key()] = true
	r := w.swept(0)
	if got := w.ids(); len(got) != 1 || got[0] != "e00002" || r.Sweep.Errors != 1 || r.Sweep.Unknown != 1 || !r.Sweep.Completed {
		t.Errorf("handled %s, %+v", got, r.Sweep)
	}
}

// TestTwoSweeps find the same: the notices are the same to the last byte.
func TestTwoSweeps(t *testing.T) {
	w := newWorld(t)
	w.fail(execution("p", 1), time.Hour)
	w.handle = func(retry.Notice) (retry.Decision, error) { return retry.Decision{Verdict: retry.Ignore}, nil }
	w.swept(0)
	first := w.handled
	w.cursor = "" // as the other one found it
	if w.swept(time.Second); len(first) != 1 || !slices.Equal(first, w.handled) {
		t.Errorf("got %+v, then %+v", first, w.handled)
	}
}

// TestARetryTakesOutOfTheList has a service whose next page counts on what its
// list shows by then: what is retried is in it no more, and nobody is passed over.
func TestARetryTakesOutOfTheList(t *testing.T) {
	w := newWorld(t)
	w.pageSize = 2
	for n := range 9 {
		w.fail(execution("p", n), time.Duration(60-n)*time.Minute)
	}
	w.handle = func(n retry.Notice) (retry.Decision, error) {
		w.failed = slices.DeleteFunc(w.failed, func(f retry.Found) bool { return f.Execution == n.Execution })
		return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable}, nil
	}
	if r := w.swept(0); len(w.handled) != 9 || !r.Sweep.Completed {
		t.Errorf("handled %d of 9: %+v", len(w.handled), r.Sweep)
	}
}
