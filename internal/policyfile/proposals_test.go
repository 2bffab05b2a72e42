package policyfile

import (
	"strings"
	"testing"
)

func TestProposedLengths(t *testing.T) {
	for text, want := range map[string]string{
		"300": "300s, 300m or 300h", "90": "90s, 90m or 90h", "3600": "3600s or 3600m", "86400": "86400s", "100000": "100000s",
		"5 minutes": "5m", "5min": "5m", "1 hour 30 minutes": "1h30m", "2 Days": "2d", "1.5 hours": "1h30m", "1w": "7d", "90 S": "1m30s", "1 hour, 5 sec": "1h0m5s",
	} {
		_, findings := Read("p", []byte(head+"expire_after: "+text))
		if got := told(findings); !strings.HasSuffix(got, "; write "+want+"\n") || len(findings) != 1 {
			t.Errorf("%s: got\n%swant %s", text, got, want)
		}
	}
	for _, text := range []string{"2419201", "99999999999999999999", "soon", "5 weeks", "5 fortnights", "0 minutes", "0.1 s", "1.2.3 h", "minutes", "5 5 m", "1e3m x", "9999999999999999999 h", "x"} {
		_, findings := Read("p", []byte(head+"expire_after: "+text))
		if got := told(findings); !strings.HasSuffix(got, "; "+likeLengths+"\n") || len(findings) != 1 {
			t.Errorf("%s: got\n%swant %s", text, got, likeLengths)
		}
	}
	if f, findings := Read("p", []byte(head+"expire_after: 300s")); f == nil || len(findings) > 0 {
		t.Errorf("seconds: got\n%s", told(findings))
	}
}

// Regular expressions are told, and what reasons say themselves is not.
func TestRegularExpressions(t *testing.T) {
	for text, want := range map[string]string{
		`feature store .* (scaling|busy)`: `write "feature store * scaling", and a rule of its own for each of the others`,
		`^Unable to .*`:                   `write "Unable to"`,
		`/timeout/i`:                      `write "timeout"`,
		`(?i)limit is \d+ instances$`:     `write "limit is * instances"`,
		`p4d\.24xlarge`:                   `write "p4d.24xlarge"`,
		`throttled|busy`:                  `write "throttled", and a rule of its own for each of the others`,
		`code [0-9]{3} of [a-z]+ came`:    `write "code * of * came"`,
		`.*`:                              `write the words of the reason, with "*" for anything between`,
	} {
		_, findings := Read("p", []byte(head+"rules: [{name: a, verdict: wait, when: {message: '"+text+"'}}]"))
		if len(findings) != 1 || findings[0].Severity != Warning || findings[0].Instead != want {
			t.Errorf("%s: got\n%swant %s", text, told(findings), want)
			continue
		}
		if plain, _, _ := unregular(text); plain != "" {
			if again, _, is := unregular(plain); is {
				t.Errorf("%s: its proposal %s is told again, as %s", text, plain, again)
			}
		}
	}
	for _, text := range []string{
		"feature store * is scaling", "[Errno 104] reset", "(Service: AmazonS3; Status Code: 503)", "p4d * capacity", "us-east-1 is full.", "a | b", "[us-east-1a]", "cost in $ is", "s3://bucket/key/",
	} {
		if f, findings := Read("p", []byte(head+"rules: [{name: a, verdict: wait, when: {message: '"+text+"'}}]")); f == nil || len(findings) > 0 {
			t.Errorf("%s: got\n%swant none", text, told(findings))
		}
	}
}

// Whoever writes what is proposed is not told to take it back.
func TestProposalsHold(t *testing.T) {
	rule := func(what string) string { return head + "rules: [{name: a, " + what + "}]" }
	cases := []struct{ name, src, want string }{
		{"waiting for what lasts", rule("when: {class: out_of_memory}, verdict: wait"),
			"p:3:26: warning: rules[0].when.class: failures of out_of_memory are permanent by their words, nearly all: this matches hardly any, and a retry of those ends the same way; leave the rule out, or write label: ambiguous beside it if doubtful ones are meant"},
		{"beside what passes", rule("when: {class: [network, out_of_memory]}, verdict: wait"),
			"p:3:26: warning: rules[0].when.class: failures of out_of_memory are permanent by their words, nearly all: this matches hardly any, and a retry of those ends the same way; leave out_of_memory out, or write label: ambiguous beside it if doubtful ones are meant"},
		{"of its doubtful ones", rule("when: {class: out_of_memory, label: ambiguous}, verdict: wait"), ""},
		{"permanent alone", rule("when: {class: out_of_memory, label: permanent}, verdict: wait"),
			"p:3:48: warning: rules[0].when.label: a permanent failure ends the same way when it is retried; write verdict: stop, or leave the rule out"},
		{"permanent stopped", rule("when: {class: out_of_memory, label: permanent}, verdict: stop"), ""},
		{"a person for a retry", rule(`verdict: wait, needs_person: "yes"`), "p:3:48: error: rules[0].needs_person: a rule that retries needs no person; write verdict: stop, or leave it out"},
		{"no person for a retry", rule("verdict: wait, needs_person: false"), ""},
		{"a person for a stop", rule(`verdict: stop, needs_person: "yes"`), `p:3:48: error: rules[0].needs_person: neither true nor false: "yes"; write true`},
		{"at once, later", rule("when: {retry: 2..}, verdict: retry"), "p:3:39: warning: rules[0].verdict: retry means at once only for retry 1, and this rule begins with retry 2; write verdict: wait"},
		{"at once, first", rule("when: {retry: ..2}, verdict: retry"), ""},
		{"a misspelt version", "versoin: 1\nbudgets: {execution: 3}", "p:1:1: error: versoin: unknown key; write version"},
		{"misspelt budgets", "version: 1\nbudget:\n  execution: no", "p:2:1: error: budget: unknown key, and what stands under it was not checked; write budgets"},
		{"a misspelt name", head + "pipelines: [{nmae: s, match: a, mode: off}]",
			"p:3:14: error: pipelines[0].nmae: unknown key; write name"},
		{"misspelt pipelines", "version: 1\npiplines: [{name: s, match: a, budgets: {execution: 1}}]",
			"p:2:1: error: piplines: unknown key, and what stands under it was not checked; write pipelines"},
		{"a unit that comes too late", "version: 1\nexpire_after: 2h\nbudgets: {pipeline: {size: 4, refill: 12h}, account: {size: 4, refill: 8h}}",
			"p:3:11: warning: budgets.pipeline: a unit takes 3h to flow in, and failures expire after 2h: one that finds it empty may expire before; write a larger size, a shorter refill, or a longer expire_after"},
		{"later than the deployment keeps failures", "version: 1\nbudgets: {account: {size: 1, refill: 25h}}",
			"p:2:11: warning: budgets.account: a unit takes 25h to flow in, and failures expire after 24h, the deployment's default: one that finds it empty may expire before; write a larger size, a shorter refill, or a longer expire_after"},
		{"later than a section does", "version: 1\nexpire_after: 2d\npipelines: [{name: s, match: a, expire_after: 1h, budgets: {pipeline: {size: 1, refill: 2h}}}]",
			"p:3:61: warning: pipelines[0].budgets.pipeline: a unit takes 2h to flow in, and failures expire after 1h: one that finds it empty may expire before; write a larger size, a shorter refill, or a longer expire_after"},
		{"an execution that does not wait", "version: 1\nbudgets: {execution: {size: 1, refill: 48h}}", ""},
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
