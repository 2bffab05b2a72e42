package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/simulate"
)

// A seed's run is told the same each time, and so are the totals of many.
func TestSimulateAgain(t *testing.T) {
	for _, args := range []string{"--seed 7", "--seed 7 --runs 20", "--runs 20 --safety", "--seed 3 --runs 2 --timeline --json"} {
		once, problems, code := typed(t, "", append([]string{"simulate"}, strings.Fields(args)...)...)
		twice, _, _ := typed(t, "", append([]string{"simulate"}, strings.Fields(args)...)...)
		if code != 0 || problems != "" || once == "" || once != twice {
			t.Errorf("%s: exit %d, %s\ngot\n%s\nand then\n%s", args, code, problems, once, twice)
		}
	}
}

// What is told is what internal/simulate comes to with the same options.
func TestSimulateAsked(t *testing.T) {
	policy := onDisk(t, "patient.yaml", "version: 1\nbudgets: {execution: 2}\n")
	source, err := os.ReadFile(policy)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := simulate.Compile("patient.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args        []string
		options     simulate.Options
		first       uint64
		runs, lines int // of the timeline; -1: as many as that run has
	}{
		{[]string{"--runs", "12"}, simulate.Options{}, 1, 12, 0},
		{[]string{"--runs", "230"}, simulate.Options{}, 1, 230, 0},
		{[]string{"--seed", "7"}, simulate.Options{}, 7, 1, -1},
		{[]string{"--seed", "7", "--runs", "5"}, simulate.Options{}, 7, 5, 0},
		{[]string{"--seed", "7", "--runs", "5", "--timeline"}, simulate.Options{}, 7, 5, -1},
		{[]string{"--seed", "7", "--safety"}, simulate.Options{Safety: true}, 7, 1, -1},
		{[]string{"--seed", "7", "--runs", "5", "--policy", policy}, simulate.Options{Policy: compiled}, 7, 5, 0},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			want := simulate.RunMany(t.Context(), test.options, test.first, test.runs, 2, false)
			code := 0
			if want.Broken > 0 {
				code = exitBroken
			}
			got := simulatedBy(t, code, test.args...)
			if test.lines < 0 {
				test.lines = len(simulate.Run(test.options, test.first, true).Timeline)
			}
			if got.Totals.Runs != test.runs || got.Totals.Calls != want.Totals.Calls || got.Totals.Retries != want.Totals.Retries || got.Digest != fmt.Sprintf("%016x", want.Digest) || len(got.Timeline) != test.lines {
				t.Errorf("got %+v and %d lines\nwant %+v and %d", got.Totals, len(got.Timeline), want.Totals, test.lines)
			}
			if len(got.Invariants) != len(simulate.Invariants) || got.Broken != want.Broken || len(got.Failed) != len(want.Failed) {
				t.Errorf("got %+v, %d broken, %+v", got.Invariants, got.Broken, got.Failed)
			}
		})
	}
}

func simulatedBy(t *testing.T, want int, args ...string) (got simulated) {
	t.Helper()
	stdout, stderr, code := typed(t, "", append([]string{"simulate", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != want {
		t.Fatalf("%v: exit %d, %v\n%s%s", args, code, err, stdout, stderr)
	}
	return got
}

// Without a guard it fails: it names what is broken and the seed, tells the shortest
// timeline, and the command that it names shows the same again.
func TestSimulateBroken(t *testing.T) {
	page, problems, code := typed(t, "", "simulate", "--runs", "60", "--without", "claim")
	first := regexp.MustCompile(`(?m)^I5 IS BROKEN: .*\n  with seed (\d+), at .*\n(?:  seeds .*\n)?  again: mulligan (.*)$`).FindStringSubmatch(page)
	if code != exitBroken || first == nil || !strings.Contains(page, "  WITHOUT claim: ") || !strings.Contains(page, "\n  I5       BROKEN in ") {
		t.Fatalf("exit %d, %s\n%s", code, problems, page)
	}
	if want := "Error: a promise is not kept: in "; !strings.HasPrefix(problems, want) || !strings.HasSuffix(problems, "the first is I5 with seed "+first[1]+"\n") {
		t.Errorf("got %s, want it to begin with %s and to name seed %s", problems, want, first[1])
	}
	again, _, code := typed(t, "", strings.Fields(first[2])...)
	_, shortest, found := strings.Cut(page, "\nThe shortest run that was found to break I5: that of seed "+first[1])
	if _, same, _ := strings.Cut(again, "\nThe shortest run that was found to break I5: that of seed "+first[1]); code != exitBroken || !found || shortest != same {
		t.Errorf("%s: exit %d\n%s\nwant\n%s", first[2], code, again, page)
	}
	whole := simulatedBy(t, exitBroken, append(strings.Fields(first[2])[1:], "--timeline")...)
	if last := len(whole.Shortest); last == 0 || last > len(whole.Timeline) || whole.Failed[0].Invariant != simulate.I5 {
		t.Errorf("got %d lines, the shortest of %d, and %+v", len(whole.Timeline), last, whole.Failed)
	}
}

// What cannot be seen broken is not told to have held.
func TestSimulateUnwatched(t *testing.T) {
	got := simulatedBy(t, 0, "--runs", "1", "--safety")
	for _, row := range got.Invariants {
		if want := row.Name == simulate.I3 || row.Name == simulate.Missed; (row.Unwatched != "") != want {
			t.Errorf("got %+v, want unwatched %t", row, want)
		}
	}
}

func TestSimulateTypedWrong(t *testing.T) {
	faulty := onDisk(t, "faulty.yaml", "version: 1\nrules: 7\n")
	for _, test := range []struct {
		args string
		code int
		want string // on stderr
	}{
		{"--without fense", exitError, `Error: --without: expected a guard, got "fense": did you mean fence?` + "\nThe guards, and what it means to be without them:\n  fence "},
		{"--without=", exitError, `Error: --without: expected a guard, got ""` + "\n"},
		{"--seed x", exitError, `invalid argument "x" for "--seed" flag: expected a whole number from 0, such as 7`},
		{"--seed -1", exitError, `"--seed" flag: expected a whole number from 0`},
		{"--runs 0", exitError, `invalid argument "0" for "--runs" flag: expected a whole number from 1, such as 500`},
		{"--runs many", exitError, `"--runs" flag: expected a whole number from 1`},
		{"--policy none.yaml", exitError, "Error: read policy none.yaml: no such file or directory"},
		{"--policy=", exitError, "Error: read policy"},
		{"--policy " + faulty, exitBroken, "faulty.yaml:2:8: error: rules: "},
		{"--sede 7", exitError, "unknown flag: --sede: did you mean --seed?"},
		{"7", exitError, "expected `mulligan simulate [flags]`, got \"7\""},
	} {
		t.Run(test.args, func(t *testing.T) {
			stdout, stderr, code := typed(t, "", append([]string{"simulate"}, strings.Fields(test.args)...)...)
			if code != test.code || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("got exit %d\n%s%s\nwant exit %d and %s", code, stdout, stderr, test.code, test.want)
			}
		})
	}
}

// Help names every guard.
func TestSimulateHelp(t *testing.T) {
	help, _, _ := typed(t, "", "simulate", "--help")
	for _, g := range simulate.Guards {
		if !strings.Contains(help, "\n  "+g.Name+" ") || !strings.Contains(help, g.Meaning) {
			t.Errorf("%s is not in\n%s", g.Name, help)
		}
	}
}

// Who interrupts it gets what there is, and no success.
func TestSimulateInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := root(local{})
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetArgs([]string{"simulate", "--runs", "2000"})
	code := exitCode(cmd.ExecuteContext(ctx))
	if want := "Error: interrupted after 0 of 2,000 runs\n"; code != exitError || problems.String() != want || !strings.Contains(out.String(), "  INTERRUPTED after 0 runs: ") {
		t.Errorf("exit %d, %s\n%s\nwant %s", code, problems.String(), out.String(), want)
	}
}

// A file's name is somebody else's text, and so is what stands in it.
func TestSimulateHostile(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		path := filepath.Join(t.TempDir(), "a\x1b[2J\u202e.yaml")
		quoted, err := json.Marshal(strings.ToValidUTF8(text[:min(len(text), 200)], ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{text, "version: 1\nbudgets: {execution: 3}\nrules:\n  - {name: a, verdict: stop, message: " + string(quoted) + "}\n"} {
			if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range []string{"--seed 7", "--seed 7 --json"} {
				out, problems, _ := typed(t, "", append([]string{"simulate", "--policy", path}, strings.Fields(args)...)...)
				showable(t, name, out, problems)
			}
		}
	}
}
