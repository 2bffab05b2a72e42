package policy

import (
	"fmt"
	"strings"
	"time"

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

// Explain decides as Decide does and tells every step that it took.
func (p Policy) Explain(c retry.Case) (retry.Decision, []Tried) {
	w := &watcher{}
	d := p.decide(c, w)
	return d, w.tried
}

// watcher notes the steps of a decision. A nil one notes nothing, and costs
// nothing.
type watcher struct{ tried []Tried }

// guard notes whether a guard applies, and says so.
func (w *watcher) guard(name string, applies bool, format string, args ...any) bool {
	if w != nil {
		w.tried = append(w.tried, Tried{TriedGuard, name, applies, fmt.Sprintf(format, args...)})
	}
	return applies
}

func (w *watcher) rule(r *Rule, c retry.Case, unmet condition) {
	if w != nil {
		w.tried = append(w.tried, Tried{TriedRule, r.Name, unmet == none, r.why(c, unmet)})
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
		return fmt.Sprintf("the cause is %s, not %s", c.Cause.Label, either(w.Labels))
	case onClass:
		return fmt.Sprintf("the class is %s, not %s", c.Cause.Class, either(w.Classes))
	case onStepType:
		return fmt.Sprintf("the step's type is %s, not %s", orUnknown(c.Cause.Type), either(w.StepTypes))
	case onPipeline:
		return fmt.Sprintf("the pipeline is %s, not %s", c.Execution.Pipeline, either(w.Pipelines))
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

// String writes a range as policy files do.
func (r Range) String() string {
	switch {
	case r.From == r.To:
		return fmt.Sprint(r.From)
	case r.To == 0:
		return fmt.Sprintf("%d or later", r.From)
	case r.From == 0:
		return fmt.Sprintf("up to %d", r.To)
	default:
		return fmt.Sprintf("%d to %d", r.From, r.To)
	}
}

// String writes a span of ages.
func (a Ages) String() string {
	switch {
	case a.To == 0:
		return fmt.Sprintf("%s or longer", whole(a.From))
	case a.From == 0:
		return fmt.Sprintf("less than %s", whole(a.To))
	default:
		return fmt.Sprintf("%s to %s", whole(a.From), whole(a.To))
	}
}

// either lists alternatives.
func either[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return strings.Join(words, " or ")
}

func list(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func reruns(steps []retry.Rerun) string {
	var names []string
	for _, s := range steps {
		names = append(names, s.Name+" ("+orUnknown(s.Type)+")")
	}
	return list(names)
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func orAny(d time.Duration) string {
	if d == 0 {
		return "any age"
	}
	return whole(d).String()
}

func most(n int) string {
	if n == 0 {
		return "what the budgets hold"
	}
	return fmt.Sprint(n)
}

func times(n int) string {
	if n == Unlimited {
		return "any number"
	}
	return fmt.Sprint(n)
}

func nTimes(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// balances tells how much each bucket holds.
func balances(buckets []retry.Bucket, c retry.Case) string {
	var all []string
	for _, b := range buckets {
		all = append(all, fmt.Sprintf("%s %d of %d per %s", b.Name, b.Left(c.Full[b.Key], c.Now), b.Size, b.Per))
	}
	return strings.Join(all, ", ")
}
