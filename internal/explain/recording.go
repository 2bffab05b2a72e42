package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// Recording are facts that were written down, so that a decision can be told
// where there is no account to ask.
type Recording struct {
	Now     time.Time // when they were, and when the failure is judged
	Record  retry.Record
	Newer   *string // nil: not recorded
	answers answers
	about   string               // ARN of the execution that was recorded; "" if it does not say
	full    map[string]time.Time // by the bucket's key or name

	holds    retry.Holds
	breakers map[string]retry.Breaker // by scope
}

// recorded is a recording as JSON. What comes from the AWS CLI is kept as it is:
// its keys are AWS', and there may be new ones.
type recorded struct {
	Now       json.RawMessage            `json:"now"`
	Execution json.RawMessage            `json:"execution"`     // aws sagemaker describe-pipeline-execution
	Steps     json.RawMessage            `json:"steps"`         // aws sagemaker list-pipeline-execution-steps
	Jobs      []json.RawMessage          `json:"jobs"`          // aws sagemaker describe-training-job and the like
	Newer     *string                    `json:"newer_success"` // ARN, "" where there is none
	Record    *retry.Record              `json:"record"`        // the ledger's
	Balances  map[string]json.RawMessage `json:"balances"`      // bucket → when it is full again
	Holds     []json.RawMessage          `json:"holds"`         // as mulligan holds --json prints them
	Breakers  []json.RawMessage          `json:"breakers"`      // likewise
}

// ReadRecording reads a recording. Keys of its own that it does not know are an
// error, those of AWS' answers are not. The error says what was expected where.
func ReadRecording(text []byte) (*Recording, error) {
	r, err := readRecording(text)
	return r, inOneLine(err)
}

func readRecording(text []byte) (*Recording, error) {
	var r recorded
	if err := strictly(text, &r); err != nil {
		return nil, fmt.Errorf("expected facts as events/README.md describes them: %w", err)
	}
	switch {
	case len(r.Now) == 0:
		return nil, errors.New(`"now": expected when the facts were recorded, got nothing`)
	case len(r.Execution) == 0:
		return nil, errors.New(`"execution": expected what describe-pipeline-execution prints, got nothing`)
	case len(r.Steps) == 0:
		return nil, errors.New(`"steps": expected what list-pipeline-execution-steps prints, got nothing`)
	}
	rec := &Recording{Newer: r.Newer}
	var err error
	if rec.Now, err = stamp(r.Now, "now"); err != nil {
		return nil, err
	}
	if rec.full, err = stamps(r.Balances); err != nil {
		return nil, err
	}
	if rec.holds, err = readHolds(r.Holds); err != nil {
		return nil, err
	}
	if rec.breakers, err = readBreakers(r.Breakers); err != nil {
		return nil, err
	}
	if r.Record != nil {
		rec.Record = *r.Record
	}
	if rec.answers, err = wire(r); err != nil {
		return nil, err
	}
	rec.about = about(rec.answers)
	return rec, nil
}

// maxFault bounds what is said of a recording or a trail at fault, in characters.
const maxFault = 600

// inOneLine is an error that names what others wrote, fit for a terminal.
func inOneLine(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(plaintext.Line(err.Error(), maxFault))
}

// about is the execution that the answers are about.
func about(a answers) string {
	var said struct{ PipelineExecutionArn string }
	_ = json.Unmarshal(a["DescribePipelineExecution"], &said) // what it holds has its shape
	return said.PipelineExecutionArn
}

// strictly decodes one JSON object without keys that are not known.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows behind its end")
	}
	return nil
}

// Balances are those of the buckets. A recording may name a bucket in short:
// "pipeline" are all buckets of the pipeline.
func (r *Recording) balances(buckets []retry.Bucket) (map[string]time.Time, error) {
	full := map[string]time.Time{}
	for _, name := range sortedKeys(r.full) {
		known := false
		for _, b := range buckets {
			if b.Key == name || b.Name == name {
				full[b.Key], known = r.full[name], true
			}
		}
		if !known {
			return nil, fmt.Errorf(`"balances": expected %s, or the key of such a bucket, got %.80q`, bucketNames(buckets), name)
		}
	}
	return full, nil
}

func bucketNames(buckets []retry.Bucket) string {
	var names []string
	for _, b := range buckets {
		if !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	return strings.Join(names, " or ")
}

// aTime is what is expected where a time is to stand: ISO 8601 with a zone, as
// version 2 of the AWS CLI writes it, or seconds since 1970, as version 1 does.
const aTime = "a time as 2026-11-20T06:24:37Z or in seconds since 1970"

// sageMakerBegan is when there was no SageMaker yet: a time before it is a number
// that means something else, such as units or minutes.
var sageMakerBegan = time.Date(2017, 11, 29, 0, 0, 0, 0, time.UTC)

// stamp reads a time of a recording's own.
func stamp(text json.RawMessage, place string) (time.Time, error) {
	t, ok := readStamp(text)
	switch {
	case !ok:
		return t, fmt.Errorf("%q: expected %s, got %.40s", place, aTime, text)
	case t.Before(sageMakerBegan):
		return t, fmt.Errorf("%q: expected %s, got %.40s, which is before there was a SageMaker", place, aTime, text)
	}
	return t.UTC(), nil
}

// stamps reads the balances.
func stamps(all map[string]json.RawMessage) (map[string]time.Time, error) {
	full := map[string]time.Time{}
	for _, bucket := range sortedKeys(all) {
		t, err := stamp(all[bucket], "balances."+bucket)
		if err != nil {
			return nil, fmt.Errorf("%w; a balance is the time when the budget is full again", err)
		}
		full[bucket] = t
	}
	return full, nil
}

func readStamp(text []byte) (time.Time, bool) {
	var seconds float64
	if json.Unmarshal(text, &seconds) == nil && string(text) != "null" {
		return time.UnixMilli(int64(seconds * 1000)), true
	}
	var words string
	if json.Unmarshal(text, &words) != nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, words)
	return t, err == nil
}
