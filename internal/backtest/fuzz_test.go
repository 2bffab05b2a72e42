package backtest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// FuzzRun: no line, however hostile, ends the program; what is judged twice is
// judged alike, every failure gets a verdict, and what people are shown of a
// collection can be shown.
func FuzzRun(f *testing.F) {
	trail, err := json.Marshal(decide(builtin, look(noCapacity), retry.Record{Used: 1, Kind: retry.Claimed}, nil, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(trail))
	f.Add(`{"id": "a", "message": "` + broken + `", "retry": 3, "age": "2h", "previous": "Stopping"}`)
	f.Add(`{"steps": [{"name": "a", "type": "Training", "reason": "AlgorithmError", "ref": "x", "job": {"exit": "137"}}]}`)
	for _, text := range plaintexttest.Texts() {
		f.Add(hostilePlain(text[:min(len(text), 2000)]) + "\n" + hostileTrail(text[:min(len(text), 2000)]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, errOnce := Run(Read("in", strings.NewReader(text)), builtin, hopeful())
		again, errTwice := Run(Read("in", strings.NewReader(text)), builtin, hopeful())
		if (errOnce == nil) != (errTwice == nil) || r.Rows != again.Rows || r.Differ != again.Differ || r.New.Retries != again.New.Retries {
			t.Errorf("got %+v, then %+v", r, again)
		}
		total := 0
		for _, c := range r.Verdicts {
			total += c.New
		}
		if total != r.Rows {
			t.Errorf("got %d verdicts for %d failures", total, r.Rows)
		}
		var page bytes.Buffer
		if err := r.Write(&page); err != nil {
			t.Error(err)
		}
		if fault := plaintexttest.PageFault(page.String(), widest); fault != "" {
			t.Error(fault)
		}
	})
}

// widest is the longest line of a page, in characters: an example's names.
const widest = 600

// hostilePlain is a plain failure in whose every text that stands.
func hostilePlain(text string) string {
	quoted, _ := json.Marshal(text) // a string is always JSON
	q := string(quoted)
	return `{"id":` + q + `,"pipeline":` + q + `,"steps":[{"name":` + q + `,"type":` + q + `,"reason":` + q + `,"ref":` + q + `,"job":{"exit":` + q + `,"reason":` + q + `}}]}`
}

// hostileTrail is a decision of a ledger in whose every text that stands.
func hostileTrail(text string) string {
	trail := decide(builtin, look(noCapacity), retry.Record{}, nil, 0)
	at, execution, facts := trail.At, trail.Decision.Execution, trail.Facts
	plaintexttest.Fill(&trail, text)
	trail.At, trail.Decision.Execution, trail.Facts.Status, trail.Stood.Kind = at, execution, retry.StatusFailed, retry.Unseen
	trail.Facts.LastModified, trail.Facts.Round, trail.Facts.Ended = facts.LastModified, facts.Round, facts.Ended
	trail.Facts.Cause.Class, trail.Facts.Cause.Label, trail.Decision.Outcome = cause.Class(text), cause.Label(text), ""
	line, _ := json.Marshal(trail)
	return string(line)
}
