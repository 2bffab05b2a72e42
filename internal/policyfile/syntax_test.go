package policyfile

import (
	"strings"
	"testing"
)

// What people get wrong in YAML is told in their own keys, at the place to mend.
func TestSyntaxFaults(t *testing.T) {
	const rule = "version: 1\nrules:\n  - name: a\n"
	cases := []struct{ name, src, want string }{
		{"a colon in a text", rule + "    message: see runbook: x # why\n", `4:14: error: text that holds ": " must be in quotes; write message: "see runbook: x"`},
		{"a colon and quotes in a text", rule + `    message: see "runbook": x`, `4:14: error: text that holds ": " must be in quotes; write message: 'see "runbook": x'`},
		{"a key too deep below a name", rule + "     when: {class: capacity}\n    verdict: wait\n", "4:6: error: the key when is not indented as name above it is; write when below name, with 4 spaces before it"},
		{"a key not deep enough", rule + "    verdict: wait\n   when: {class: capacity}\n", "5:4: error: the key when is not indented as verdict above it is; write when below verdict, with 4 spaces before it"},
		{"a key below a closed mapping", rule + "    when:\n      class: capacity\n   verdict: wait\n", "6:4: error: the key verdict is not indented as when above it is; write verdict below when, with 4 spaces before it"},
		{"a key too deep at the top", "version: 1\n# why\n mode: off\n", "3:2: error: the key mode is not indented as version above it is; write mode below version, with 0 spaces before it"},
		{"no end quote", rule + "    message: \"abc\n    verdict: wait\n", "4:14: error: the quote that begins here is not closed; write the same quote at the end of the text"},
		{"no end quote before the next", rule + "    message: \"abc\n    verdict: \"wait\"\n", "4:14: error: the quote that begins here is not closed; write the same quote at the end of the text"},
		{"a quote in quotes", rule + "    message: 'don't'\n", `4:19: error: the quote ends before this; write message: "don't"`},
		{"text behind a quote", rule + "    message: \"abc\" x\n", `4:20: error: the quote ends before this; write message: '"abc" x'`},
		{"no closing bracket", rule + "    when: {class: capacity\n    verdict: wait\n", "5:5: error: a bracket is not closed, or a comma is missing; write the bracket that closes, or the comma, here or in the line before"},
		{"no colon", "version: 1\nmode off\n", "2:1: error: a key ends with a colon and a space; write mode: off"},
		{"no space behind the colon", "version:1\nmode: off\n", "1:1: error: a key ends with a colon and a space; write version: 1"},
		{"a backslash in double quotes", rule + `    message: "a \d+ b"`, `4:18: error: in double quotes, "\" begins a character that cannot be typed; write "\\" for a backslash, or put the text in single quotes`},
		{"a reserved character", rule + "    message: @home x # why\n", `4:14: error: YAML keeps the character that this begins with to itself; write it in quotes: "@home x"`},
		{"a pattern without quotes", "version: 1\npipelines:\n  - match: *nightly # all", `3:12: error: "*" begins an alias, which a policy cannot have; put the pattern in quotes: "*nightly"`},
		{"one in a list", "version: 1\npipelines: [{name: a, match: [*a-*, b]}]", `2:31: error: "*" begins an alias, which a policy cannot have; put the pattern in quotes: "*a-*"`},
		{"what nothing here mends", "version: 1\nmessage: |x\n  a\n", `2:10: error: not YAML: invalid header option: "x"; mend the syntax here or in the line before`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, findings := Read("p", []byte(c.src))
			if got := strings.TrimSpace(told(findings)); got != "p:"+c.want {
				t.Errorf("got\n%s\nwant\np:%s", got, c.want)
			}
		})
	}
}

// What is proposed for quoting is YAML that says the same.
func TestProposedQuotesCanBeRead(t *testing.T) {
	for _, text := range []string{"see runbook: x", `see "runbook": x`, `it's "x": y`, `a \d: b`, "*-nightly", "@home"} {
		root, f := parse("a: " + inQuotes(text))
		if f != nil || root.entries[0].value.text != text {
			t.Errorf("%s: got %+v, %v", inQuotes(text), root, f)
		}
	}
}
