package policyfile

import (
	"fmt"
	"slices"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// rules checks rules one by one, under the terms that hold where they stand.
func (l *linter) rules(t policy.Terms, all []placed) {
	for _, r := range all {
		if l.faulty[r.path] {
			continue
		}
		l.permanent(r)
		l.neverAtOnce(r)
		if r.rule.Verdict != retry.Stop {
			l.beyondBudget(t, r)
			l.beyondBackOff(t, r)
			l.sideEffects(t, r)
		}
		l.beyondAge(t, r)
	}
}

// permanent looks at what a rule does with failures that a retry cannot help.
func (l *linter) permanent(r placed) {
	w, stops := r.rule.When, r.rule.Verdict == retry.Stop
	if slices.Contains(w.Labels, cause.Permanent) && !stops {
		l.warn(r.path+".when.label", "a permanent failure ends the same way when it is retried",
			"write verdict: stop, or leave "+either(len(w.Labels) > 1, "permanent", "the rule")+" out")
	}
	if len(w.Labels) > 0 {
		return
	}
	alone := !slices.ContainsFunc(w.Classes, func(c cause.Class) bool { return !slices.Contains(lasting, c) })
	for _, class := range w.Classes {
		switch {
		case !slices.Contains(lasting, class):
		case stops:
			l.warn(r.path+".when.class", fmt.Sprintf("a permanent failure matches only a rule that names that label, and those of %s nearly all are", class),
				fmt.Sprintf("write label: permanent beside it, or label: ambiguous if doubtful ones are meant, or leave %s out", class))
		default:
			l.warn(r.path+".when.class", fmt.Sprintf("failures of %s are permanent by their words, nearly all: this matches hardly any, and a retry of those ends the same way", class),
				fmt.Sprintf("leave %s out, or write label: ambiguous beside it if doubtful ones are meant", either(alone, "the rule", string(class))))
		}
	}
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// neverAtOnce looks for the verdict retry where each retry backs off.
func (l *linter) neverAtOnce(r placed) {
	if r.rule.Verdict == retry.Retry && r.rule.When.Retry.From > 1 {
		l.warn(r.path+".verdict", fmt.Sprintf("retry means at once only for retry 1, and this rule begins with retry %d", r.rule.When.Retry.From), "write verdict: wait")
	}
}

// beyondBudget looks for more retries than an execution can have.
func (l *linter) beyondBudget(t policy.Terms, r placed) {
	e := t.Budgets.Execution
	if !e.Set || e.Refill > 0 {
		return
	}
	if n := r.rule.Limits.Retries; n > e.Size {
		l.warn(r.path+".limits.retries", fmt.Sprintf("%d retries, but the budget of an execution is %d", n, e.Size), "write a number within it, or raise budgets.execution")
	}
	if n := r.rule.When.Retry.From; n > e.Size {
		l.warn(r.path+".when.retry", fmt.Sprintf("there is no retry %d: the budget of an execution is %d", n, e.Size), "write a number within it, or raise budgets.execution")
	}
}

// beyondBackOff looks for a first delay that another line's longest cuts short.
func (l *linter) beyondBackOff(t policy.Terms, r placed) {
	own := r.rule.BackOff
	if all := joined(own, t.BackOff); own != (policy.BackOff{}) && all.First > all.Longest && all.Longest > 0 {
		l.warn(r.path+".back_off", fmt.Sprintf("the first delay here is %s, the longest %s", Length(all.First), Length(all.Longest)),
			"write both, first no longer than longest")
	}
}

// beyondAge looks for ages that expire_after does not let a failure reach.
func (l *linter) beyondAge(t policy.Terms, r placed) {
	const raise = "raise expire_after, or lower it"
	limit, when := r.rule.Limits.Age, r.rule.When.Age
	expired := func(path, what string) {
		l.warn(r.path+path, what+", but failures expire after "+Length(t.ExpireAfter), raise)
	}
	if t.ExpireAfter > 0 {
		switch {
		case limit > t.ExpireAfter:
			expired(".limits.age", "up to "+Length(limit))
		case when.From > t.ExpireAfter:
			expired(".when.age", "from "+Length(when.From))
		case when.To > t.ExpireAfter:
			expired(".when.age", "up to "+Length(when.To))
		}
	}
	if limit > 0 && when.From > limit {
		l.fail(r.path+".limits.age", "the rule matches failures from "+Length(when.From)+" on and grants them nothing after "+Length(limit),
			"write verdict: stop, or an age beyond "+Length(when.From))
	}
}

// sideEffects looks for rules that retry what is left to a person.
func (l *linter) sideEffects(t policy.Terms, r placed) {
	for _, step := range r.rule.When.StepTypes {
		if slices.Contains(t.SideEffects, step) {
			l.warn(r.path+".when.step_type", step+" is among the side_effects, which no rule retries", "leave it out here or there")
		}
	}
}
