package letters

import (
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
)

// TestNothingHostileIsTold fills body and attributes of a message.
func TestNothingHostileIsTold(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted := string(asJSON(text))
		record := `{"requestContext":{"functionArn":` + quoted + `,"condition":` + quoted + `,"approximateInvokeCount":1},"requestPayload":` + quoted +
			`,"responsePayload":{"errorMessage":` + quoted + `,"errorType":` + quoted + `}}`
		for _, body := range []string{text, quoted, failed, record, strings.Replace(record, `Count":1`, `Count":0`, 1)} {
			for _, mark := range []string{ruleARN, scheduleARN, "another"} {
				l := Read(Message{ID: text, Body: body, Attributes: map[string]string{
					mark: text, errorCode: text, errorText: text, exhausted: text, attempts: text, truncated: text,
				}}, home)
				checkLetter(t, l)
				if t.Failed() {
					t.Fatalf("%s, %s: %+v", name, mark, l)
				}
			}
		}
	}
}

// TestMemoryIsBounded: a letter of a megabyte costs a multiple of it, and four times
// as much no more than four times that.
func TestMemoryIsBounded(t *testing.T) {
	for name, unit := range map[string]string{
		"letters": "x", "brackets": "[", "objects": `{"requestContext":`, "keys": `"requestPayload":1,`, "numbers": "9", "escapes": `\u202e`, "NUL": "\x00", "not UTF-8": "\xff",
		"records": `{"requestContext":{"functionArn":"x","condition":"y"},"requestPayload":`,
	} {
		for shape, wrap := range map[string][2]string{
			"bare": {"", ""}, "object": {"{", `"a":1}`}, "text": {`{"requestPayload":"`, `"}`}, "list": {"[", "1]"},
			"record": {`{"requestContext":{"functionArn":"x","condition":"y"},"responsePayload":{"errorMessage":"`, `"}}`},
		} {
			of := func(size int) uint64 {
				m := Message{Body: wrap[0] + strings.Repeat(unit, size/len(unit)) + wrap[1], Attributes: map[string]string{}}
				return allocated(func() { Read(m, home) })
			}
			small, large := of(256<<10), of(1<<20)
			if large > 24<<20 || large > 5*small+1<<20 {
				t.Errorf("%s, %s: %d bytes for 1 MB, %d for 256 KB", name, shape, large, small)
			}
		}
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
