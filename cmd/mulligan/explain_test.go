package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/account"
	"mulligan/internal/explain"
)

const sampleEvents = "../../events/"

// explained types `mulligan explain` and returns what it wrote, and its exit code.
func explained(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := root(local{
		find: func() (account.State, error) { return account.State{}, account.ErrNone }, zone: time.UTC,
	})
	var out, problems bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetArgs(append([]string{"explain"}, args...))
	code = exitCode(cmd.ExecuteContext(t.Context()))
	return out.String(), problems.String(), code
}

// verdicts is what each file of events/ comes to, on its facts.
var verdicts = map[string]string{
	"failed-capacity.json":    "wait, backing_off",
	"failed-quota.json":       "wait, backing_off",
	"failed-again.json":       "wait, backing_off",
	"failed-mixed-case.json":  "wait, backing_off",
	"failed-duplicate.json":   "ignore, duplicate",
	"failed-user-code.json":   "stop, permanent_cause",
	"stopping-to-failed.json": "stop, stopped_by_person",
	"wake.json":               "retry, retryable",
	"succeeded.json":          "ignore, recovered",
	"stopped.json":            "ignore, not_failed",
	"executing.json":          "ignore, not_failed",
	"other-account.json":      "ignore, foreign",
	"other-region.json":       "ignore, foreign",
	"foreign-arn.json":        "ignore, foreign",
}

// sampleFiles are the files of events/. What has no verdict above is malformed.
func sampleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(sampleEvents + "*.*")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files in events/, %v", len(files), err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return filepath.Base(name) == "README.md" })
}

func TestExplainEveryEvent(t *testing.T) {
	seen := 0
	for _, name := range sampleFiles(t) {
		base := filepath.Base(name)
		want, known := verdicts[base]
		if known {
			seen++
		} else {
			want = "ignore, malformed"
		}
		t.Run(base, func(t *testing.T) {
			out, problems, code := explained(t, "", "--event", name)
			if code != 0 || problems != "" || !strings.HasPrefix(out, "Verdict: "+want+"\n") {
				t.Fatalf("exit %d, %s\n%s\nwant verdict %s", code, problems, out, want)
			}
			for line := range strings.Lines(out) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > explain.Width {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			sameAsJSON(t, name, want)
		})
	}
	if seen != len(verdicts) {
		t.Errorf("events/ has %d of %d files", seen, len(verdicts))
	}
}

// sameAsJSON holds --json to the same verdict, and to its keys.
func sameAsJSON(t *testing.T, name, want string) {
	t.Helper()
	out, problems, code := explained(t, "", "--json", "--event", name)
	var story map[string]any
	if err := json.Unmarshal([]byte(out), &story); err != nil || code != 0 {
		t.Fatalf("exit %d, %s, %v\n%s", code, problems, err, out)
	}
	if got := story["verdict"].(string) + ", " + story["reason"].(string); got != want {
		t.Errorf("--json has verdict %s, want %s", got, want)
	}
	for _, key := range []string{"means", "next", "event", "home", "would_have_changed_it"} {
		if story[key] == nil {
			t.Errorf("--json lacks %s", key)
		}
	}
}

// Every failure among the samples has its facts, and all facts are of one.
func TestEveryFailureHasFacts(t *testing.T) {
	files, err := filepath.Glob(sampleEvents + "facts/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, name := range files {
		if filepath.Base(name) != "home.json" {
			got = append(got, filepath.Base(name))
		}
	}
	for name, verdict := range verdicts {
		if !strings.HasSuffix(verdict, "not_failed") && !strings.HasSuffix(verdict, "foreign") {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("facts of %v, want %v", got, want)
	}
}

func TestExplainGolden(t *testing.T) {
	tests := map[string][]string{
		"quota.txt":         {"--event", sampleEvents + "failed-quota.json"},
		"user-code.txt":     {"--event", sampleEvents + "failed-user-code.json"},
		"wake.txt":          {"--event", sampleEvents + "wake.json"},
		"duplicate.txt":     {"--event", sampleEvents + "failed-duplicate.json"},
		"succeeded.txt":     {"--event", sampleEvents + "succeeded.json"},
		"stopped.txt":       {"--event", sampleEvents + "stopped.json"},
		"executing.txt":     {"--event", sampleEvents + "executing.json"},
		"held.txt":          {"--event", sampleEvents + "failed-quota.json", "--facts", "testdata/explain/held-facts.json"},
		"scarce.txt":        {"--event", sampleEvents + "failed-quota.json", "--facts", "testdata/explain/scarce-facts.json"},
		"without-facts.txt": {"--event", "testdata/explain/event.json"},
		"policy.txt": {
			"--event", "testdata/explain/event.json", "--facts", sampleEvents + "facts/failed-capacity.json",
			"--policy", "testdata/explain/policy.yaml",
		},
		"quota.json": {"--json", "--event", sampleEvents + "failed-quota.json"},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems, code := explained(t, "", args...)
			if code != 0 {
				t.Fatalf("exit %d: %s", code, problems)
			}
			golden(t, "explain/"+name, got)
		})
	}
}

func TestExplainRefusals(t *testing.T) {
	event := sampleEvents + "failed-quota.json"
	tests := []struct {
		name string
		args []string
		want string
		code int
	}{
		{"nothing", nil, "expected what to explain", exitError},
		{"two subjects", []string{"--event", event, "--trail", "x"}, "--event: expected without --trail", exitError},
		{"no such file", []string{"--event", "nowhere.json"}, "nowhere.json", exitError},
		{"facts that are none", []string{"--event", event, "--facts", event}, "expected facts", exitError},
		{"a trail that is none", []string{"--trail", event}, "expected a decision of the ledger", exitError},
		{"a mode that is none", []string{"--event", event, "--mode", "loud"}, "--mode: expected enforce, observe or off", exitError},
		{"a home that is none", []string{"--event", event, "--home", "me"}, "--home: expected ACCOUNT/REGION", exitError},
		{"an execution of nowhere", []string{"--execution", "arn:x"}, "name one with --stack, or --local", exitError},
		{"a policy with errors", []string{"--event", event, "--policy", event}, "event", exitBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, problems, code := explained(t, "", tt.args...)
			if code != tt.code || !strings.Contains(problems, tt.want) || out != "" {
				t.Errorf("exit %d, %q, %q, want exit %d, %q", code, problems, out, tt.code, tt.want)
			}
		})
	}
}

func TestExplainSettings(t *testing.T) {
	capacity, err := os.ReadFile(sampleEvents + "failed-capacity.json")
	if err != nil {
		t.Fatal(err)
	}
	facts := sampleEvents + "facts/failed-capacity.json"
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"observe", []string{"--facts", facts, "--mode", "observe"}, "Verdict: stop, observing\n"},
		{"off", []string{"--facts", facts, "--mode", "off"}, "Verdict: ignore, off\n"},
		{"off without facts", []string{"--mode", "off"}, "Verdict: ignore, off\n"},
		{"from elsewhere", []string{"--home", "210987654321/eu-west-1"}, "Verdict: ignore, foreign\n"},
		{"its own home", nil, "Verdict: still open."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, problems, code := explained(t, string(capacity), append(tt.args, "--event", "-")...)
			if code != 0 || !strings.HasPrefix(out, tt.want) {
				t.Errorf("exit %d, %s\n%s\nwant %s", code, problems, out, tt.want)
			}
		})
	}
}

// --short says the verdict, what decided it and what would have changed it.
func TestExplainShort(t *testing.T) {
	out, problems, code := explained(t, "", "--short", "--event", sampleEvents+"failed-quota.json")
	if code != 0 || !strings.HasPrefix(out, "Verdict: wait, backing_off\n") || !strings.Contains(out, "\nWhat decided it\n  rule  scarce ") || strings.Contains(out, "What came in") {
		t.Errorf("exit %d, %s\n%s", code, problems, out)
	}
	if _, problems, code := explained(t, "", "--short", "--json", "--event", sampleEvents+"failed-quota.json"); code != exitError || !strings.Contains(problems, "--json: expected without --short") {
		t.Errorf("with --json: exit %d, %s", code, problems)
	}
}

// Facts that are wrong are named with their file and the place in it.
func TestExplainNamesFacts(t *testing.T) {
	good, err := os.ReadFile(sampleEvents + "facts/failed-quota.json")
	if err != nil {
		t.Fatal(err)
	}
	for old, test := range map[string]struct{ replaced, want string }{
		`"2026-11-20T07:55:53Z"`:   {"3", `balances.pipeline": expected a time`},
		`"EndTime": "2026`:         {`"EndTime": "x2026`, "steps.PipelineExecutionSteps[0].EndTime: expected a time"},
		`execution/k2v8m0tq5wze"`:  {`execution/another"`, "execution.PipelineExecutionArn: expected arn:"},
		`"LastModifiedTime": "202`: {`"Modified": "202`, "LastModifiedTime"},
	} {
		facts := onDisk(t, "facts.json", strings.Replace(string(good), old, test.replaced, 1))
		_, problems, code := explained(t, "", "--event", sampleEvents+"failed-quota.json", "--facts", facts)
		if code != exitError || !strings.Contains(problems, facts) || !strings.Contains(problems, test.want) {
			t.Errorf("%s: exit %d, %s, want the file and %s", test.replaced, code, problems, test.want)
		}
	}
}
