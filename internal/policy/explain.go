package policy

import (
	"fmt"

	"mulligan/internal/retry"
)

// Tried is one step of a decision as it was taken.
type Tried struct {
	Kind    TriedKind `json:"kind"`
	Name    string    `json:"name"`
	Applies bool      `json:"applies"` // it decided, or (a rule) matched
	Why     string    `json:"why"`     // what was compared, in words
}

// TriedKind says what a step of a decision is.
type TriedKind string

// The kinds.
const (
	TriedGuard TriedKind = "guard"
	TriedRule  TriedKind = "rule"
)

// The guards, by the names under which they are told.
const (
	tooOld        = "age"
	person        = "person"
	failStep      = "fail_step"
	sideEffects   = "side_effects"
	ownBudget     = "execution_budget"
	sameFailure   = "same_failure"
	ruleRetries   = "rule_retries"
	ruleAge       = "rule_age"
	sharedBudgets = "shared_budgets"
)

// Explain decides as Decide does and tells every step that it took.
func (p Policy) Explain(c retry.Case) (retry.Decision, []Tried) {
	w := &watcher{policy: p, seen: c, terms: p.doc.terms(c.Execution.Pipeline)}
	d := p.decide(c, w)
	return d, w.tried
}

// watcher notes the steps of a decision. A nil one notes nothing, and costs
// nothing.
type watcher struct {
	policy Policy
	seen   retry.Case
	terms  Terms
	match  Rule // the rule that matched
	tried  []Tried
}

// guard notes whether a guard applies, and says so.
func (w *watcher) guard(name string, applies bool) bool {
	if w != nil {
		w.tried = append(w.tried, Tried{TriedGuard, name, applies, w.why(name)})
	}
	return applies
}

func (w *watcher) rule(r *Rule, unmet condition) {
	if w == nil {
		return
	}
	w.tried = append(w.tried, Tried{TriedRule, r.Name, unmet == none, r.why(w.seen, unmet)})
	if unmet == none {
		w.match = *r
	}
}

// why says what a guard compared.
func (w *watcher) why(guard string) string {
	c, limits := w.seen, w.match.Limits
	switch guard {
	case tooOld:
		return fmt.Sprintf("%s old, at most %s", whole(c.Age), whole(w.policy.expireAfter(w.terms)))
	case person:
		return whose(c.Previous)
	case failStep:
		return either(c.FailStep, "a Fail step ended it", "no Fail step ended it")
	case sideEffects:
		left := "the policy leaves none of them to a person"
		if len(w.terms.SideEffects) > 0 {
			left = "the policy leaves to a person: " + list(w.terms.SideEffects)
		}
		return "steps that would run again: " + reruns(c.Rerun) + "; " + left
	case ownBudget:
		return fmt.Sprintf("%d of %d retries used", c.Used, w.policy.maxRetries(w.terms))
	case sameFailure:
		return cameBack(c.Repeats) + "; allowed for " + string(c.Cause.Class) + ": " + times(w.policy.doc.repeats(c.Execution.Pipeline, c.Cause.Class))
	case ruleRetries:
		return fmt.Sprintf("rule %s granted %d, %s", w.match.Name, grantedBy(w.match, c),
			either(limits.Retries > 0, fmt.Sprintf("grants at most %d", limits.Retries), "and has no limit of its own"))
	case ruleAge:
		return fmt.Sprintf("%s old; rule %s %s", whole(c.Age), w.match.Name,
			either(limits.Age > 0, fmt.Sprintf("grants up to %s", whole(limits.Age)), "has no limit of its own"))
	default:
		return balances(w.policy.Budgets(c.Execution), c)
	}
}

// why says what a rule did not find, or that it matches.
func (r *Rule) why(c retry.Case, unmet condition) string {
	w := r.When
	switch unmet {
	case onLabel:
		if len(w.Labels) == 0 {
			return "the cause is permanent, and the rule does not ask for that label"
		}
		return fmt.Sprintf("the cause is %s, not %s", c.Cause.Label, oneOf(w.Labels))
	case onClass:
		return fmt.Sprintf("the class is %s, not %s", c.Cause.Class, oneOf(w.Classes))
	case onStepType:
		return fmt.Sprintf("the step's type is %s, not %s", orUnknown(c.Cause.Type), oneOf(w.StepTypes))
	case onPipeline:
		return fmt.Sprintf("the pipeline is %s, not %s", c.Execution.Pipeline, oneOf(w.Pipelines))
	case onMessage:
		return fmt.Sprintf("the reason does not say %q", w.Message)
	case onRetry:
		return fmt.Sprintf("it would be retry %d, not %s", c.Retry, w.Retry)
	case onAge:
		return fmt.Sprintf("it ended %s ago, not %s", whole(c.Age), w.Age)
	default:
		return "it matches: " + r.says()
	}
}

// says is what the rule gives.
func (r *Rule) says() string {
	switch {
	case r.Verdict == retry.Stop && r.NeedsPerson:
		return "a person is needed"
	case r.Verdict == retry.Stop:
		return "no retry"
	case r.Verdict == retry.Retry:
		return "a retry at once, then backing off" + r.Limits.says()
	default:
		return "a retry after a back-off" + r.Limits.says()
	}
}

func (l Limits) says() string {
	text := ""
	if l.Retries > 0 {
		text += fmt.Sprintf(", at most %d", l.Retries)
	}
	if l.Age > 0 {
		text += fmt.Sprintf(", for failures up to %s old", whole(l.Age))
	}
	return text
}
