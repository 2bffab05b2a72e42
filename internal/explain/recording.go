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

	"mulligan/internal/retry"
)

// Recording are facts that were written down, so that a decision can be told
// where there is no account to ask.
type Recording struct {
	Now     time.Time // when they were, and when the failure is judged
	Record  retry.Record
	Newer   *string // nil: not recorded
	answers answers
	full    map[string]time.Time // by the bucket's key or name
}

// recorded is a recording as JSON. What comes from the AWS CLI is kept as it is:
// its keys are AWS', and there may be new ones.
type recorded struct {
	Now       stamp             `json:"now"`
	Execution json.RawMessage   `json:"execution"`     // aws sagemaker describe-pipeline-execution
	Steps     json.RawMessage   `json:"steps"`         // aws sagemaker list-pipeline-execution-steps
	Jobs      []json.RawMessage `json:"jobs"`          // aws sagemaker describe-training-job and the like
	Newer     *string           `json:"newer_success"` // ARN, "" where there is none
	Record    *retry.Record     `json:"record"`        // the ledger's
	Balances  map[string]stamp  `json:"balances"`      // bucket → when it is full again
}

// ReadRecording reads a recording. Keys of its own that it does not know are an
// error, those of AWS' answers are not. The error says what was expected where.
func ReadRecording(text []byte) (*Recording, error) {
	var r recorded
	if err := strictly(text, &r); err != nil {
		return nil, fmt.Errorf("expected facts as events/README.md describes them: %w", err)
	}
	switch {
	case time.Time(r.Now).IsZero():
		return nil, errors.New(`"now": expected when the facts were recorded, got nothing`)
	case len(r.Execution) == 0:
		return nil, errors.New(`"execution": expected what describe-pipeline-execution prints, got nothing`)
	case len(r.Steps) == 0:
		return nil, errors.New(`"steps": expected what list-pipeline-execution-steps prints, got nothing`)
	}
	rec := &Recording{Now: time.Time(r.Now).UTC(), Newer: r.Newer, full: map[string]time.Time{}}
	if r.Record != nil {
		rec.Record = *r.Record
	}
	for bucket, full := range r.Balances {
		rec.full[bucket] = time.Time(full).UTC()
	}
	var err error
	rec.answers, err = wire(r)
	return rec, err
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

// stamp is a time as the AWS CLI writes it: ISO 8601 with a zone (version 2), or
// seconds since 1970 (version 1).
type stamp time.Time

// UnmarshalJSON takes either.
func (s *stamp) UnmarshalJSON(text []byte) error {
	t, ok := readStamp(text)
	if !ok {
		return fmt.Errorf("expected a time as 2026-11-20T06:24:37Z or in seconds since 1970, got %.40s", text)
	}
	*s = stamp(t)
	return nil
}

func readStamp(text []byte) (time.Time, bool) {
	var seconds float64
	if json.Unmarshal(text, &seconds) == nil {
		return time.UnixMilli(int64(seconds * 1000)), true
	}
	var words string
	if json.Unmarshal(text, &words) != nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, words)
	return t, err == nil
}
