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
