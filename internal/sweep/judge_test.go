package sweep

import (
	"testing"
	"time"

	"mulligan/internal/retry"
)

// Lists do not tell when an execution was modified: what they show in Failed is
// news if its record has seen it outside of it.
func TestNewsByLists(t *testing.T) {
	closed := retry.Decision{Verdict: retry.Stop, Reason: retry.CannotRetry}
	for name, test := range map[string]struct {
		record retry.Record
		want   bool
	}{
		"stopped":                     {retry.Record{Kind: retry.Closed}, false},
		"somebody moved it on":        {retry.Record{Kind: retry.MovedOn, Decision: retry.Decision{Verdict: retry.Ignore}}, true},
		"stopped when it was due":     {retry.Record{Kind: retry.MovedOn, Decision: closed}, false},
		"its retry runs":              {retry.Record{Kind: retry.Retried, Watch: time.Unix(1, 0)}, false},
		"its retry recovered it":      {retry.Record{Kind: retry.Retried, Outcome: retry.Outcome{Result: retry.WasRecovered}}, true},
		"in doubt, its schedule made": {retry.Record{Kind: retry.MovedOn, Pause: retry.Pause{Reason: retry.LookingAgain}}, false},
	} {
		if got := isNews(retry.Found{}, test.record); got != test.want {
			t.Errorf("%s: got %t, want %t", name, got, test.want)
		}
	}
}
