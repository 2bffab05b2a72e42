package retrier_test

import (
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestScenario10BothStacksCall has one stack stand still right before its call
// until another has called for the same failure: each with a ledger of its own,
// and both with one.
func TestScenario10BothStacksCall(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]func(blue, green *rig){
		"a ledger each": func(*rig, *rig) {},
		"one ledger": func(blue, green *rig) {
			blue.ledger, blue.claims, blue.takes, blue.seen = green.ledger, green.claims, green.takes, green.seen
		},
	} {
		t.Run(name, func(t *testing.T) {
			green, blue := newRig(t), newRig(t, with(func(s *settings) { s.MaxRetries, s.PipelineRetriesPerDay = 5, 50 }))
			share(blue, green)
			e := green.fail("churn", atOnce, awstest.KeepsRunning())
			blue.url = green.url
			o := green.deliver(e, once(opRetry, false, func() {
				blue.said(blue.deliver(e), retry.Retry, retry.Retryable)
			}))
			green.said(o, retry.Retry, retry.Retryable)
			green.effective(e.ARN, 1)
			green.used(e.ARN, 1)
			blue.used(e.ARN, 1)
			if calls := green.aws.Calls(opRetry); len(calls) != 2 || calls[0].Token != calls[1].Token {
				t.Errorf("got calls %+v, want two with one token", calls)
			}
		})
	}
}
