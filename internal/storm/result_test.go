package main

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// good is a result of a storm in which no promise was broken.
func good() result {
	return result{
		Name: mulligan, Failed: 1000, Recovered: 998, GivenUp: map[string]int{"stop, budget_exhausted": 2}, Retries: 1003, InVain: 5, Calls: 1003, Units: 1003,
		Drained: time.Minute, Waits: []time.Duration{1e9, 2e9, 3e9}, Took: []time.Duration{1e6, 2e6, 3e6},
		DynamoDB: map[string]int{"BatchGetItem": 4990}, Invocations: map[string]int{"retrier": 3000},
	}
}

// Each promise that is broken is told, and nothing else.
func TestBroken(t *testing.T) {
	for want, spoil := range map[string]func(*result){
		"":                                       func(*result) {},
		"executions were lost":                   func(r *result) { r.Lost = 1 },
		"more units were taken":                  func(r *result) { r.UnitsOver = 1 },
		"more retries were made":                 func(r *result) { r.Over = 1 },
		"a failure was retried again":            func(r *result) { r.Second = 1 },
		"retries took effect that":               func(r *result) { r.Uncounted = 1 },
		"nothing recovered":                      func(r *result) { r.Recovered = 0 },
		"requests that AWS would not understand": func(r *result) { r.Violations = []string{"x"} },
		"dead letters":                           func(r *result) { r.DeadLetters = 1 },
	} {
		r := good()
		spoil(&r)
		words := r.broken()
		if len(words) > 1 || want == "" && len(words) > 0 || want != "" && (len(words) == 0 || !strings.HasPrefix(words[0], want)) {
			t.Errorf("%q: got %q", want, words)
		}
	}
}

// Only Mulligan's promises end the program.
func TestConclude(t *testing.T) {
	other := good()
	other.Name, other.Lost, other.Second = plain, 500, 7
	var out strings.Builder
	if err := conclude(&out, newShape(1000), []result{good(), other}, ""); err != nil {
		t.Errorf("another's promises: %v", err)
	}
	for _, want := range []string{"1,000 executions", "1,003", "budget_exhausted", "5.0"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &out)
		}
	}
	lost := good()
	lost.Lost = 1
	if err := conclude(&out, newShape(1000), []result{lost, other}, ""); err == nil {
		t.Error("an execution was lost, and it is no error")
	}
}

func TestShape(t *testing.T) {
	for n, want := range map[int]time.Duration{20: 5 * time.Second, 5000: 30 * time.Second, 10_000: time.Minute, 50_000: time.Minute} {
		if got := newShape(n).Span; got != want {
			t.Errorf("%d failures: got %s, want %s", n, got, want)
		}
	}
	s := newShape(100)
	s.Silent = 7
	silent := 0
	for n := range s.Failures {
		silent += s.script(n).Silent
	}
	if silent != 7 {
		t.Errorf("got %d silent executions, want 7", silent)
	}
	s.Silent = 101
	if s.check() == nil || newShape(0).check() == nil {
		t.Error("a storm that cannot be was taken")
	}
}

// A decision took a unit if the number of units used is another than before it.
func TestUnit(t *testing.T) {
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	decision := func(before, after string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{
			"pk": text("execution#x"), "at": text("2026-03-01T12:00:00.5Z"), "used": number(after),
			"stood": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"used": number(before)}},
		}
	}
	if at, took, err := unit(decision("0", "1")); err != nil || !took || !at.Equal(noon.Add(500*time.Millisecond)) {
		t.Errorf("a claim: got %v, %t, %v", at, took, err)
	}
	if _, took, err := unit(decision("1", "1")); err != nil || took {
		t.Errorf("no claim: got %t, %v", took, err)
	}
	if _, _, err := unit(nil); err == nil {
		t.Error("a decision without anything was taken")
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
