package demo

import (
	"bytes"
	"strings"
	"testing"
)

// The story ends as its pipelines deserve, and says so.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	lines := 0
	if err := Run(t.Context(), &out, false, func() { lines++ }); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"nightly-churn   no capacity for its instance type      1       retry, probe                 Succeeded",
		"fraud-scoring   a quota in use by others, freed later  2       retry, retryable             Succeeded",
		"price-forecast  a bug in the training script           0       stop, permanent_cause        Failed",
		"image-labels    a service fault, reported three times  1       retry, retryable             Succeeded",
		"search-ranking  a service fault that does not pass     3       stop, budget_exhausted       Failed",
		"ad-clicks       no capacity, and a person is faster    0       ignore, superseded           Succeeded",
		"because: the execution is Executing: somebody else moved it on",
		"took effect 7 times",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q", want)
		}
	}
	if strings.Count(text, "ignore, duplicate") != 2 {
		t.Error("the two further events of one failure are not shown as duplicates")
	}
	if strings.Contains(text, "\x1b") {
		t.Error("colours, and nobody asked for them")
	}
	if lines < 20 {
		t.Errorf("only %d lines were shown as they happened", lines)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestColour(t *testing.T) {
	var out bytes.Buffer
	if err := Run(t.Context(), &out, true, func() {}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\x1b[32mSucceeded\x1b[0m") {
		t.Error("no colours, although they were asked for")
	}
}
