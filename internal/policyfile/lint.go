package policyfile

import (
	"fmt"
	"slices"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// linter looks for what is well formed and cannot be meant. What has a fault
// already is left out.
type linter struct {
	*reading
	d *policy.Document
}

func (l *linter) lint() {
	l.document()
	l.rules(l.d.Terms, placedRules(l.d.Rules, "rules"))
	for i := range l.d.Pipelines {
		path := index("pipelines", i)
		if !l.faulty[path] {
			l.section(i, path)
		}
		s := &l.d.Pipelines[i]
		l.rules(sectionTerms(l.d.Terms, s.Terms), placedRules(s.Rules, path+".rules"))
	}
	l.reach()
}

// document checks what holds for all pipelines.
func (l *linter) document() {
	l.repeats("", l.d.Repeats)
	l.lateUnits("", l.d.Terms, l.d.Budgets)
	l.breaker(l.d.Breaker)
	if !l.hasBudgets() && !l.unchecked {
		l.warn("", "no budgets: the deployment's limits alone hold", "write budgets: {execution: 3, pipeline: {size: 10, refill: 24h}}")
	}
	if l.d.Mode == retry.ModeOff && !slices.ContainsFunc(l.d.Pipelines, func(s policy.Section) bool { return s.Mode != "" && s.Mode != retry.ModeOff }) {
		l.warn("mode", "nothing is done for any pipeline, and nothing is recorded", "write mode: observe to see what would be done")
	}
}

// hasBudgets tells whether the file names budgets anywhere, if only with a fault.
func (l *linter) hasBudgets() bool {
	for i := range l.d.Pipelines {
		if l.given(index("pipelines", i) + ".budgets") {
			return true
		}
	}
	return l.given("budgets")
}

// given tells whether the file says it, if only with a fault.
func (l *linter) given(path string) bool {
	_, is := l.places[path]
	return is
}

// lasting are the classes that speak of what stays as it is: nearly all of their
// failures are read as permanent.
var lasting = []cause.Class{
	cause.QuotaZero, cause.UserCode, cause.OutOfMemory, cause.DiskFull, cause.ConfigValidation, cause.AccessDenied,
	cause.Image, cause.DataMissing,
}

// repeats looks for classes that get no retry for a failure to come back after.
func (l *linter) repeats(path string, repeats map[cause.Class]int) {
	for _, class := range lasting {
		if n := repeats[class]; n != 0 {
			l.warn(join(path, "same_failure."+string(class)), "failures of this class are permanent and are not retried, so none comes back after a retry", "leave it out")
		}
	}
}

// section checks a section as a whole. One that no pipeline comes to is not told
// to be empty as well.
func (l *linter) section(i int, path string) {
	s := &l.d.Pipelines[i]
	l.repeats(path, s.Repeats)
	l.lateUnits(path, sectionTerms(l.d.Terms, s.Terms), s.Budgets)
	if cover := l.coveredBy(i); cover != "" {
		l.warn(path+".match", "no pipeline comes to this section: "+cover, "move it up or leave it out")
		return
	}
	if changesNothing(l.d.Terms, s) && !l.shields(i) {
		l.warn(path, "this section changes nothing", "give it values or rules of its own, or leave it out")
	}
}

// coveredBy tells which earlier sections name all pipelines of a section.
func (l *linter) coveredBy(i int) string {
	by := -1
	for _, pattern := range l.d.Pipelines[i].Pipelines {
		before := slices.IndexFunc(l.d.Pipelines[:i], func(s policy.Section) bool { return coversOne(s.Pipelines, pattern) })
		if before < 0 {
			return ""
		}
		by = max(by, before)
	}
	if by < 0 {
		return ""
	}
	return fmt.Sprintf("section %s in line %d names them first", l.d.Pipelines[by].Name, l.placeOf(index("pipelines", by)).line)
}

// shields tells whether a section keeps pipelines from a later one.
func (l *linter) shields(i int) bool {
	return slices.ContainsFunc(l.d.Pipelines[i+1:], func(s policy.Section) bool {
		return slices.ContainsFunc(s.Pipelines, func(b string) bool {
			return slices.ContainsFunc(l.d.Pipelines[i].Pipelines, func(a string) bool { return meets(a, b) })
		})
	})
}

// changesNothing compares with the document what holds for the section.
func changesNothing(d policy.Terms, s *policy.Section) bool {
	if len(s.Rules) > 0 {
		return false
	}
	for class, n := range s.Repeats {
		if have, is := d.Repeats[class]; !is || have != n {
			return false
		}
	}
	all := sectionTerms(d, s.Terms)
	return all.Mode == d.Mode && all.ExpireAfter == d.ExpireAfter && all.BackOff == d.BackOff && all.Budgets == d.Budgets &&
		same(all.Superseded, d.Superseded) && same(all.Scarce, d.Scarce) && slices.Equal(all.SideEffects, d.SideEffects) &&
		same(all.Breaker.Executions, d.Breaker.Executions) && all.Breaker.Within == d.Breaker.Within
}

// same compares what may not be set.
func same[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}
