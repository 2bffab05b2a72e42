package backtest

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"mulligan/internal/retry"
)

// FuzzRun: no line, however hostile, ends the program, and what is judged twice
// is judged alike.
func FuzzRun(f *testing.F) {
	trail, err := json.Marshal(decide(builtin, look(noCapacity), retry.Record{Used: 1, Kind: retry.Claimed}, nil, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(trail))
	f.Add(`{"id": "a", "message": "` + broken + `", "retry": 3, "age": "2h", "previous": "Stopping"}`)
	f.Add(`{"steps": [{"name": "a", "type": "Training", "reason": "AlgorithmError", "ref": "x", "job": {"exit": "137"}}]}`)
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
		if err := r.Write(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
