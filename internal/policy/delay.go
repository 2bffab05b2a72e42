package policy

import (
	"time"

	"mulligan/internal/retry"
)

// Defer says when a refused call is due again. The floor is the function's
// time-out, beyond the cap too: by then no invocation is left that knew the
// older token.
func (p Policy) Defer(c retry.Case, ordinal int) time.Time {
	doublings := c.Retry + ordinal - 2
	rule := p.granting(c)
	if rule.Verdict == retry.Retry {
		doublings-- // its first call was not waited for
	}
	delay := max(p.delay(c, rule, doublings), p.set.FunctionTimeout)
	return retry.WholeSecond(c.Now.Add(delay))
}

// granting is the rule that granted a claim's retry. Where the policy has no rule
// of that name any more, the one that matches now stands in for it.
func (p Policy) granting(c retry.Case) Rule {
	for _, list := range p.doc.rules(c.Execution.Pipeline) {
		for _, rule := range list {
			if rule.Name == c.Rule {
				return rule
			}
		}
	}
	rule, _ := p.rule(c, nil)
	return rule
}

// backOff is the rule's back-off, or the pipeline's, or the deployment's. The
// deployment's longest delay is a ceiling.
func (p Policy) backOff(c retry.Case, rule Rule) BackOff {
	b := rule.BackOff.or(p.doc.terms(c.Execution.Pipeline).BackOff)
	b = b.or(BackOff{First: p.set.BackoffInterval, Longest: p.set.BackoffMaxDelay})
	b.Longest = min(b.Longest, p.set.BackoffMaxDelay)
	return b
}

// delay doubles the first delay up to the longest and draws evenly between half
// and the whole of it, from the token.
func (p Policy) delay(c retry.Case, rule Rule, doublings int) time.Duration {
	b := p.backOff(c, rule)
	whole := b.First
	for range doublings {
		if whole >= b.Longest {
			break
		}
		whole *= 2
	}
	half := min(whole, b.Longest) / 2
	return half + time.Duration(retry.Spread(c.Token)*float64(half))
}
