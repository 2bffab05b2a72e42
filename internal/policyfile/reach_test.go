package policyfile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

func TestPatterns(t *testing.T) {
	cases := []struct {
		a, b          string
		covers, meets bool
	}{
		{"*", "a-*", true, true},
		{"a-*", "*", false, true},
		{"a-*", "a-b-*", true, true},
		{"a-*", "A-1", true, true},
		{"a-*", "b-*", false, false},
		{"a-*", "*-b", false, true},
		{"*-b", "a-*-b", true, true},
		{"a*b", "ab", true, true},
		{"a*b", "a*c*b", true, true},
		{"a*b", "a*c", false, false},
		{"a*a", "a", false, false},
		{"a", "a", true, true},
		{"**a", "*a", true, true},
	}
	for _, c := range cases {
		if got := covers(c.a, c.b); got != c.covers {
			t.Errorf("%s covers %s: got %t, want %t", c.a, c.b, got, c.covers)
		}
		if got, back := meets(c.a, c.b), meets(c.b, c.a); got != c.meets || back != c.meets {
			t.Errorf("%s meets %s: got %t and %t, want %t", c.a, c.b, got, back, c.meets)
		}
	}
}

func TestSays(t *testing.T) {
	cases := []struct {
		a, b string
		want bool
	}{
		{"", "x", true},
		{"x", "", false},
		{"capacity", "p4d * Capacity", true},
		{"p4d * capacity", "capacity", false},
		{"p4d*capacity", "no p4d.24xlarge, capacity is low", true},
		{"low *  capacity", "capacity * low", false},
		{"d * c", "p4d * c", true},
		{"d c", "p4d * c", false},
	}
	for _, c := range cases {
		if got := says(c.a, c.b); got != c.want {
			t.Errorf("%q is said by %q: got %t, want %t", c.b, c.a, got, c.want)
		}
	}
}

// Of random policies, no rule that was told to be unreachable decides any of
// many random failures. The policy package itself says which rule did.
func TestUnreachableRulesNeverDecide(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 8))
	told, decided := 0, 0
	for range 800 {
		d := randomDocument(rnd)
		dead := unreachable(d)
		told += len(dead)
		p := policy.NewFrom(loose, d, "0")
		for range 300 {
			c := randomCase(rnd)
			rule := p.Decide(c).Rule
			path := pathOf(d, c.Execution.Pipeline, rule)
			if why, is := dead[path]; is {
				t.Fatalf("rule %s decided %+v, and %s\n%s", path, c, why, bodyOf(t, *d))
			}
			if path != "" {
				decided++
			}
		}
	}
	if told < 200 || decided < 10_000 {
		t.Errorf("told %d unreachable, rules decided %d times: too few to mean something", told, decided)
	}
}

var loose = policy.Settings{
	MaxRetries: 1000, PipelineRetriesPerDay: 1000, AccountRetriesPerHour: 1000,
	BackoffInterval: time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: longest, FunctionTimeout: time.Minute,
}

// unreachable are the rules that reach tells of, by path.
func unreachable(d *policy.Document) map[string]string {
	r := &reading{file: "p", places: map[string]place{"": {1, 1}}, faulty: map[string]bool{}}
	(&linter{r, d}).reach()
	dead := map[string]string{}
	for _, f := range r.findings {
		dead[strings.TrimSuffix(f.Path, ".when.pipeline")] = f.Message
	}
	return dead
}

func pathOf(d *policy.Document, pipeline, rule string) string {
	for _, r := range (&File{Document: d}).rulesFor(pipeline) {
		if r.rule.Name == rule {
			return r.path
		}
	}
	return ""
}

var somePatterns = []string{"*", "a-*", "b-*", "*-x", "a-*-x", "a-b", "a-b-*"}

func some[T any](rnd *rand.Rand, all []T) (picked []T) {
	if rnd.IntN(2) == 0 {
		return nil
	}
	for range 1 + rnd.IntN(3) {
		picked = append(picked, all[rnd.IntN(len(all))])
	}
	return picked
}

func randomDocument(rnd *rand.Rand) *policy.Document {
	d := &policy.Document{Schema: policy.Schema, Rules: randomRules(rnd, "r")}
	for i := range rnd.IntN(3) {
		d.Pipelines = append(d.Pipelines, policy.Section{
			Name:      fmt.Sprint("s", i),
			Pipelines: append(some(rnd, somePatterns), somePatterns[1+rnd.IntN(6)]),
			Rules:     randomRules(rnd, fmt.Sprint("s", i, "r")),
		})
	}
	return d
}

func randomRules(rnd *rand.Rand, name string) (all []policy.Rule) {
	for i := range rnd.IntN(5) {
		r := policy.Rule{Name: fmt.Sprint(name, i), Verdict: retry.Wait, When: policy.When{
			Classes:   some(rnd, cause.Classes()[:3]),
			Labels:    some(rnd, cause.Labels()),
			StepTypes: some(rnd, stepTypes[:2]),
			Pipelines: some(rnd, somePatterns),
			Message:   []string{"", "", "", "ab", "a*b", "a b", "b"}[rnd.IntN(7)],
		}}
		if rnd.IntN(3) == 0 {
			r.When.Retry = policy.Range{From: rnd.IntN(3), To: []int{0, 2, 3}[rnd.IntN(3)]}
			r.When.Age = policy.Ages{From: time.Duration(rnd.IntN(2)) * time.Hour, To: time.Duration([]int{0, 2, 3}[rnd.IntN(3)]) * time.Hour}
		}
		all = append(all, r)
	}
	return all
}

func randomCase(rnd *rand.Rand) retry.Case {
	pick := func(all ...string) string { return all[rnd.IntN(len(all))] }
	return retry.Case{
		Execution: retry.ExecutionARN{Pipeline: pick("a-b", "a-b-c", "A-q-x", "b-1", "b-x", "c-x", "q")},
		Cause: cause.Cause{
			Class: cause.Classes()[rnd.IntN(4)], Label: cause.Labels()[rnd.IntN(3)], Type: pick("", "training", "Processing"),
		},
		Message: pick("", "ab", "a b", "a and b", "b a", "B"),
		Age:     time.Duration(rnd.IntN(4)) * time.Hour,
		Retry:   1 + rnd.IntN(4),
	}
}
