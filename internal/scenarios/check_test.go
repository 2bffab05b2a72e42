package scenarios

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// How many there are of each.
const (
	scenarios = 83
	threats   = 22
)

// TestTableAgreesWithTests holds docs/scenarios.md to the tests, and the tests that
// are named after a scenario or a threat to it.
func TestTableAgreesWithTests(t *testing.T) {
	text, err := os.ReadFile(root + "/docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := readCode()
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) < 30 {
		t.Fatalf("found tests in %d packages only", len(tests))
	}
	for _, fault := range check(readTable(string(text)), tests, scenarios, threats) {
		t.Error(fault)
	}
}

// check is everything about which the table and the tests disagree.
func check(t table, tests code, scenarios, threats int) []string {
	numbers := append(counted("", scenarios), counted("T", threats)...)
	byNumber := map[string]row{}
	for _, r := range t.rows {
		if _, twice := byNumber[r.number]; twice {
			t.fault("row %s is there twice", r.number)
		}
		if !slices.Contains(numbers, r.number) {
			t.fault("row %s is of nothing that there is", r.number)
		}
		byNumber[r.number] = r
		t.exist(r, tests)
	}
	for _, number := range numbers {
		if _, there := byNumber[number]; !there {
			t.fault("row %s is missing", number)
		}
	}
	t.listed(byNumber, tests)
	t.count(scenarios, threats)
	return t.faults
}

// exist checks that the tests of a row are there.
func (t *table) exist(r row, tests code) {
	for _, ref := range r.tests {
		switch {
		case !slices.Contains(tests.tests(ref.folder), ref.test):
			t.fault("row %s: there is no test %s", r.number, ref)
		case ref.subtest != "" && !tests.says(ref.folder, ref.test, ref.subtest):
			t.fault("row %s: nothing is called like the subtest of %s", r.number, ref)
		case !t.kinds[ref.folder]:
			t.fault("row %s: the table does not say what the tests of %s are", r.number, ref.folder)
		}
	}
}

// listed checks that a test stands in the row of every number that it is named after.
func (t *table) listed(byNumber map[string]row, tests code) {
	for folder := range tests {
		for _, test := range tests.tests(folder) {
			for _, number := range namedAfter(test) {
				r, there := byNumber[number]
				lists := slices.ContainsFunc(r.tests, func(ref reference) bool { return ref.folder == folder && ref.test == test })
				if there && !lists {
					t.fault("row %s does not list %s", number, reference{folder: folder, test: test})
				} else if !there {
					t.fault("%s is named after %s, of which there is no row", reference{folder: folder, test: test}, number)
				}
			}
		}
	}
}

// count checks the sentence that counts.
func (t *table) count(scenarios, threats int) {
	want := [][2]int{{0, scenarios}, {0, threats}}
	for _, r := range t.rows {
		if len(r.tests) > 0 {
			want[strings.Count(r.number, "T")][0]++
		}
	}
	if fmt.Sprint(t.counts) != fmt.Sprint(want) {
		t.fault("it counts %v with a test, want %v", t.counts, want)
	}
}

// counted are the numbers from 1 on.
func counted(letter string, n int) (numbers []string) {
	for i := range n {
		numbers = append(numbers, letter+strconv.Itoa(i+1))
	}
	return numbers
}

var (
	named  = regexp.MustCompile(`^Test(?:Scenarios?|Threats?(T))(\d+)((?:(?:And|To)T?\d+)*)`)
	joined = regexp.MustCompile(`(And|To)T?(\d+)`)
)

// namedAfter are the numbers in the name of a test: TestScenario5X,
// TestScenarios11To13X, TestThreatsT1AndT2X.
func namedAfter(test string) (numbers []string) {
	parts := named.FindStringSubmatch(test)
	if parts == nil {
		return nil
	}
	last, _ := strconv.Atoi(parts[2])
	all := []int{last}
	for _, more := range joined.FindAllStringSubmatch(parts[3], -1) {
		next, _ := strconv.Atoi(more[2])
		for more[1] == "To" && last+1 < next {
			last++
			all = append(all, last)
		}
		all, last = append(all, next), next
	}
	for _, n := range all {
		numbers = append(numbers, parts[1]+strconv.Itoa(n))
	}
	return numbers
}
