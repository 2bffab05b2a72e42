package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// tellExpiry warns of a hold that outlasts the failures that it holds back.
func (h *holding) tellExpiry(out io.Writer, lasts time.Duration) error {
	current, err := h.in.ledger.Current(h.cmd.Context())
	if err != nil {
		return err
	}
	most, least := h.expiry(inForce(current).doc)
	switch {
	case lasts <= least:
		return nil
	case most != least:
		fmt.Fprintf(out, "Note: it lasts longer than failures are kept (expire_after: %s, in sections of the policy down to %s): those that are older than that when it ends expire, and are not retried.\n",
			policyfile.Length(most), policyfile.Length(least))
	default:
		fmt.Fprintf(out, "Note: it lasts longer than failures are kept (expire_after: %s): those that are older than that when it ends expire, and are not retried.\n",
			policyfile.Length(least))
	}
	return nil
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
