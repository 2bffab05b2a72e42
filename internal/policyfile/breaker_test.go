package policyfile

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/policy"
)

func TestBreakersAndRefillsCompile(t *testing.T) {
	number := func(n int) *int { return &n }
	no, yes := false, true
	want := policy.Document{
		Schema: 1,
		Terms: policy.Terms{
			Budgets: policy.Budgets{
				Execution: policy.Budget{Set: true, Size: 2, Refill: time.Hour},
				Pipeline:  policy.Budget{Set: true, Size: 10, Refill: 24 * time.Hour, RefillOnSuccess: true},
			},
			Breaker: policy.Breaker{Executions: number(5), Within: 15 * time.Minute}, Scarce: &no,
		},
		Pipelines: []policy.Section{{
			Name: "s", Pipelines: []string{"s-*"},
			Terms: policy.Terms{
				Budgets: policy.Budgets{Execution: policy.Budget{Set: true, Size: 3, Refill: time.Hour, RefillOnSuccess: true}},
				Breaker: policy.Breaker{Executions: number(0)}, Scarce: &yes,
			},
		}},
	}
	f, findings := Read("p.yaml", []byte(`version: 1
budgets: {execution: {size: 2, refill: 1h, on_success: keep}, pipeline: {size: 10, refill: 24h, on_success: refill}}
breaker: {executions: 5, within: 15m}
scarce: false
pipelines:
  - {name: s, match: s-*, budgets: {execution: {size: 3, refill: 1h, on_success: refill}}, breaker: {executions: 0}, scarce: true}
`))
	if f == nil || len(findings) > 0 {
		t.Fatalf("findings: got\n%swant none", told(findings))
	}
	if got := string(f.Body()); got != bodyOf(t, want) {
		t.Errorf("document: got\n%s\nwant\n%s", got, bodyOf(t, want))
	}
	if _, err := policy.Decode(string(f.Body()), f.Hash()); err != nil {
		t.Errorf("decode: %v", err)
	}
}

// A policy that says nothing of them is the same to builds that do not know them.
func TestBodyWithoutBreakers(t *testing.T) {
	f, _ := Read("p.yaml", []byte("version: 1\nbudgets: {execution: 3, pipeline: {size: 10, refill: 24h}}\npipelines: [{name: s, match: a, mode: off}]\n"))
	const want = `{"schema":1,"budgets":{"execution":{"set":true,"size":3},"pipeline":{"set":true,"size":10,"refill":86400000000000}},` +
		`"pipelines":[{"name":"s","pipelines":["a"],"mode":"off"}]}`
	if got := string(f.Body()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBreakersAndRefillsThatCannotBe(t *testing.T) {
	const budgets = "version: 1\nbudgets: "
	cases := []struct{ name, src, want string }{
		{"one number", head + "breaker: 5", "p:3:10: error: breaker: a single value where a mapping belongs; write {executions: 10, within: 10m}"},
		{"too many", head + "breaker: {executions: 101}", "p:3:23: error: breaker.executions: 101 is not from 0 to 100; write a number from 0 to 100"},
		{"a time without its unit", head + "breaker: {within: 600}", "p:3:19: error: breaker.within: a duration without its unit: 600; write 600s, 600m or 600h"},
		{"a misspelt key", head + "breaker: {execution: 5}", "p:3:11: error: breaker.execution: unknown key; write executions"},
		{"any failure", head + "breaker: {executions: 1}", "p:3:11: warning: breaker.executions: each execution that fails makes all others wait that fail of the same class; write 2 or more, or 0 for no breaker"},
		{"off", head + "breaker: {executions: 0}", ""},
		{"off within some time", head + "breaker: {executions: 0, within: 5m}", "p:3:26: warning: breaker.within: no breaker opens, so nothing is counted in this time; leave it out"},
		{"the time alone", head + "breaker: {within: 5m}", ""},
		{"a section's own", head + "pipelines: [{name: s, match: a, breaker: {executions: 5}}]",
			"p:3:42: error: pipelines[0].breaker: a section cannot have a breaker of its own, since the executions of all pipelines are counted together; write breaker: {executions: 0} to leave its pipelines out, or write it for the whole policy"},
		{"a section's own time", head + "pipelines: [{name: s, match: a, breaker: {within: 5m}}]",
			"p:3:42: error: pipelines[0].breaker: a section cannot have a breaker of its own, since the executions of all pipelines are counted together; write breaker: {executions: 0} to leave its pipelines out, or write it for the whole policy"},
		{"a section that leaves itself out", head + "pipelines: [{name: s, match: a, breaker: {executions: 0}}]", ""},
		{"a section that says the same", head + "breaker: {executions: 0}\nscarce: false\npipelines: [{name: s, match: a, breaker: {executions: 0}, scarce: false}]",
			"p:5:13: warning: pipelines[0]: this section changes nothing; give it values or rules of its own, or leave it out"},
		{"a section that says another truth", head + "scarce: false\npipelines: [{name: s, match: a, scarce: true}]", ""},
		{"neither true nor false", head + "scarce: none", `p:3:9: error: scarce: neither true nor false: "none"; write true or false`},
		{"another word", budgets + "{pipeline: {size: 4, refill: 1h, on_success: refil}}", `p:2:55: error: budgets.pipeline.on_success: unknown word "refil"; write refill`},
		{"a count of retries", budgets + "{execution: {size: 4, on_success: refill}}",
			"p:2:44: error: budgets.execution.on_success: a budget without refill counts all retries that an execution ever has, whatever becomes of them; write refill beside it, or leave it out"},
		{"a count of retries that is kept", budgets + "{execution: {size: 4, on_success: keep}}", ""},
		{"no retry", budgets + "{pipeline: {size: 0, refill: 1h, on_success: refill}}", "p:2:55: error: budgets.pipeline.on_success: a budget of no retry has nothing to be filled with; leave it out"},
		{"the account's", budgets + "{account: {size: 4, refill: 1h, on_success: keep}}",
			"p:2:54: error: budgets.account.on_success: no success fills the budget of the account, which bounds what all pipelines spend together; leave it out"},
		{"one fault at a time", budgets + "{pipeline: {size: 4, on_success: refill}}",
			"p:2:21: error: budgets.pipeline: a shared budget without the time in which it refills; write {size: 4, refill: 24h}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, findings := Read("p", []byte(c.src))
			if got := strings.TrimSpace(told(findings)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
