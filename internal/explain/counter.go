package explain

import (
	"maps"
	"slices"
	"strings"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// maxChanges is how many are told: more than that nobody weighs.
const maxChanges = 6

// supposition is one thing that could have been otherwise.
type supposition struct {
	had string
	on  func(*retry.Situation) // what the judgement would have started from
	ask func(*retry.Case)      // what the policy would have been asked

	undated bool // when it would be due depends on more
}

// changes plans again with one thing changed at a time, and keeps what leads
// to another verdict or reason: what would have given the failure its chance
// comes first, where it got none.
func changes(j judged, p policy.Policy, set policy.Settings) []Change {
	if isEnd(j) {
		return otherEnds(j, p)
	}
	all := otherCauses(j, p)
	seen := map[string]bool{}
	for _, s := range suppositions(j, p, set) {
		d, ok := s.decide(j, p)
		if !ok || same(d, j.move.Decision) || granted(d) == granted(j.move.Decision) && d.Verdict == retry.Ignore {
			continue
		}
		if words := s.had + string(d.Reason); !seen[words] {
			seen[words] = true
			all = append(all, change(s.had, d))
		}
	}
	slices.SortStableFunc(all, func(a, b Change) int { return rank(a, j) - rank(b, j) })
	return all[:min(len(all), maxChanges)]
}

func same(a, b retry.Decision) bool { return a.Verdict == b.Verdict && a.Reason == b.Reason }

// granted tells whether the failure gets its retry, now or when it is due.
func granted(d retry.Decision) bool {
	return d.Verdict == retry.Retry || d.Verdict == retry.Wait && d.Reason == retry.BackingOff
}

// rank puts the opposite first.
func rank(c Change, j judged) int {
	if granted(retry.Decision{Verdict: c.Verdict, Reason: c.Reason}) != granted(j.move.Decision) {
		return 0
	}
	return 1
}

func change(had string, d retry.Decision) Change {
	return Change{Had: had, Verdict: d.Verdict, Reason: d.Reason, Due: d.Due}
}

// decide judges what the supposition leaves.
func (s supposition) decide(j judged, p policy.Policy) (retry.Decision, bool) {
	other := j.s
	if s.on != nil {
		s.on(&other)
	}
	again, err := judge(other, p, s.ask, supposing)
	d := again.move.Decision
	if s.undated {
		d.Due = time.Time{}
	}
	return d, err == nil
}

// suppositions are those worth a try, the likeliest to matter first. Causes are
// tried by otherCauses.
func suppositions(j judged, p policy.Policy, set policy.Settings) []supposition {
	all := []supposition{
		{had: "SageMaker's answer been as young as the event", on: caughtUp},
		{had: "no newer execution of the pipeline succeeded", on: func(s *retry.Situation) { s.Facts.Newer = "" }},
		{had: "the execution still been Failed", on: func(s *retry.Situation) { s.Facts.Status = retry.StatusFailed }},
		{had: "the mode been enforce", on: func(s *retry.Situation) { s.Mode = retry.Enforce }},
		{had: "nobody been stopping the execution", ask: func(c *retry.Case) { c.Previous = "Executing" }},
		{had: "it been judged as soon as it failed", ask: func(c *retry.Case) { c.Age = 0 }},
		{had: "the same failure not come back", ask: func(c *retry.Case) { c.Repeats = 0 }},
		{had: "no step with a side effect been among those that would run again", ask: func(c *retry.Case) { c.Rerun = nil }},
		{had: "one retry fewer been used", ask: func(c *retry.Case) { oneFewer(c, j.move.Decision.Rule) }},
		{had: "every shared budget had a unit left", ask: func(c *retry.Case) { c.Full, c.Lines = nil, nil }},
		{had: "no hold been in force", on: func(s *retry.Situation) { s.State.Holds = retry.Holds{} }},
		{had: "no breaker been open, and nobody waited before it", on: func(s *retry.Situation) { s.State.Breakers, s.State.Lines = nil, nil }},
		{had: "nothing been on record about this execution", on: func(s *retry.Situation) { s.State.Record = retry.Record{} }},
	}
	if r := j.s.State.Record; r.Kind == retry.Claimed && j.s.Now.Before(r.Claim.Due) {
		all = append(all, supposition{had: "it come when the retry is due", on: func(s *retry.Situation) { s.Now = r.Claim.Due }})
	}
	if j.recalled {
		all = append(all, supposition{had: "it named a later end, as the event of another failure does", on: laterEnd})
	}
	if granted(j.move.Decision) {
		all = append(all, against(j, p, set)...)
	}
	return all
}

// against are suppositions that speak against a retry.
func against(j judged, p policy.Policy, set policy.Settings) []supposition {
	all := []supposition{
		{had: "all retries of this execution been used", ask: func(c *retry.Case) { c.Used = set.MaxRetries }},
		{had: "a newer execution of the pipeline succeeded", on: func(s *retry.Situation) { s.Facts.NewerAsked, s.Facts.Newer = true, "another" }},
		{had: "a person held retries of the pipeline", on: held, undated: true},
		{had: "somebody been stopping the execution when it failed", ask: func(c *retry.Case) { c.Previous = "Stopping" }},
		{had: "the failure been older than " + span(set.ExpireAfter), ask: func(c *retry.Case) { c.Age = set.ExpireAfter + time.Second }},
		{had: "somebody moved the execution on before", on: func(s *retry.Situation) { s.Facts.Status, s.Facts.LastModified = "Executing", s.Now }},
	}
	all = slices.Insert(all, 1, empties(p, j)...) // next to the execution's own
	if due := j.s.State.Record.Claim.Due; j.asked != nil && j.asked.Claimed {
		all = append(all, supposition{had: "it come before " + clock(due), on: func(s *retry.Situation) { s.Now = due.Add(-time.Second) }})
	}
	return all
}

// held sets a hold on the pipeline.
func held(s *retry.Situation) {
	hold := retry.Hold{Scope: retry.HoldOfPipeline(s.Notice.Execution.Pipeline), Until: s.Now.Add(time.Hour)}
	s.State.Holds.Holds = append(slices.Clip(s.State.Holds.Holds), hold)
}

// laterEnd makes the notice one of a failure that is not on record.
func laterEnd(s *retry.Situation) {
	s.Notice.EndedAt, s.Notice.Emitted, s.Notice.EventID = s.Now, s.Now, "another"
	s.Notice.Ended = s.Now.Format(time.RFC3339)
}

// caughtUp is what SageMaker shows once it shows what the event tells.
func caughtUp(s *retry.Situation) {
	s.Facts.Status, s.Facts.Running = retry.StatusFailed, false
	if s.Notice.EndedAt.After(s.Facts.LastModified) {
		s.Facts.LastModified, s.Facts.Round, s.Facts.Ended = s.Notice.EndedAt, s.Notice.EndedAt, s.Notice.EndedAt
	}
}

// oneFewer gives back a retry that was used.
func oneFewer(c *retry.Case, rule string) {
	if c.Used == 0 {
		return
	}
	c.Used, c.Retry = c.Used-1, c.Retry-1
	c.Careful = max(c.Careful-1, 0)
	if n := c.Granted[rule]; n > 0 {
		c.Granted = maps.Clone(c.Granted)
		c.Granted[rule] = n - 1
	}
}

// empties are the budgets of the pipeline without a unit: the stack's, and the
// policy's where it has one.
func empties(p policy.Policy, j judged) (all []supposition) {
	for _, b := range labelledBuckets(p, j.s.Notice.Execution) {
		if whose, name, own := strings.Cut(b.Name, " "); name == "pipeline" || b.Name == "pipeline" {
			had := "the budget of the pipeline been empty"
			if own {
				had = "the " + whose + " budget of the pipeline been empty"
			}
			all = append(all, supposition{had: had, ask: emptied(b)})
		}
	}
	return all
}

// emptied takes every unit from a bucket.
func emptied(b retry.Bucket) func(*retry.Case) {
	return func(c *retry.Case) {
		full := maps.Clone(c.Full)
		if full == nil {
			full = map[string]time.Time{}
		}
		full[b.Key] = c.Now.Add(b.Per)
		c.Full = full
	}
}
