//go:build e2e

package account

import (
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// Two stacks for the same pipelines in one account, each with a ledger of its
// own: what a blue and green deployment comes to while both are there (scenario
// 10). One failure has one effective retry all the same: stacks of one history
// derive the same token from the same event, and where their histories differ,
// SageMaker refuses to retry what runs. But each has its own budget, and the
// two add up.
func TestScenario10BlueAndGreen(t *testing.T) {
	t.Parallel()
	blue := shared.stack(t, nil)
	// Green is for this test's pipelines alone. One of them has a history by then.
	old := blue.runs(t, awstest.KeepsRunning(), awstest.Succeeds())
	old.fail(awstest.ReasonInternal)
	old.settles(retry.Retried, 1)
	green := shared.deploy(t, blue.home, "mulligan-green", blue.prefix+"Scenario10BlueAndGreen", nil)

	t.Run("of one history", func(t *testing.T) {
		t.Parallel()
		untilTheyMeet(t, func() *meeting { return oneHistory(t, blue, green) })
	})
	t.Run("of two histories", func(t *testing.T) {
		t.Parallel()
		inBlue, inGreen := &story{blue, t, old.arn}, &story{green, t, old.arn}
		calls := inBlue.meet(retryOp, 2, atSageMaker)
		inBlue.fail(awstest.ReasonInternal) // retry 2 of blue, which waits; retry 1 of green, at once

		inBlue.succeeds(2)
		if b, g := inBlue.settlesUnit(2), inGreen.settlesUnit(1); b.Kind == g.Kind {
			t.Errorf("settled as %q and %q, want one of them to have retried", b.Kind, g.Kind)
		}
		t.Logf("%d calls were there at one time", calls.met())
		if got := inBlue.retried(); got != 2 {
			t.Errorf("effective retries: got %d, want 2, one of each failure\n%s", got, inBlue)
		}
	})
	t.Run("two budgets", func(t *testing.T) {
		t.Parallel()
		inBlue := blue.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity)}})
		inGreen := &story{green, t, inBlue.arn}
		for _, st := range []*story{inBlue, inGreen} {
			st.awaits("stop", "budget_exhausted")
			st.settles(retry.Closed, 3)
		}
		if got := inBlue.retried(); got < 3 || got > 6 {
			t.Errorf("effective retries: got %d, want 3 of each stack at most, and 3 in all at least", got)
		}
		t.Logf("%d effective retries under two budgets of 3", inBlue.retried())
	})
}

// oneHistory has an execution fail that neither stack knows. Their calls come
// together, or the later stack may find that it runs again and make none.
func oneHistory(t *testing.T, blue, green *stack) *meeting {
	t.Helper()
	inBlue := blue.runs(t, awstest.Succeeds())
	inGreen := &story{green, t, inBlue.arn}
	calls := inBlue.meet(retryOp, 2, atSageMaker)
	inBlue.fail(awstest.ReasonCapacity)

	b, g := inBlue.settlesUnit(1), inGreen.settlesUnit(1)
	inBlue.succeeds(1)
	if b.Claim.Token != g.Claim.Token {
		t.Errorf("claims %+v and %+v, want one token", b.Claim, g.Claim)
	}
	if calls.met() < 2 {
		return calls
	}
	inBlue.calledTimes(2, 1)
	if b.Kind != retry.Retried || g.Kind != retry.Retried {
		t.Errorf("settled as %q and %q, want both to have retried", b.Kind, g.Kind)
	}
	return calls
}

// settlesUnit waits until the claim on that unit is settled, by a retry of this
// stack's or of somebody else's.
func (st *story) settlesUnit(used int) (record retry.Record) {
	st.t.Helper()
	st.until("a settled claim", func() bool {
		record, _ = st.record()
		return record.Used == used && (record.Kind == retry.Retried || record.Kind == retry.MovedOn)
	})
	return record
}
