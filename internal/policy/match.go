package policy

import (
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Match tells whether a pattern fits a name as a whole: "*" stands for any run
// of characters, letter case does not matter, as SageMaker mixes it.
func Match(pattern, name string) bool {
	parts := strings.Split(strings.ToLower(pattern), "*")
	name = strings.ToLower(name)
	if len(parts) == 1 {
		return parts[0] == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	last := parts[len(parts)-1]
	if !ok || len(rest) < len(last) || !strings.HasSuffix(rest, last) {
		return false
	}
	_, ok = inOrder(rest[:len(rest)-len(last)], parts[1:len(parts)-1])
	return ok
}

// Mentions tells whether a text says the words of a rule's message.
func Mentions(pattern, text string) bool { return mentions(pattern, plain(text)) }

// mentions tells whether a plain text says the words of a pattern: the parts
// between "*" in their order, with anything around and between them. Letter case
// does not matter, nor how much white space there is.
func mentions(pattern, text string) bool {
	_, ok := inOrder(text, strings.Split(plain(pattern), "*"))
	return ok
}

// inOrder finds the parts one after the other, each at its first place, which
// leaves the most to the next. It takes time linear in the text.
func inOrder(text string, parts []string) (rest string, ok bool) {
	for _, part := range parts {
		_, after, found := strings.Cut(text, strings.TrimSpace(part))
		if !found {
			return "", false
		}
		text = after
	}
	return text, true
}

// plain is a text in lower case with single spaces.
func plain(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(p, name) })
}

// condition is one part of a rule's When.
type condition int

// The conditions, in the order in which they are asked.
const (
	none condition = iota // all hold
	onLabel
	onClass
	onStepType
	onPipeline
	onMessage
	onRetry
	onAge
)

// unmet is the first condition of the rule that the case, whose message is
// plain, does not meet.
func (w When) unmet(c retry.Case) condition {
	switch {
	case !w.admits(c.Cause.Label):
		return onLabel
	case len(w.Classes) > 0 && !slices.Contains(w.Classes, c.Cause.Class):
		return onClass
	case len(w.StepTypes) > 0 && !containsFold(w.StepTypes, c.Cause.Type):
		return onStepType
	case len(w.Pipelines) > 0 && !matchAny(w.Pipelines, c.Execution.Pipeline):
		return onPipeline
	case w.Message != "" && !mentions(w.Message, c.Message):
		return onMessage
	case !w.Retry.holds(c.Retry):
		return onRetry
	case w.Age.From > 0 && c.Age < w.Age.From || w.Age.To > 0 && c.Age >= w.Age.To:
		return onAge
	default:
		return none
	}
}

// admits tells whether the label is asked for. A permanent cause must be, by
// name: nobody retries one by leaving a line out.
func (w When) admits(l cause.Label) bool {
	if len(w.Labels) == 0 {
		return l != cause.Permanent
	}
	return slices.Contains(w.Labels, l)
}

func (r Range) holds(n int) bool { return n >= r.From && (r.To == 0 || n <= r.To) }

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, s) })
}
