//go:build e2e

package account

import (
	"net/http"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A person acts while Mulligan waits, or just before it calls. Mulligan steps
// back: it makes no call that takes effect, and the unit stays spent (scenarios
// 8 and 31).
func TestScenario8PersonIsFaster(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	waits := moment{op: "CreateSchedule", nth: 1, after: true}
	calls := moment{op: retryOp, nth: 1}
	stops := func(a *awstest.Account, arn string) error { return a.Stop(arn) }
	for name, test := range map[string]struct {
		reason string
		at     moment
		next   awstest.Run // how the person's own retry ends
		then   func(*awstest.Account, string) error
		calls  int
	}{
		"retries, and it runs":      {awstest.ReasonCapacity, waits, awstest.KeepsRunning(), nil, 0},
		"retries, and it succeeds":  {awstest.ReasonCapacity, waits, awstest.Succeeds(), nil, 0},
		"retries it, then stops it": {awstest.ReasonCapacity, waits, awstest.KeepsRunning(), stops, 0},
		"retries before the call":   {awstest.ReasonInternal, calls, awstest.KeepsRunning(), nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, test.next)
			test.at.about = st.arn
			st.gate.at(test.at, func(http.ResponseWriter, passage) bool {
				st.acts(test.then)
				return true
			})
			st.fail(test.reason)

			st.awaits("ignore", "superseded")
			st.settles(retry.MovedOn, 1)
			st.calledTimes(test.calls, test.calls)
			if people := len(st.standIn().HumanRetries(st.arn)); st.retried() != 0 || people != 1 {
				t.Errorf("%d retries of ours took effect and %d of people, want 0 and 1\n%s", st.retried(), people, st)
			}
			st.unharmed()
		})
	}
}

// acts is a person's retry, and what the person does then.
func (st *story) acts(then func(*awstest.Account, string) error) {
	err := st.standIn().HumanRetry(st.arn)
	if err == nil && then != nil {
		err = then(st.standIn(), st.arn)
	}
	if err != nil {
		st.t.Error(err)
	}
}

// What the person retried fails again. That is another failure, and gets a
// retry of its own.
func TestScenario8PersonsRetryFails(t *testing.T) {
	t.Parallel()
	st := shared.stack(t, nil).runs(t, awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.Succeeds())
	st.gate.at(moment{about: st.arn, op: "CreateSchedule", nth: 1, after: true}, func(http.ResponseWriter, passage) bool {
		st.acts(nil)
		return true
	})
	st.fail(awstest.ReasonCapacity)

	st.succeeds(1)
	st.settles(retry.Retried, 2) // the first unit was claimed for nothing, and stays spent
	// The first failure's wake comes for nothing, or when the second is due, and helps with it.
	if tokens := st.differentTokens(); len(tokens) != 1 {
		t.Errorf("called with the tokens %q, want one\n%s", tokens, st)
	}
	st.unharmed()
}

// An execution that fails while somebody stops it is not retried.
func TestStoppedByAPerson(t *testing.T) {
	t.Parallel()
	st := shared.stack(t, nil).runs(t)
	failed := st.failUnheard(awstest.ReasonInternal)
	failed.Previous = awstest.Stopping

	if l := st.lateEvent(failed); !l.is("stop", "stopped_by_person") {
		t.Errorf("got %s, want stop stopped_by_person", l)
	}
	st.settles(retry.Closed, 0)
	st.calledTimes(0, 0)
}
