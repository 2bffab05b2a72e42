package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// whole is a small table that agrees with these tests.
const whole = "3 of 4 scenarios and 1 of 1 threats have a test.\n\n" +
	"| package | kind |\n| --- | --- |\n| `walk` | in memory |\n| `e2e/far` | deployed |\n\n" +
	"| # | scenario | outcome | invariants | covered by |\n| --- | --- | --- | --- | --- |\n" +
	"| 1 | twice | once | I1 | `walk: TestScenario1Twice/at once`, `e2e/far: TestFar` |\n" +
	"| 2 | late | never | I2 | `walk: TestScenarios2And3Late/wake 7, late` **But:** what is later than an hour is not tried. |\n" +
	"| 3 | early | never | – | `walk: TestScenarios2And3Late`, `walk: TestHelped/by a helper` |\n" +
	"| 4 | lost | found | – | **None:** nothing here can lose anything, as far as we know. |\n" +
	"| T1 | forged | ignored | I1 | `walk: TestThreatT1Forged`, `walk: FuzzForged` |\n"

var files = map[string]string{
	"walk": `package walk
import "testing"
func TestScenario1Twice(t *testing.T) { t.Run("at once", nil) }
func TestScenarios2And3Late(t *testing.T) { for i := range 9 { t.Run(fmt.Sprintf("wake %d, late", i), nil) } }
func TestHelped(t *testing.T) { new(rig).helped(t) }
func (r *rig) helped(t *testing.T) { for name := range table { t.Run(name, nil) } }
var table = map[string]int{"by a helper": 1}
func TestThreatT1Forged(t *testing.T) {}
func FuzzForged(f *testing.F) {}
func (r *rig) TestNone(t *testing.T) {}
`,
	"e2e/far": "//go:build e2e\n\npackage far\nimport \"testing\"\nfunc TestFar(t *testing.T) {}\n",
}

// TestCheckCanFail breaks the table or the tests in one way each.
func TestCheckCanFail(t *testing.T) {
	tests := []struct {
		name     string
		in       string // a package of tests; empty: the table
		old, new string
		want     []string
	}{
		{"nothing", "", "", "", nil},
		{"a row is missing", "", "| 4 | lost", "| four | lost", []string{"row 4 is missing"}},
		{"a row is there twice", "", "| 4 | lost", "| 3 | lost", []string{"row 3 is there twice", "row 4 is missing", "row 3 does not list walk: TestScenarios2And3Late"}},
		{"a row of nothing", "", "| 4 | lost", "| 5 | lost", []string{"row 5 is of nothing", "row 4 is missing"}},
		{"a cell is empty", "", "| late | never |", "| late |  |", []string{"row 2: cell 3 is empty"}},
		{"a cell too many", "", "| late | never |", "| late | never | ever |", []string{"row 2 has 6 cells", "row 2 is missing", "is named after 2, of which there is no row", "it counts"}},
		{"the reason is empty", "", "nothing here can lose anything, as far as we know.", "", []string{"row 4 has no test, and does not say why"}},
		{"the reason says nothing", "", "nothing here can lose anything, as far as we know.", "not needed.", []string{"row 4 has no test, and does not say why"}},
		{"neither test nor reason", "", "**None:** nothing here", "nothing here", []string{"row 4 has neither a test nor a reason"}},
		{"a reason beside tests", "", "`walk: TestThreatT1Forged`", "`walk: TestThreatT1Forged` **None:** forging is too hard for anybody.", []string{"row T1 has tests, and a reason"}},
		{"the rest is not said", "", "what is later than an hour is not tried.", "", []string{"row 2 does not say what its tests leave open"}},
		{"a test that is spelled otherwise", "", "`walk: FuzzForged`", "`FuzzForged`", []string{`row T1: "FuzzForged" is not spelled like a test`}},
		{"a test that is not there", "", "`e2e/far: TestFar`", "`e2e/far: TestNear`", []string{"row 1: there is no test e2e/far: TestNear"}},
		{"a package that is not there", "", "`e2e/far: TestFar`", "`e2e/near: TestFar`", []string{"row 1: there is no test e2e/near: TestFar"}},
		{"a method", "", "`e2e/far: TestFar`", "`walk: TestNone`", []string{"row 1: there is no test walk: TestNone"}},
		{"a package of no kind", "", "| `e2e/far` | deployed |", "", []string{"row 1: the table does not say what the tests of e2e/far are"}},
		{"a subtest that is not there", "", "/at once", "/at twice", []string{"row 1: nothing is called like the subtest of walk: TestScenario1Twice/at twice"}},
		{"a subtest of another test", "", "/at once", "/by a helper", []string{"row 1: nothing is called like the subtest"}},
		{"a formatted subtest", "", "/wake 7, late", "/wake 7, early", []string{"row 2: nothing is called like the subtest"}},
		{"a row that does not list its test", "", "`walk: TestScenarios2And3Late`, `walk: TestHelped/by a helper`", "`walk: TestHelped`", []string{"row 3 does not list walk: TestScenarios2And3Late"}},
		{"a wrong count", "", "3 of 4 scenarios", "4 of 4 scenarios", []string{"it counts"}},
		{"no count", "", "3 of 4 scenarios", "some scenarios", []string{"it counts"}},
		{"a test is renamed", "e2e/far", "TestFar", "TestFarther", []string{"row 1: there is no test e2e/far: TestFar"}},
		{"a numbered test is renamed", "walk", "TestThreatT1Forged", "TestThreatT1False", []string{"row T1: there is no test walk: TestThreatT1Forged", "row T1 does not list walk: TestThreatT1False"}},
		{"a test that is not listed", "walk", "func TestHelped", "func TestScenarios3To4More(t *testing.T) {}\nfunc TestHelped", []string{"row 3 does not list walk: TestScenarios3To4More", "row 4 does not list walk: TestScenarios3To4More"}},
		{"a test of a number too high", "walk", "func TestHelped", "func TestScenario84More(t *testing.T) {}\nfunc TestHelped", []string{"is named after 84, of which there is no row"}},
		{"a subtest is renamed", "walk", `"by a helper": 1`, `"by somebody": 1`, []string{"row 3: nothing is called like the subtest of walk: TestHelped/by a helper"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, tests := whole, code{}
			for folder, file := range files {
				if folder == test.in {
					file = strings.Replace(file, test.old, test.new, 1)
				}
				if err := tests.add(folder, folder, file); err != nil {
					t.Fatal(err)
				}
			}
			if test.in == "" {
				text = strings.Replace(text, test.old, test.new, 1)
			}
			if text == whole && test.in == "" && test.old != "" {
				t.Fatalf("there is no %q to replace", test.old)
			}
			got := check(readTable(text), tests, 4, 1)
			for _, want := range test.want {
				if !slices.ContainsFunc(got, func(fault string) bool { return strings.Contains(fault, want) }) {
					t.Errorf("got %q, want a fault that says %q", got, want)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %d faults %q, want %d", len(got), got, len(test.want))
			}
		})
	}
}

// TestNamedAfter reads numbers from names.
func TestNamedAfter(t *testing.T) {
	for name, want := range map[string][]string{
		"TestScenario5X": {"5"}, "TestScenarios15And16And34X": {"15", "16", "34"}, "TestScenarios11To13X": {"11", "12", "13"},
		"TestScenarios1And3To5X": {"1", "3", "4", "5"}, "TestThreatT19X": {"T19"}, "TestThreatsT1AndT2X": {"T1", "T2"},
		"TestScenario": nil, "TestScenariosOfTwo": nil, "TestThreat3": nil, "TestX": nil,
	} {
		if got := namedAfter(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
