package explain

import (
	"strings"
	"unicode/utf8"
)

// shownNames are the policy's steps as people are told them; --json keeps the
// words of the code.
var shownNames = map[string]string{
	"mode":             "held back by the mode",
	"gone":             "gone",
	"doubt":            "view in doubt",
	"moved_on":         "moved on",
	"on_record":        "dealt with before",
	"newer_success":    "newer success",
	"outcome":          "how a retry ended",
	"not_failed":       "did not fail",
	"hold":             "held by a person",
	"breaker":          "behind a breaker",
	"age":              "too old",
	"person":           "stopped by a person",
	"fail_step":        "a Fail step",
	"side_effects":     "side effects",
	"same_failure":     "same failure again",
	"rule_retries":     "the rule's retries",
	"rule_age":         "the rule's age",
	"execution_budget": "execution's budget",
	"shared_budgets":   "shared budgets",
}

// judgement tells the policy, and every step in its order.
func (t *Story) judgement(p *page) {
	if t.Policy == nil {
		return
	}
	p.heading("The policy in force")
	p.field("from", t.Policy.From)
	p.field("version", t.Policy.Version+", mode "+string(t.Policy.Mode))
	p.field("stack's limits", t.Policy.Limits)
	p.field("problem", t.Policy.Problem)
	if len(t.Tried) == 0 {
		return
	}
	p.heading("Step by step, in the order in which it was judged")
	width := 0
	for _, step := range t.Tried {
		width = max(width, utf8.RuneCountInString(step.shown()))
	}
	width = min(width, 40)
	for _, step := range t.Tried {
		p.hang("  "+pad(step.Kind, 6)+pad(step.shown(), width+2)+pad(step.outcome(), 10), step.why())
	}
}

// shown is the name of the step; a rule's with where it stands.
func (s Tried) shown() string {
	switch name, known := shownNames[s.Name]; {
	case s.Kind != "rule" && known:
		return name
	case s.Place == ofBuiltin:
		return s.Name + " (" + s.Place + ")"
	default:
		return s.Name
	}
}

func (s Tried) outcome() string {
	switch {
	case !s.Applies:
		return "no:"
	case s.Kind == "rule":
		return "matches:"
	default:
		return "applies:"
	}
}

// why says it, with the place of a rule that people wrote.
func (s Tried) why() string {
	why := strings.TrimPrefix(s.Why, "it matches: ")
	if s.Place != "" && s.Place != ofBuiltin {
		why += " (" + s.Place + ")"
	}
	return why
}
