package retry

import (
	"testing"
	"time"
)

// One of the two answers of a look may be older than the other: the execution of
// one run with the steps of another.
func TestAnswersApart(t *testing.T) {
	fresh, old := now.Add(-10*time.Second), now.Add(-10*time.Minute)
	for name, test := range map[string]struct {
		record Record
		facts  Facts
		want   Reason
	}{
		"steps of the run before":                  {Record{}, failedFacts(fresh, old), LookingAgain},
		"after a retry of ours":                    {recordOf(Retried, old, old), failedFacts(fresh, old), LookingAgain},
		"after a retry of ours, no steps":          {recordOf(Retried, old, old), failedFacts(fresh, time.Time{}), LookingAgain},
		"the first run, no steps":                  {Record{}, failedFacts(fresh, time.Time{}), Retryable},
		"a minute later":                           {Record{}, failedFacts(fresh.Add(-time.Minute), old), Retryable},
		"seconds apart":                            {Record{}, failedFacts(fresh, fresh.Add(-9*time.Second)), Retryable},
		"a step that ended later":                  {Record{}, failedFacts(old, old.Add(11*time.Second)), LookingAgain},
		"a step that ended a moment later":         {Record{}, failedFacts(old, old.Add(9*time.Second)), Retryable},
		"the failure on record, which is believed": {recordOf(Parked, fresh, old), failedFacts(fresh, old), Retryable},
		"steps from before the failure on record":  {recordOf(Parked, fresh, fresh), failedFacts(fresh, old), LookingAgain},
	} {
		t.Run(name, func(t *testing.T) {
			if got := planned(situation(test.record, test.facts)).Decision; got.Reason != test.want {
				t.Errorf("got %s, %s (%s), want %s", got.Verdict, got.Reason, got.Evidence, test.want)
			}
		})
	}
}

// A doubt that is left of a failure that is done with ends when SageMaker shows
// that the execution has moved on: else the sweep would come back to it for ever.
func TestDoubtEndsWithTheFailure(t *testing.T) {
	record := recordOf(MovedOn, t0, t0)
	record.Pause = Pause{Reason: LookingAgain, Due: t1, Visit: 1, Seen: t0}
	for _, door := range []Door{DoorSweep, DoorEvent} {
		s := situation(record, Facts{ARN: arn, Status: "Succeeded", LastModified: t1})
		s.Notice = Notice{Door: door, Execution: arn, EventID: "e-1"}
		if door == DoorEvent {
			s.Notice.Status, s.Notice.EndedAt = "Succeeded", t1
		}
		got := planned(s)
		if got.Decision.Reason != NotFailed || got.Write == nil || got.Write.Pause.Reason != "" || got.Write.Kind != MovedOn {
			t.Errorf("%s: got %s, wrote %+v", door, got.Decision.Reason, got.Write)
		}
	}
}

// In Observe a doubt closes nothing of what is on record, least of all a retry whose
// outcome is not known yet.
func TestObservedDoubt(t *testing.T) {
	for kind, writes := range map[Kind]bool{Unseen: true, Retried: false, Closed: false} {
		record := Record{}
		if kind != Unseen {
			record = recordOf(kind, t1, t1)
		}
		facts := failedFacts(t0, t0)
		facts.Running = true
		s := situation(record, facts)
		s.Mode = Observe
		if got := planned(s); got.Decision.Reason != Observing || (got.Write != nil) != writes {
			t.Errorf("%q: got %s, %s; wrote %+v", kind, got.Decision.Reason, got.Decision.Evidence, got.Write)
		}
	}
}

// In Observe no look is written down: a doubt about a later failure ends when the
// looks would have ended it.
func TestObservedDoubtEnds(t *testing.T) {
	for age, want := range map[time.Duration]bool{2 * time.Minute: false, 4 * time.Minute: true} {
		s := situation(recordOf(Closed, t0, t0), failedFacts(now.Add(-age), t0)) // modified, and no step failed since
		s.Mode = Observe
		if got := planned(s); (got.Write != nil) != want {
			t.Errorf("%s later: got %s, %s (%s), written %t", age, got.Decision.Verdict, got.Decision.Reason, got.Decision.Evidence, got.Write != nil)
		}
	}
}
