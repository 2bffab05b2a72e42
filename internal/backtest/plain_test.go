package backtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

func TestPlain(t *testing.T) {
	thrice := under(policy.Document{Rules: []policy.Rule{{Name: "thrice", Verdict: retry.Wait,
		When: policy.When{Classes: []cause.Class{cause.Unknown}}, Limits: policy.Limits{Retries: 2}}}})
	byName := under(policy.Document{Pipelines: []policy.Section{{Name: "s", Pipelines: []string{"nightly-*"},
		Rules: []policy.Rule{{Name: "never", Verdict: retry.Stop, NeedsPerson: true}}}}})
	manual := under(policy.Document{Terms: policy.Terms{SideEffects: []string{"RegisterModel"}}})
	for _, test := range []struct {
		name, line string
		under      policy.Policy
		want       retry.Reason
	}{
		{"message", `{"id": "a", "message": "` + noCapacity + `", "step_type": "Training"}`, builtin, retry.BackingOff},
		{"nothing", `{}`, builtin, retry.BackingOff},
		{"unknown keys", `{"message": "` + broken + `", "label": 7, "facts_of_life": []}`, builtin, retry.Retryable},
		{"the word facts", `{"message": "the \"facts\" are: InternalServerError, try again"}`, builtin, retry.Retryable},
		{"null facts", `{"message": "` + broken + `", "facts": null}`, builtin, retry.Retryable},
		{"second retry", `{"message": "` + broken + `", "retry": 2}`, builtin, retry.BackingOff},
		{"used", `{"message": "` + broken + `", "used": 3}`, builtin, retry.BudgetExhausted},
		{"used and retry", `{"message": "` + broken + `", "used": 2, "retry": 3}`, builtin, retry.BackingOff},
		{"old", `{"message": "` + broken + `", "age": "25h"}`, builtin, retry.Expired},
		{"days old", `{"message": "` + broken + `", "age": "2d"}`, builtin, retry.Expired},
		{"stopping", `{"message": "` + broken + `", "previous": "Stopping"}`, builtin, retry.StoppedByPerson},
		{"the careful retry was used", `{"message": "?", "retry": 2}`, builtin, retry.UnknownCause},
		{"a rule that grants more", `{"message": "?", "retry": 2}`, thrice, retry.BackingOff},
		{"and no more than that", `{"message": "?", "retry": 3}`, thrice, retry.UnknownCause},
		{"a section's pipeline", `{"message": "` + broken + `", "pipeline": "nightly-churn"}`, byName, retry.NeedsPerson},
		{"another pipeline", `{"message": "` + broken + `", "pipeline": "churn"}`, byName, retry.Retryable},
		{"the worst step", `{"steps": [{"name": "a", "reason": "` + broken + `"}, {"name": "b", "reason": "` + bug + `"}]}`, builtin, retry.PermanentCause},
		{"a fail step", `{"steps": [{"name": "a", "type": "Fail", "reason": "` + broken + `"}]}`, builtin, retry.CannotRetry},
		{"a side effect", `{"steps": [{"name": "a", "type": "RegisterModel", "reason": "` + broken + `"}]}`, manual, retry.NeedsPerson},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := judge(only(t, test.line), test.under); got.Reason != test.want {
				t.Errorf("got %s: %s, want %s", got.Reason, got.why(), test.want)
			}
		})
	}
}

func TestReadSaysWhatItExpected(t *testing.T) {
	const good = `{"message": "x"}` + "\n"
	for _, test := range []struct{ name, text, want string }{
		{"no JSON", good + "\nhello", `in:3: expected a JSON object, got "hello"`},
		{"null", "null", `in:1: expected a JSON object, got "null"`},
		{"cut", `{"message": "x`, "in:1: expected one whole JSON object"},
		{"two", `{} {}`, "in:1: expected one whole JSON object"},
		{"wrong kind", `{"message": 7}`, "in:1: message: expected a string, got number"},
		{"wrong retry", `{"retry": "one"}`, "in:1: retry: expected a whole number, got string"},
		{"retry 0", `{"retry": 0}`, "in:1: retry: expected a number from 1 to 1001, got 0"},
		{"retry and used", `{"retry": 2, "used": 0}`, "in:1: used: expected 1, one less than retry, got 0"},
		{"age", `{"age": "2 days"}`, `in:1: age: expected a time such as 90m, 2h or 2d, got "2 days"`},
		{"age to come", `{"age": "-1h"}`, `in:1: age: expected a time such as 90m, 2h or 2d, got "-1h"`},
		{"nameless step", `{"steps": [{"reason": "x"}]}`, "in:1: steps[0].name: expected the name of the step, got none"},
		{"trail without execution", `{"facts": {}, "at": "2026-03-01T12:00:00Z"}`, "in:1: decision.execution: expected arn:"},
		{"trail without time", `{"facts": {}, "decision": {"execution": "` + arn.String() + `"}}`, "in:1: at: expected the time of the decision, got none"},
		{"wrong facts", `{"facts": 7}`, "in:1: facts: expected an object, got number"},
		{"long", good + `{"message": "` + strings.Repeat("x", 1<<20) + `"}`, "in:2: expected a line of at most 1048576 bytes, got more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got error
			for _, err := range Read("in", strings.NewReader(test.text)) {
				if got != nil {
					t.Fatal("it went on after an error")
				}
				got = err
			}
			if got == nil || !strings.HasPrefix(got.Error(), test.want) {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// However many failures differ, a handful is kept.
func TestBounded(t *testing.T) {
	stop := under(policy.Document{Rules: []policy.Rule{{Name: "never", Verdict: retry.Stop}}})
	const rows = 3000
	endless := func(yield func(Recorded, error) bool) {
		for i := range rows {
			rec := Recorded{ID: fmt.Sprint(i), Place: "p", situation: retry.Situation{
				Facts: look(broken), Now: ended.Add(time.Minute), Notice: retry.Notice{Execution: arn, EventID: fmt.Sprint(i)}}}
			if !yield(rec, nil) {
				return
			}
		}
	}
	r, err := Run(endless, builtin, stop)
	if err != nil || r.Differ != rows || len(r.Changes) != 1 || r.Changes[0].Rows != rows || len(r.Changes[0].Examples) != MaxExamples {
		t.Errorf("got %d differences in %d changes, %v", r.Differ, len(r.Changes), err)
	}
	if got := r.Changes[0].Examples[4].ID; got != "4" {
		t.Errorf("got %s as the last example, want the fifth failure", got)
	}
}
