//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// answer is the function's answer, by the names that its users rely on.
type answer struct {
	Verdict   string    `json:"verdict"`
	Reason    string    `json:"reason"`
	Execution string    `json:"execution"`
	Pipeline  string    `json:"pipeline"`
	Class     string    `json:"class"`
	Retry     int       `json:"retry"`
	Due       time.Time `json:"due"`
	Evidence  string    `json:"evidence"`
}

func (a answer) words() string { return a.Verdict + ", " + a.Reason }

// reasons are those that docs/design.md allows each verdict.
var reasons = map[string][]string{
	"retry": {"retryable", "probe"},
	"wait":  {"backing_off", "refused_for_now", "shared_budget_empty", "looking_again", "held", "scarce"},
	"stop": {
		"permanent_cause", "unknown_cause", "budget_exhausted", "expired", "cannot_retry", "stopped_by_person", "observing",
	},
	"ignore": {"duplicate", "superseded", "recovered", "not_failed", "malformed", "foreign", "off"},
}

// said is the answer of an invocation that came to a decision, and told so in
// one log line.
func said(t *testing.T, out Outcome) answer {
	t.Helper()
	if out.Answer == nil {
		t.Fatalf("the function did not answer: %s", told(out))
	}
	d := json.NewDecoder(bytes.NewReader(out.Answer))
	d.DisallowUnknownFields()
	var a answer
	if err := d.Decode(&a); err != nil {
		t.Fatalf("answer %s: %v", out.Answer, err)
	}
	if !slices.Contains(reasons[a.Verdict], a.Reason) || (a.Verdict == "wait") != (!a.Due.IsZero()) {
		t.Errorf("not a verdict that there is: %s", out.Answer)
	}
	line := logLine(t, out)
	if line == nil {
		return a
	}
	var fields map[string]any
	if err := json.Unmarshal(out.Answer, &fields); err != nil {
		t.Fatal(err)
	}
	for key, value := range fields {
		if line[key] != value {
			t.Errorf("log line: %s is %v, in the answer it is %v", key, line[key], value)
		}
	}
	return a
}

// refused is the error of an invocation that is left to the next delivery, and
// told so in one log line.
func refused(t *testing.T, out Outcome) string {
	t.Helper()
	if out.Error == nil {
		t.Fatalf("want an error from the function: %s", told(out))
	}
	line := logLine(t, out)
	if line != nil && (line["level"] != "ERROR" || line["error"] != out.Error.Message) {
		t.Errorf("log line: got level %v, error %q, want ERROR, %q", line["level"], line["error"], out.Error.Message)
	}
	return out.Error.Message
}

// logLine is the one line of an invocation, or nothing where it was lost.
func logLine(t *testing.T, out Outcome) (line map[string]any) {
	t.Helper()
	lines := out.Lines
	if out.Lost && len(lines) == 0 {
		return nil
	}
	if len(lines) != 1 {
		t.Fatalf("want exactly one log line, got %d:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatalf("log line %s: %v", lines[0], err)
	}
	for _, key := range []string{"time", "level", "msg", "request", "build", "policy"} {
		if text, _ := line[key].(string); text == "" {
			t.Errorf("log line: %s is %v, want a text: %s", key, line[key], lines[0])
		}
	}
	return line
}

// told shows an outcome in a message.
func told(out Outcome) string {
	switch {
	case out.Died:
		return "it died, having said\n" + strings.Join(out.Lines, "\n")
	case out.Error != nil:
		return out.Error.Type + ": " + out.Error.Message
	}
	return string(out.Answer)
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
