package explain

import (
	"strings"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// ruled is the template under one rule of a team's.
func ruled(r policy.Rule) policy.Policy {
	return policy.NewFrom(settings, &policy.Document{Rules: []policy.Rule{r}}, strings.Repeat("a", 64))
}

// What is said of a cause is never the opposite of its label.
func TestMeansFitTheCause(t *testing.T) {
	wishful := policy.When{Classes: []cause.Class{cause.UserCode}, Labels: []cause.Label{cause.Permanent}}
	killed := func(f map[string]any) {
		firstStep(f)["FailureReason"] = "AlgorithmError: , exit code: 255"
		delete(f, "jobs")
	}
	for _, test := range []struct {
		name, event string
		change      func(map[string]any)
		under       policy.Policy
		verdict     string
		means, next string
	}{
		{"permanent and retried", "failed-user-code", nil, ruled(policy.Rule{Name: "wishful", When: wishful, Verdict: retry.Retry}),
			"retry, retryable", "permanent by its words; rule wishful retries it all the same", "RetryPipelineExecution is called now"},
		{"permanent and retried later", "failed-user-code", nil, ruled(policy.Rule{Name: "wishful", When: wishful, Verdict: retry.Wait}),
			"wait, backing_off", "permanent by its words; rule wishful retries it all the same", "One unit is taken"},
		{"ambiguous and stopped", "failed-capacity", killed, template.Policy,
			"stop, permanent_cause", "its words do not show that it passes, and failures of this class seldom do", "It is not retried. Look into the step"},
		{"stopped by a rule", "failed-capacity", nil, ruled(policy.Rule{Name: "costly", Verdict: retry.Stop}),
			"stop, needs_person", "the policy leaves this to a person", "It is not retried. See whether it may run again"},
		{"permanent", "failed-user-code", nil, template.Policy,
			"stop, permanent_cause", "the same execution would fail in the same way again", "It is not retried. Mend"},
		{"passing", "failed-capacity", func(f map[string]any) { firstStep(f)["FailureReason"] = "InternalServerError, try again" }, template.Policy,
			"retry, retryable", "the cause passes, and a retry may be made now", "RetryPipelineExecution is called now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := ask(t, test.event, test.change)
			q.Policy = test.under
			s := tell(t, q)
			if verdict(s) != test.verdict || s.Means != test.means || !strings.HasPrefix(s.Next, test.next) {
				t.Errorf("got %s: %s; %s\nwant %s: %s; %s", verdict(s), s.Means, s.Next, test.verdict, test.means, test.next)
			}
		})
	}
}
