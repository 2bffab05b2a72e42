package announce

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

func TestAnswer(t *testing.T) {
	full := retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Execution: "arn", Pipeline: "churn", Class: cause.Capacity, Retry: 1,
		Due: time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600)), Evidence: "no\ncapacity", Careful: true,
	}
	tests := []struct {
		name string
		d    retry.Decision
		want string
	}{
		{"full", full, `{"verdict":"wait","reason":"backing_off","execution":"arn","pipeline":"churn","class":"capacity","retry":1,"due":"2026-03-01T09:00:00Z","evidence":"no capacity"}`},
		{"empty fields are left out", retry.Decision{Verdict: retry.Ignore, Reason: retry.Malformed}, `{"verdict":"ignore","reason":"malformed"}`},
	}
	for _, test := range tests {
		if got, err := NewAnswer(test.d).JSON(); err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v\nwant %s", test.name, got, err, test.want)
		}
	}
	full.Evidence = strings.Repeat("x", 10_000)
	if got := NewAnswer(full).Evidence; len(got) > maxEvidence+len("…") {
		t.Errorf("the evidence has %d bytes", len(got))
	}
}

// One line per invocation, with the words of the answer as keys; a stop and bad
// input are warnings, an error is an error.
func TestLog(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	in := Invocation{Door: retry.DoorEvent, EventID: "e\n1", RequestID: "r", Build: "b", Policy: "p", Took: 12 * time.Millisecond}
	tests := []struct {
		write func()
		want  map[string]any
	}{
		{func() {
			Log(t.Context(), log, in, Answer{Verdict: "retry", Reason: "retryable", Execution: "arn", Pipeline: "churn", Class: "capacity", Retry: 2, Due: "d", Evidence: "e"})
		}, map[string]any{"level": "INFO", "verdict": "retry", "reason": "retryable", "execution": "arn", "pipeline": "churn", "class": "capacity",
			"retry": 2.0, "due": "d", "evidence": "e", "door": "event", "event": "e 1", "request": "r", "build": "b", "policy": "p", "took_ms": 12.0}},
		{func() { Log(t.Context(), log, in, Answer{Verdict: "stop", Reason: "expired"}) }, map[string]any{"level": "WARN", "verdict": "stop"}},
		{func() { Log(t.Context(), log, in, Answer{Verdict: "ignore", Reason: "malformed"}) }, map[string]any{"level": "WARN"}},
		{func() { LogError(t.Context(), log, in, "arn", errors.New("denied\n"+strings.Repeat("x", 10_000))) },
			map[string]any{"level": "ERROR", "execution": "arn", "event": "e 1"}},
	}
	for _, test := range tests {
		out.Reset()
		test.write()
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 || out.Len() > 2000 {
			t.Fatalf("got %s (%v), want one bounded line", out.Bytes(), err)
		}
		for key, want := range test.want {
			if got[key] != want {
				t.Errorf("%s: got %v, want %v", key, got[key], want)
			}
		}
	}
}
