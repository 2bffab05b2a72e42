package backtest

import (
	"fmt"
	"slices"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// Outcome is what becomes of a failure, in the words of the ledger.
type Outcome struct {
	Verdict retry.Verdict `json:"verdict"`
	Reason  retry.Reason  `json:"reason"`
}

// judgement is one failure under one policy.
type judgement struct {
	Outcome
	units       int // that it takes: 1 for a retry that it grants
	permanent   bool
	due         time.Time
	parallelism int32
	rule        string
	jobUnknown  bool // a job would have been looked at
	newerAsked  bool // a newer execution would have been asked for
	untyped     bool // left to a person for a step whose type nothing tells

	evidence string
	heard    *listener
}

// listener is a policy that keeps what it was asked last.
type listener struct {
	policy.Policy
	asked bool
	last  retry.Case
	said  retry.Decision
}

// Decide implements retry.Policy.
func (l *listener) Decide(c retry.Case) retry.Decision {
	l.asked, l.last, l.said = true, c, l.Policy.Decide(c)
	return l.said
}

// judge takes a failure down the corridor's plan under another policy.
func judge(rec Recorded, p policy.Policy) judgement {
	heard := &listener{Policy: p}
	s := rec.situation
	s.Terms = p.TermsFor(s.Notice.Execution)
	s.Policy = heard
	if s.Mode == retry.ModeOff {
		return judgement{Outcome: Outcome{retry.Ignore, retry.Off}, evidence: "the policy's mode for this pipeline is off", heard: heard}
	}
	s.State.Record = attributed(s, rec.earlier)
	j := judgement{heard: heard}
	move := j.plan(&s)
	j.Outcome = Outcome{move.Decision.Verdict, move.Decision.Reason}
	j.rule, j.evidence = move.Decision.Rule, move.Decision.Evidence
	j.due, j.parallelism = move.Decision.Due, move.Decision.Parallelism
	j.units = units(s, move)
	j.untyped = j.Reason == retry.NeedsPerson && j.leftUntyped()
	parked := move.Write != nil && j.Reason == retry.SharedBudgetEmpty // for a unit that it would be granted
	j.permanent = s.Facts.Cause.Label == cause.Permanent && (j.units > 0 || parked)
	return j
}

// leftUntyped tells whether the policy leaves it to a person for its side effects,
// and a step that would run again is of a type that nothing tells.
func (j judgement) leftUntyped() bool {
	if !slices.ContainsFunc(j.heard.last.Rerun, func(r retry.Rerun) bool { return r.Type == "" }) {
		return false
	}
	_, tried := j.heard.Explain(j.heard.last)
	return slices.ContainsFunc(tried, func(t policy.Tried) bool { return t.Name == sideEffects && t.Applies })
}

// sideEffects is the guard for steps with side effects, by its name in
// policy.Tried.
const sideEffects = "side_effects"

// plan decides, with nothing known where the plan asks for more.
func (j *judgement) plan(s *retry.Situation) retry.Move {
	for {
		move := retry.Plan(*s)
		if s.Suppose(move) {
			continue
		}
		switch move.Then {
		case retry.LookCloser:
			j.jobUnknown = true
			s.Facts.Failed = slices.Clone(s.Facts.Failed)
			for _, place := range move.Jobs {
				s.Facts.Failed[place].Job = &cause.Job{}
			}
		case retry.AskNewer:
			j.newerAsked, s.Facts.NewerAsked = true, true
		default:
			return move
		}
	}
}

// units is how many units the move takes.
func units(s retry.Situation, move retry.Move) int {
	if move.Write == nil {
		return 0
	}
	return max(move.Write.Used-s.State.Record.Used, 0)
}

// attributed is the record after the retries that are said to have come before:
// each counts for the rule by which this policy would have granted it to the
// same failure. A trail attributes its own.
func attributed(s retry.Situation, earlier int) retry.Record {
	r := s.State.Record
	s.Mode = retry.Enforce // an observed policy grants by the same rules
	for range earlier {
		s.State.Record = r
		var j judgement
		if move := j.plan(&s); units(s, move) > 0 {
			r.Granted = move.Write.Granted
		}
		r.Used++ // it was made, whoever granted it
	}
	return r
}

// why says in a line what decided, and with that what would have changed it.
func (j judgement) why() string {
	said := j.heard.said
	switch {
	case !j.heard.asked:
		return j.evidence // no rule was asked
	case j.Reason == retry.Observing:
		return "observed only; " + j.decisive()
	case j.Reason != said.Reason:
		return j.decisive() + ", but " + j.evidence
	default:
		return j.decisive()
	}
}

// decisive is the last step of the decision that applied.
func (j judgement) decisive() string {
	_, tried := j.heard.Explain(j.heard.last)
	for _, step := range slices.Backward(tried) {
		switch rule := j.heard.said.Rule; {
		case !step.Applies:
		case step.Kind == policy.TriedRule:
			return fmt.Sprintf("rule %s: %s", step.Name, step.Why)
		case rule != "":
			return fmt.Sprintf("rule %s matches, but %s: %s", rule, step.Name, step.Why)
		default:
			return fmt.Sprintf("%s: %s", step.Name, step.Why)
		}
	}
	return j.heard.said.Evidence
}
