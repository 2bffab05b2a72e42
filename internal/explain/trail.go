package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// ReadTrail reads a trail as the ledger keeps it, as JSON. Unknown keys are an
// error: what this build does not know may have decided.
func ReadTrail(text []byte) (retry.Trail, error) {
	var t retry.Trail
	if err := strictly(text, &t); err != nil {
		return t, inOneLine(fmt.Errorf("expected a decision of the ledger as JSON: %w", err))
	}
	if t.Decision.Verdict == "" || t.At.IsZero() {
		return t, fmt.Errorf("expected a decision of the ledger with its time, got none")
	}
	return t, nil
}

// TellTrail tells a decision that was taken, from what the ledger kept of it.
// The steps are taken again under the setting; where that is not what decided
// then, the story says so.
func TellTrail(trail retry.Trail, set Setting, from string) (*Story, error) {
	arn, err := retry.ParseExecutionARN(trail.Decision.Execution)
	if err != nil {
		return nil, fmt.Errorf("decision.execution: %w", err)
	}
	n := trail.Notice
	n.Execution = arn
	if ended, err := time.Parse(time.RFC3339Nano, n.Ended); err == nil {
		n.EndedAt = ended.UTC()
	}
	trail.Facts.ARN = arn
	q := Question{
		Setting: set, Notice: n, EventFrom: from, Now: trail.At, FactsFrom: "what the ledger kept of it",
		State: trail.State(), Turn: trail.Turn,
	}
	q.Home, q.HomeFrom = retry.Home{Partition: arn.Partition, Region: arn.Region, Account: arn.Account}, "the execution's own"
	s := q.situation()
	s.Facts, s.Mode, s.Supersedes = trail.Facts, retry.Lower(trail.Mode, s.Mode), trail.Supersedes
	j, err := judge(s, q.Policy, nil, asWas)
	if err != nil {
		return nil, err
	}
	t := &Story{Event: told(n, from), Home: q.place(), JudgedAt: trail.At}
	q.tell(t, j)
	t.asDecided(trail, j, set)
	return t, nil
}

// asWas asks nobody: what was not looked at then did not count.
func asWas(s *retry.Situation, move retry.Move) error { return supposing(s, move) }

// asDecided puts in force what was decided then, and says where the steps told
// are not those that were taken.
func (t *Story) asDecided(trail retry.Trail, j judged, set Setting) {
	meant, next := t.Means, t.Next
	t.decide(trail.Decision)
	if t.Means, t.Next = meant, next; !same(trail.Decision, j.move.Decision) {
		t.Means, t.Next = means(trail.Decision, trail.Facts.Cause.Label), set.there(meanings[trail.Decision.Reason].next)
		t.Notes = append(t.Notes, fmt.Sprintf("The steps below are those of this build under this policy: %s, %s. What was decided then turned on something else, such as SageMaker's answer to the call or another policy.",
			j.move.Decision.Verdict, j.move.Decision.Reason))
	}
	if trail.Policy != j.s.Version {
		t.Notes = append(t.Notes, fmt.Sprintf("It was decided under policy %s; the steps below are taken under %s. --policy names the file of that time.", trail.Policy, j.s.Version))
	}
	t.Notes = append(t.Notes, "Decided by build "+trail.Build+".")
}

// After adds the decisions of the ledger on the execution.
func (t *Story) After(trails []retry.Trail) { t.Before = past(trails) }

// past are the decisions of the ledger in short, oldest first.
func past(trails []retry.Trail) []Past {
	var all []Past
	for _, t := range trails {
		d := t.Decision
		all = append(all, Past{At: t.At, Verdict: d.Verdict, Reason: d.Reason, Retry: d.Retry, Due: d.Due, Evidence: d.Evidence, Policy: t.Policy})
	}
	return all
}

// JSON is the story for machines.
func (t *Story) JSON() ([]byte, error) {
	if t.Changes == nil {
		t.Changes = []Change{} // the key is always there
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // it is no part of a page
	e.SetIndent("", "  ")
	err := e.Encode(t)
	return []byte(plaintext.JSON(text.String())), err
}
