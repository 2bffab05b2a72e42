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
		for _, r := range table.rules {
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
		for _, r := range table.rules {
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
	seen := passing
	for _, table := range tables {
		for _, r := range table.rules {
			if r.label == Transient && table.standing != passing {
				t.Errorf("rule %q is transient, but does not stand among the passing faults", r.name)
			}
		}
		if table.standing == passing {
			seen = weak
		}
		if seen == weak && table.standing != passing && table.standing != weak {
			t.Error("a table of lasting or doubtful evidence stands behind one of passing faults")
		}
	}
}

// TestRules wants all rules told, and each state rule's example to be read by it.
func TestRules(t *testing.T) {
	n := len(states)
	for _, table := range tables {
		n += len(table.rules)
	}
	all := Rules()
	if len(all) != n {
		t.Errorf("%d rules, want %d", len(all), n)
	}
	for _, r := range all[n-len(states):] {
		got, ok := readState(r.Example, "Training")
		if !ok || got.Rule != r.Name || got.Class != r.Class || got.Label != r.Label {
			t.Errorf("%q: got %+v, want rule %+v", r.Example, got, r)
		}
	}
}
