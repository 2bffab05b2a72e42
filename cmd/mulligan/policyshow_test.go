package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

func TestPolicyShow(t *testing.T) {
	d := newDesk()
	golden(t, "policy/show-built-in.txt", d.fine(t, "show"))
	golden(t, "policy/show-file.txt", d.fine(t, "show", at("team.yaml"), "--pipeline", "payments-daily"))
	golden(t, "policy/show-file-in-stack.txt", d.fine(t, "show", at("team.yaml"), "--stack", "mulligan"))
	if len(d.asked) != 1 {
		t.Errorf("asked %q, want a stack asked only where one is named", d.asked)
	}
	d.fine(t, "apply", at("team.yaml"), "--yes")
	golden(t, "policy/show-stack.txt", d.fine(t, "show", "--stack", "mulligan", "--pipeline", "payments-daily"))
}

// value is what show says about a path, as JSON has it.
func value(t *testing.T, out, path string) (all []policyfile.Value) {
	t.Helper()
	var p page
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	for _, v := range p.Values {
		if v.Path == path {
			all = append(all, policyfile.Value{Text: v.Text, Origin: v.Origin})
		}
	}
	return all
}

// The stack's parameters bound a policy as internal/policy has it.
func TestPolicyShowCeilings(t *testing.T) {
	file := at("team.yaml") // 12h; 10m to 2h; 4 retries; 10 per 24h
	for _, test := range []struct {
		name   string
		change func(*desk)
		path   string
		want   []policyfile.Value
	}{
		{"younger than the policy's", func(d *desk) { d.stack.Settings.ExpireAfter = time.Hour }, "expire_after",
			[]policyfile.Value{{Text: "1h", Origin: "the deployment's ExpireAfter, a ceiling over 12h (" + file + ":4:1)"}}},
		{"the policy's is lower", func(*desk) {}, "expire_after", []policyfile.Value{{Text: "12h", Origin: file + ":4:1"}}},
		{"the longest delay", func(*desk) {}, "back_off.longest",
			[]policyfile.Value{{Text: "1h", Origin: "the deployment's BackoffMaxDelay, a ceiling over 2h (" + file + ":5:24)"}}},
		{"a first delay beyond the longest", func(d *desk) { d.stack.Settings.BackoffMaxDelay = time.Minute }, "back_off.first",
			[]policyfile.Value{{Text: "1m", Origin: "the deployment's BackoffMaxDelay, a ceiling over 10m (" + file + ":5:12)"}}},
		{"retries", func(*desk) {}, "budgets.execution",
			[]policyfile.Value{{Text: "3 retries", Origin: "the deployment's MaxRetries, a ceiling over 4 retries (" + file + ":7:3)"}}},
		{"fewer retries than may be", func(d *desk) { d.stack.Settings.MaxRetries = 5 }, "budgets.execution",
			[]policyfile.Value{{Text: "4 retries", Origin: file + ":7:3"}}},
		{"two buckets of the pipeline", func(*desk) {}, "budgets.pipeline",
			[]policyfile.Value{{Text: "10 retries per 24h", Origin: file + ":8:3"}, {Text: "20 retries per 24h", Origin: "the deployment's PipelineRetriesPerDay, beside it"}}},
		{"one bucket of the account", func(d *desk) { d.stack.Settings.AccountRetriesPerHour = 1 }, "budgets.account",
			[]policyfile.Value{{Text: "1 retry per 1h", Origin: "the deployment's AccountRetriesPerHour"}}},
		{"a lower mode", func(d *desk) { d.stack.Mode = retry.ModeOff }, "mode",
			[]policyfile.Value{{Text: "off", Origin: "the deployment's Mode, a ceiling over observe (" + file + ":26:5 (section payments))"}}},
		{"no lower mode", func(*desk) {}, "mode", []policyfile.Value{{Text: "observe", Origin: file + ":26:5 (section payments)"}}},
	} {
		d := newDesk()
		test.change(d)
		got := value(t, d.fine(t, "show", file, "--stack", "mulligan", "--pipeline", "payments-x", "--json"), test.path)
		if len(got) != len(test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: got %q, want %q", test.name, got[i], test.want[i])
			}
		}
	}
}

// A pipeline that the stack leaves alone is told.
func TestPolicyShowPrefix(t *testing.T) {
	d := newDesk()
	d.stack.Prefix = "churn-"
	for pipeline, noted := range map[string]bool{"payments": true, "Churn-Daily": false, "churn": true} {
		out := d.fine(t, "show", "--stack", "mulligan", "--pipeline", pipeline)
		if got := strings.Contains(out, "Note: the stack handles pipelines whose names begin with churn- alone"); got != noted {
			t.Errorf("%s: noted %t, want %t", pipeline, got, noted)
		}
	}
}

// Places are told in a source that means the policy, and in no other.
func TestPolicyShowSource(t *testing.T) {
	for _, test := range []struct {
		change func(source string) string
		want   string
	}{
		{func(source string) string { return "# of another layout\n" + source }, "rev 1:5:1"},
		{func(source string) string { return strings.Replace(source, "12h", "13h", 1) }, "rev 1"},
		{func(string) string { return "of a language that no build knows" }, "rev 1"},
		{func(string) string { return "" }, "rev 1"},
	} {
		d := newDesk()
		d.fine(t, "apply", at("team.yaml"), "--yes")
		d.ledger = resourced{d.ledger, test.change}
		got := value(t, d.fine(t, "show", "--stack", "mulligan", "--json"), "expire_after")
		if want := (policyfile.Value{Text: "12h", Origin: test.want}); len(got) != 1 || got[0] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// resourced is a ledger that keeps another source for the same policy.
type resourced struct {
	policies
	change func(string) string
}

func (r resourced) Current(ctx ctx) (ledger.Version, error) {
	v, err := r.policies.Current(ctx)
	v.Source = r.change(v.Source)
	return v, err
}

// A policy that cannot be read is told, with what holds instead.
func TestPolicyShowUnreadable(t *testing.T) {
	d := newDesk()
	d.fine(t, "apply", at("team.yaml"), "--yes")
	d.ledger = broken{d.ledger}
	out := d.fine(t, "show", "--stack", "mulligan", "--pipeline", "payments-daily")
	for _, want := range []string{
		"policy 60a1d0f3f46d (the policy before rev 9)",
		"Note: rev 9 cannot be read (schema 7): the one before it stays in force",
		"observe                the policy before rev 9 (section payments)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("expected %q in\n%s", want, out)
		}
	}
}

// broken is a ledger in which a newer build has applied a policy.
type broken struct{ policies }

func (b broken) Current(ctx ctx) (ledger.Version, error) {
	v, err := b.policies.Current(ctx)
	return ledger.Version{Rev: 9, Hash: "f00", Before: v.Body, Fault: "schema 7", At: midnight, Author: "eve"}, err
}
