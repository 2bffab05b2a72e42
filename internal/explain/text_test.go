package explain

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

func written(t *testing.T, write func(*bytes.Buffer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	return out.String()
}

func text(t *testing.T, s *Story) string {
	t.Helper()
	return written(t, func(out *bytes.Buffer) error { return s.Text(out) })
}

// A budget is called by whose it is, where the policy has one beside the stack's.
func TestWhoseBudgets(t *testing.T) {
	q := ask(t, "failed-capacity", nil)
	plain := text(t, tell(t, q))
	if !strings.Contains(plain, "pipeline 20 of 20 per 24 h, account 60 of 60 per 1 h") || strings.Contains(plain, "stack's pipeline") {
		t.Errorf("without budgets of the policy's: got\n%s", plain)
	}
	q.Policy = policy.NewFrom(settings, &policy.Document{Schema: policy.Schema, Terms: policy.Terms{Budgets: policy.Budgets{
		Pipeline: policy.Budget{Set: true, Size: 12, Refill: 24 * time.Hour}}}}, strings.Repeat("a", 64))
	got := text(t, tell(t, q))
	for _, want := range []string{
		"stack's pipeline 20 of 20 per 24 h, stack's account 60 of",
		"policy's pipeline 12 of 12 per 24 h",
		"\n  policy's pipeline  12 of 12 left", "\n  stack's pipeline   20 of 20 left",
		"had the stack's budget of the pipeline been empty: wait, shared_budget_empty",
		"had the policy's budget of the pipeline been empty: wait, shared_budget_empty",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		name, event string
		change      func(map[string]any)
		want        string
		never       string
	}{
		{"readings are no rules", "failed-capacity", nil, "\n  by the reading     no_capacity\n", "by the rule "},
		{"nothing read", "failed-capacity", func(f map[string]any) { firstStep(f)["FailureReason"] = "zeugma" }, "none: no reading knows the words", ""},
		{"read before", "failed-mixed-case", nil, "\nThe cause that would have been read\n", "that was read"},
		{"claimed", "failed-mixed-case", nil, "its retry 1 is claimed for", "until"},
		{"days", "failed-capacity", func(f map[string]any) { f["now"] = "2026-11-22T06:24:42Z" }, "ended 2 d ago; failures older than 24 h are left alone", "h0m"},
		{"stopped", "failed-user-code", nil, "\n  a retry would run  Features", "would run again    "},
		{"granted", "failed-capacity", nil, "\n  would run again    ", "a retry would run"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := text(t, tell(t, ask(t, test.event, test.change)))
			if !strings.Contains(got, test.want) || test.never != "" && strings.Contains(got, test.never) {
				t.Errorf("got\n%s\nwant %q, and never %q", got, test.want, test.never)
			}
		})
	}
}

// The words of others stay as they came.
func TestSpansOfOthers(t *testing.T) {
	s := tell(t, ask(t, "failed-capacity", func(f map[string]any) { firstStep(f)["FailureReason"] = "zeugma after 3600s" }))
	if got := text(t, s); s.Reason == retry.Expired || !strings.Contains(got, "because            train: zeugma after 3600s\n") {
		t.Errorf("got\n%s", got)
	}
}

// Short has the verdict, what decided it and what would have changed it.
func TestShort(t *testing.T) {
	for _, test := range []struct {
		name, event string
		change      func(map[string]any)
		decided     string
	}{
		{"a rule", "failed-capacity", nil, "\nWhat decided it\n  rule  scarce (built-in) matches: a retry after a back-off\n"},
		{"a guard", "stopping-to-failed", nil, "\nWhat decided it\n  guard stopped by a person applies: it failed out of the status Stopping\n"},
		{"a check", "failed-duplicate", nil, "\nWhat decided it\n  check dealt with before applies: this failure is on record"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := tell(t, ask(t, test.event, test.change))
			got := written(t, func(out *bytes.Buffer) error { return s.Short(out) })
			if !strings.HasPrefix(got, "Verdict: "+verdict(s)+"\n") || !strings.Contains(got, test.decided) || !strings.Contains(got, "\nWhat would have changed it\n") {
				t.Errorf("got\n%s\nwant %s", got, test.decided)
			}
			for _, other := range []string{"What came in", "What SageMaker shows", "The cause", "The policy in force", "The budgets"} {
				if strings.Contains(got, other) {
					t.Errorf("got\n%s\nwithout %s", got, other)
				}
			}
		})
	}
	open := Question{Setting: template, Notice: ask(t, "failed-capacity", nil).Notice}
	got := written(t, func(out *bytes.Buffer) error { return tell(t, open).Short(out) })
	if !strings.HasPrefix(got, "Verdict: still open.") || !strings.Contains(got, "What it would be") || strings.Contains(got, "aws sagemaker") {
		t.Errorf("got\n%s", got)
	}
}
