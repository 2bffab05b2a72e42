package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulligan/internal/policyfile"
)

func TestPolicyLint(t *testing.T) {
	for _, test := range []struct {
		name, args string
		code       int
		want       string // what the output ends with
	}{
		{"fine", "team.yaml", 0, "team.yaml: 0 errors, 0 warnings\n"},
		{"a warning", "doubtful.yaml", 0, "doubtful.yaml: 0 errors, 1 warning\n"},
		{"a warning, strictly", "--strict doubtful.yaml", 2, "doubtful.yaml: 0 errors, 1 warning\n"},
		{"fine, strictly", "--strict team.yaml", 0, "team.yaml: 0 errors, 0 warnings\n"},
		{"errors", "faulty.yaml", 2, "faulty.yaml: 3 errors, 0 warnings\n"},
		{"several files", "faulty.yaml team.yaml", 2, "team.yaml: 0 errors, 0 warnings\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk()
			t.Chdir(filepath.Join("testdata", "policy"))
			out, problems, code := d.types(t, append([]string{"lint"}, strings.Fields(test.args)...)...)
			if code != test.code || problems != "" || !strings.HasSuffix(out, test.want) {
				t.Errorf("exit %d %s\n%s\nwant exit %d and\n%s", code, problems, out, test.code, test.want)
			}
		})
	}
}

func TestPolicyLintTells(t *testing.T) {
	out, _, _ := newDesk().types(t, "lint", at("faulty.yaml"))
	golden(t, "policy/lint.txt", filepath.ToSlash(out))
}

// Each finding is one line of JSON, and nothing else is.
func TestPolicyLintJSON(t *testing.T) {
	out, problems, code := newDesk().types(t, "lint", "--json", at("faulty.yaml"))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitBroken || problems != "" || len(lines) != 3 {
		t.Fatalf("exit %d %s, want 3 findings\n%s", code, problems, out)
	}
	for _, line := range lines {
		var f policyfile.Finding
		if err := json.Unmarshal([]byte(line), &f); err != nil || f.Line == 0 || f.Severity != policyfile.Error || f.Instead == "" {
			t.Errorf("%s: got %+v, error %v", line, f, err)
		}
	}
}

func TestPolicyLintInput(t *testing.T) {
	d := newDesk()
	d.answers = "version: 1\nbudgets: {execution: 2}\nmode: loud\n"
	out, _, code := d.types(t, "lint", "-")
	if code != exitBroken || !strings.HasPrefix(out, "<stdin>:3:7: error: mode: ") {
		t.Errorf("standard input: exit %d\n%s", code, out)
	}
	hostile := filepath.Join(t.TempDir(), "a\x1b[2J.yaml")
	if err := os.WriteFile(hostile, []byte("version: 1\n\x1b[2J"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code = d.types(t, "lint", hostile)
	if code != exitBroken || strings.Contains(out, "\x1b") {
		t.Errorf("hostile file: exit %d\n%q", code, out)
	}
	_, problems, code := d.types(t, "lint", "none.yaml")
	if want := "Error: read policy none.yaml: no such file or directory\n"; code != exitError || problems != want {
		t.Errorf("no file: exit %d %q, want %q", code, problems, want)
	}
}
