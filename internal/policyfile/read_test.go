package policyfile

import (
	"os"
	"strings"
	"testing"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

const head = "version: 1\nbudgets: {execution: 3}\n"

func TestReadTellsWhatIsWrong(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"nothing at all", "", `p.yaml:1:1: error: the file is empty; begin with version: 1`},
		{"comments only", "# later\n", `p.yaml:1:1: error: the file is empty; begin with version: 1`},
		{"a text", "hello", `p.yaml:1:1: error: a single value where a mapping belongs; write version: 1`},
		{"a list", "- version: 1", `p.yaml:1:1: error: a list where a mapping belongs; write version: 1`},
		{"not UTF-8", "version: 1\nx: \xff", `p.yaml:2:4: error: not UTF-8; save the file as UTF-8`},
		{"a tab", "version: 1\nbudgets:\n\texecution: 3", `p.yaml:3:1: error: a tab; write spaces`},
		{"text that runs backwards", "version: 1 # \u202e", `p.yaml:1:14: error: the character U+202E, which does not show; leave it out`},
		{"a long line", "version: 1\n# " + strings.Repeat("x", 500), `p.yaml:2:1: error: a line of 502 bytes, more than 500; break it`},
		{"a large file", strings.Repeat("# x\n", 70_000), `p.yaml:1:1: error: the file has 280000 bytes, a policy at most 262144; split it by account or leave rules out`},
		{"an anchor", "version: &v 1", `p.yaml:1:10: error: "&" begins an anchor, which a policy cannot have; write the value out, or put it in quotes if it begins with &`},
		{"a merge", "version: 1\n<<: {mode: off}", `p.yaml:2:1: error: "<<" merges another mapping, which a policy cannot have; write the keys out`},
		{"a tag", "version: !!int 1", `p.yaml:1:10: error: "!" begins a tag, which a policy cannot have; leave it out, or put the value in quotes`},
		{"a directive", "%YAML 1.2\n---\nversion: 1", `p.yaml:1:1: error: "%" begins a directive, which a policy cannot have; leave the line out`},
		{"a complex key", "? version\n: 1", `p.yaml:1:1: error: "?" begins a complex key, which a policy cannot have; write key: value`},
		{"two documents", "---\n" + head + "---\nversion: 1", `p.yaml:4:1: error: a second document: a policy is one document; keep it in a file of its own`},
		{"brackets in brackets", "version: " + strings.Repeat("[", 17), `p.yaml:1:26: error: brackets nested more than 16 deep; write a flat list`},
		{"a null rule", head + "rules:\n  -", `p.yaml:4:5: error: rules[0]: nothing where a mapping belongs; write {name: gpu-capacity, when: {class: capacity}, verdict: wait}`},
		{"a word as version", "version: one\nbudgets: {execution: 3}", `p.yaml:1:10: error: version: not a whole number: "one"; write version: 1`},
		{"version 0", "version: 0\nbudgets: {execution: 3}", `p.yaml:1:10: error: version: 0 is not from 1 to 1; write version: 1`},
		{"a wrong key after letters of two bytes", head + `description: "für 世界"` + "\n" + `back_off: {frist: 5m}`, `p.yaml:4:12: error: back_off.frist: unknown key; write first`},
		{"a description of two lines", head + "description: |\n  one\n  two", "p.yaml:3:14: error: description: it holds U+000A, which is no part of a line; write one line; \">-\" joins those that follow it"},
		{"a long message", head + "rules: \n  - name: x\n    verdict: stop\n    message: >-\n" + strings.Repeat("      all work and no play\n", 10), "p.yaml:6:14: error: rules[0].message: 209 characters, more than 200; say it in fewer words"},
		{"more than fits", head + "expire_after: 28d1s", `p.yaml:3:15: error: expire_after: 28d1s is longer than 28d, as long as an execution can live; write 28d or less`},
		{"an overflowing number of days", head + "expire_after: 106751991167300d", `p.yaml:3:15: error: expire_after: 106751991167300d is longer than 28d, as long as an execution can live; write 28d or less`},
		{"an overflowing number", head + "rules: [{name: x, verdict: wait, limits: {retries: 99999999999999999999}}]", `p.yaml:3:52: error: rules[0].limits.retries: 99999999999999999999 is not from 1 to 1000; write a number from 1 to 1000`},
		{"a rule that grants nothing", head + "rules: [{name: x, verdict: wait, when: {age: 6h..}, limits: {age: 2h}}]", `p.yaml:3:62: error: rules[0].limits.age: the rule matches failures from 6h on and grants them nothing after 2h; write verdict: stop, or an age beyond 6h`},
		{"the account's budget in a section", head + "pipelines: [{name: s, match: a, budgets: {account: {size: 1, refill: 1h}}}]", `p.yaml:3:42: error: pipelines[0].budgets: a section cannot have a budget of the account, which all pipelines share; write it among the budgets of the whole policy`},
		{"the same key twice", head + "mode: off\nmode: off", `p.yaml:4:1: error: mode: the key is there already, in line 3; leave one of them out
p.yaml:3:1: warning: mode: nothing is done for any pipeline, and nothing is recorded; write mode: observe to see what would be done`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, findings := Read("p.yaml", []byte(c.src))
			if f != nil {
				t.Errorf("got a file")
			}
			got := map[string]bool{}
			for _, f := range findings {
				got[f.String()] = true
			}
			want := strings.Split(c.want, "\n")
			for _, line := range want {
				if !got[line] {
					t.Errorf("got\n%swant\n%s", told(findings), line)
				}
			}
			if len(got) != len(want) {
				t.Errorf("got %d findings, want %d:\n%s", len(got), len(want), told(findings))
			}
		})
	}
}

func TestReadCompiles(t *testing.T) {
	off := false
	want := policy.Document{
		Schema:      1,
		Description: "all of it",
		Terms: policy.Terms{
			Mode: retry.Observe, Superseded: &off, ExpireAfter: 36 * time.Hour,
			BackOff: policy.BackOff{First: 90 * time.Second, Longest: time.Hour},
			Budgets: policy.Budgets{
				Execution: policy.Budget{Set: true, Size: 3},
				Pipeline:  policy.Budget{Set: true, Size: 10, Refill: 24 * time.Hour},
				Account:   policy.Budget{Set: true},
			},
			SideEffects: []string{"RegisterModel", "EMR"},
			Repeats:     map[causeClass]int{"network": 0, "capacity": policy.Unlimited},
		},
		Rules: []policy.Rule{{
			Name: "a", Verdict: retry.Wait,
			When: policy.When{
				Classes: []causeClass{"capacity", "throttling"}, Labels: []causeLabel{"transient"}, StepTypes: []string{"AutoML"},
				Pipelines: []string{"*-nightly"}, Message: "p4d * capacity",
				Retry: policy.Range{From: 2, To: 3}, Age: policy.Ages{To: 6 * time.Hour},
			},
			BackOff: policy.BackOff{First: 20 * time.Minute}, Limits: policy.Limits{Retries: 3, Age: 12 * time.Hour},
			Parallelism: policy.Parallelism{Most: 2}, Message: "one two",
		}},
		Pipelines: []policy.Section{{
			Name: "s", Pipelines: []string{"s-*"},
			Rules: []policy.Rule{{Name: "b", Verdict: retry.Stop, NeedsPerson: true, When: policy.When{Retry: policy.Range{From: 2, To: 2}}}},
		}},
	}
	f, findings := Read("p.yaml", []byte(`--- # all of it
version: 1
description: all of it
mode: observe
superseded: false
expire_after: 1d12h
back_off: {first: 90s, longest: 60m}
budgets: {execution: 3, pipeline: {size: 10, refill: 1d}, account: 0}
side_effects: [RegisterModel, emr]
same_failure: {network: 0, capacity: unlimited}
rules:
  - name: a
    when: {class: [capacity, throttling], label: transient, step_type: automl, pipeline: "*-nightly", message: 'p4d * capacity', retry: 2..3, age: ..6h}
    verdict: wait
    back_off: {first: 20m}
    limits: {retries: 3, age: 12h}
    parallelism: 2
    message: >
      one
      two
pipelines:
  - name: s
    match: s-*
    rules: [{name: b, verdict: stop, needs_person: true, when: {retry: 2}}]
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

// The version of a policy is that of what it says, not of how it is laid out.
func TestHashIsOfWhatIsSaid(t *testing.T) {
	a, _ := Read("a.yaml", []byte("version: 1\nmode: observe\nsame_failure: {network: 1, capacity: 2}\n"))
	b, _ := Read("b.yaml", []byte("# comment\r\nsame_failure:\r\n  capacity: 2\r\n  network: 1\r\nmode: \"observe\"\r\nversion: 1\r\n"))
	c, _ := Read("c.yaml", []byte("version: 1\nmode: observe\nsame_failure: {network: 1, capacity: 3}\n"))
	if a.Hash() != b.Hash() || len(a.Hash()) != 64 {
		t.Errorf("other layout: got %s and %s, want the same", a.Hash(), b.Hash())
	}
	if a.Hash() == c.Hash() {
		t.Errorf("another number: got the same hash %s", a.Hash())
	}
}

func TestNoFindingIsLost(t *testing.T) {
	src := "version: 1\nrules:\n" + strings.Repeat("  - {name: x, verdict: wiat}\n", 60)
	_, findings := Read("p.yaml", []byte(src))
	if len(findings) != MaxFindings {
		t.Fatalf("findings: got %d, want %d", len(findings), MaxFindings)
	}
	last := findings[MaxFindings-1]
	// 60 verdicts, 59 names and the budgets, of which 49 are told.
	if last.Message != "and 71 more" || last.Line != findings[MaxFindings-2].Line {
		t.Errorf("last: got %s, want 71 more at the line before", last)
	}
}

func TestTooMuchPolicy(t *testing.T) {
	rule := func(i int) string {
		return "  - {name: r" + intText(i) + ", when: {retry: " + intText(i+1) + "}, verdict: stop, message: " + strings.Repeat("x", 190) + "}\n"
	}
	src := head + "rules:\n"
	for i := range 90 {
		src += rule(i)
	}
	_, findings := Read("p.yaml", []byte(src))
	if len(findings) != 1 || !strings.Contains(findings[0].Message, "a policy at most 16384") {
		t.Errorf("large body: got\n%s", told(findings))
	}
	for i := 90; i < 101; i++ {
		src += rule(i)
	}
	if f, findings := Read("p.yaml", []byte(src)); f != nil || !strings.Contains(told(findings), "p.yaml:4:3: error: rules: 101 entries, more than 100") {
		t.Errorf("many rules: got\n%s", told(findings))
	}
}

// Hostile files cost what large ones cost, which is little.
func TestHostileSources(t *testing.T) {
	deep := ""
	for i := range 200 {
		deep += strings.Repeat(" ", i) + "a:\n"
	}
	var chain strings.Builder
	for i := range 70 {
		chain.WriteString("  - {name: r" + intText(i) + ", when: {pipeline: \"" + strings.Repeat("*a", 50) + "\"}, verdict: stop}\n")
	}
	cases := map[string]string{
		"open brackets":      strings.Repeat("[", 400),
		"open maps":          strings.Repeat("{a: ", 120),
		"dashes":             strings.Repeat("- ", 240),
		"keys on one line":   strings.Repeat("a: ", 160),
		"deep":               deep,
		"many keys":          strings.Repeat("a: b\n", 50_000),
		"keys in bounds":     strings.Repeat("a: b\n", 6_600),
		"many entries":       "version: 1\nrules:\n" + strings.Repeat("- \n", 80_000),
		"one long plain":     strings.Repeat("x\n", 130_000),
		"one long quoted":    `"` + strings.Repeat("x\n", 130_000) + `"`,
		"comments":           strings.Repeat("#\n", 130_000),
		"blank":              strings.Repeat("\n", 260_000),
		"stars":              head + "rules:\n" + chain.String(),
		"laughs":             "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]",
		"literals":           strings.Repeat("a: |\n b\n", 30_000),
		"unfinished quote":   "version: \"" + strings.Repeat("\\\n", 100_000),
		"unfinished literal": "version: |9999999999\n  x",
	}
	for name, src := range cases {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			f, findings := Read("p.yaml", []byte(src))
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s, want under 5 s", took)
			}
			if name != "stars" && f != nil || len(findings) == 0 {
				t.Errorf("got a file: %t, findings:\n%s", f != nil, told(findings))
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	src, err := os.ReadFile("../../docs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, _ := Read("team.yaml", src)
	for path, want := range map[string]string{
		"rules[0]":                     "team.yaml:43:5",
		"rules[0].when.step_type[1]":   "team.yaml:46:29",
		"pipelines[1].budgets":         "team.yaml:89:5",
		"pipelines[1].rules[0].when":   "team.yaml:93:9",
		"pipelines[1].rules[0].limits": "",
		"rules[9]":                     "",
	} {
		if got := f.Place(path); got != want {
			t.Errorf("place of %s: got %q, want %q", path, got, want)
		}
	}
	if got := f.RulePlace("Sandbox-7", "no-waiting-for-gpus"); got != f.Place("pipelines[1].rules[0]") || got == "" {
		t.Errorf("place of a section's rule: got %q", got)
	}
	if got := f.RulePlace("other", "no-waiting-for-gpus"); got != "" {
		t.Errorf("place of another section's rule: got %q, want none", got)
	}
}

// A section can take back what the policy leaves to a person everywhere else.
func TestNoSideEffects(t *testing.T) {
	f, findings := Read("p.yaml", []byte("version: 1\nbudgets: {execution: 3}\nside_effects: EMR\npipelines: [{name: s, match: a, side_effects: none}]"))
	if f == nil {
		t.Fatalf("got %v", findings)
	}
	d, err := policy.Decode(string(f.Body()), f.Hash())
	if err != nil {
		t.Fatal(err)
	}
	if own := d.Pipelines[0].SideEffects; own == nil || len(own) != 0 {
		t.Errorf("got %v, want an empty list that is set", own)
	}
	for _, v := range Effective(f, "a") {
		if v.Path == "side_effects" && (v.Text != "none" || !strings.Contains(v.Origin, "4:")) {
			t.Errorf("got %+v", v)
		}
	}
}
