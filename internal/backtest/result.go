package backtest

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// Result is what two policies would have done to the same failures.
type Result struct {
	Rows      int         `json:"rows"` // failures that were judged
	Old       Side        `json:"old"`
	New       Side        `json:"new"`
	Then      Then        `json:"then"`
	Verdicts  []Count     `json:"verdicts"`
	Differ    int         `json:"differ"`              // failures with another verdict or reason
	Changes   []Change    `json:"changes"`             // these, by what changes; the most frequent first
	Dues      int         `json:"other_dues"`          // the same verdict and reason, due at another time
	Parallel  int         `json:"other_parallelism"`   // the same, retried with another parallelism
	Permanent int         `json:"permanent_retried"`   // that New would retry although their cause is permanent, and Old would not
	Lasting   []Example   `json:"permanent,omitempty"` // of these, at most MaxExamples
	Already   int         `json:"permanent_already"`   // that both would retry although their cause is permanent
	Unknown   Unknown     `json:"taken_as_not_known"`  // what the records do not hold
	places    map[key]int // in Changes
	counts    map[Outcome]*Count
}

// MaxExamples bounds the examples that are kept of one change.
const MaxExamples = 5

// Side is one of the two policies.
type Side struct {
	Name    string `json:"name,omitempty"` // as people call it; Run leaves it empty
	Version string `json:"version"`
	Retries int    `json:"retries"` // units that it would grant
}

// Then is what was decided when the failures were recorded, where that is known.
type Then struct {
	Rows    int `json:"rows"`
	Retries int `json:"retries"`
}

// Count is how often a verdict came with a reason.
type Count struct {
	Outcome
	Old  int `json:"old"`
	New  int `json:"new"`
	Then int `json:"then"`
}

// Change is a verdict and reason that the new policy has instead of others.
type Change struct {
	Old      Outcome   `json:"old"`
	New      Outcome   `json:"new"`
	Rows     int       `json:"rows"`
	Examples []Example `json:"examples"` // the first ones, at most MaxExamples
}

// Example is one failure with what decided it.
type Example struct {
	ID       string      `json:"id,omitempty"`
	Pipeline string      `json:"pipeline,omitempty"`
	Place    string      `json:"place"`
	Class    cause.Class `json:"class"`
	Label    cause.Label `json:"label"`
	Words    string      `json:"words"` // that the cause was read from, one line
	OldRule  string      `json:"old_rule,omitempty"`
	NewRule  string      `json:"new_rule,omitempty"`
	OldWhy   string      `json:"old_why"` // what decided, one line
	NewWhy   string      `json:"new_why"`
}

// Unknown counts failures by what their records do not hold.
type Unknown struct {
	Jobs      int `json:"jobs"`      // a policy would have looked at jobs: taken to say nothing
	Newer     int `json:"newer"`     // it would have asked for a newer execution: taken as there being none
	IDs       int `json:"ids"`       // no id: named by their places
	Pipelines int `json:"pipelines"` // no pipeline: only sections for all pipelines fit
	Answers   int `json:"answers"`   // left out: SageMaker's answers to calls, which no policy decides
	Endings   int `json:"endings"`   // left out: how retries ended, which no policy decides
	Held      int `json:"held"`      // left out: kept by a hold or a breaker, and judged anew when they came back
	Balances  int `json:"balances"`  // plain failures that a policy grants a retry: every shared budget taken as full
	Untyped   int `json:"untyped"`   // left to a person, as a step that would run again has no type
	Types     int `json:"types"`     // with a step of a type that SageMaker does not have
}

type key struct{ old, new Outcome }

// Run judges each failure under both policies. It ends at the first error, with
// the result so far.
func Run(recorded iter.Seq2[Recorded, error], old, proposed policy.Policy) (Result, error) {
	r := Result{
		Old: Side{Version: old.Version()}, New: Side{Version: proposed.Version()},
		places: map[key]int{}, counts: map[Outcome]*Count{},
	}
	for rec, err := range recorded {
		if err != nil {
			r.arrange()
			return r, err
		}
		if r.Unknown.leftOut(rec.notes) {
			continue
		}
		r.add(rec, judge(rec, old), judge(rec, proposed))
	}
	r.arrange()
	return r, nil
}

func (r *Result) add(rec Recorded, old, proposed judgement) {
	r.Rows++
	r.count(old.Outcome).Old++
	r.count(proposed.Outcome).New++
	r.Old.Retries += old.units
	r.New.Retries += proposed.units
	if rec.then != nil {
		r.Then.Rows++
		r.Then.Retries += rec.then.units
		r.count(rec.then.outcome).Then++
	}
	r.Unknown.note(rec, old, proposed)
	switch {
	case old.Outcome != proposed.Outcome:
		r.differ(rec, old, proposed)
	case !old.due.Equal(proposed.due):
		r.Dues++
	}
	if old.Outcome == proposed.Outcome && old.parallelism != proposed.parallelism {
		r.Parallel++
	}
	switch {
	case proposed.permanent && old.permanent:
		r.Already++
	case proposed.permanent:
		r.Permanent++
		r.Lasting = keep(r.Lasting, rec, old, proposed)
	}
}

func (r *Result) count(o Outcome) *Count {
	if r.counts[o] == nil {
		r.counts[o] = &Count{Outcome: o}
	}
	return r.counts[o]
}

func (r *Result) differ(rec Recorded, old, proposed judgement) {
	r.Differ++
	k := key{old.Outcome, proposed.Outcome}
	if _, seen := r.places[k]; !seen {
		r.places[k] = len(r.Changes)
		r.Changes = append(r.Changes, Change{Old: k.old, New: k.new})
	}
	c := &r.Changes[r.places[k]]
	c.Rows++
	c.Examples = keep(c.Examples, rec, old, proposed)
}

// leftOut counts what is no decision of a policy; false for a decision.
func (u *Unknown) leftOut(n noting) bool {
	u.Answers += one(n == answer)
	u.Endings += one(n == ending)
	u.Held += one(n == heldUp)
	return n != decides
}

func (u *Unknown) note(rec Recorded, old, proposed judgement) {
	u.Jobs += one(old.jobUnknown || proposed.jobUnknown)
	u.Newer += one(old.newerAsked || proposed.newerAsked)
	u.IDs += one(rec.ID == "")
	u.Pipelines += one(rec.Pipeline == "")
	u.Balances += one(rec.then == nil && old.units+proposed.units > 0)
	u.Untyped += one(old.untyped || proposed.untyped)
	u.Types += one(slices.ContainsFunc(rec.situation.Facts.Failed, oddType))
}

// oddType tells whether a step names a type that there is not.
func oddType(s cause.Step) bool {
	return s.Type != "" && !slices.ContainsFunc(policyfile.StepTypes(), func(one string) bool { return strings.EqualFold(one, s.Type) })
}

func one(counts bool) int {
	if counts {
		return 1
	}
	return 0
}

// lineLength bounds what an example says on one line, in characters.
const lineLength = 200

// keep adds an example while there is room.
func keep(examples []Example, rec Recorded, old, proposed judgement) []Example {
	if len(examples) == MaxExamples {
		return examples
	}
	c := rec.situation.Facts.Cause
	return append(examples, Example{
		ID: plaintext.Line(rec.ID, lineLength), Pipeline: plaintext.Line(rec.Pipeline, lineLength), Place: rec.Place,
		Class: cause.Class(plaintext.Line(string(c.Class), wordLength)), Label: cause.Label(plaintext.Line(string(c.Label), wordLength)), Words: plaintext.Line(c.Evidence, lineLength),
		OldRule: old.rule, NewRule: proposed.rule,
		OldWhy: plaintext.Line(old.why(), lineLength), NewWhy: plaintext.Line(proposed.why(), lineLength),
	})
}

// arrange puts what was counted in an order that does not depend on chance.
func (r *Result) arrange() {
	r.Verdicts = []Count{}
	for _, c := range r.counts {
		r.Verdicts = append(r.Verdicts, *c)
	}
	slices.SortFunc(r.Verdicts, func(a, b Count) int { return a.compare(b.Outcome) })
	slices.SortStableFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), a.Old.compare(b.Old), a.New.compare(b.New))
	})
	if r.Changes == nil {
		r.Changes = []Change{} // a list in JSON too
	}
}

// compare orders outcomes: those that help first, then by reason.
func (o Outcome) compare(other Outcome) int {
	order := []retry.Verdict{retry.Retry, retry.Wait, retry.Stop, retry.Ignore}
	return cmp.Or(
		cmp.Compare(slices.Index(order, o.Verdict), slices.Index(order, other.Verdict)),
		strings.Compare(string(o.Reason), string(other.Reason)),
	)
}
