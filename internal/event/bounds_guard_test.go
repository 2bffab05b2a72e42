package event

import (
	"strings"
	"testing"

	"mulligan/internal/retry"
)

// What a wake carries is bounded like what an event carries; a schedule that
// anybody could have made is not trusted with more.
func TestWakeBounds(t *testing.T) {
	arn, err := retry.ParseExecutionARN("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxField+1)
	for name, change := range map[string]func(*retry.Notice, *retry.Wake){
		"event id": func(n *retry.Notice, _ *retry.Wake) { n.EventID = strings.Repeat("x", maxEventID+1) },
		"wait":     func(_ *retry.Notice, w *retry.Wake) { w.Wait = long },
		"end":      func(n *retry.Notice, _ *retry.Wake) { n.Ended = long },
		"previous": func(n *retry.Notice, _ *retry.Wake) { n.Previous = long },
		"status":   func(n *retry.Notice, _ *retry.Wake) { n.Status = long },
		"again":    func(_ *retry.Notice, w *retry.Wake) { w.Again = -1 },
	} {
		n, w := retry.Notice{Execution: arn, EventID: "e"}, retry.Wake{Wait: "w"}
		change(&n, &w)
		payload, err := WakePayload(w, n)
		if err != nil {
			t.Fatal(err)
		}
		if _, problem := Parse(payload, home); problem == nil || problem.Reason != retry.Malformed {
			t.Errorf("%s out of bounds: got %+v, want it malformed", name, problem)
		}
	}
}

// An optional field that is too long counts as missing, and costs no failure.
func TestOddExtraIsMissing(t *testing.T) {
	got, problem := Parse([]byte(with(`:"Executing"`, `:"`+strings.Repeat("x", maxField+1)+`"`)), home)
	if problem != nil || got.Previous != "" {
		t.Errorf("got %d bytes, %+v; want nothing", len(got.Previous), problem)
	}
}

// What was wrong with JSON is said without a word of it.
func TestBrokenJSONIsNotRepeated(t *testing.T) {
	_, problem := Parse([]byte("{\"id\":\x1b[31mred}"), home)
	if problem == nil || !strings.Contains(problem.Evidence, "no valid JSON at byte 7") {
		t.Errorf("got %+v, want where it is wrong and nothing else", problem)
	}
}
