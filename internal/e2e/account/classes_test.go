//go:build e2e

package account

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// What cannot help is stopped for good, without a call and without a unit
// (scenario 41); what nobody knows gets one careful retry, and no second one,
// whether it comes back in the same words or in others.
func TestFailuresThatAreStopped(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	step := func(reason string) awstest.Run { return awstest.FailsAt("Train", reason) }
	unknown, _ := awstest.ReasonFor("unknown")
	other := step("Something went wrong in quite another way.").After(2 * time.Second)
	for name, test := range map[string]struct {
		runs   []awstest.Run
		reason retry.Reason
		class  string
		units  int
	}{
		"the script raised":             {[]awstest.Run{step(awstest.ReasonUserCode)}, retry.PermanentCause, "user_code", 0},
		"a quota of zero":               {[]awstest.Run{step(awstest.ReasonQuotaZero())}, retry.PermanentCause, "quota_zero", 0},
		"not allowed":                   {[]awstest.Run{step(awstest.ReasonAccessDenied)}, retry.PermanentCause, "access_denied", 0},
		"a Fail step":                   {[]awstest.Run{awstest.Fails(awstest.Step{Name: "Gate", Kind: awstest.FailStep, Reason: "accuracy below 0.9"})}, retry.CannotRetry, "", 0},
		"unknown, the same again":       {[]awstest.Run{step(unknown)}, retry.SameFailureAgain, "unknown", 1},
		"no reason, one careful retry":  {[]awstest.Run{step("")}, retry.SameFailureAgain, "unknown", 1},
		"unknown, and then another":     {[]awstest.Run{step(unknown), other}, retry.UnknownCause, "unknown", 1},
		"passing, but permanent beside": {[]awstest.Run{awstest.Fails(awstest.Step{Name: "A", Reason: awstest.ReasonCapacity}, awstest.Step{Name: "B", Reason: awstest.ReasonUserCode})}, retry.PermanentCause, "user_code", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.fails(t, awstest.Script{Runs: test.runs})
			stopped := st.awaits("stop", string(test.reason))
			if stopped.Level != "WARN" || test.class != "" && stopped.Class != test.class {
				t.Errorf("got %s, %s, want WARN, %s", stopped.Level, stopped.Class, test.class)
			}
			st.settles(retry.Closed, test.units)
			failed, _ := st.standIn().LastEvent(st.arn)
			if l := st.lateEvent(failed); !l.is("ignore", "duplicate") {
				t.Errorf("the event again: got %s, want ignore duplicate", l)
			}
			st.calledTimes(test.units, test.units)
			st.unharmed()
		})
	}
}

// Events of an execution that SageMaker does not
// know any more end it, and are not delivered again (scenario 32).
func TestScenario32ExecutionIsGone(t *testing.T) {
	t.Parallel()
	st := shared.stack(t, nil).runs(t)
	failed := st.failUnheard(awstest.ReasonInternal)
	st.standIn().Delete(st.arn)
	if l := st.lateEvent(failed); !l.is("stop", "cannot_retry") {
		t.Errorf("got %s, want stop cannot_retry", l)
	}
	st.settles(retry.Closed, 0)
	st.calledTimes(0, 0)
}
