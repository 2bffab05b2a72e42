package main

import (
	"encoding/json"
	"strings"
	"testing"

	"mulligan/internal/backtest"
)

const (
	recordedFailures = `{"id": "cap", "pipeline": "churn", "message": "CapacityError: Unable to provision requested ML compute capacity."}
{"id": "bug", "pipeline": "churn", "message": "AlgorithmError: ExecuteUserScriptError: KeyError: 'label', exit code: 1"}
`
	noCapacityPolicy = `version: 1
budgets: {execution: 3}
rules:
  - {name: costly, when: {class: capacity}, verdict: stop}
`
	hopefulPolicy = `version: 1
budgets: {execution: 3}
rules:
  - {name: hope, when: {class: user_code, label: permanent}, verdict: retry}
`
	emptyPolicy = "version: 1\nbudgets: {execution: 3}\n"
)

func TestBacktest(t *testing.T) {
	failures := onDisk(t, "failures.jsonl", recordedFailures)
	same := onDisk(t, "same.yaml", emptyPolicy)
	costly := onDisk(t, "costly.yaml", noCapacityPolicy)
	hopeful := onDisk(t, "hopeful.yaml", hopefulPolicy)
	faulty := onDisk(t, "faulty.yaml", "version: 1\nrules: 7\n")
	for _, test := range []struct {
		name, stdin    string
		args           []string
		code           int
		stdout, stderr string // in what is written
	}{
		{"no difference", "", []string{"--policy", same, "--fail-on-difference", failures}, 0, "No difference in verdict or reason.", ""},
		{"a difference", "", []string{"--policy", costly, failures}, 0, "wait backing_off -> stop needs_person: 1\n  cap (churn, capacity, transient)\n", ""},
		{"which must not be", "", []string{"--policy", costly, "--fail-on-difference", failures}, exitDifferent, "1 difference\n", "Error: the policies differ: 1 of 2 failures"},
		{"against itself", "", []string{"--policy", costly, "--against", costly, "--fail-on-difference", failures}, 0, "No difference", ""},
		{"against a file", "", []string{"--policy", same, "--against", costly, failures}, 0, "stop needs_person -> wait backing_off: 1\n", ""},
		{"permanent", "", []string{"--policy", hopeful, failures}, exitLasting, "The new policy would retry 1 failure whose cause is permanent:\n  bug ", "Error: the new policy would retry failures whose cause is permanent: 1"},
		{"permanent before different", "", []string{"--policy", hopeful, "--fail-on-difference", failures}, exitLasting, "", "permanent: 1"},
		{"permanent allowed", "", []string{"--policy", hopeful, "--allow-permanent", failures}, 0, "stop permanent_cause -> retry retryable: 1\n", ""},
		{"allowed and different", "", []string{"--policy", hopeful, "--allow-permanent", "--fail-on-difference", failures}, exitDifferent, "", "the policies differ"},
		{"stdin", recordedFailures, []string{"--policy", same, "-", failures}, 0, "4 recorded failures judged", ""},
		{"bad line", "{}\nx", []string{"--policy", same, failures, "-"}, exitError, "", `Error: stdin:2: expected a JSON object, got "x"`},
		{"nothing", "\n", []string{"--policy", same, "-"}, exitError, "", "expected at least one recorded failure"},
		{"no file", "", []string{"--policy", same, failures + ".not"}, exitError, "", "no such file"},
		{"no policy", "", []string{failures}, exitError, "", "Error: --policy: expected "},
		{"no failures", "", []string{"--policy", same}, exitError, "", "expected `mulligan backtest --policy NEW.yaml"},
		{"faulty policy", "", []string{"--policy", faulty, failures}, exitBroken, "", "faulty.yaml:2:8: error: rules: "},
		{"faulty old policy", "", []string{"--policy", same, "--against", faulty, failures}, exitBroken, "", "faulty.yaml:2:8: error: rules: "},
		{"other limits", "", []string{"--policy", same, "--max-retries", "0", failures}, 0, "stop     budget_exhausted           1       1\n", ""},
		{"bad limit", "", []string{"--policy", same, "--max-retries", "-1", failures}, exitError, "", "--max-retries: expected a number from 0, got -1"},
		{"bad age", "", []string{"--policy", same, "--expire-after", "0s", failures}, exitError, "", `"0s" for "--expire-after" flag: expected a time above zero, such as 24h or 7d`},
		{"permanent already", "", []string{"--policy", hopeful, "--against", hopeful, failures}, 0, "Already so: both policies would retry 1 failure whose cause is permanent.\n", ""},
		{"full budgets", "", []string{"--policy", same, failures}, 0, "1 granted a retry without balances: every shared budget is taken as full", ""},
		{"days", `{"age": "6d"}`, []string{"--policy", same, "--expire-after", "5d", "-"}, 0, "stop     expired                    1       1\n", ""},
		{"limits", `{"age": "6d"}`, []string{"--policy", same, "--limits", "MaxRetries=0, ExpireAfter=7d", "-"}, 0, "stop     budget_exhausted           1       1\n", ""},
		{"limits in seconds", `{"age": "6d"}`, []string{"--policy", same, "--limits", "ExpireAfter=600000", "-"}, 0, "wait     backing_off                1       1\n", ""},
		{"no such limit", "", []string{"--policy", same, "--limits", "Retries=1", failures}, exitError, "", `expected a parameter of the template with its value, of MaxRetries, `},
		{"no number", "", []string{"--policy", same, "--limits", "MaxRetries=many", failures}, exitError, "", `MaxRetries: expected a whole number, got "many"`},
		{"no time", "", []string{"--policy", same, "--limits", "BackoffMaxDelay=soon", failures}, exitError, "", `BackoffMaxDelay: expected a time such as 90m, 24h or 7d, got "soon"`},
		{"time of nothing", "", []string{"--policy", same, "--limits", "BackoffMaxDelay=0", failures}, exitError, "", `BackoffMaxDelay: expected a time above zero, got "0"`},
		{"misspelt key", `{"mesage": "x"}`, []string{"--policy", same, "-"}, exitError, "", "stdin:1: mesage: expected a known key: did you mean message?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, code := typed(t, test.stdin, append([]string{"backtest"}, test.args...)...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
				t.Errorf("got exit %d\n%s%s\nwant exit %d, %q and %q", code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
}

func TestBacktestJSON(t *testing.T) {
	costly := onDisk(t, "costly.yaml", noCapacityPolicy)
	stdout, stderr, code := typed(t, recordedFailures, "backtest", "--policy", costly, "--json", "-")
	var got backtest.Result
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	if got.Rows != 2 || got.Differ != 1 || got.Old.Retries != 1 || got.New.Retries != 0 || got.Old.Name != "the built-in policy" || got.New.Name != costly {
		t.Errorf("got %+v", got)
	}
	if len(got.Changes) != 1 || got.Changes[0].Examples[0].NewRule != "costly" || got.Changes[0].Examples[0].Place != "stdin:1" {
		t.Errorf("got %+v", got.Changes)
	}
}
