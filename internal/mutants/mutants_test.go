package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The table must not rot: every text is where it was, once, and every guard says
// what it is for.
func TestTable(t *testing.T) {
	table := all()
	for _, err := range check("../..", table) {
		t.Error(err)
	}
	protocol := 0
	for _, m := range table {
		if strings.HasPrefix(m.file, "internal/retry/") || strings.HasPrefix(m.file, "internal/ledger/") {
			protocol++
		}
	}
	if len(table) < 200 || protocol*10 < len(table)*6 {
		t.Errorf("got %d mutants, %d of them of the protocol and the ledger; want 200 and three fifths", len(table), protocol)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	good := mutant{name: "a/b", guard: "I2: one failure is retried once at the most", old: "return n < most", new: "return true", file: "guard/guard.go", by: tests{pkg: "./guard"}}
	for want, change := range map[string]func(*mutant){
		"occurs 0 times":        func(m *mutant) { m.old = "return n > most" },
		"occurs 2 times":        func(m *mutant) { m.old = "return" },
		"no such file":          func(m *mutant) { m.file = "guard/gone.go" },
		"changes nothing":       func(m *mutant) { m.new = m.old },
		"what the guard is for": func(m *mutant) { m.guard = "it is good for something" },
		"no package":            func(m *mutant) { m.by.pkg = "./gone" },
		"its tests":             func(m *mutant) { m.by.run = "(" },
	} {
		bad := good
		change(&bad)
		faults := check(fixture(t), []mutant{bad})
		if len(faults) == 0 || !strings.Contains(faults[0].Error(), want) || !strings.Contains(faults[0].Error(), "a/b") {
			t.Errorf("got %v, want mutant a/b and %q", faults, want)
		}
	}
	if faults := check(fixture(t), []mutant{good, good}); len(faults) != 1 || !strings.Contains(faults[0].Error(), "the name is taken") {
		t.Errorf("one name twice: got %v", faults)
	}
}

const guarded = `package guard

func May(n, most int) bool {
	if most < 0 {
		most = 0
	}
	return n < most
}

func Even(n int) bool { return n%2 == 0 }
`

const guardTest = `package guard

import "testing"

func TestOther(t *testing.T) {}

func TestMay(t *testing.T) {
	t.Run("spent", func(t *testing.T) {
		if May(3, 3) || !May(2, 3) {
			t.Error("one too many or too few")
		}
	})
}
`

// fixture is a module with one guard, which one test minds.
func fixture(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "guard"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module mulligan\n\ngo 1.26\n", "guard/guard.go": guarded, "guard/guard_test.go": guardTest} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// What becomes of a mutant is told as it is, and only one that is caught or
// explained is no error.
func TestVerdicts(t *testing.T) {
	l := lab{root: fixture(t), dir: t.TempDir(), timeout: time.Minute}
	made := func(name, old, new, explains string) mutant {
		return mutant{name: name, guard: "I1: no more than it may have", old: old, new: new, explains: explains, file: "guard/guard.go", by: tests{pkg: "./guard"}}
	}
	tests := []struct {
		mutant mutant
		fate   fate
		told   string
	}{
		{made("caught", "n < most", "n <= most", ""), caught, "caught by guard.TestMay/spent"},
		{made("survives", "most < 0", "most < -1", ""), survived, "SURVIVED ./guard"},
		{made("explained", "most = 0", "most = -1", "n is never below zero"), explained, "survives: n is never below zero"},
		{made("not-explained", "n < most", "true", "nobody minds"), broken, "it is said to survive, and is caught by guard.TestMay/spent"},
		{made("does-not-compile", "n < most", "n < least", ""), broken, "does not compile"},
	}
	for _, test := range tests {
		v := l.try(t.Context(), test.mutant)
		if v.fate != test.fate || !strings.Contains(v.String(), test.told) {
			t.Errorf("got %d, %s; want %d, %s", v.fate, v, test.fate, test.told)
		}
	}
}

// One that survives is an error of the whole, after all were tried.
func TestReport(t *testing.T) {
	l := lab{root: fixture(t), dir: t.TempDir(), timeout: time.Minute}
	table := []mutant{
		{name: "survives", guard: "I1: no more than it may have", old: "most < 0", new: "most < -1", file: "guard/guard.go", by: tests{pkg: "./guard"}},
		{name: "caught", guard: "I1: no more than it may have", old: "n < most", new: "n <= most", file: "guard/guard.go", by: tests{pkg: "./guard"}},
	}
	var out strings.Builder
	err := l.report(t.Context(), &out, table, options{abreast: 2, verbose: true})
	if err == nil || !strings.Contains(out.String(), "1 caught, 0 explained, 1 survived") {
		t.Errorf("got error %v and\n%s", err, out.String())
	}
	if survives, caught := strings.Index(out.String(), "SURVIVED"), strings.Index(out.String(), "caught by guard.TestMay"); survives < 0 || caught < survives {
		t.Errorf("not in the order of the table:\n%s", out.String())
	}
}

// Without tests that pass there is nothing to catch a mutant.
func TestBaseline(t *testing.T) {
	m := mutant{name: "a/b", guard: "I1: no more than it may have", old: "n < most", new: "true", file: "guard/guard.go", by: tests{pkg: "./guard", run: "^TestMay$"}}
	l := lab{root: fixture(t), dir: t.TempDir(), timeout: time.Minute}
	renamed := m
	renamed.by.run = "^TestGone$"
	if err := l.baseline(t.Context(), []mutant{m, renamed}); err == nil || !strings.Contains(err.Error(), "no test of ./guard is called ^TestGone$") {
		t.Errorf("a test that is gone: got %v", err)
	}
	path := filepath.Join(l.root, "guard/guard.go")
	if err := os.WriteFile(path, []byte(strings.Replace(guarded, "n < most", "n <= most", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.baseline(t.Context(), []mutant{m}); err == nil || !strings.Contains(err.Error(), "guard.TestMay/spent fails without any mutant") {
		t.Errorf("a test that fails: got %v", err)
	}
}
