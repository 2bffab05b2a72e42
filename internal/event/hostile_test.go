package event

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// TestScenario71Times are the times that an event can bear: what cannot be kept in
// a record counts as none.
func TestScenario71Times(t *testing.T) {
	for text, kept := range map[string]bool{
		"1970-01-01T00:00:00Z": true, "0001-01-01T00:00:01Z": true, "9999-12-31T23:59:59Z": true, "2026-03-15T16:10:11+14:00": true,
		"0000-01-01T00:00:00Z": false, "0000-12-31T23:00:00+02:00": false, "9999-12-31T23:59:59-01:00": false,
		"10000-01-01T00:00:00Z": false, "": false, "never": false, "2026-02-30T00:00:00Z": false, "1742054411": false,
	} {
		sent := strings.ReplaceAll(documented, "2026-03-15T16:10:11Z", text)
		woken := strings.ReplaceAll(documentedWake, "2026-03-15T16:10:11Z", text)
		for what, payload := range map[string]string{"event": sent, "wake": woken} {
			n, problem := Parse([]byte(payload), home)
			if problem != nil {
				if what == "event" || kept { // a wake is Mulligan's own, and has its form
					t.Errorf("%s at %q: got %+v, want a notice", what, text, problem)
				}
				continue
			}
			checkNotice(t, n)
			checkWake(t, n)
			if n.Emitted.IsZero() == kept {
				t.Errorf("%s at %q: got %s", what, text, n.Emitted)
			}
		}
	}
}

// TestNothingForeignIsOurs has one event and one wake in every spelling of another
// place, and of what is no ARN at all.
func TestNothingForeignIsOurs(t *testing.T) {
	const of = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"
	for name, arn := range map[string]string{
		"account": strings.Replace(of, "1:123456789012", "1:210987654321", 1), "Region": strings.Replace(of, "eu-west-1", "us-east-1", 1),
		"partition": strings.Replace(of, "arn:aws:", "arn:aws-cn:", 1), "own partition": strings.Replace(of, "arn:aws:", "arn:awsx:", 1),
		"account in other digits": strings.Replace(of, "123456789012", "１２３４５６７８９０１２", 1),
		"line":                    of + `\n`, "line inside": strings.Replace(of, "my", `m\ny`, 1), "NUL": of + `\u0000`, "wildcard": strings.Replace(of, "myPipeline-123", "*", 1),
		"question": strings.Replace(of, "p4jn9xou8a8s", "p4jn?", 1), "2,049 characters": of + strings.Repeat("a", 2049-len(of)), "traversal": strings.Replace(of, "myPipeline-123", "..", 1),
		"bidi": strings.Replace(of, "my", `\u202emy`, 1), "half a surrogate": of + `\ud800`, "two ARNs": of + of, "space": " " + of, "tab": of + `\t`, "nothing": "",
	} {
		sent := strings.ReplaceAll(strings.ReplaceAll(documented, of, arn), `"pipelineArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123",`, "")
		woken := strings.ReplaceAll(documentedWake, "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e", arn)
		for what, payload := range map[string]string{"event": sent, "wake": woken} {
			n, problem := Parse([]byte(payload), home)
			if problem == nil {
				t.Errorf("%s, %s: got %+v", name, what, n)
				continue
			}
			checkProblem(t, n, problem)
		}
	}
}

// TestHostileFields puts hostile text into every field of an event and of a wake.
func TestHostileFields(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []string{documented, documentedWake} {
			for _, field := range []string{
				"id", "source", "detail-type", "account", "region", "time", "currentPipelineExecutionStatus", "previousPipelineExecutionStatus",
				"executionEndTime", "pipelineArn", "pipelineExecutionArn", "execution", "event_id", "ended", "emitted", "wait", "version", "again", "detail", "notice", "status",
			} {
				before, after, found := strings.Cut(whole, `"`+field+`":`)
				if !found {
					before, after = whole[:1], ","+whole[1:] // a field that is not asked for
				} else {
					after = after[strings.IndexAny(after, ",}"):]
				}
				payload := before + `"` + field + `":` + string(quoted) + after
				if n, problem := Parse([]byte(payload), home); problem != nil {
					checkProblem(t, n, problem)
				} else {
					checkNotice(t, n)
				}
				if t.Failed() {
					t.Fatalf("%s in %s: %.600s", name, field, payload)
				}
			}
		}
	}
}

// TestMemoryIsBounded: reading takes a small multiple of what is read, and of what
// is too large nothing.
func TestMemoryIsBounded(t *testing.T) {
	for name, payload := range largeEvents() {
		n := allocated(func() { Parse(payload, home) })
		if most := uint64(40*len(payload) + 64<<10); len(payload) <= maxBytes && n > most {
			t.Errorf("%s: %d bytes allocated for %d, want at most %d", name, n, len(payload), most)
		} else if len(payload) > maxBytes && n > 4<<10 {
			t.Errorf("%s: %d bytes allocated for what is not read", name, n)
		}
	}
}

// TestWorkIsLinear: four times as much is no more than four times the work, by what
// is allocated.
func TestWorkIsLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"keys": `"k":1,`, "ids": `"id":"x",`, "ends": `"time":"2026-03-15T16:10:10Z",`, "details": `"detail":{"executionEndTime":"x"},`, "lists": `"resources":[[[]]],`,
	} {
		read := func(size int) uint64 {
			payload := []byte(with(`{"version"`, "{"+strings.Repeat(unit, size/len(unit))+`"version"`))
			return allocated(func() {
				if _, problem := Parse(payload, home); problem != nil {
					t.Fatalf("%s: %+v", name, problem)
				}
			})
		}
		if small, large := read(60<<10), read(240<<10); large > 5*small+64<<10 {
			t.Errorf("%s: %d bytes for 240 KB, %d for 60 KB", name, large, small)
		}
	}
	for name, payload := range map[string][]byte{"ARN": bytes.Repeat([]byte(":"), 1<<20), "path": bytes.Repeat([]byte("/"), 1<<20)} {
		if n := allocated(func() { retry.ParseExecutionARN(string(payload)) }); n > 2<<20 {
			t.Errorf("%s: %d bytes for an ARN of 1 MB", name, n)
		}
	}
}

// allocated is how many bytes a call allocates, the least of three times.
func allocated(do func()) uint64 {
	least := ^uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}
