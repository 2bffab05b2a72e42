package account

import (
	"testing"
	"time"
)

func TestStyle(t *testing.T) {
	line := Line{At: time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC), Execution: followed, Status: "Failed", Run: 1}
	tests := []struct {
		name  string
		style Style
		want  string
	}{
		{"plain", Style{}, "23:30:00  SageMaker: Failed (run 1)"},
		{"elsewhere", Style{Zone: time.FixedZone("", 3600)}, "00:30:00  SageMaker: Failed (run 1)"},
		{"with names", Style{Names: true}, "23:30:00  SageMaker: Failed (run 1)  [churn/e1]"},
	}
	for _, test := range tests {
		if got := test.style.Line(line); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// A verdict tells which rule of people's own decided, what it has to say, and
// what is wrong with their policy; not the names of built-in rules.
func TestStyleOfVerdicts(t *testing.T) {
	at := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)
	tests := map[string]struct{ message, want string }{
		"a rule of one's own": {
			`{"verdict":"stop","reason":"needs_person","class":"capacity","rule":"no-gpus","evidence":"Train: none free","message":"wait until\u001b[2J Monday"}`,
			"23:30:00  stop   needs_person  capacity, rule no-gpus: wait until [2J Monday, because: Train: none free",
		},
		"a built-in rule": {
			`{"verdict":"wait","reason":"backing_off","class":"capacity","rule":"scarce","retry":1,"due":"2026-03-01T23:31:00Z"}`,
			"23:30:00  wait   backing_off  capacity, retry 1, due 23:31:00",
		},
		"a policy that cannot be read": {
			`{"verdict":"retry","reason":"retryable","class":"network","retry":1,"policy_problem":"policy abc is not whole; def stays in force"}`,
			"23:30:00  retry  retryable    network, retry 1, policy problem: policy abc is not whole; def stays in force",
		},
	}
	for name, test := range tests {
		line, ok := readLine(test.message, at)
		if got := (Style{}).Line(line); !ok || got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}
