package policyfile

import (
	"strings"

	"mulligan/internal/policy"
)

// mostRetries is the most that a deployment can grant one execution, so no
// retry has a higher number.
const mostRetries = 1000

// retries is a span of retry numbers: 2, 2..4, 2.., ..3.
func (v value) retries() (r policy.Range) {
	const write = "write 2, 2..4, 2.. or ..3"
	text := v.scalar("2..4")
	if text == "" {
		return r
	}
	from, to, is := strings.Cut(text, "..")
	if !is {
		to = from
	}
	if from == "" && to == "" {
		v.wrong("a range without an end: "+quote(text), write)
		return r
	}
	ok := true
	if from != "" {
		r.From, ok = v.numberIn(strings.TrimSpace(from), 1, mostRetries, write)
	}
	if to != "" && ok {
		r.To, ok = v.numberIn(strings.TrimSpace(to), 1, mostRetries, write)
	}
	if ok && r.To > 0 && r.From > r.To {
		v.wrong("the range "+excerpt(text)+" is upside down", "write "+strings.TrimSpace(to)+".."+strings.TrimSpace(from))
	}
	return r
}

// ages is a span of ages: 1h..6h, 6h.., ..6h.
func (v value) ages() (a policy.Ages) {
	const write = "write ..6h for younger failures, 6h.. for older ones or 1h..6h"
	text := v.scalar("..6h")
	if text == "" {
		return a
	}
	from, to, is := strings.Cut(text, "..")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	if !is || from == "" && to == "" {
		v.wrong("not a span of ages: "+quote(text), write)
		return a
	}
	before := v.errors
	a = policy.Ages{From: v.lengthIn(from), To: v.lengthIn(to)}
	if v.errors == before && a.To > 0 && a.From >= a.To {
		v.wrong("the span "+excerpt(text)+" is upside down or empty", "write "+to+".."+from)
	}
	return a
}

// rangeText says a range to people.
func rangeText(r policy.Range) string {
	switch {
	case r.From == r.To:
		return intText(r.From)
	case r.To == 0:
		return intText(r.From) + " or later"
	case r.From == 0:
		return "up to " + intText(r.To)
	default:
		return intText(r.From) + " to " + intText(r.To)
	}
}

// agesText says a span of ages to people.
func agesText(a policy.Ages) string {
	switch {
	case a.To == 0:
		return "from " + Length(a.From)
	case a.From == 0:
		return "under " + Length(a.To)
	default:
		return "from " + Length(a.From) + " to " + Length(a.To)
	}
}

// backOff is the delays before retries.
func (v value) backOff() policy.BackOff {
	f := v.fields("{first: 5m, longest: 1h}", "first", "longest")
	b := policy.BackOff{First: f["first"].length(), Longest: f["longest"].length()}
	if b.First > 0 && b.Longest > 0 && b.First > b.Longest {
		f["first"].wrong("the first delay, "+Length(b.First)+", is longer than the longest, "+Length(b.Longest),
			"write "+Length(b.Longest)+" or less, or raise longest")
	}
	return b
}
