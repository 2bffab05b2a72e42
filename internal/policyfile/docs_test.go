package policyfile

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

func document(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// knownKeys are the keys that Read knows around an unknown one, as it tells them.
func knownKeys(t *testing.T, src string) []string {
	t.Helper()
	_, findings := Read("p", []byte(src))
	for _, f := range findings {
		if keys, found := strings.CutPrefix(f.Instead, "write one of "); found && f.Message == "unknown key" {
			return strings.Split(keys, ", ")
		}
	}
	t.Fatalf("%s: got no keys:\n%s", src, told(findings))
	return nil
}

// The reference names all that a policy can say.
func TestReferenceIsWhole(t *testing.T) {
	reference := document(t, "policy.md")
	words := map[string][]string{
		"class": classes, "label": labels, "step type": stepTypes, "verdict": verdicts, "mode": modes,
		"word": {"halve", "unlimited", nobody, refills, keeps}, "unit": {"s", "m", "h", "d"},
	}
	for _, in := range []string{
		"zzzzzzzzzzzz: 1", "budgets: {zzzzzzzzzzzz: 1}", "budgets: {account: {zzzzzzzzzzzz: 1}}", "back_off: {zzzzzzzzzzzz: 1}", "breaker: {zzzzzzzzzzzz: 1}", "same_failure: {zzzzzzzzzzzz: 1}",
		"rules: [{zzzzzzzzzzzz: 1}]", "rules: [{when: {zzzzzzzzzzzz: 1}}]", "rules: [{limits: {zzzzzzzzzzzz: 1}}]", "pipelines: [{zzzzzzzzzzzz: 1}]",
	} {
		words["key of "+in] = knownKeys(t, in)
	}
	for _, r := range policy.Builtin.Rules {
		words["built-in rule"] = append(words["built-in rule"], r.Name)
	}
	told := 0
	for kind, all := range words {
		for _, word := range all {
			if told++; !strings.Contains(reference, "`"+word+"`") {
				t.Errorf("the reference does not name the %s `%s`", kind, word)
			}
		}
	}
	if told < 100 {
		t.Errorf("got %d words, want at least 100", told)
	}
}

// The numbers in the reference are the code's.
func TestReferenceBounds(t *testing.T) {
	reference := strings.Join(strings.Fields(document(t, "policy.md")), " ")
	for _, said := range []string{
		"up to " + strconv.Itoa(maxRules) + ", with those of the sections", "up to " + strconv.Itoa(maxSections) + " sections", "a line, up to " + strconv.Itoa(maxAbout) + " characters",
		"a line, up to " + strconv.Itoa(maxProse) + " characters", "up to " + strconv.Itoa(maxName) + " letters", "up to `" + Length(longest) + "`", "retries, 0 to " + strconv.Itoa(maxSize),
		"up to " + strconv.Itoa(maxSource>>10) + " KB, lines of up to " + strconv.Itoa(maxLine) + " bytes, and lists of up to " + strconv.Itoa(maxItems),
		"up to " + strconv.Itoa(policy.MaxBody>>10) + " KB", "the most is " + strconv.Itoa(mostRepeats), "a number from 1 to " + strconv.Itoa(mostParallel), "`2..4`; 1 to " + strconv.Itoa(mostRetries),
		"`executions` of them, 0 to " + strconv.Itoa(policy.MostAlike) + ", have failed so in the time `within`, up to `" + Length(longest) + "`",
	} {
		if !strings.Contains(reference, said) {
			t.Errorf("the reference does not say %q", said)
		}
	}
}

// What the reference says of defaults is what the built-in policy says.
func TestReferenceDefaults(t *testing.T) {
	_, rest, found := strings.Cut(strings.Join(strings.Fields(document(t, "policy.md")), " "), "The defaults: ")
	if !found {
		t.Fatal("the reference tells no defaults of same_failure")
	}
	said, _, _ := strings.Cut(rest, " for all other classes")
	for _, part := range strings.Split(said, "; ") {
		number, classes, _ := strings.Cut(part, " for ")
		for _, class := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(classes, -1) {
			if want := repeatsText(policy.Builtin.Repeats[cause.Class(class[1])]); strings.Trim(number, "`") != want {
				t.Errorf("%s: got %s, want %s", class[1], number, want)
			}
		}
	}
	whole, b := document(t, "policy.md"), policy.Builtin.Breaker
	for key, want := range map[string]string{
		"breaker": strconv.Itoa(*b.Executions) + " within " + Length(b.Within), "scarce": "`" + strconv.FormatBool(*policy.Builtin.Scarce) + "`",
	} {
		_, row, _ := strings.Cut(whole, "\n| `"+key+"` | ")
		if _, row, _ = strings.Cut(row, " | "); !strings.HasPrefix(row, want+" |") {
			t.Errorf("%s: got the default %.20q, want %s", key, row, want)
		}
	}
	for class := range policy.Builtin.Repeats {
		if !strings.Contains(said, "`"+string(class)+"`") {
			t.Errorf("the reference does not tell the default of %s", class)
		}
	}
}

// written are the settings of the stack that docs/policy.yaml says it is for.
func written(t *testing.T, src string) policy.Settings {
	t.Helper()
	s := policy.Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour,
		ExpireAfter: 24 * time.Hour, FunctionTimeout: time.Minute,
	}
	all := regexp.MustCompile(`\b([A-Z][A-Za-z]+)=([0-9]+)`).FindAllStringSubmatch(src, -1)
	for _, p := range all {
		n, err := strconv.Atoi(p[2])
		if err != nil {
			t.Fatal(err)
		}
		switch p[1] {
		case "MaxRetries":
			s.MaxRetries = n
		case "BackoffMaxDelay":
			s.BackoffMaxDelay = time.Duration(n) * time.Second
		case "ExpireAfter":
			s.ExpireAfter = time.Duration(n) * time.Second
		default:
			t.Errorf("the policy names the parameter %s, which this test does not know", p[1])
		}
	}
	if len(all) != 3 {
		t.Errorf("parameters: got %d, want 3", len(all))
	}
	return s
}

// Under the parameters that it names, no ceiling takes anything from the shown
// policy, and no budget of its own says what the deployment says.
func TestShownPolicyIsTrue(t *testing.T) {
	src := document(t, "policy.yaml")
	f, findings := Read("p", []byte(src))
	if f == nil {
		t.Fatalf("got\n%s", told(findings))
	}
	s := written(t, src)
	terms, rules := []policy.Terms{f.Document.Terms}, f.Document.Rules
	for _, section := range f.Document.Pipelines {
		terms, rules = append(terms, section.Terms), append(rules, section.Rules...)
	}
	for i, of := range terms {
		b := of.Budgets
		if of.ExpireAfter > s.ExpireAfter || of.BackOff.Longest > s.BackoffMaxDelay || b.Execution.Set && b.Execution.Size >= s.MaxRetries ||
			b.Pipeline.Size >= s.PipelineRetriesPerDay || b.Account.Size >= s.AccountRetriesPerHour {
			t.Errorf("terms %d: %+v is beyond a ceiling, or no tighter than it", i, of)
		}
	}
	for _, r := range rules {
		if r.BackOff.Longest > s.BackoffMaxDelay || r.Limits.Retries >= s.MaxRetries {
			t.Errorf("rule %s is beyond a ceiling, or no tighter than it", r.Name)
		}
	}
}

// The night that it speaks of: four retries, the last of which is not before 02:30
// for a run that failed at 20:00 or later.
func TestShownNight(t *testing.T) {
	src := document(t, "policy.yaml")
	f, _ := Read("p", []byte(src))
	p := policy.NewFrom(written(t, src), f.Document, f.Hash())
	at := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)
	least, most := time.Duration(1<<62), time.Duration(0)
	for token := range 500 {
		now := at
		for n := 1; n <= 4; n++ {
			d := p.Decide(retry.Case{
				Execution: retry.ExecutionARN{Pipeline: "nightly-ranking"}, Retry: n, Used: n - 1, Now: now, Repeats: n - 1,
				Cause: cause.Cause{Class: cause.Capacity, Label: cause.Transient, Type: "Training"}, Token: strconv.Itoa(token*7919 + n),
			})
			if d.Verdict != retry.Wait || d.Rule != "gpu-capacity-at-night" {
				t.Fatalf("retry %d: got %+v", n, d)
			}
			now = d.Due
		}
		least, most = min(least, now.Sub(at)), max(most, now.Sub(at))
	}
	const from, to = 6*time.Hour + 30*time.Minute, 13 * time.Hour
	if least < from || most > to || most-least < time.Hour {
		t.Errorf("the fourth retry: got %s to %s after the failure, want within %s to %s", least, most, from, to)
	}
	if d := p.Decide(retry.Case{Retry: 5, Used: 4, Cause: cause.Cause{Class: cause.Capacity, Label: cause.Transient}}); d.Reason != retry.BudgetExhausted {
		t.Errorf("a fifth: got %+v, want none", d)
	}
}
