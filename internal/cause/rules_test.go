package cause

import (
	"slices"
	"strings"
	"testing"
)

// TestRuleExamples wants every rule's own example to match that rule and no
// earlier one, so that no rule is dead and the order is what the tables say.
func TestRuleExamples(t *testing.T) {
	for _, table := range tables {
		for _, r := range table {
			t.Run(r.name, func(t *testing.T) {
				stepType := ""
				if r.name == "fail_step" {
					stepType = "Fail"
				}
				got := ReadReason(r.example, stepType)
				if got.Rule != r.name || got.Class != r.class || got.Label != r.label {
					t.Errorf("%q: got rule %q, %s %s; want %q, %s %s", r.example, got.Rule, got.Label, got.Class, r.name, r.label, r.class)
				}
			})
		}
	}
}

// TestRulesAreWhole checks the tables' form: what a phrase or code that is
// written wrongly would silently never match.
func TestRulesAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, table := range tables {
		for _, r := range table {
			if r.name == "" || r.class == "" || r.label == "" || r.source == "" || r.example == "" {
				t.Errorf("rule %q: a field is missing", r.name)
			}
			if names[r.name] {
				t.Errorf("rule %q is there twice", r.name)
			}
			names[r.name] = true
			for _, p := range slices.Concat(r.says, r.and, r.unless, r.like) {
				if p == "" || p != lower(p) || strings.TrimSpace(p) != p || strings.Contains(p, "  ") || strings.Trim(p, "~* ") == "" {
					t.Errorf("rule %q: phrase %q is not as find reads it", r.name, p)
				}
			}
			for _, c := range slices.Concat(r.codes, r.raised) {
				if c != lower(c) || strings.ContainsAny(c, " .:") || strings.HasSuffix(c, "exception") {
					t.Errorf("rule %q: code %q is not as code.name is written", r.name, c)
				}
			}
		}
	}
}

// TestOrderOfEvidence checks that no rule for a passing fault stands before or
// among those for lasting and doubtful ones.
func TestOrderOfEvidence(t *testing.T) {
	for _, table := range [][]rule{toldApart, refusals, exhausted, absent, userFaults, doubtful, shapes} {
		for _, r := range table {
			if r.label == Transient {
				t.Errorf("rule %q is transient, but stands among lasting or doubtful evidence", r.name)
			}
		}
	}
	for _, r := range bare {
		if r.label == Transient {
			t.Errorf("rule %q is transient on the shell of a message", r.name)
		}
	}
}
