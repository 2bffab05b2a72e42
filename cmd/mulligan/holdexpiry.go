package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// tellExpiry says what is lost to a hold: failures grow older while it lasts.
func (h *holding) tellExpiry(out io.Writer) error {
	current, err := h.in.ledger.Current(h.cmd.Context())
	if err != nil {
		return err
	}
	h.doc = inForce(current).doc
	most, least := h.expiry(h.doc)
	age := policyfile.Length(most)
	if most != least {
		age += ", in sections of the policy down to " + policyfile.Length(least)
	}
	fmt.Fprintf(out, "Failures that reach expire_after (%s) before its end expire, and are not retried.\n", age)
	return nil
}

// everRetried tells whether a rule may grant a retry of failures of a class. The
// built-in rules are behind those of every policy.
func (h *holding) everRetried(class cause.Class) bool {
	rules := policy.Builtin.Rules
	if h.doc != nil {
		rules = slices.Concat(rules, h.doc.Rules)
		for _, section := range h.doc.Pipelines {
			rules = append(rules, section.Rules...)
		}
	}
	return slices.ContainsFunc(rules, func(r policy.Rule) bool {
		return r.Verdict != retry.Stop && (len(r.When.Classes) == 0 || slices.Contains(r.When.Classes, class))
	})
}

// expiry is the age at which failures in the scope expire under a policy: of a
// pipeline its own; of more, what holds where no section of the policy names the
// pipeline, and the least that one says.
func (h *holding) expiry(doc *policy.Document) (most, least time.Duration) {
	own := func(layers []policy.Section) time.Duration {
		d := set(layers, func(t policy.Terms) time.Duration { return t.ExpireAfter })
		if limit := h.in.Settings.ExpireAfter; d == 0 || limit < d {
			return limit
		}
		return d
	}
	most = own(layersFor(doc, h.scope.pipeline))
	least = most
	if doc == nil || h.scope.pipeline != "" {
		return most, least
	}
	for _, section := range doc.Pipelines {
		if section.ExpireAfter > 0 {
			least = min(least, own([]policy.Section{section}))
		}
	}
	return most, least
}

// bothZones is a moment for people here and elsewhere.
func (w world) bothZones(t time.Time) string {
	here, everywhere := t.In(w.zone).Format(timeLayout), t.UTC().Format(timeLayout)
	if here == everywhere {
		return here
	}
	return fmt.Sprintf("%s (%s)", here, everywhere)
}

// setBy tells of a hold who set it, when, until when and why.
func (w world) setBy(hold retry.Hold) string {
	return fmt.Sprintf("set by %s on %s until %s: %s", plainly(hold.Author, ledger.MaxAuthor), hold.Since.In(w.zone).Format(timeLayout),
		hold.Until.In(w.zone).Format(timeLayout), plainly(hold.Note, ledger.MaxHoldNote))
}

// plainly is text on one line.
func plainly(text string, most int) string { return strings.TrimSpace(plaintext.Line(text, most)) }
