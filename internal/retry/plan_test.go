package retry

import (
	"testing"
	"time"

	"mulligan/internal/cause"
)

// The instants that the tables below count from.
var (
	t0  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) // the failure on record ended
	t1  = t0.Add(10 * time.Minute)                     // the next one did
	now = t0.Add(20 * time.Minute)
)

var arn = ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Train", ID: "abc123def456"}

// fixed is a policy that answers the same to every case.
type fixed struct {
	decision Decision
	claimed  Decision // what it says of claimed retries; the zero value lets them go
}

func (f fixed) Decide(c Case) Decision {
	if c.Claimed {
		return f.claimed
	}
	return f.decision
}
func (f fixed) Defer(c Case, ordinal int) time.Time {
	return c.Now.Add(time.Duration(ordinal) * time.Minute)
}
func (f fixed) Budgets(ExecutionARN) []Bucket {
	return []Bucket{{Key: "b", Name: "account", Size: 1, Per: time.Hour}}
}

var retryNow = fixed{decision: Decision{Verdict: Retry, Reason: Retryable, Evidence: "passing"}}

func failedFacts(modified, round time.Time) Facts {
	return Facts{ARN: arn, Status: "Failed", LastModified: modified, Round: round, Ended: round,
		Cause: cause.Cause{Class: cause.ServiceFault}}
}

func recordOf(kind Kind, modified, round time.Time) Record {
	return Record{Rev: 7, Used: 1, Kind: kind, Failure: Failure{modified, round, round}, Aliases: []string{"E0"},
		Claim:    Claim{EventID: "e-0", Retry: 1, Ordinal: 1, Token: "token-1", Due: t0.Add(time.Minute)},
		Decision: Decision{Verdict: Wait, Reason: BackingOff, Class: cause.Capacity}, Updated: t0.Add(time.Minute)}
}

func situation(r Record, f Facts) Situation {
	return Situation{Terms: Terms{Mode: Enforce, Policy: retryNow}, Facts: f, Now: now, State: State{Record: r},
		Notice: Notice{Door: DoorEvent, Execution: arn, EventID: "e-1", Ended: "E1", EndedAt: f.LastModified}}
}

// TestWhichFailure is the table "Which failure is it?" of docs/design.md.
func TestWhichFailure(t *testing.T) {
	due, notDue := t0, now.Add(time.Hour)
	claimed := func(due time.Time) Record {
		r := recordOf(Claimed, t0, t0)
		r.Claim.Due = due
		return r
	}
	refused := claimed(notDue)
	refused.Claim.Ordinal = 2
	looked := func(r Record, seen time.Time, visit int) Record {
		r.Pause = Pause{Reason: LookingAgain, Due: now.Add(-time.Second), Visit: visit, Seen: seen}
		return r
	}
	tests := []struct {
		name    string
		record  Record
		facts   Facts
		verdict Verdict
		reason  Reason
		writes  Kind // of the record written; "none" for no write
	}{
		{"no record", Record{}, failedFacts(t0, t0), Retry, Retryable, Claimed},
		{"as recorded, settled", recordOf(Retried, t0, t0), failedFacts(t0, t0), Ignore, Duplicate, "none"},
		{"as recorded, superseded", recordOf(MovedOn, t0, t0), failedFacts(t0, t0), Ignore, Duplicate, "none"},
		{"as recorded, stopped", recordOf(Closed, t0, t0), failedFacts(t0, t0), Ignore, Duplicate, "none"},
		{"as recorded, round grew", recordOf(Closed, t0, t0), failedFacts(t0, t1), Ignore, Duplicate, "none"},
		{"as recorded, claim due", claimed(due), failedFacts(t0, t0), Retry, Retryable, "none"},
		{"as recorded, claim not due", claimed(notDue), failedFacts(t0, t0), Wait, BackingOff, "none"},
		{"as recorded, parked and due", recordOf(Parked, t0, t0), failedFacts(t0, t0), Retry, Retryable, Claimed},
		{"later and later, settled", recordOf(Retried, t0, t0), failedFacts(t1, t1), Retry, Retryable, Claimed},
		{"later and later, stopped", recordOf(Closed, t0, t0), failedFacts(t1, t1), Retry, Retryable, Claimed},
		{"later and later, claim open", claimed(due), failedFacts(t1, t1), Retry, Retryable, Claimed},
		{"later, round as recorded, after a retry", recordOf(Retried, t0, t0), failedFacts(t1, t0), Retry, Retryable, Claimed},
		{"later, no round, after a retry", recordOf(Retried, t0, t0), failedFacts(t1, time.Time{}), Retry, Retryable, Claimed},
		{"later, round as recorded, superseded", recordOf(MovedOn, t0, t0), failedFacts(t1, t0), Retry, Retryable, Claimed},
		{"later, round as recorded, stopped", recordOf(Closed, t0, t0), failedFacts(t1, t0), Wait, LookingAgain, Closed},
		{"later, round as recorded, parked", recordOf(Parked, t0, t0), failedFacts(t1, t0), Wait, LookingAgain, Parked},
		{"later, round as recorded, claim due", claimed(due), failedFacts(t1, t0), Wait, LookingAgain, Claimed},
		{"it stays so, stopped", looked(recordOf(Closed, t0, t0), t1, 3), failedFacts(t1, t0), Ignore, Duplicate, Closed},
		{"it stays so, parked", looked(recordOf(Parked, t0, t0), t1, 3), failedFacts(t1, t0), Retry, Retryable, Claimed},
		{"it stays so, claim not due", looked(claimed(notDue), t1, 3), failedFacts(t1, t0), Wait, BackingOff, Claimed},
		{"it stays so, refused before: may have been called", looked(refused, t1, 3), failedFacts(t1, t0), Retry, Retryable, Claimed},
		{"it stays so, claim was due: spent", looked(claimed(due), t1, 3), failedFacts(t1, t0), Retry, Retryable, Claimed},
		{"another doubt is counted anew", looked(recordOf(Closed, t0, t0), t0, 3), failedFacts(t1, t0), Wait, LookingAgain, Closed},
		{"earlier than recorded", recordOf(Retried, t1, t1), failedFacts(t0, t0), Wait, LookingAgain, Retried},
		{"earlier than recorded, for good", looked(recordOf(Retried, t1, t1), t0, 5), failedFacts(t0, t0), Ignore, Duplicate, Retried},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := planned(situation(test.record, test.facts))
			if got.Decision.Verdict != test.verdict || got.Decision.Reason != test.reason {
				t.Errorf("got %s, %s; want %s, %s", got.Decision.Verdict, got.Decision.Reason, test.verdict, test.reason)
			}
			writes := Kind("none")
			if got.Write != nil {
				writes = got.Write.Kind
				if got.Write.Rev != test.record.Rev+1 {
					t.Errorf("got rev %d, want %d", got.Write.Rev, test.record.Rev+1)
				}
			}
			if writes != test.writes {
				t.Errorf("writes %q, want %q", writes, test.writes)
			}
		})
	}
}

// A write for a failure that is adopted or claimed must carry what SageMaker
// shows now, and one for a doubt must not.
func TestWrittenFailure(t *testing.T) {
	stopped := recordOf(Closed, t0, t0)
	if got := planned(situation(stopped, failedFacts(t1, t0))); !got.Write.Failure.LastModified.Equal(t0) {
		t.Errorf("a doubt wrote %s, want the failure on record, %s", got.Write.Failure.LastModified, t0)
	}
	stopped.Pause = Pause{Reason: LookingAgain, Visit: unsureLooks, Seen: t1}
	got := planned(situation(stopped, failedFacts(t1, t0)))
	if !got.Write.Failure.LastModified.Equal(t1) {
		t.Errorf("the end of the doubt wrote %s, want %s", got.Write.Failure.LastModified, t1)
	}
	if got.Write.Decision != stopped.Decision {
		t.Errorf("the end of the doubt wrote decision %v, want the one on record", got.Write.Decision)
	}
	again := planned(situation(recordOf(Retried, t0, t0), failedFacts(t1, t1)))
	if want := (Failure{t1, t1, t1}); again.Write.Failure != want || again.Write.Used != 2 {
		t.Errorf("the next claim wrote %v, used %d; want %v, 2", again.Write.Failure, again.Write.Used, want)
	}
	if n := again.Write.Claim; n.Retry != 2 || n.Ordinal != 1 || n.EventID != "e-1" || n.Token != NewToken("e-1", arn, t1, 2, 1) {
		t.Errorf("got claim %+v, want retry 2, ordinal 1 of e-1 with its token", n)
	}
}

func TestDoubts(t *testing.T) {
	running := failedFacts(t0, t0)
	running.Running = true
	executing := failedFacts(t0, time.Time{})
	executing.Status = "Executing"
	moved := executing
	moved.LastModified = t1
	tests := []struct {
		name   string
		record Record
		facts  Facts
		ended  time.Time
		reason Reason
	}{
		{"event as old as the answer", Record{}, failedFacts(t0, t0), t0, Retryable},
		{"event a minute younger", Record{}, failedFacts(t0, t0), t0.Add(time.Minute), Retryable},
		{"event more than a minute younger", Record{}, failedFacts(t0, t0), t0.Add(time.Minute + 1), LookingAgain},
		{"event without an end", Record{}, failedFacts(t0, t0), time.Time{}, Retryable},
		{"event from the future", Record{}, failedFacts(t0, t0), t0.AddDate(30, 0, 0), LookingAgain},
		{"a step still runs", Record{}, running, t0, LookingAgain},
		{"not failed, and the event is younger", Record{}, executing, t0.Add(time.Second), LookingAgain},
		{"not failed since the event", Record{}, moved, t0, Superseded},
		{"repetition of the stopped failure", recordOf(Closed, t0, t0), failedFacts(t0, t0), t0.Add(5 * time.Second), Duplicate},
		{"an event younger than the stopped failure", recordOf(Closed, t0, t0), failedFacts(t0, t0), t0.Add(6 * time.Second), LookingAgain},
		{"repetition of the retried failure", recordOf(Retried, t0, t0), failedFacts(t0, t0), t0, Duplicate},
		{"an event younger than the retried failure", recordOf(Retried, t0, t0), failedFacts(t0, t0), t0.Add(time.Second), LookingAgain},
		{"our retry runs, the event of the same second", recordOf(Retried, t0, t0), executing, t0, LookingAgain},
		{"our retry runs, an older event", recordOf(Retried, t0, t0), executing, t0.Add(-time.Second), Duplicate},
		{"our retry runs, a much older event", recordOf(Retried, t0, t0), executing, t0.Add(-time.Minute), Superseded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := situation(test.record, test.facts)
			s.Notice.EndedAt = test.ended
			if got := planned(s).Decision.Reason; got != test.reason {
				t.Errorf("got %s, want %s", got, test.reason)
			}
		})
	}
}

// Five looks, a minute apart, then what is there is believed.
func TestLooksEnd(t *testing.T) {
	s := situation(Record{}, failedFacts(t0, t0))
	s.Facts.Running = true
	names := map[string]bool{}
	for visit := 1; visit <= staleLooks; visit++ {
		got := planned(s)
		if got.Decision.Reason != LookingAgain || got.Write.Pause.Visit != visit {
			t.Fatalf("look %d: got %s, visit %d", visit, got.Decision.Reason, got.Write.Pause.Visit)
		}
		early := s
		early.State.Record = *got.Write
		if again := planned(early); again.Write != nil || again.Wake.Name != got.Wake.Name {
			t.Errorf("look %d: a duplicate before it is due must only make sure of its schedule", visit)
		}
		names[got.Wake.Name] = true
		s.State.Record, s.Now = *got.Write, got.Write.Pause.Due
	}
	if got := planned(s).Decision; got.Verdict != Retry {
		t.Errorf("after %d looks: got %s, %s; want retry", staleLooks, got.Verdict, got.Reason)
	}
	if len(names) != staleLooks {
		t.Errorf("got %d schedule names for %d looks", len(names), staleLooks)
	}
}

func TestStepsBack(t *testing.T) {
	for _, kind := range []Kind{Unseen, Claimed, Parked, Closed} {
		record := recordOf(kind, t0, t0)
		if kind == Unseen {
			record = Record{}
		}
		for _, status := range []string{"Executing", "Succeeded", "Stopping", "Stopped", "CompletedWithFailures"} {
			facts := failedFacts(t1, t0)
			facts.Status = status
			got := planned(situation(record, facts))
			if got.Decision.Reason != Superseded || got.Write.Kind != MovedOn || got.Write.Used != record.Used || got.Then != Nothing {
				t.Errorf("%q, %s: got %s, wrote %s, used %d", kind, status, got.Decision.Reason, got.Write.Kind, got.Write.Used)
			}
		}
	}
	facts := failedFacts(t1, t0)
	facts.Status = "Executing"
	ours := situation(recordOf(Retried, t0, t0), facts)
	ours.Notice.EndedAt = t0.Add(-time.Minute)
	if got := planned(ours); got.Write.Kind != Retried || got.Write.Decision != ours.State.Record.Decision || got.Decision.Reason != Superseded {
		t.Errorf("got %s, wrote %s: our own retry must not be written over", got.Decision.Reason, got.Write.Kind)
	}
}

func TestObserveHasNoEffect(t *testing.T) {
	policies := []fixed{
		retryNow,
		{decision: Decision{Verdict: Wait, Reason: BackingOff, Due: now.Add(time.Hour)}},
		{decision: Decision{Verdict: Wait, Reason: SharedBudgetEmpty, Due: now.Add(time.Hour)}},
		{decision: Decision{Verdict: Stop, Reason: PermanentCause}},
	}
	for _, p := range policies {
		for _, record := range []Record{{}, recordOf(Retried, t0, t0), recordOf(Claimed, t1, t1), recordOf(Parked, t1, t1)} {
			s := situation(record, failedFacts(t1, t1))
			s.Mode, s.Policy = Observe, p
			got := planned(s)
			if got.Decision.Verdict != Stop || got.Decision.Reason != Observing || got.Then != Nothing || got.Takes != nil {
				t.Errorf("%s on %q: got %s, %s, effect %d", p.decision.Reason, record.Kind, got.Decision.Verdict, got.Decision.Reason, got.Then)
			}
			if got.Write.Used != record.Used || got.Write.Kind != Closed || got.Write.Failure != (Failure{t1, t1, t1}) {
				t.Errorf("%s on %q: wrote %+v", p.decision.Reason, record.Kind, got.Write)
			}
		}
	}
}

func TestRecall(t *testing.T) {
	open := recordOf(Claimed, t0, t0)
	open.Claim.Due = now.Add(time.Hour)
	parked := recordOf(Parked, t0, t0)
	parked.Pause = Pause{Reason: SharedBudgetEmpty, Due: now.Add(time.Hour), Visit: 1, Schedule: "p"}
	tests := []struct {
		name    string
		record  Record
		ended   string
		emitted time.Time
		want    Reason // empty: the way goes on
	}{
		{"settled", recordOf(Retried, t0, t0), "E0", t0, Duplicate},
		{"stopped", recordOf(Closed, t0, t0), "E0", t0, Duplicate},
		{"another end", recordOf(Retried, t0, t0), "E1", t0, ""},
		{"no end", recordOf(Retried, t0, t0), "", t0, ""},
		{"the same end, emitted long after", recordOf(Retried, t0, t0), "E0", t0.Add(3 * time.Minute), ""},
		{"waiting", open, "E0", t0, BackingOff},
		{"parked", parked, "E0", t0, SharedBudgetEmpty},
		{"claim due", recordOf(Claimed, t0, t0), "E0", t0, ""},
	}
	for _, test := range tests {
		s := situation(test.record, Facts{})
		s.Notice.Ended, s.Notice.Emitted = test.ended, test.emitted
		got, known := Recall(s)
		if known != (test.want != "") || got.Decision.Reason != test.want {
			t.Errorf("%s: got %q, known %t; want %q", test.name, got.Decision.Reason, known, test.want)
		}
		if got.Write != nil || got.Then == Call {
			t.Errorf("%s: recalling wrote or called", test.name)
		}
	}
}

// A schedule that fired early deleted itself: its successor needs another name.
func TestEarlyWake(t *testing.T) {
	record := recordOf(Claimed, t0, t0)
	record.Claim.Due = now.Add(time.Minute)
	s := situation(record, failedFacts(t0, t0))
	byEvent := planned(s).Wake
	if byEvent.Name != "token-1" || byEvent.Again != 0 {
		t.Errorf("by an event: got %+v, want the schedule named after the token", byEvent)
	}
	s.Notice.Door, s.Notice.Wake = DoorWake, byEvent
	again := planned(s).Wake
	if again.Name == byEvent.Name || again.Again != 1 || len(again.Name) > 64 {
		t.Errorf("by its own early wake: got %+v, want another name", again)
	}
	slow := s
	slow.State.Record.Decision = Decision{Verdict: Retry, Reason: Retryable}
	if got := planned(slow).Decision; got.Verdict != Wait || got.Reason != BackingOff {
		t.Errorf("a clock that is behind: got %s, %s; want a reason for waiting", got.Verdict, got.Reason)
	}
	s.Notice.Wake = Wake{Wait: "an older token"}
	if got := planned(s).Wake; got.Name != "token-1" {
		t.Errorf("by an older claim's wake: got %+v, want the claim's schedule", got)
	}
}

// A doubt changes nothing about the failure on record, nor about what was said of it.
func TestDoubtKeepsTheDecision(t *testing.T) {
	for _, kind := range []Kind{Claimed, Retried, Closed} {
		record := recordOf(kind, t1, t1)
		got := planned(situation(record, failedFacts(t0, t0)))
		if got.Decision.Reason != LookingAgain || got.Write.Decision != record.Decision || got.Write.Kind != kind {
			t.Errorf("%s: got %s, wrote %+v", kind, got.Decision.Reason, got.Write)
		}
	}
}

// The age of a failure stays what it was, whatever is written meanwhile.
func TestAge(t *testing.T) {
	retried := situation(recordOf(Retried, t0, t0), failedFacts(t1, t0)) // failed again before any step ran
	claimed := planned(retried).Write
	if got := claimed.Failure.Ended; !got.Equal(t1) {
		t.Fatalf("ended %s, want the new failure's %s", got, t1)
	}
	waking := situation(*claimed, failedFacts(t1, t0))
	if got := waking.Case().Age; got != now.Sub(t1) {
		t.Errorf("on the wake its age is %s, want %s", got, now.Sub(t1))
	}
	edited := situation(Record{}, failedFacts(now, t0))
	edited.Notice.EndedAt = t0
	if got := edited.Case().Age; got != now.Sub(t0) {
		t.Errorf("a description edited just now made the failure %s old, want %s", got, now.Sub(t0))
	}
	again := situation(Record{}, failedFacts(t1, t0)) // a person retried it, and it failed before any step ran
	again.Notice.EndedAt = t1.Add(-time.Second)
	if got := again.Case().Age; got != now.Sub(t1) {
		t.Errorf("a failure whose event says when it ended is %s old, want %s", got, now.Sub(t1))
	}
}

// A stop whose own failure was dealt with is no reason to leave the next one.
func TestPreviousStatus(t *testing.T) {
	for ended, want := range map[string]string{"E1": "Stopping", "": "Stopping", "E0": ""} {
		s := situation(recordOf(Retried, t0, t0), failedFacts(t1, t1))
		s.Notice.Previous, s.Notice.Ended = "Stopping", ended
		if got := s.Case().Previous; got != want {
			t.Errorf("event that ended %q: got %q, want %q", ended, got, want)
		}
	}
}
