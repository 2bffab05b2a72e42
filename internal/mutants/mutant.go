package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is one guard taken out.
type mutant struct {
	name  string // unique, area/what
	guard string // what it protects, in a sentence with its invariant
	old   string // in the file, exactly once
	new   string

	file     string // by its path in the repository; in sets it
	by       tests  // that ought to catch it; in sets it where it is not
	explains string // why no test can catch it; "" where one has to
	local    bool   // a condition that DynamoDB Local evaluates, with -e2e
}

// tests are those of one package, by their names.
type tests struct {
	pkg string // such as ./internal/retry
	run string // regexp of their names; "": all of them
	tag string // build tag
}

// in is a part of the table: mutants of one file that the same tests ought to
// catch, unless they say otherwise.
func in(file string, by tests, mutants ...mutant) []mutant {
	for i := range mutants {
		mutants[i].file = file
		if mutants[i].by == (tests{}) {
			mutants[i].by = by
		}
	}
	return mutants
}

// of are the tests of a package: those with such names, or all.
func of(pkg string, run ...string) tests {
	t := tests{pkg: "./internal/" + pkg}
	if len(run) > 0 {
		t.run = "^(" + strings.Join(run, "|") + ")$"
	}
	return t
}

// mutated is the file's text with the guard taken out.
func (m mutant) mutated(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
	if err != nil {
		return nil, fmt.Errorf("mutant %s: %w", m.name, err)
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return nil, fmt.Errorf("mutant %s: its text occurs %d times in %s, expected once: %q", m.name, n, m.file, m.old)
	}
	return []byte(strings.Replace(string(text), m.old, m.new, 1)), nil
}

// check says all that is wrong with a table.
func check(root string, table []mutant) (faults []error) {
	names := map[string]bool{}
	for _, m := range table {
		switch _, err := m.mutated(root); {
		case err != nil:
			faults = append(faults, err)
		case names[m.name]:
			faults = append(faults, fmt.Errorf("mutant %s: the name is taken", m.name))
		case m.old == m.new:
			faults = append(faults, fmt.Errorf("mutant %s: it changes nothing", m.name))
		case !said.MatchString(m.guard):
			faults = append(faults, fmt.Errorf("mutant %s: expected what the guard is for, beginning with its invariant, got %q", m.name, m.guard))
		}
		names[m.name] = true
		if folder, err := os.Stat(filepath.Join(root, m.by.pkg)); err != nil || !folder.IsDir() {
			faults = append(faults, fmt.Errorf("mutant %s: there is no package %s", m.name, m.by.pkg))
		}
		if _, err := regexp.Compile(m.by.run); err != nil {
			faults = append(faults, fmt.Errorf("mutant %s: its tests: %w", m.name, err))
		}
	}
	return faults
}

// said is how a guard's sentence begins.
var said = regexp.MustCompile(`^I([1-9]|1[0-3])(, I([1-9]|1[0-3]))*: \S.{20,}`)
