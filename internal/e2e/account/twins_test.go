//go:build e2e

package account

import (
	"testing"
	"time"

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
		inBlue := blue.runs(t, awstest.Succeeds())
		inGreen := &story{green, t, inBlue.arn}
		calls := inBlue.meet(retryOp, 2, 4*time.Second)
		inBlue.fail(awstest.ReasonCapacity)

		b, g := inBlue.settles(retry.Retried, 1), inGreen.settles(retry.Retried, 1)
		inBlue.succeeds(1)
		if b.Claim.Token != g.Claim.Token || !b.Claim.Due.Equal(g.Claim.Due) && b.Claim.Due.Sub(g.Claim.Due).Abs() > 2*time.Second {
			t.Errorf("claims %+v and %+v, want one token, and due at about one time", b.Claim, g.Claim)
		}
		t.Logf("%d calls were there at one time", calls.met())
		inBlue.calledTimes(2, 1)
	})
	t.Run("of two histories", func(t *testing.T) {
		t.Parallel()
		inBlue, inGreen := &story{blue, t, old.arn}, &story{green, t, old.arn}
		calls := inBlue.meet(retryOp, 2, 4*time.Second)
		inBlue.fail(awstest.ReasonInternal) // retry 2 of blue, which waits; retry 1 of green, at once

		inBlue.succeeds(2)
		inBlue.until("both to have settled", func() bool {
			b, _ := inBlue.record()
			g, _ := inGreen.record()
			return b.Used == 2 && g.Used == 1 && b.Kind != retry.Claimed && g.Kind != retry.Claimed && b.Kind != g.Kind
		})
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
