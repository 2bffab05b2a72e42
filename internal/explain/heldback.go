package explain

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// Waits is what a failure waits for that others wait for too.
type Waits struct {
	For   string    `json:"for"` // in words
	Key   string    `json:"key"` // of the line, or the hold's scope
	Until time.Time `json:"until"`
	Turn  time.Time `json:"turn,omitzero"`            // that it has in the line
	After time.Time `json:"turn_before,omitzero"`     // the one given before it; zero: none
	Every int       `json:"seconds_a_turn,omitempty"` // between two turns of the line
	None  bool      `json:"no_turn_left,omitempty"`   // none that comes before it is too old
}

// Hold is a hold that is in force on the failure.
type Hold struct {
	retry.Hold
	On       string `json:"on"`           // its scope in words
	Releases string `json:"released_by"`  // what a person types
	Decides  bool   `json:"waits_for_it"` // of several the one that ends last
}

// Breaker is one that the failure met, as it stands after the decision.
type Breaker struct {
	Scope  string    `json:"scope"`
	Of     string    `json:"of"` // its scope in words
	Open   bool      `json:"open"`
	Opened time.Time `json:"opened,omitzero"`
	Why    string    `json:"why,omitempty"`
	Probe  string    `json:"probe,omitempty"`          // ARN of the execution that probes, lower-cased
	Mine   bool      `json:"probed_by_this,omitempty"` // that is this one
	Called bool      `json:"called,omitempty"`         // its retry was accepted
	Next   time.Time `json:"next,omitzero"`            // when the next may probe, or the probe is given up
	Failed int       `json:"failed,omitempty"`         // probes in a row
	Rate   int       `json:"rate"`                     // percent of the rate of the account's budget at which it lets go
	Every  int       `json:"seconds_a_turn,omitempty"` // between two that it lets go, where the failure stands in its line
	Change string    `json:"by_this_decision,omitempty"`
}

// waits tells what the failure waits for, nil where it waits for nothing that
// others wait for.
func waits(j judged) *Waits {
	d, pause := j.enforced.Decision, pauseOf(j)
	if d.Verdict != retry.Wait || pause.For == "" || pause.Reason != d.Reason {
		return nil
	}
	told := &Waits{For: forInWords(pause.For, bucketsOf(j)), Key: pause.For, Until: pause.Due}
	if j.line.Key != pause.For {
		return told
	}
	told.None, told.Every = j.s.Turn.None, int(j.line.Every.Seconds())
	if told.After = putOff(j, j.s.State.Lines[pause.For]); !told.After.After(j.s.Now) {
		told.After = time.Time{} // it has come: nobody is before it
	}
	if !told.None {
		told.Turn = putOff(j, j.s.Turn.At)
	}
	return told
}

// putOff is when a turn comes in the line that it stands in: before a breaker the
// breaker, as it stands after the decision, puts off them all. Zero stays zero.
func putOff(j judged, turn time.Time) time.Time {
	scope, ok := scopeOf(j.line.Key)
	if !ok || turn.IsZero() {
		return turn
	}
	b := j.s.State.Breakers[scope]
	for _, told := range j.enforced.Breakers {
		if told.Scope == scope {
			b = told
		}
	}
	return turn.Add(b.Shift)
}

// pauseOf is how the record waits after the decision.
func pauseOf(j judged) retry.Pause {
	if w := j.enforced.Write; w != nil {
		return w.Pause
	}
	return j.s.State.Record.Pause
}

func bucketsOf(j judged) []retry.Bucket {
	if j.s.Policy == nil {
		return nil
	}
	return j.s.Policy.Budgets(j.s.Notice.Execution)
}

// holdOn is the hold that keeps a retry from being made, if there is one.
func holdOn(j judged) (retry.Hold, bool) {
	return j.s.State.Holds.On(j.s.Notice.Execution, j.s.Facts.Cause.Class, j.s.Now)
}

// holds are those in force on the failure.
func (s Setting) holds(j judged) (all []Hold) {
	last, on := holdOn(j)
	if !on {
		return nil
	}
	if j.s.State.Holds.Fault != "" {
		return []Hold{{Hold: last, On: holdInWords(last.Scope), Decides: true}}
	}
	for _, hold := range j.s.State.Holds.Holds {
		if _, covers := (retry.Holds{Holds: []retry.Hold{hold}}).On(j.s.Notice.Execution, j.s.Facts.Cause.Class, j.s.Now); covers {
			all = append(all, Hold{Hold: hold, On: holdInWords(hold.Scope), Releases: releases(hold.Scope) + s.At, Decides: hold == last})
		}
	}
	return all
}

// breakers are those that the failure met and that make somebody wait.
func breakers(j judged) (all []Breaker) {
	after := j.s.State.Breakers
	for _, b := range j.move.Breakers {
		after = both(after, map[string]retry.Breaker{b.Scope: b})
	}
	for _, scope := range sortedKeys(after) {
		stood, b := j.s.State.Breakers[scope], after[scope]
		if told := breaker(j, stood, b); b.IsOpen() || stood.IsOpen() || b.Rate > 0 && b.Rate < 100 {
			all = append(all, told)
		}
	}
	return all
}

func breaker(j judged, stood, b retry.Breaker) Breaker {
	told := Breaker{
		Scope: b.Scope, Of: BreakerInWords(b.Scope), Open: b.IsOpen(), Opened: b.Opened, Why: b.Why, Probe: b.Probe,
		Mine: b.Probe == j.s.Notice.Execution.Key(), Called: b.Called, Next: b.Next, Failed: b.Failed, Rate: b.Rate,
	}
	if j.line.Key == retry.BreakerLine(b.Scope) {
		told.Every = int(j.line.Every.Seconds())
	}
	switch {
	case b.IsOpen() && !stood.IsOpen():
		told.Change = "opened"
	case stood.IsOpen() && !b.IsOpen():
		told.Change = "closed"
	case b.Probe != stood.Probe && told.Mine:
		told.Change = "probe taken"
	case b.Failed > stood.Failed:
		told.Change = "probe failed"
	}
	return told
}

// crowd are the steps behind the policy that turn on people and on others: the
// hold, and where none decides the breakers.
func crowd(j judged) []Tried {
	early := j.asked != nil && j.asked.Claimed && j.s.Now.Before(j.s.State.Record.Claim.Due)
	if j.asked == nil || j.said.Verdict == retry.Stop || early {
		return nil
	}
	hold, on := holdOn(j)
	step := Tried{Kind: check, Name: "hold", Applies: on, Why: "no hold is in force on it"}
	if on {
		step.Why = fmt.Sprintf("%s held until %s by %s: %s", areHeld(hold.Scope), clock(hold.Until), hold.Author, hold.Note)
	}
	d := j.enforced.Decision
	if !on && d.Reason == retry.SharedBudgetEmpty { // which decided
		return nil
	}
	if on {
		return []Tried{step}
	}
	_, behind := scopeOf(pauseOf(j).For)
	behind = behind && d.Verdict == retry.Wait && (d.Reason == retry.Scarce || d.Reason == retry.Held)
	return []Tried{step, {Kind: check, Name: "breaker", Applies: behind, Why: met(j, behind)}}
}

// areHeld begins a sentence about a hold.
func areHeld(scope string) string {
	if strings.HasPrefix(scope, "class ") {
		return holdInWords(scope) + " are"
	}
	return holdInWords(scope) + " is"
}

// met says what the breakers that it met let it do.
func met(j judged, waits bool) string {
	if waits {
		scope, _ := scopeOf(pauseOf(j).For)
		return BreakerInWords(scope) + ": " + j.enforced.Decision.Evidence
	}
	var probes, closed []string
	for _, b := range breakers(j) {
		if b.Open && b.Mine {
			probes = append(probes, b.Of)
		}
	}
	for _, scope := range sortedKeys(j.s.State.Breakers) {
		if b := j.s.State.Breakers[scope]; !b.IsOpen() {
			closed = append(closed, strings.TrimSuffix(BreakerInWords(scope), foundScarce)+counted(j, scope))
		}
	}
	switch {
	case len(probes) > 0:
		return "it is the probe of " + strings.Join(probes, " and of ") + ", and need not wait"
	case len(closed) > 0:
		return "none is open that it meets: " + strings.Join(closed, "; ")
	default:
		return "it meets none"
	}
}

// counted says how many executions failed in a scope, and how many open its breaker.
func counted(j judged, scope string) string {
	set := j.s.Breakers
	if strings.HasPrefix(scope, "scarce ") || scope == retry.CallScope || set.Executions == 0 {
		return ""
	}
	b := j.s.State.Breakers[scope]
	for _, written := range j.move.Breakers {
		if written.Scope == scope {
			b = written
		}
	}
	return fmt.Sprintf(" (%d of %d executions within %s)", len(b.Seen), set.Executions, span(set.Within))
}

// budgetTurns is until when the turns in the line before a bucket are given; zero
// where it has come to an end.
func budgetTurns(s retry.Situation, b retry.Bucket) time.Time {
	if last := s.State.Lines[b.Key]; last.After(s.Now) {
		return last.UTC()
	}
	return time.Time{}
}
