package announce

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// The most characters of a line of the log and of an answer, whatever was in what
// they tell.
const (
	mostInLine   = 8_000
	mostInAnswer = 6_000
)

// TestNothingHostileIsLogged fills every text of what is logged, whoever wrote it:
// what comes out is one line of bounded, printable texts.
func TestNothingHostileIsLogged(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		var in Invocation
		var a Answer
		plaintexttest.Fill(&in, text)
		plaintexttest.Fill(&a, text)
		for what, write := range map[string]func(*slog.Logger){
			"a decision": func(l *slog.Logger) { Log(t.Context(), l, in, a) },
			"an error":   func(l *slog.Logger) { LogError(t.Context(), l, in, text, errors.New(text)) },
		} {
			var out bytes.Buffer
			write(slog.New(slog.NewJSONHandler(&out, nil)))
			checkObject(t, name+", "+what, out.Bytes(), mostInLine)
			if bytes.Count(out.Bytes(), []byte("\n")) != 1 {
				t.Errorf("%s: %s is no line", name, what)
			}
		}
	}
}

// TestNothingHostileIsAnswered is the same of the answer and of the error.
func TestNothingHostileIsAnswered(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		var d retry.Decision
		plaintexttest.Fill(&d, text)
		answer, err := NewAnswer(d).JSON()
		if err != nil {
			t.Fatal(err)
		}
		checkObject(t, name, answer, mostInAnswer)
		if fault := plaintexttest.Fault(ErrorText(errors.New(text)), 901); fault != "" {
			t.Errorf("%s: the error %s", name, fault)
		}
	}
}

// checkObject holds every text of a JSON object, and the whole, to their bounds.
func checkObject(t *testing.T, name string, text []byte, most int) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatalf("%s: %v: %.200s", name, err, text)
	}
	if fault := plaintexttest.Fault(string(bytes.TrimSuffix(text, []byte("\n"))), most); fault != "" {
		t.Errorf("%s: the whole %s", name, fault)
	}
	for key, value := range fields {
		if s, ok := value.(string); ok {
			if fault := plaintexttest.Fault(s, mostInField[key]); fault != "" {
				t.Errorf("%s: %s %s", name, key, fault)
			}
		}
	}
}

// mostInField are the most characters of each text, ellipsis included; a key that
// is not here may hold none.
var mostInField = map[string]int{
	"time": 40, "level": 5, "msg": 60,
	"verdict": 65, "reason": 65, "class": 65, "outcome": 65, "rule": 65, "due": 65, "door": 65, "event": 65, "request": 65, "build": 65, "policy": 65,
	"pipeline": 257, "execution": 2049, "evidence": 401, "message": 401, "breaker": 401, "policy_problem": 401, "error": 901,
}
