package scenarios

import (
	"fmt"
	"regexp"
	"strings"
)

// A table is docs/scenarios.md as far as it can be held to anything.
type table struct {
	rows   []row
	kinds  map[string]bool // packages, of which it says what kind of test they have
	counts [][2]int        // of the sentence that counts: with a test, in all; scenarios, threats
	faults []string
}

// A row is one scenario or threat.
type row struct {
	number string // 1 to 83, T1 to T22
	tests  []reference
	reason string // why there is no test
	rest   string // what the tests leave open
}

// A reference names a test: `package: TestName/subtest`.
type reference struct{ folder, test, subtest string }

func (r reference) String() string {
	if r.subtest != "" {
		return r.folder + ": " + r.test + "/" + r.subtest
	}
	return r.folder + ": " + r.test
}

const (
	noTest   = "**None:** "
	leftOver = "**But:** "
)

// shortest is the least that a reason takes, in characters: less says nothing.
const shortest = 30

var (
	numbered  = regexp.MustCompile(`^T?[1-9]\d*$`)
	quoted    = regexp.MustCompile("`([^`]*)`")
	spelled   = regexp.MustCompile(`^([a-z0-9/]+): ((?:Test|Fuzz)\w+)(?:/(.+))?$`)
	kind      = regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\| [^|]+ \\|$")
	countings = regexp.MustCompile(`(\d+) of (\d+) (?:scenarios|threats)`)
)

// readTable reads the table. What is not in its form is among the faults.
func readTable(text string) (t table) {
	t.kinds = map[string]bool{}
	for _, found := range kind.FindAllStringSubmatch(text, -1) {
		t.kinds[found[1]] = true
	}
	for _, found := range countings.FindAllStringSubmatch(text, -1) {
		var n [2]int
		fmt.Sscan(found[1]+" "+found[2], &n[0], &n[1])
		t.counts = append(t.counts, n)
	}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if number := strings.TrimSpace(cells[0]); strings.HasPrefix(line, "| ") && numbered.MatchString(number) {
			t.read(number, cells)
		}
	}
	return t
}

func (t *table) read(number string, cells []string) {
	r := row{number: number}
	if len(cells) != 5 {
		t.fault("row %s has %d cells, want 5", number, len(cells))
		return
	}
	for i, cell := range cells {
		if strings.TrimSpace(cell) == "" {
			t.fault("row %s: cell %d is empty", number, i+1)
		}
	}
	covered := strings.TrimSpace(cells[4])
	covered, r.rest, _ = strings.Cut(covered, leftOver)
	covered, r.reason, _ = strings.Cut(covered, noTest)
	for _, found := range quoted.FindAllStringSubmatch(covered, -1) {
		part := spelled.FindStringSubmatch(found[1])
		if part == nil {
			t.fault("row %s: %q is not spelled like a test", number, found[1])
			continue
		}
		r.tests = append(r.tests, reference{part[1], part[2], part[3]})
	}
	if strings.Contains(cells[4], leftOver) && len(r.rest) < shortest {
		t.fault("row %s does not say what its tests leave open", number)
	}
	switch covers := strings.Contains(cells[4], noTest); {
	case covers && len(r.tests) > 0:
		t.fault("row %s has tests, and a reason why there is none", number)
	case covers && len(r.reason) < shortest:
		t.fault("row %s has no test, and does not say why", number)
	case !covers && len(r.tests) == 0:
		t.fault("row %s has neither a test nor a reason", number)
	}
	t.rows = append(t.rows, r)
}

func (t *table) fault(format string, args ...any) {
	t.faults = append(t.faults, fmt.Sprintf(format, args...))
}
