package policyfile

import (
	"strings"
	"testing"
)

// Each warning, and beside it what comes close and is meant.
func TestWarnings(t *testing.T) {
	const (
		some  = "rules: [{name: a, when: {class: capacity}, verdict: wait}, "
		gone  = "warning: rules[1]: rule b never gets a turn: rule a in line 3 matches first; move it up, narrow what is before it, or leave it out"
		third = "warning: rules[2]: rule c never gets a turn: rule b in line 3 matches first; move it up, narrow what is before it, or leave it out"
	)
	cases := []struct{ name, src, want string }{
		{"the same again", some + "{name: b, when: {class: capacity}, verdict: stop}]", "p.yaml:3:60: " + gone},
		{"another class", some + "{name: b, when: {class: throttling}, verdict: stop}]", ""},
		{"one class more", some + "{name: b, when: {class: [capacity, throttling]}, verdict: stop}]", ""},
		{"its permanent failures", some + "{name: b, when: {class: capacity, label: permanent}, verdict: stop}]", ""},
		{"a later retry", some + "{name: b, when: {class: capacity, retry: 2..}, verdict: stop}]", "p.yaml:3:60: " + gone},
		{"two that cover a third", some + "{name: b, when: {class: network}, verdict: wait}, {name: c, when: {class: [network, capacity]}, verdict: wait}]", "p.yaml:3:110: " + third},
		{"by label", "rules: [{name: a, when: {label: [transient, ambiguous]}, verdict: wait}, {name: b, verdict: stop}]", "p.yaml:3:74: " + gone},
		{"ages that overlap", "rules: [{name: a, when: {age: ..2h}, verdict: wait}, {name: b, when: {age: 1h..3h}, verdict: stop}]", ""},
		{"an age within", "rules: [{name: a, when: {age: 1h..}, verdict: wait}, {name: b, when: {age: 1h..3h}, verdict: stop}]", "p.yaml:3:54: " + gone},
		{"retries from 1", "rules: [{name: a, when: {retry: 1..2}, verdict: wait}, {name: b, when: {retry: ..2}, verdict: stop}]", "p.yaml:3:56: " + gone},
		{"a wider pattern", `rules: [{name: a, when: {pipeline: "n-*"}, verdict: wait}, {name: b, when: {pipeline: [n-eu-1, "n-us-*"]}, verdict: stop}]`, "p.yaml:3:60: " + gone},
		{"a narrower pattern", `rules: [{name: a, when: {pipeline: "n-eu-*"}, verdict: wait}, {name: b, when: {pipeline: "n-*"}, verdict: stop}]`, ""},
		{"only some of the pipelines are a section's", `rules: [{name: a, when: {pipeline: ["n-*", "m-*"]}, verdict: wait}]
pipelines: [{name: s, match: "n-*", rules: [{name: c, verdict: stop}]}]`, ""},
		{"a section that says nothing", some + "{name: b, when: {class: capacity}, verdict: stop}]\npipelines: [{name: s, match: 'n-*'}]",
			"p.yaml:3:60: " + gone + "\np.yaml:4:13: warning: pipelines[0]: this section changes nothing; give it values or rules of its own, or leave it out"},
		{"a section that keeps pipelines from a later one", "pipelines: [{name: s, match: 'n-eu-*'}, {name: t, match: 'n-*', mode: off}]", ""},
		{"a section that lowers one number", "pipelines: [{name: s, match: 'n-*', same_failure: {network: 0}}]", ""},
		{"off, but for a section", "mode: off\npipelines: [{name: s, match: 'n-*', mode: observe}]", ""},
		{"doubtful readings on purpose", "rules: [{name: a, when: {class: user_code, label: ambiguous}, verdict: wait}]", ""},
		{"all that is permanent", "rules: [{name: a, when: {label: permanent}, verdict: stop}]", ""},
		{"a person for what side_effects leaves to one", "side_effects: EMR\nrules: [{name: a, when: {step_type: EMR}, verdict: stop}]", ""},
		{"a section's own side effects", "side_effects: EMR\npipelines: [{name: s, match: 'n-*', side_effects: Lambda, rules: [{name: a, when: {step_type: EMR}, verdict: wait}]}]", ""},
		{"a section's own budget", "rules: [{name: a, limits: {retries: 3}, verdict: wait}]\npipelines: [{name: s, match: 'n-*', budgets: {execution: 2}, rules: [{name: b, limits: {retries: 3}, when: {class: network}, verdict: wait}]}]",
			"p.yaml:4:89: warning: pipelines[0].rules[0].limits.retries: 3 retries, but the budget of an execution is 2; write a number within it, or raise budgets.execution"},
		{"a budget that refills", "pipelines: [{name: s, match: 'n-*', budgets: {execution: {size: 1, refill: 1h}}, rules: [{name: b, limits: {retries: 3}, verdict: wait}]}]", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, findings := Read("p.yaml", []byte(head+c.src))
			if got := strings.TrimSuffix(told(findings), "\n"); got != c.want || f == nil {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	for text, want := range map[string]string{
		"Capacity": "capacity", "quota": "", "quotaContention": "quota_contention", "oom": "", "outofmemory": "out_of_memory",
		"netwrok": "network", "spot": "spot_interruption", "usercode": "user_code", "xyz": "", "": "", "disk-full": "disk_full",
	} {
		if got := nearest(text, classes); got != want {
			t.Errorf("nearest to %q: got %q, want %q", text, got, want)
		}
	}
}

func TestLengthText(t *testing.T) {
	for text, want := range map[string]string{
		"90m": "1h30m", "60s": "1m", "24h": "24h", "48h": "2d", "36h": "36h", "1h0m5s": "1h0m5s", "1d12h": "36h", "20m": "20m", "10s": "10s",
	} {
		d, ok := parseLength(text)
		if got := Length(d); got != want || !ok {
			t.Errorf("%s: got %q (%t), want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "d", "1.5d", "1d2d", "1d-1h", "h", "1 h", "1w", "-", "+1d", "1dx"} {
		if d, ok := parseLength(text); ok {
			t.Errorf("%q: got %s, want none", text, d)
		}
	}
}
