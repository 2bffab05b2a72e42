package policy

import (
	"time"

	"mulligan/internal/cause"
)

// section is what the document says about a pipeline in particular; nil if
// nothing.
func (d *Document) section(pipeline string) *Section {
	for i := range d.Pipelines {
		if matchAny(d.Pipelines[i].Pipelines, pipeline) {
			return &d.Pipelines[i]
		}
	}
	return nil
}

// layers are the terms that hold for a pipeline, the most particular first.
func (d *Document) layers(pipeline string) []*Terms {
	if s := d.section(pipeline); s != nil {
		return []*Terms{&s.Terms, &d.Terms, &Builtin.Terms}
	}
	return []*Terms{&d.Terms, &Builtin.Terms}
}

// rules are the lists of rules for a pipeline, in the order in which they are
// tried.
func (d *Document) rules(pipeline string) [][]Rule {
	if s := d.section(pipeline); s != nil {
		return [][]Rule{s.Rules, d.Rules, Builtin.Rules}
	}
	return [][]Rule{d.Rules, Builtin.Rules}
}

// terms are the values that hold for a pipeline: each from the most particular
// layer that sets it. Lists and budgets are taken whole, repeats class by class.
func (d *Document) terms(pipeline string) Terms {
	var t Terms
	for _, layer := range d.layers(pipeline) {
		t.Mode = first(t.Mode, layer.Mode)
		t.ExpireAfter = first(t.ExpireAfter, layer.ExpireAfter)
		t.BackOff = t.BackOff.or(layer.BackOff)
		t.Budgets = t.Budgets.or(layer.Budgets)
		if t.Superseded == nil {
			t.Superseded = layer.Superseded
		}
		if t.SideEffects == nil {
			t.SideEffects = layer.SideEffects
		}
		t.Breaker = t.Breaker.or(layer.Breaker)
		if t.Scarce == nil {
			t.Scarce = layer.Scarce
		}
	}
	return t
}

// repeats is how often the same failure of a class may come back.
func (d *Document) repeats(pipeline string, class cause.Class) int {
	for _, layer := range d.layers(pipeline) {
		if n, set := layer.Repeats[class]; set {
			return n
		}
	}
	return 0
}

// breaker is how many executions that fail alike, within which time, open a
// breaker for failures of the pipeline. Of 0 none does, and they wait for none.
func (d *Document) breaker(pipeline string) (executions int, within time.Duration) {
	b := d.terms(pipeline).Breaker
	return *b.Executions, b.Within
}

// scarce tells whether the pipeline's failures teach others, and learn from them,
// what is short.
func (d *Document) scarce(pipeline string) bool { return *d.terms(pipeline).Scarce }

// first is a, or b where a is not set.
func first[T comparable](a, b T) T {
	var unset T
	if a == unset {
		return b
	}
	return a
}

func (b BackOff) or(o BackOff) BackOff {
	return BackOff{First: first(b.First, o.First), Longest: first(b.Longest, o.Longest)}
}

func (b Breaker) or(o Breaker) Breaker {
	return Breaker{Executions: first(b.Executions, o.Executions), Within: first(b.Within, o.Within)}
}

func (b Budgets) or(o Budgets) Budgets {
	return Budgets{
		Execution: first(b.Execution, o.Execution),
		Pipeline:  first(b.Pipeline, o.Pipeline),
		Account:   first(b.Account, o.Account),
	}
}

// maxRetries is how many retries one execution may have, ever: the deployment's
// number is the ceiling, and the policy's where its bucket does not refill or holds nothing.
func (p Policy) maxRetries(t Terms) int {
	if e := t.Budgets.Execution; e.Set && (e.Refill == 0 || e.Size == 0) {
		return min(e.Size, p.set.MaxRetries)
	}
	return p.set.MaxRetries
}

// MaxRetries is how many retries an execution of the pipeline may have, ever.
func (p Policy) MaxRetries(pipeline string) int { return p.maxRetries(p.doc.terms(pipeline)) }

func (p Policy) expireAfter(t Terms) time.Duration {
	if t.ExpireAfter == 0 {
		return p.set.ExpireAfter
	}
	return min(t.ExpireAfter, p.set.ExpireAfter)
}
