package policyfile

import (
	"cmp"

	"mulligan/internal/policy"
)

// placed is a rule and where it stands in the document.
type placed struct {
	rule *policy.Rule
	path string
}

func placedRules(rules []policy.Rule, path string) []placed {
	all := make([]placed, len(rules))
	for i := range rules {
		all[i] = placed{&rules[i], index(path, i)}
	}
	return all
}

// sectionFor is the section that holds for a pipeline, -1 without one: the first
// that names it.
func sectionFor(d *policy.Document, pipeline string) int {
	for i, s := range d.Pipelines {
		for _, pattern := range s.Pipelines {
			if policy.Match(pattern, pipeline) {
				return i
			}
		}
	}
	return -1
}

// rulesFor are the file's rules for a pipeline in the order in which they are
// tried.
func (f *File) rulesFor(pipeline string) (all []placed) {
	if i := sectionFor(f.Document, pipeline); i >= 0 {
		all = placedRules(f.Document.Pipelines[i].Rules, index("pipelines", i)+".rules")
	}
	return append(all, placedRules(f.Document.Rules, "rules")...)
}

// sectionTerms are the document's terms under a section's. Lists and budgets are
// taken whole, as policy does.
func sectionTerms(d, s policy.Terms) policy.Terms {
	t := s
	t.BackOff = joined(s.BackOff, d.BackOff)
	if t.Mode == "" {
		t.Mode = d.Mode
	}
	if t.Superseded == nil {
		t.Superseded = d.Superseded
	}
	if t.ExpireAfter == 0 {
		t.ExpireAfter = d.ExpireAfter
	}
	if t.SideEffects == nil {
		t.SideEffects = d.SideEffects
	}
	if t.Scarce == nil {
		t.Scarce = d.Scarce
	}
	t.Breaker = joinedBreaker(s.Breaker, d.Breaker)
	for _, b := range []struct{ own, other *policy.Budget }{
		{&t.Budgets.Execution, &d.Budgets.Execution}, {&t.Budgets.Pipeline, &d.Budgets.Pipeline}, {&t.Budgets.Account, &d.Budgets.Account},
	} {
		if !b.own.Set {
			*b.own = *b.other
		}
	}
	return t
}

func joinedBreaker(b, other policy.Breaker) policy.Breaker {
	if b.Executions == nil {
		b.Executions = other.Executions
	}
	b.Within = cmp.Or(b.Within, other.Within)
	return b
}

// joined takes what b does not set from the other one.
func joined(b, other policy.BackOff) policy.BackOff {
	if b.First == 0 {
		b.First = other.First
	}
	if b.Longest == 0 {
		b.Longest = other.Longest
	}
	return b
}
