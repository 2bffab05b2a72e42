package policy

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Decide judges one failure. What a person did and age come first, for claimed
// retries too; then what cannot help, then what may not be spent.
func (p Policy) Decide(c retry.Case) retry.Decision { return p.decide(c, nil) }

func (p Policy) decide(c retry.Case, w *watcher) retry.Decision {
	t := p.doc.terms(c.Execution.Pipeline)
	if d, ok := p.guard(c, t, w); ok {
		return d
	}
	rule, ok := p.rule(c, w)
	if !ok {
		return stop(retry.UnknownCause, "no rule matches: %s", words(c.Cause)) // the built-in ones match everything
	}
	d, ok := p.against(c, t, rule, w)
	if !ok {
		d = p.grant(c, rule)
	}
	d.Rule, d.Message = rule.Name, rule.Message
	return d
}

// guard ends what no rule may decide.
func (p Policy) guard(c retry.Case, t Terms, w *watcher) (retry.Decision, bool) {
	oldest := p.expireAfter(t)
	switch {
	case w.guard(tooOld, c.Age > oldest):
		return stop(retry.Expired, "ended %s ago; failures older than %s are left alone", whole(c.Age), whole(oldest)), true
	case w.guard(person, strings.EqualFold(c.Previous, "Stopping")):
		return stop(retry.StoppedByPerson, "it failed while somebody was stopping it"), true
	case c.Claimed:
		return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable, Evidence: words(c.Cause)}, true
	case w.guard(failStep, c.FailStep):
		return stop(retry.CannotRetry, "it ended by a Fail step, which SageMaker does not retry: %s", words(c.Cause)), true
	}
	return retry.Decision{}, false
}

// rule is the first rule that matches.
func (p Policy) rule(c retry.Case, w *watcher) (Rule, bool) {
	c.Message = plain(c.Message) // once, for all rules
	for _, list := range p.doc.rules(c.Execution.Pipeline) {
		for i := range list {
			unmet := list[i].When.unmet(c)
			w.rule(&list[i], unmet)
			if unmet == none {
				return list[i], true
			}
		}
	}
	return Rule{}, false
}

// against is what speaks against the retry that a rule would grant.
func (p Policy) against(c retry.Case, t Terms, rule Rule, w *watcher) (retry.Decision, bool) {
	if rule.Verdict == retry.Stop {
		return rule.stops(c.Cause), true
	}
	allowed := p.doc.repeats(c.Execution.Pipeline, c.Cause.Class)
	step, affected := sideEffect(c.Rerun, t.SideEffects)
	exhausted := p.exhausted(c, t)
	switch limits := rule.Limits; {
	case w.guard(sideEffects, affected):
		return stop(retry.NeedsPerson, "%s would run again, and the policy leaves that to a person; it failed of %s", step, words(c.Cause)), true
	case w.guard(ownBudget, exhausted != ""):
		return stop(retry.BudgetExhausted, "%s", exhausted), true
	case w.guard(sameFailure, allowed != Unlimited && c.Repeats > allowed):
		return stop(retry.SameFailureAgain, "the same failure came back after a retry, %s in a row: %s", nTimes(c.Repeats), words(c.Cause)), true
	case w.guard(ruleRetries, limits.Retries > 0 && grantedBy(rule, c) >= limits.Retries):
		return ruleSpent(c, rule), true
	case w.guard(ruleAge, limits.Age > 0 && c.Age > limits.Age):
		return stop(retry.Expired, "ended %s ago; rule %s grants no retry after %s", whole(c.Age), rule.Name, whole(limits.Age)), true
	}
	d, empty := p.emptyBudget(c)
	return d, w.guard(sharedBudgets, empty)
}

// ruleSpent names a doubtful cause as such: it was given its chance.
func ruleSpent(c retry.Case, rule Rule) retry.Decision {
	if c.Cause.Label == cause.Transient {
		return stop(retry.BudgetExhausted, "rule %s grants at most %d retries of an execution", rule.Name, rule.Limits.Retries)
	}
	used := "the one careful retry was used"
	if rule.Limits.Retries > 1 {
		used = fmt.Sprintf("its %d careful retries were used", rule.Limits.Retries)
	}
	return stop(retry.UnknownCause, "%s: %s", used, words(c.Cause))
}

// grantedBy is how many retries of the execution the rule has granted. Builds
// that did not count by rule counted those for doubtful causes: what no rule
// accounts for is taken as this one's.
func grantedBy(rule Rule, c retry.Case) int {
	unaccounted := c.Used
	for _, n := range c.Granted {
		unaccounted -= n
	}
	if c.Cause.Label == cause.Transient {
		unaccounted = 0
	}
	return c.Granted[rule.Name] + max(0, min(unaccounted, c.Careful))
}

// sideEffect names a step that would run again although its type is one for a
// person. A step whose type nothing tells may be of any.
func sideEffect(rerun []retry.Rerun, types []string) (string, bool) {
	for _, step := range rerun {
		switch {
		case len(types) == 0:
		case step.Type == "":
			return "step " + step.Name + ", whose type is not known,", true
		case containsFold(types, step.Type):
			return "step " + step.Name + " (" + step.Type + ")", true
		}
	}
	return "", false
}

// stops is the decision of a rule that stops. What a team's own rule stops
// although it may pass is left to a person, not called lasting.
func (r Rule) stops(c cause.Cause) retry.Decision {
	switch {
	case r.NeedsPerson, !builtIn(r.Name) && c.Label != cause.Permanent:
		return stop(retry.NeedsPerson, "rule %s stops such failures: %s", r.Name, words(c))
	case c.Class == cause.Unknown:
		return stop(retry.UnknownCause, "%s", words(c))
	default:
		return stop(retry.PermanentCause, "%s", words(c))
	}
}

// grant gives the retry, at once or after a back-off.
func (p Policy) grant(c retry.Case, rule Rule) retry.Decision {
	d := retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Evidence: words(c.Cause),
		Careful: c.Cause.Label != cause.Transient, Parallelism: rule.Parallelism.of(c),
	}
	doublings := c.Retry - 1
	if rule.Verdict == retry.Retry {
		if c.Retry == 1 {
			d.Verdict, d.Reason = retry.Retry, retry.Retryable
			return d
		}
		doublings--
	}
	delay := p.delay(c, rule, doublings)
	if c.Rested { // it has backed off while it waited
		delay -= c.Age
	}
	if delay <= 0 || c.Let {
		d.Verdict, d.Reason = retry.Retry, retry.Retryable
		return d
	}
	d.Due = retry.WholeSecond(c.Now.Add(delay))
	return d
}

// of is what the retry asks for; 0 leaves what is. An execution without a
// setting runs as many steps at once as it has.
func (p Parallelism) of(c retry.Case) int32 {
	now := c.Parallelism
	if now == 0 {
		now = int32(min(max(c.Steps, 1), mostParallel))
	}
	switch {
	case p.Halve:
		return max(now/2, 1)
	case p.Most > 0 && (p.Most < now || c.Parallelism == 0):
		return p.Most
	default:
		return 0
	}
}

// mostParallel bounds the guess for an execution without a setting: more steps
// than a pipeline has by its quota (50, adjustable).
const mostParallel = 1000

func stop(reason retry.Reason, format string, args ...any) retry.Decision {
	return retry.Decision{Verdict: retry.Stop, Reason: reason, Evidence: fmt.Sprintf(format, args...)}
}

// words is the evidence of a cause, with the step that it was read from.
func words(c cause.Cause) string {
	switch {
	case c.Evidence == "" && c.Step == "":
		return "no failed step says why"
	case c.Evidence == "":
		return c.Step + ": no reason given"
	case c.Step == "":
		return c.Evidence
	default:
		return c.Step + ": " + c.Evidence
	}
}

// whole is a duration to the second.
func whole(d time.Duration) time.Duration { return d.Round(time.Second) }
