package backtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/jsonlines"
	"mulligan/internal/plaintext/plaintexttest"
)

// TestNothingHostileIsWritten judges failures in whose every text others wrote.
func TestNothingHostileIsWritten(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		text = text[:min(len(text), 4000)] // a line is bounded
		for what, line := range map[string]string{"plain": hostilePlain(text), "trail": hostileTrail(text)} {
			r, err := Run(Read("in", strings.NewReader(line)), builtin, hopeful())
			if err != nil {
				t.Errorf("%s, %s: %v", name, what, err)
				continue
			}
			var page bytes.Buffer
			if err := r.Write(&page); err != nil {
				t.Fatal(err)
			}
			if fault := plaintexttest.PageFault(page.String(), widest); fault != "" {
				t.Errorf("%s, %s: %s", name, what, fault)
			}
			if text, err := json.Marshal(r); err != nil || len(text) > 40_000 {
				t.Errorf("%s, %s: %d bytes of JSON, %v", name, what, len(text), err)
			}
		}
	}
}

// TestHostileLines: what is no line of a collection is told in bounded words.
func TestHostileLines(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{
			string(quoted), "{" + strings.Repeat("[", 1000), `{"retry":` + string(quoted) + `}`, `{"age":` + string(quoted) + `}`, `{"previous":` + string(quoted) + `}`,
			`{` + string(quoted) + `:1,"Message":"x"}`, `{"retry":` + strings.Repeat("9", 100_000) + `}`, `{"facts":{},"at":` + string(quoted) + `}`,
			`{"facts":{},"decision":{"execution":` + string(quoted) + `}}`, `{"steps":[{"attempts":` + string(quoted) + `}]}`,
		} {
			_, err := Run(Read("in", strings.NewReader(line)), builtin, hopeful())
			if err == nil {
				continue
			}
			if fault := plaintexttest.Fault(err.Error(), 1000); fault != "" {
				t.Errorf("%s: %.60q: the error %s", name, line, fault)
			}
		}
	}
}

// TestMemoryIsBounded: one line is held at a time, and a longer one than any failure
// is not read.
func TestMemoryIsBounded(t *testing.T) {
	row := `{"id":"a","pipeline":"churn","message":"` + bug + `"}` + "\n"
	of := func(text string) uint64 {
		return allocated(func() { Run(Read("in", strings.NewReader(text)), builtin, hopeful()) })
	}
	if some, many := of(strings.Repeat(row, 500)), of(strings.Repeat(row, 2000)); many > 5*some {
		t.Errorf("%d bytes for 2,000 failures, %d for 500", many, some)
	}
	for name, unit := range map[string]string{"letters": "x", "brackets": "[", "NUL": "\x00", "keys": `{"id":`, "text": `\u202e`} {
		for _, text := range []string{strings.Repeat(unit, jsonlines.Limit/len(unit)), `{"message":"` + strings.Repeat(unit, 4*jsonlines.Limit/len(unit))} {
			if n := of(text); n > 16<<20 {
				t.Errorf("%s: %d bytes for a line of %d", name, n, len(text))
			}
		}
	}
	steps := func(n int) uint64 {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"name":"s%d","reason":%q}`, i, broken))
		}
		return of(`{"steps":[` + strings.Join(all, ",") + `]}`)
	}
	if some, many := steps(500), steps(2000); many > 5*some {
		t.Errorf("%d bytes for 2,000 steps, %d for 500", many, some)
	}
}

// allocated is how many bytes a call allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
