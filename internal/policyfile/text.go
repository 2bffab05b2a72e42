package policyfile

import (
	"fmt"
	"strconv"
	"strings"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

func intText(n int) string { return strconv.Itoa(n) }

// ruleText says a rule in one line.
func ruleText(r *policy.Rule) string {
	return r.Name + ": " + whenText(r.When) + ": " + verdictText(r)
}

// whenText says what a rule matches, in the words of the file.
func whenText(w policy.When) string {
	var all []string
	add := func(what, text string) {
		if text != "" {
			all = append(all, what+" "+text)
		}
	}
	add("class", strings.Join(textsOf(w.Classes), " or "))
	add("label", strings.Join(textsOf(w.Labels), " or "))
	add("step type", strings.Join(w.StepTypes, " or "))
	add("pipeline", strings.Join(w.Pipelines, " or "))
	if w.Message != "" {
		add("message", strconv.Quote(w.Message))
	}
	if w.Retry != (policy.Range{}) {
		add("retry", rangeText(w.Retry))
	}
	if w.Age != (policy.Ages{}) {
		add("age", agesText(w.Age))
	}
	if len(all) == 0 {
		return "anything not permanent"
	}
	return strings.Join(all, ", ")
}

// verdictText says what becomes of what a rule matches.
func verdictText(r *policy.Rule) string {
	text := string(r.Verdict)
	if r.Verdict == retry.Stop && r.NeedsPerson {
		text = "stop, needs a person"
	}
	if b := r.BackOff; b != (policy.BackOff{}) {
		text += ", back-off " + backOffText(b)
	}
	if r.Limits.Retries > 0 {
		text += ", at most " + counted(r.Limits.Retries)
	}
	if r.Limits.Age > 0 {
		text += ", until " + Length(r.Limits.Age) + " after the failure"
	}
	switch p := r.Parallelism; {
	case p.Halve:
		text += ", half of the steps at once"
	case p.Most > 0:
		text += fmt.Sprintf(", at most %d steps at once", p.Most)
	}
	return text
}

func backOffText(b policy.BackOff) string {
	switch {
	case b.First == 0:
		return "up to " + Length(b.Longest)
	case b.Longest == 0:
		return "from " + Length(b.First)
	default:
		return Length(b.First) + " to " + Length(b.Longest)
	}
}

func counted(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return intText(n) + " retries"
}

// budgetText says how much a bucket holds.
func budgetText(b policy.Budget) string {
	switch {
	case b.Size == 0:
		return "no retry"
	case b.Refill == 0:
		return counted(b.Size)
	case b.RefillOnSuccess:
		return counted(b.Size) + " per " + Length(b.Refill) + " (filled by a success)"
	default:
		return counted(b.Size) + " per " + Length(b.Refill)
	}
}

func repeatsText(n int) string {
	if n == policy.Unlimited {
		return "unlimited"
	}
	return intText(n)
}
