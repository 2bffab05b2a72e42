package explain

import (
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// labelled are the classes by the label that they mostly have. A text may give
// any class another one.
var labelled = []struct {
	label   cause.Label
	words   string
	classes []cause.Class
}{
	{cause.Transient, "a passing failure", []cause.Class{
		cause.Capacity, cause.QuotaContention, cause.SpotInterruption, cause.Throttling, cause.ServiceFault, cause.Network, cause.DependencyTimeout,
	}},
	{cause.Permanent, "a lasting failure", []cause.Class{
		cause.UserCode, cause.ConfigValidation, cause.AccessDenied, cause.QuotaZero, cause.OutOfMemory, cause.DiskFull,
		cause.Image, cause.DataMissing, cause.StoppedOrTimeout,
	}},
	{cause.Ambiguous, "a failure that nobody can tell", []cause.Class{cause.Unknown}},
}

// maxNamed bounds the classes that are named in one line.
const maxNamed = 4

// byClass decides for every class in turn, and tells those together that come
// to the same.
func byClass(decide func(change func(*cause.Cause)) retry.Decision) []Change {
	var all []Change
	for _, group := range labelled {
		var outcomes []retry.Decision
		named := map[retry.Reason][]string{}
		for _, class := range group.classes {
			d := decide(func(c *cause.Cause) {
				c.Class, c.Label = class, group.label
			})
			if named[d.Reason] == nil {
				outcomes = append(outcomes, d)
			}
			named[d.Reason] = append(named[d.Reason], string(class))
		}
		for _, d := range outcomes {
			all = append(all, change(group.words+" ("+some(named[d.Reason])+")", retry.Decision{Verdict: d.Verdict, Reason: d.Reason}))
		}
	}
	return all
}

// some names a few of many.
func some(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxNamed-1], ", ") + " and others"
}

// otherCauses are the causes that would have led to something else; none where
// the policy was not asked, or asked about a claimed retry, when causes do not
// count any more.
func otherCauses(j judged, p policy.Policy) []Change {
	if j.asked == nil || j.asked.Claimed {
		return nil
	}
	all := byClass(func(change func(*cause.Cause)) retry.Decision {
		other := j.s
		own := &other.Facts.Cause
		if change(own); own.Class != j.s.Facts.Cause.Class {
			own.Fingerprint, own.Scarce = "", "" // its words would be others
		}
		again, err := judge(other, p, func(c *retry.Case) { c.Repeats = 0 }, supposing)
		if err != nil {
			return j.move.Decision
		}
		return again.move.Decision
	})
	all = slices.DeleteFunc(all, func(c Change) bool {
		return same(retry.Decision{Verdict: c.Verdict, Reason: c.Reason}, j.move.Decision)
	})
	for i := range all {
		all[i].Had = "it been " + all[i].Had
	}
	return all
}
