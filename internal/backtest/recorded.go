package backtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/jsonlines"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// Recorded is a failure as it was when it was judged.
type Recorded struct {
	ID       string // of the execution, or as a plain failure names itself; "" if nothing does
	Pipeline string // its name; "" if nothing tells
	Place    string // "file:line"; "decision 3" for the third of a list

	situation retry.Situation // without Terms, which a policy adds
	earlier   int             // retries before it that the record does not attribute to rules
	then      *then           // nil: what was decided is not on record
	notes     noting          // what it only notes, which no policy decides
}

// noting is what a trail notes of a failure that was, or is, judged by another.
type noting int

// The notings.
const (
	decides noting = iota // nothing: it is a decision
	answer                // what SageMaker answered to a call
	ending                // how a retry ended, or that it runs on
	heldUp                // that a hold or a breaker kept the retry that the policy grants
)

// then is what was decided when the failure was recorded.
type then struct {
	outcome Outcome
	units   int
}

// Read reads JSON lines, plain failures and trails in any order: a line with
// "facts" is a trail. The name is for places. Errors name the place and what was
// expected; the first is the last that is given.
func Read(name string, r io.Reader) iter.Seq2[Recorded, error] {
	return func(yield func(Recorded, error) bool) {
		for line, err := range jsonlines.Read(name, r) {
			var rec Recorded
			if err == nil {
				rec, err = read(line)
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

func read(line jsonlines.Line) (Recorded, error) {
	if !bytes.Contains(line.Data, []byte(`"facts"`)) {
		return readPlain(line)
	}
	var keys struct {
		Facts json.RawMessage `json:"facts"`
	}
	if err := line.Decode(&keys); err != nil {
		return Recorded{}, err
	}
	if keys.Facts == nil || string(keys.Facts) == "null" { // the word stood somewhere else
		return readPlain(line)
	}
	var trail retry.Trail
	if err := line.Decode(&trail); err != nil {
		return Recorded{}, err
	}
	return fromTrail(line.Place, trail)
}

// FromTrails makes failures to judge of decisions out of the ledger. A trail
// that cannot be judged again is an error, the last that is given.
func FromTrails(trails []retry.Trail) iter.Seq2[Recorded, error] {
	return func(yield func(Recorded, error) bool) {
		for i, trail := range trails {
			rec, err := fromTrail("decision "+strconv.Itoa(i+1), trail)
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// fromTrail restores what a trail leaves out because its key or decision says it.
func fromTrail(place string, t retry.Trail) (Recorded, error) {
	arn, err := retry.ParseExecutionARN(t.Decision.Execution)
	if err == nil && t.At.IsZero() {
		err = errors.New("expected the time of the decision, got none")
		return Recorded{}, fmt.Errorf("%s: at: %w", place, err)
	}
	if err != nil {
		return Recorded{}, fmt.Errorf("%s: decision.execution: %w", place, err)
	}
	notice, facts := t.Notice, t.Facts
	notice.Execution, facts.ARN = arn, arn
	if ended, err := time.Parse(time.RFC3339Nano, notice.Ended); err == nil { // what is none stays zero, as in events
		notice.EndedAt = ended.UTC()
	}
	return Recorded{
		ID: arn.ID, Pipeline: arn.Pipeline, Place: place,
		situation: retry.Situation{
			Notice: notice, State: alone(t), Turn: t.Turn, Facts: facts, Now: t.At,
		},
		then:  &then{said(t.Decision), max(t.Used-t.Stood.Used, 0)},
		notes: notes(t),
	}, nil
}

// said is the outcome of a recorded decision, in words that can be shown: a file or
// a ledger may hold any.
func said(d retry.Decision) Outcome {
	return Outcome{
		retry.Verdict(plaintext.Line(string(d.Verdict), wordLength)), retry.Reason(plaintext.Line(string(d.Reason), wordLength)),
	}
}

// wordLength bounds a word of the vocabulary, in characters.
const wordLength = 40

// alone is the state of a trail without what people and other executions had set
// in it: no hold, every breaker closed, nobody in line before one. Lines before
// budgets are part of their balances.
func alone(t retry.Trail) retry.State {
	s := t.State()
	s.Holds, s.Breakers, s.Lines = retry.Holds{}, nil, map[string]time.Time{}
	for line, last := range t.Lines {
		if !strings.HasPrefix(line, retry.BreakerLine("")) {
			s.Lines[line] = last
		}
	}
	return s
}

// notes tells what a trail only notes.
func notes(t retry.Trail) noting {
	d := t.Decision
	called := d.Verdict == retry.Retry && t.Used == t.Stood.Used
	switch {
	case t.Stood.Kind == retry.Claimed && (called || d.Reason == retry.RefusedForNow):
		return answer
	case t.Stood.Kind == retry.Retried && called: // asked again, as it never started
		return answer
	case d.Outcome != "" && d.Outcome != retry.FailedAnew, t.Stood.Kind == retry.Retried && d.Reason == retry.NotFailed:
		return ending
	case d.Verdict == retry.Wait && (d.Reason == retry.Held || d.Reason == retry.Scarce):
		return heldUp
	}
	return decides
}
