package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// typed is what a command that needs no account writes, and its exit code.
func typed(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := root(local{})
	var out, problems bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetArgs(args)
	code = exitCode(cmd.Execute())
	return out.String(), problems.String(), code
}

// onDisk is a file with that content.
func onDisk(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const judgedWell = `{"id": "cap", "message": "CapacityError: Unable to provision requested ML compute capacity.", "class": "capacity", "label": "transient"}
{"id": "bug", "message": "AlgorithmError: ExecuteUserScriptError: KeyError: 'label', exit code: 1", "class": "user_code", "label": "permanent"}
`

func TestClassify(t *testing.T) {
	file := onDisk(t, "failures.jsonl", judgedWell)
	broken := `{"id": "wrong", "message": "CapacityError: Unable to provision requested ML compute capacity.", "class": "quota_zero", "label": "permanent"}`
	for _, test := range []struct {
		name, stdin    string
		args           []string
		code           int
		stdout, stderr string // in what is written
	}{
		{"file", "", []string{file}, 0, `{"id":"cap","class":"capacity","label":"transient","rule":"`, ""},
		{"stdin", judgedWell, nil, 0, `{"id":"bug","class":"user_code","label":"permanent","rule":"`, ""},
		{"a dash", judgedWell, []string{"-"}, 0, `{"id":"bug",`, ""},
		{"bad line", judgedWell + "x", nil, exitError, `{"id":"bug",`, `Error: stdin:3: expected a JSON object, got "x"`},
		{"no file", "", []string{file + ".not"}, exitError, "", "failures.jsonl.not: no such file"},
		{"a directory", "", []string{filepath.Dir(file)}, exitError, "", ":1: read: "},
		{"kept", "", []string{"--eval", file}, 0, "pass  classes right ", ""},
		{"broken", broken, []string{"--eval"}, exitBroken, "FAIL  permanent failures read as transient  100.0 %, 1 of 1", "Error: a promise is not kept"},
		{"machines", broken, []string{"--eval", "--json"}, exitBroken, `"broken": true`, "Error: a promise is not kept"},
		{"not judged", `{"id": "a"}`, []string{"--eval"}, exitError, "", "Error: stdin:1: class: expected one of capacity, "},
		{"json alone", "", []string{"--json"}, exitError, "", "--json: expected with --eval"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, code := typed(t, test.stdin, append([]string{"classify"}, test.args...)...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("got exit %d\n%s%s\nwant exit %d, %q and %q", code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
}
