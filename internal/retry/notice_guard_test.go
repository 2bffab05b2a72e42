package retry

import (
	"fmt"
	"testing"
	"time"
)

// What an event says of time is held against what SageMaker shows.
func TestDoubtsOfOneEvent(t *testing.T) {
	succeeded := failedFacts(t1, t1)
	succeeded.Status = StatusSucceeded
	executing := failedFacts(t0, t0)
	executing.Status = "Executing"
	tests := []struct {
		name   string
		record Record
		facts  Facts
		notice Notice
		doubt  bool
	}{
		{"an end as it is shown", recordOf(Retried, t0, t0), succeeded, Notice{Status: StatusSucceeded, EndedAt: t1.Add(30 * time.Second)}, false},
		{"an end that is not shown yet", recordOf(Closed, t0, t0), failedFacts(t0, t0), Notice{Status: StatusStopped, EndedAt: t0.Add(3 * time.Second)}, true},
		{"sent after what is shown, without an end", recordOf(Closed, t0, t0), executing, Notice{Emitted: t1}, true},
		{"sent before what is shown, without an end", recordOf(Closed, t0, t0), executing, Notice{Emitted: t0.Add(-time.Second)}, false},
	}
	for _, test := range tests {
		s := situation(test.record, test.facts)
		test.notice.Door, test.notice.Execution = DoorEvent, arn
		s.Notice = test.notice
		if why, _ := s.doubt(); (why != "") != test.doubt {
			t.Errorf("%s: got doubt %q, want one: %t", test.name, why, test.doubt)
		}
	}
}

// A repeated event is known by its end for some seconds after the last write; the
// run that our retry started may end in the second in which the one before did.
func TestWhatAnEventIsKnownBy(t *testing.T) {
	r := recordOf(Retried, t0, t0)
	r.Claim.Due = t0.Add(time.Second / 2)
	movedOn := r
	movedOn.Kind = MovedOn
	event := func(id, ended string, at, emitted time.Time) Notice {
		return Notice{Door: DoorEvent, EventID: id, Ended: ended, EndedAt: at, Emitted: emitted}
	}
	tests := []struct {
		name        string
		record      Record
		notice      Notice
		knows, next bool
	}{
		{"repeated within seconds", r, event("e-0", "E0", t0, r.Updated.Add(14*time.Second)), true, false},
		{"sent well after the last write", r, event("e-0", "E0", t0, r.Updated.Add(16*time.Second)), false, false},
		{"without an end", r, event("e-0", "", t0, t0), false, false},
		{"in the second of the retry, by another id", r, event("e-1", "E0", t0, t0), true, true},
		{"in the second before", r, event("e-1", "E0", t0.Add(-time.Second), t0), true, false},
		{"after a call whose answer came too late", movedOn, event("e-1", "E0", t0, t0), true, true},
		{"after a step back without a call", recordOf(MovedOn, t1.Add(time.Hour), t0), event("e-1", "E0", t1.Add(time.Hour), t0), true, false},
		{"of a failure that was not retried", recordOf(Closed, t0, t0), event("e-1", "E0", t1, t0), true, false},
	}
	for _, test := range tests {
		if got := test.record.knows(test.notice); got != test.knows {
			t.Errorf("%s: known %t, want %t", test.name, got, test.knows)
		}
		if got := test.record.mayBeNext(test.notice); got != test.next {
			t.Errorf("%s: may be the next %t, want %t", test.name, got, test.next)
		}
	}
}

// However often an execution fails, the ends of its last failures are kept.
func TestAliasesAreBounded(t *testing.T) {
	var r Record
	for i := range maxAliases + 4 {
		r = r.withAlias(Notice{Ended: fmt.Sprint(i)})
	}
	if len(r.Aliases) != maxAliases || r.Aliases[0] != "4" || r.Aliases[maxAliases-1] != fmt.Sprint(maxAliases+3) {
		t.Errorf("got %v, want the last %d", r.Aliases, maxAliases)
	}
}

// An answer belongs to the claim that was called, by all that tells it.
func TestOneClaim(t *testing.T) {
	r := recordOf(Claimed, t0, t0)
	for name, change := range map[string]func(*Record){
		"another retry":          func(o *Record) { o.Claim.Retry++ },
		"another event":          func(o *Record) { o.Claim.EventID = "e-9" },
		"another round":          func(o *Record) { o.Failure.Round = t1 },
		"another time":           func(o *Record) { o.Failure.LastModified = t1 },
		"none: another ordinal":  func(o *Record) { o.Claim.Ordinal++ },
		"none: settled by now":   func(o *Record) { o.Kind = Retried },
		"none: due later by now": func(o *Record) { o.Claim.Due = t1 },
	} {
		o := r
		change(&o)
		if got, want := r.sameClaim(o), name[:4] == "none"; got != want {
			t.Errorf("%s: the same claim %t, want %t", name, got, want)
		}
	}
}

// What the record may answer alone, and what not.
func TestRecallGuards(t *testing.T) {
	known := Notice{Door: DoorEvent, Execution: arn, EventID: "e-0", Ended: "E0", EndedAt: t0, Emitted: t0}
	sweep, next, end := known, known, known
	sweep.Door = DoorSweep
	next.EventID, next.EndedAt = "e-1", t1
	end.Status, end.Ended = StatusSucceeded, "E1"
	waits := func(r Record, due time.Time) Record {
		r.Pause = Pause{Reason: SharedBudgetEmpty, Due: due, Seen: t0}
		return r
	}
	claimed := recordOf(Claimed, t0, t0)
	claimed.Claim.Due = now.Add(time.Hour)
	settled := recordOf(Retried, t0, t0)
	settled.Outcome.Result = WasRecovered
	tests := []struct {
		name   string
		record Record
		notice Notice
		mode   Mode
		known  bool
	}{
		{"settled", recordOf(Closed, t0, t0), known, Enforce, true},
		{"settled, by the sweep", recordOf(Closed, t0, t0), sweep, Enforce, false},
		{"settled, maybe the next failure", recordOf(Retried, t0, t0), next, Enforce, false},
		{"parked, not due", waits(recordOf(Parked, t0, t0), now.Add(time.Second)), known, Enforce, true},
		{"parked, due", waits(recordOf(Parked, t0, t0), now), known, Enforce, false},
		{"claimed, not due", claimed, known, Enforce, true},
		{"claimed, not due, observed", claimed, known, Observe, false},
		{"an end of ours", recordOf(Retried, t0, t0), end, Enforce, false},
		{"an end that leaves a claim", claimed, end, Enforce, false},
		{"an end that leaves it parked", waits(recordOf(Parked, t0, t0), now), end, Enforce, false},
		{"an end that was settled", settled, end, Enforce, true},
		{"an end of nothing of ours", recordOf(Closed, t0, t0), end, Enforce, true},
	}
	for _, test := range tests {
		s := situation(test.record, Facts{})
		s.Notice, s.Mode = test.notice, test.mode
		if move, got := Recall(s); got != test.known || move.Write != nil {
			t.Errorf("%s: known %t, want %t", test.name, got, test.known)
		}
	}
}

// Only the event of a failure, at about its time, is of that failure.
func TestNoticeOfAFailure(t *testing.T) {
	for name, test := range map[string]struct {
		notice Notice
		want   bool
	}{
		"its event":             {Notice{EndedAt: t0.Add(4 * time.Second)}, true},
		"of a later one":        {Notice{EndedAt: t1}, false},
		"of another end":        {Notice{EndedAt: t0, Status: StatusStopped}, false},
		"that tells of no time": {Notice{}, false},
	} {
		if got := test.notice.endedAt(t0); got != test.want {
			t.Errorf("%s: got %t, want %t", name, got, test.want)
		}
	}
}
