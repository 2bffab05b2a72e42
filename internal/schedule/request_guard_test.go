package schedule

import (
	"testing"
	"time"

	"mulligan/internal/retry"
)

// A wake that cannot be delivered is tried for a day, and is a dead letter then.
func TestUndeliveredIsADeadLetter(t *testing.T) {
	s := &Scheduler{target: Target{DeadLetters: "arn:of:the:queue"}, now: time.Now}
	to := s.request(retry.Wake{Name: "w"}, "{}").Target
	if to.DeadLetterConfig == nil || *to.DeadLetterConfig.Arn != "arn:of:the:queue" {
		t.Errorf("dead letters go to %+v", to.DeadLetterConfig)
	}
	if p := to.RetryPolicy; p == nil || *p.MaximumRetryAttempts != 185 || *p.MaximumEventAgeInSeconds != 24*60*60 {
		t.Errorf("delivered by %+v, want 185 attempts within a day", p)
	}
}

// A schedule says whole seconds: one that was moved out of the past is not rounded
// back towards it.
func TestMovedToAWholeSecond(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 400_000_000, time.UTC)
	s := &Scheduler{now: func() time.Time { return now }}
	if got, want := s.at(now.Add(-time.Hour)), now.Add(2600*time.Millisecond); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
