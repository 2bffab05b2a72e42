package backtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"mulligan/internal/jsonlines"
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
	answer    bool            // SageMaker's answer to a call, which no policy decides
}

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
			Notice: notice, State: t.State(), Turn: t.Turn, Facts: facts, Now: t.At,
		},
		then:   &then{Outcome{t.Decision.Verdict, t.Decision.Reason}, max(t.Used-t.Stood.Used, 0)},
		answer: answered(t),
	}, nil
}

// answered tells whether the trail only notes what SageMaker said to a call
// that was decided before it.
func answered(t retry.Trail) bool {
	accepted := t.Decision.Reason == retry.Retryable && t.Used == t.Stood.Used
	return t.Stood.Kind == retry.Claimed && (accepted || t.Decision.Reason == retry.RefusedForNow)
}
