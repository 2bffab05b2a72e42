package retry

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
)

const silent = "AlgorithmError: See job logs for more information"

func step(name, reason, ref string) Step {
	return Step{Name: name, Type: "Training", Status: "Failed", Reason: reason, Ref: ref, Started: t0, Ended: t0}
}

func look(steps ...Step) Facts {
	return NewFacts(Execution{ARN: arn, Status: "Failed", LastModified: t0}, steps)
}

// A step whose text says nothing has its job looked at before anything is
// decided, and what the job says decides.
func TestPlanLooksAtSilentJobs(t *testing.T) {
	s := situation(Record{}, look(step("Train", silent, "arn:aws:sagemaker:eu-west-1:123456789012:training-job/j"), step("Prep", silent, "")))
	move := planned(s)
	if move.Then != LookCloser || len(move.Jobs) != 1 || move.Jobs[0] != 0 || move.Write != nil {
		t.Fatalf("got %+v, want to look at the job of step 0 alone", move)
	}
	s.Facts = s.Facts.withJobs(move.Jobs, []cause.Job{{Status: "Failed", Secondary: "Failed", Reason: "CapacityError: Unable to provision requested ML compute capacity."}})
	if move = planned(s); move.Then == LookCloser {
		t.Error("it looks again at what it has seen")
	}
	s.Facts = s.Facts.withJobs([]int{0}, []cause.Job{{}})
	if move = planned(s); move.Then == LookCloser {
		t.Error("it looks again at a job that is gone")
	}
}

func TestUnlooked(t *testing.T) {
	many := []Step{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		many = append(many, step(name, silent, "arn:aws:sagemaker:eu-west-1:123456789012:training-job/"+name))
	}
	tests := []struct {
		name  string
		facts Facts
		want  int
	}{
		{"no more than three", look(many...), 3},
		{"not beside a step that cannot succeed", look(append(many, step("z", "AlgorithmError: KeyError: 'label'", ""))...), 0},
		{"not where the text tells", look(step("a", "CapacityError: No ml.p4d.24xlarge is available due to InsufficientInstanceCapacity.", "arn:x/y")), 0},
		{"where it does not tell which instance type", look(step("a", "CapacityError: Unable to provision requested ML compute capacity.", "arn:x/y")), 1},
	}
	for _, test := range tests {
		if got := test.facts.unlooked(); len(got) != test.want {
			t.Errorf("%s: got %v, want %d of them", test.name, got, test.want)
		}
	}
	first := look(many...)
	rest := first.withJobs(first.unlooked(), make([]cause.Job, 3))
	if got := rest.unlooked(); len(got) != 0 {
		t.Errorf("after three looks: got %v", got)
	}
}

// Of many failed steps those that decide are kept, and the cause read from what
// is kept is the cause of all.
func TestTheDecidingStepIsKept(t *testing.T) {
	var many []Step
	for _, name := range "abcdefghijklmno" {
		many = append(many, step(string(name), "CapacityError: Unable to provision requested ML compute capacity.", ""))
	}
	f := look(append(many, step("z", "AlgorithmError: KeyError: 'label'", ""))...)
	if len(f.Failed) != maxFailed || f.Failed[0].Name != "z" || f.Cause.Step != "z" {
		t.Errorf("got %d steps, the first %s, cause of %s", len(f.Failed), f.Failed[0].Name, f.Cause.Step)
	}
	if again := cause.Read(f.Failed); again != f.Cause {
		t.Errorf("read again: got %+v, want %+v", again, f.Cause)
	}
}

func TestWhatRunsAgain(t *testing.T) {
	stopped := Step{Name: "Mail", Type: "Lambda", Status: "Stopped", Started: t0, Ended: t0}
	done := Step{Name: "Load", Type: "EMR", Status: "Succeeded", Started: t0, Ended: t0}
	f := look(step("a", "x", ""), step("b", "x", ""), stopped, done)
	want := []Rerun{{"a", "Training"}, {"Mail", "Lambda"}}
	if len(f.Rerun) != 2 || f.Rerun[0] != want[0] || f.Rerun[1] != want[1] || f.Steps != 4 {
		t.Errorf("got %v of %d steps, want %v of 4", f.Rerun, f.Steps, want)
	}
}

// A retry is neither granted nor made before it is known that no newer execution
// has succeeded.
func TestPlanStepsBack(t *testing.T) {
	due := recordOf(Claimed, t0, t0)
	waiting := recordOf(Claimed, t0, t0)
	waiting.Claim.Due = now.Add(time.Hour)
	stops := fixed{decision: Decision{Verdict: Stop, Reason: PermanentCause}}
	parks := fixed{decision: Decision{Verdict: Wait, Reason: SharedBudgetEmpty, Due: now.Add(time.Hour)}}
	tests := []struct {
		name   string
		record Record
		policy Policy
		asked  bool
		newer  string
		then   Effect
		reason Reason
	}{
		{"before a claim", Record{}, retryNow, false, "", AskNewer, ""},
		{"none newer", Record{}, retryNow, true, "", Call, Retryable},
		{"a newer one", Record{}, retryNow, true, "newer", Nothing, Superseded},
		{"nothing is asked for a stop", Record{}, stops, false, "", Nothing, PermanentCause},
		{"nor for a wait without a unit", Record{}, parks, false, "", Schedule, SharedBudgetEmpty},
		{"before the call", due, retryNow, false, "", AskNewer, ""},
		{"before the call, none newer", due, retryNow, true, "", Call, Retryable},
		{"before the call, a newer one", due, retryNow, true, "newer", Nothing, Superseded},
		{"not while the claim waits", waiting, retryNow, false, "", Schedule, BackingOff},
	}
	for _, test := range tests {
		s := situation(test.record, failedFacts(t0, t0))
		s.Policy, s.Supersedes = test.policy, true
		s.Facts.NewerAsked, s.Facts.Newer = test.asked, test.newer
		got := planned(s)
		if got.Then != test.then || got.Decision.Reason != test.reason {
			t.Errorf("%s: got effect %d, %s; want %d, %s", test.name, got.Then, got.Decision.Reason, test.then, test.reason)
		}
		if test.reason == Superseded && (got.Write == nil || got.Write.Kind != Closed && got.Write.Kind != MovedOn || got.Write.Used != test.record.Used) {
			t.Errorf("%s: got %+v, want a closed record, nothing spent", test.name, got.Write)
		}
		s.Supersedes = false
		if got := planned(s); got.Then == AskNewer || got.Decision.Reason == Superseded {
			t.Errorf("%s: turned off, and yet it steps back", test.name)
		}
	}
}

func TestRepeats(t *testing.T) {
	same := look(step("Train", "InternalServerError: request 1234567890 failed", ""))
	other := look(step("Train", "CapacityError: Unable to provision requested ML compute capacity.", ""))
	elsewhere := look(step("Prep", "InternalServerError: request 1234567890 failed", ""))
	on := func(kind Kind, repeats int) Record {
		r := recordOf(kind, t0.Add(-time.Hour), t0.Add(-time.Hour))
		r.Mark, r.Repeats = same.mark(), repeats
		return r
	}
	parked := on(Parked, 2)
	parked.Failure = Failure{t0, t0, t0}
	tests := []struct {
		name   string
		record Record
		facts  Facts
		want   int
	}{
		{"first failure", Record{}, same, 0},
		{"the same after our retry", on(Retried, 0), same, 1},
		{"the same a third time", on(Retried, 1), same, 2},
		{"the same after a person's retry", on(MovedOn, 0), same, 1},
		{"another text", on(Retried, 3), other, 0},
		{"another step", on(Retried, 3), elsewhere, 0},
		{"the same failure, looked at again", parked, same, 2},
		{"no step says anything", on(Retried, 1), failedFacts(t0, t0), 0},
	}
	for _, test := range tests {
		s := situation(test.record, test.facts)
		if got := s.Case().Repeats; got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
		if w := planned(s).Write; w != nil && (w.Repeats != test.want || w.Mark != test.facts.mark()) {
			t.Errorf("%s: recorded %d of %q", test.name, w.Repeats, w.Mark)
		}
	}
}

// What a rule grants is counted under its name, and the parallelism that it asks
// for stays with the claim.
func TestClaimKeepsWhatTheRuleGave(t *testing.T) {
	before := recordOf(Retried, t0.Add(-time.Hour), t0.Add(-time.Hour))
	before.Granted = map[string]int{"scarce": 1}
	s := situation(before, failedFacts(t0, t0))
	s.Policy = fixed{decision: Decision{Verdict: Retry, Reason: Retryable, Rule: "scarce", Parallelism: 4, Message: "wait"}}
	got := planned(s)
	if got.Write.Granted["scarce"] != 2 || before.Granted["scarce"] != 1 {
		t.Errorf("granted: got %v after %v, want 2 after 1", got.Write.Granted, before.Granted)
	}
	if c := got.Write.Claim; c.Parallelism != 4 || c.Rule != "scarce" {
		t.Errorf("claim: got parallelism %d of rule %q", c.Parallelism, c.Rule)
	}
	if d := got.Decision; d.Rule != "scarce" || d.Message != "wait" || d.Parallelism != 4 {
		t.Errorf("decision: got %+v", d)
	}
	s.Mode = Observe
	if got := planned(s); got.Write.Granted["scarce"] != 1 || got.Decision.Reason != Observing || got.Decision.Rule != "scarce" {
		t.Errorf("observing: got %+v, granted %v", got.Decision, got.Write.Granted)
	}
}

func TestLower(t *testing.T) {
	for _, test := range []struct{ a, b, want Mode }{
		{Enforce, Enforce, Enforce}, {Enforce, Observe, Observe}, {Observe, Enforce, Observe}, {ModeOff, Enforce, ModeOff},
		{Observe, ModeOff, ModeOff}, {Enforce, "", Enforce}, {Observe, "", Observe},
	} {
		if got := Lower(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: got %s, want %s", test.a, test.b, got, test.want)
		}
	}
}

// A mode that is turned off ends what waits, for nobody would bring it back.
func TestOffEndsWhatWaits(t *testing.T) {
	for kind, writes := range map[Kind]bool{Unseen: false, Claimed: true, Parked: true, Retried: false, Closed: false} {
		s := situation(recordOf(kind, t0, t0), Facts{})
		s.Mode = ModeOff
		got := planned(s)
		if got.Decision.Reason != Off || (got.Write != nil) != writes || got.Then != Nothing {
			t.Errorf("%q: got %s, writes %t, effect %d", kind, got.Decision.Reason, got.Write != nil, got.Then)
		}
		want := Closed
		if kind == Claimed { // it was due, and may have been called
			want = MovedOn
		}
		if got.Write != nil && got.Write.Kind != want {
			t.Errorf("%q: stands as %q, want %q", kind, got.Write.Kind, want)
		}
	}
}

// A claim that was due may have been called: what ends it says so, and what
// fails next is a failure of its own.
func TestGivenUpAfterItWasDue(t *testing.T) {
	for name, test := range map[string]struct {
		due  time.Time
		want Kind
	}{"due": {t0, MovedOn}, "not yet": {now.Add(time.Hour), Closed}} {
		r := recordOf(Claimed, t0, t0)
		r.Claim.Due = test.due
		s := situation(r, failedFacts(t0, t0))
		s.Policy = fixed{claimed: Decision{Verdict: Stop, Reason: Expired}}
		if got := planned(s); got.Decision.Reason != Expired || got.Write.Kind != test.want {
			t.Errorf("%s: got %s, %s", name, got.Decision.Reason, got.Write.Kind)
		}
	}
}

// What a job said when the claim was made is what the retry is made for.
func TestRetryRemembersItsCause(t *testing.T) {
	r := recordOf(Claimed, t0, t0)
	r.Claim.Cause, r.Claim.Message = cause.Cause{Class: cause.Capacity, Label: cause.Transient}, "scarce"
	s := situation(r, failedFacts(t0, t0))
	if got := planned(s).Decision; got.Class != cause.Capacity || got.Message != "scarce" {
		t.Errorf("got %+v", got)
	}
	if got := AfterCall(s, r, Answer{Kind: Refused}); got.Decision.Class != cause.Capacity || got.Decision.Message != "scarce" {
		t.Errorf("refused: got %+v", got.Decision)
	}
}

// A step that still runs may be among those that run again, once nobody waits
// for it any more.
func TestRunningStepsMayRunAgain(t *testing.T) {
	f := look(step("a", "x", ""), Step{Name: "Mail", Type: "Lambda", Status: "Executing", Started: t0})
	if len(f.Rerun) != 2 || f.Rerun[1].Type != "Lambda" {
		t.Errorf("got %v", f.Rerun)
	}
}

// A wait without a unit tells the rule that would have granted it.
func TestParkedTellsItsRule(t *testing.T) {
	s := situation(Record{}, failedFacts(t0, t0))
	s.Facts.Untold = []string{"U"}
	s.Policy = fixed{decision: Decision{Verdict: Wait, Reason: SharedBudgetEmpty, Due: now.Add(time.Hour), Rule: "scarce", Evidence: "E"}}
	if got := planned(s); got.Decision.Rule != "scarce" || got.Write.Decision != got.Decision || got.Decision.Evidence != "E; not known: U" {
		t.Errorf("got %+v", got.Decision)
	}
	s.Mode = Observe
	if got := planned(s).Decision.Evidence; strings.Count(got, "not known") != 1 {
		t.Errorf("observing: got %q", got)
	}
}

// A late answer is told with the cause of the claim that was called, not of the
// one that stands by then.
func TestLateAnswerTellsItsOwnCause(t *testing.T) {
	called, stands := recordOf(Claimed, t0, t0), recordOf(Claimed, t1, t1)
	called.Claim.Cause = cause.Cause{Class: cause.Capacity, Label: cause.Transient}
	stands.Claim.Retry, stands.Claim.Cause = 2, cause.Cause{Class: cause.Network, Label: cause.Transient}
	if got := AfterCall(situation(stands, failedFacts(t1, t1)), called, Answer{Kind: Accepted}).Decision; got.Class != cause.Capacity {
		t.Errorf("got %s, want %s", got.Class, cause.Capacity)
	}
}

// What SageMaker said to a refusal is kept bounded, on one line.
func TestUntoldIsBounded(t *testing.T) {
	f := Facts{}
	if err := f.leaveUntold("what", fmt.Errorf("%w: %s", ErrNotTold, strings.Repeat("no\n", 100_000))); err != nil {
		t.Fatal(err)
	}
	if got := f.untold(); len(got) > 2*maxUntold || strings.Contains(got, "\n") {
		t.Errorf("got %d bytes", len(got))
	}
}
