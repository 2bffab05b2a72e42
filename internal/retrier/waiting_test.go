package retrier_test

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario62ScheduleAnswerLost loses CreateSchedule's answer after its
// effect: the name is the same, so the conflict that follows is success.
func TestScenario62ScheduleAnswerLost(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			if f.name == "immediate retry" {
				continue
			}
			r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
			e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
			if f.prep != nil {
				f.prep(r)
			}
			r.aws.Events()
			r.pass(lagging(r))
			r.erred(r.deliver(e, on(opSchedule, 0, true, errCrash)))
			if o := r.deliver(e.Again("x")); o.err != nil || o.Verdict != string(retry.Wait) {
				t.Errorf("%s: said %s, %s, error %v", f.name, o.Verdict, o.Reason, o.err)
			}
			if n := len(r.aws.Schedules()); n != 1 {
				t.Errorf("%s: %d schedules", f.name, n)
			}
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		}
	})
}

// TestScenario63Firing lets schedules fire twice, early, twice and early, and late.
func TestScenario63Firing(t *testing.T) {
	quirks := map[string]awstest.FiringQuirks{
		"twice": {Twice: true}, "early": {Early: 90 * time.Second}, "twice and early": {Twice: true, Early: 30 * time.Second},
	}
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for name, quirk := range quirks {
			for _, f := range flows {
				r := newRig(t, append([]option{under(u), inProcess, inAccount(func(c *awstest.Config) { c.Quirks = quirk })}, f.set...)...)
				e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
				if f.prep != nil {
					f.prep(r)
				}
				for range 6 { // every schedule that is made in place of another is as early
					if !r.step() {
						break
					}
				}
				r.aws.Configure(func(c *awstest.Config) { c.Quirks.Early = 0 })
				r.settle()
				if r.effective(e.ARN, 1); t.Failed() {
					t.Fatal(name, f.name)
				}
				r.used(e.ARN, 1)
			}
		}
	})
}

// TestScenario63EarlyHasANewName makes a schedule that fired early again under
// another name: the old one may take a moment to be gone.
func TestScenario63EarlyHasANewName(t *testing.T) {
	t.Parallel()
	r := newRig(t, inAccount(func(c *awstest.Config) { c.Quirks.Early = time.Minute }))
	e := r.fail("churn", waiting, awstest.Succeeds())
	r.deliver(e)
	names := map[string]bool{}
	for range 3 {
		names[r.aws.Schedules()[0].Name] = true
		r.said(r.fire(), retry.Wait, retry.BackingOff)
	}
	if len(names) != 3 {
		t.Errorf("%d names for 3 schedules", len(names))
	}
}

// TestScenario63AnHourLate wakes an hour after it was due, and after it expired.
func TestScenario63AnHourLate(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for late, want := range map[time.Duration]int{time.Hour: 1, 25 * time.Hour: 0} {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
			r.pass(lagging(r))
			r.deliver(e)
			r.aws.Events()
			r.pass(late)
			r.settle()
			r.effective(e.ARN, want)
			r.used(e.ARN, 1)
		}
	})
}

// TestScenario66SchedulerRefuses throttles CreateSchedule and refuses it by
// quota: an error, nothing forgotten.
func TestScenario66SchedulerRefuses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"ServiceQuotaExceededException", "ValidationException", "ResourceNotFoundException", "AccessDeniedException"} {
		r := newRig(t)
		e := r.fail("churn", waiting, awstest.Succeeds())
		r.aws.Events()
		r.aws.FailNext(opSchedule, 1, awstest.Fault{Code: code})
		r.erred(r.deliver(e))
		r.deliver(e.Again("x"))
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
	}
}

// TestClaimComesDueWhileItsScheduleIsMade waits so long with the schedule that
// its time is past.
func TestClaimComesDueWhileItsScheduleIsMade(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u))
		e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
		r.aws.Events()
		r.pass(lagging(r))
		o := r.deliver(e, func(c call) error {
			if c.op == opCommit && c.after {
				r.pass(10 * minute)
			}
			return nil
		})
		r.said(o, retry.Wait, retry.BackingOff)
		r.settle()
		r.effective(e.ARN, 1)
	})
}
