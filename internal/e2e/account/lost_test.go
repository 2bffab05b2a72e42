//go:build e2e

package account

import (
	"net/http"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// The answer of RetryPipelineExecution is lost. The next delivery looks before
// it calls: an effect that there was is not had again, and one that there was
// not is called for with the same token (scenarios 15, 16, 34).
func TestScenario15AnswerIsLost(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	broken := refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "Try again.")
	for name, test := range map[string]struct {
		after bool
		act   func(http.ResponseWriter, passage) bool
		kind  retry.Kind
		calls int
	}{
		"after the effect":      {true, lose, retry.MovedOn, 1},
		"503 after the effect":  {true, broken, retry.MovedOn, 1},
		"before the effect":     {false, lose, retry.Retried, 2},
		"503 before the effect": {false, broken, retry.Retried, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, awstest.Succeeds())
			st.gate.at(moment{about: st.arn, op: retryOp, nth: 1, after: test.after}, test.act)
			st.fail(awstest.ReasonInternal)

			st.until("the first delivery's error", func() bool {
				lines := st.log.of(st.arn)
				return len(lines) > 0 && lines[0].Error != ""
			})
			st.settles(test.kind, 1)
			st.succeeds(1)
			st.calledTimes(test.calls, 1)
			st.unharmed()
		})
	}
}

// The answer is lost after its effect, and the retried run fails at once, before
// anybody delivers again: two failures, each retried once (scenarios 4, 15, 40).
func TestScenario15AnswerIsLostAndTheNextRunFails(t *testing.T) {
	t.Parallel()
	st := shared.stack(t, nil).runs(t, awstest.FailsAt("Train", awstest.ReasonInternal), awstest.Succeeds())
	st.gate.at(moment{about: st.arn, op: retryOp, nth: 1, after: true}, lose)
	st.fail(awstest.ReasonInternal)

	st.succeeds(2)
	st.settles(retry.Retried, 2)
	st.calledTimes(2, 2)
	st.unharmed()
}
