package retry

import (
	"strings"
	"testing"
	"time"
)

// An ARN's parts without a bound of their own have that of the whole; a resource
// of another kind in the same shape names no execution.
func TestNoExecutionARN(t *testing.T) {
	const good = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e"
	for name, text := range map[string]string{
		"an endless Region":    strings.Replace(good, "eu-west-1", strings.Repeat("a", maxARN), 1),
		"an endless partition": strings.Replace(good, "arn:aws", "arn:aws"+strings.Repeat("a", maxARN), 1),
		"of no pipeline":       strings.Replace(good, "pipeline/", "experiment/", 1),
		"of no execution":      strings.Replace(good, "/execution/", "/version/", 1),
	} {
		if got, err := ParseExecutionARN(text); err == nil {
			t.Errorf("%s: got %.80v, want an error", name, got)
		}
	}
}

func TestOwns(t *testing.T) {
	home := Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
	if !home.Owns(arn) {
		t.Errorf("%s is at home, and not owned", arn)
	}
	for name, move := range map[string]func(*ExecutionARN){
		"another partition": func(a *ExecutionARN) { a.Partition = "aws-cn" },
		"another Region":    func(a *ExecutionARN) { a.Region = "eu-west-2" },
		"another account":   func(a *ExecutionARN) { a.Account = "210987654321" },
	} {
		elsewhere := arn
		if move(&elsewhere); home.Owns(elsewhere) {
			t.Errorf("%s: owned", name)
		}
	}
}

// Every ingredient counts, and none runs into the next.
func TestTokenIngredients(t *testing.T) {
	other := arn
	other.ID = "def456abc123"
	for name, pair := range map[string][2]string{
		"executions":            {NewToken("e", arn, t0, 1, 1), NewToken("e", other, t0, 1, 1)},
		"retry 1 and 11":        {NewToken("e", arn, t0, 1, 11), NewToken("e", arn, t0, 11, 1)},
		"rounds a tick apart":   {NewToken("e", arn, t0, 1, 1), NewToken("e", arn, t0.Add(time.Millisecond), 1, 1)},
		"ordinals of one retry": {NewToken("e", arn, t0, 2, 1), NewToken("e", arn, t0, 2, 2)},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%s: one token", name)
		}
	}
}

// A schedule tells whole seconds, and must not fire before what it wakes is due.
func TestWholeSecond(t *testing.T) {
	for due, want := range map[time.Duration]time.Duration{0: 0, time.Nanosecond: time.Second, time.Second - 1: time.Second, time.Second: time.Second} {
		if got := WholeSecond(t0.Add(due)); !got.Equal(t0.Add(want)) {
			t.Errorf("%s: got %s, want %s", due, got.Sub(t0), want)
		}
	}
}
