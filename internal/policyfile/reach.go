package policyfile

import (
	"fmt"
	"slices"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
)

// reach looks for rules that never get a turn. Each check is sound: what it
// tells is so for every failure, what it cannot prove it does not tell.
func (l *linter) reach() {
	of := placedRules(l.d.Rules, "rules")
	for i, r := range of {
		if l.faulty[r.path] {
			continue
		}
		if by := l.shadow(of[:i], r, r.rule.When.Pipelines); by != "" {
			l.unreachable(r, by)
		} else if by := l.sectionsShadow(r); by != "" {
			l.unreachable(r, by)
		}
	}
	for i := range l.d.Pipelines {
		if path := index("pipelines", i); !l.faulty[path] {
			l.reachSection(&l.d.Pipelines[i], path)
		}
	}
}

// unreachable is a warning, not an error: see the package comment.
func (l *linter) unreachable(r placed, by string) {
	l.warn(r.path, "rule "+r.rule.Name+" never gets a turn: "+by, "move it up, narrow what is before it, or leave it out")
}

// reachSection looks at the rules of a section, which see its pipelines alone.
func (l *linter) reachSection(s *policy.Section, path string) {
	of := placedRules(s.Rules, path+".rules")
	for i, r := range of {
		own := r.rule.When.Pipelines
		if l.outside(s.Pipelines, own) {
			l.fail(r.path+".when.pipeline", "no pipeline of section "+s.Name+" has such a name", "leave the condition out, or move the rule out of the section")
			continue
		}
		by := l.shadow(of[:i], r, own)
		if by == "" {
			by = l.shadow(of[:i], r, s.Pipelines)
		}
		if by != "" {
			l.unreachable(r, by)
		}
	}
}

// outside tells whether no name is fitted by both lists.
func (l *linter) outside(section, rule []string) bool {
	if len(rule) == 0 {
		return false
	}
	return !slices.ContainsFunc(rule, func(a string) bool {
		return slices.ContainsFunc(section, func(b string) bool { return meets(a, b) })
	})
}

// shadow tells which earlier rules together match everything that a rule does
// for the given pipelines; "" if that cannot be shown. Classes and labels are
// taken one by one, so that several rules can cover one.
func (l *linter) shadow(before []placed, r placed, pipelines []string) string {
	var open cells
	open.add(r.rule.When)
	for _, b := range before {
		if l.faulty[b.path] || !wider(b.rule.When, r.rule.When) || !coversAll(b.rule.When.Pipelines, pipelines) {
			continue
		}
		var covered cells
		covered.add(b.rule.When)
		if open.take(covered); open.empty() {
			return fmt.Sprintf("rule %s in line %d matches first", b.rule.Name, l.placeOf(b.path).line)
		}
	}
	return ""
}

// sectionsShadow tells whether each pipeline that a rule of the document names
// has a section whose rules match first.
func (l *linter) sectionsShadow(r placed) string {
	last := ""
	for _, pattern := range r.rule.When.Pipelines {
		by := l.sectionShadow(r, pattern)
		if by == "" {
			return ""
		}
		last = by
	}
	return last
}

// sectionShadow goes through the sections that pipelines of one pattern can be
// in: all of them up to the first that takes in the whole pattern.
func (l *linter) sectionShadow(r placed, pattern string) string {
	for i, s := range l.d.Pipelines {
		path := index("pipelines", i)
		if l.faulty[path] {
			return ""
		}
		if l.outside(s.Pipelines, []string{pattern}) {
			continue
		}
		of := placedRules(s.Rules, path+".rules")
		by := l.shadow(of, r, []string{pattern})
		if by == "" {
			by = l.shadow(of, r, s.Pipelines)
		}
		if by == "" {
			return ""
		}
		if coversOne(s.Pipelines, pattern) {
			return by
		}
	}
	return ""
}

// cells are the pairs of class and label that a rule matches, by their places in
// cause.Classes and cause.Labels.
type cells [17][3]bool

// add marks what the rule matches. Without a label that is all but what is
// permanent, as policy has it.
func (c *cells) add(w policy.When) {
	for i, class := range cause.Classes() {
		for j, label := range cause.Labels() {
			named := slices.Contains(w.Labels, label) || len(w.Labels) == 0 && label != cause.Permanent
			c[i][j] = named && (len(w.Classes) == 0 || slices.Contains(w.Classes, class))
		}
	}
}

// take unmarks what is marked in the other one.
func (c *cells) take(o cells) {
	for i := range c {
		for j := range c[i] {
			c[i][j] = c[i][j] && !o[i][j]
		}
	}
}

func (c *cells) empty() bool { return *c == cells{} }

// wider tells whether a matches whatever b does, as far as step type, message,
// retry and age go.
func wider(a, b policy.When) bool {
	return widerSteps(a.StepTypes, b.StepTypes) && says(a.Message, b.Message) &&
		a.Retry.From <= max(b.Retry.From, 1) && within(b.Retry.To, a.Retry.To) &&
		a.Age.From <= b.Age.From && within(b.Age.To, a.Age.To)
}

// widerSteps compares lists of step types, of which the empty one is every type,
// the unknown one too.
func widerSteps(a, b []string) bool {
	if len(a) == 0 {
		return true
	}
	return len(b) > 0 && !slices.ContainsFunc(b, func(step string) bool { return !slices.Contains(a, step) })
}

// within tells whether an end, 0 for none, lies within another.
func within[T ~int | ~int64](end, of T) bool { return of == 0 || end != 0 && end <= of }
