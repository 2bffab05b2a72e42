package config

import (
	"log/slog"
	"strconv"
	"time"

	"mulligan/internal/retry"
)

// Warnings are what Read takes and yet leaves less to retry than its parts
// promise. They are no faults: a function that refuses to start makes a dead
// letter of every failure, also of those that it could have retried at once.
func (c Config) Warnings() (all []string) {
	s := c.Settings
	if c.Mode == retry.Enforce && s.MaxRetries == 0 {
		all = append(all, "MODE is enforce and MAX_RETRIES is 0: nothing is retried")
	}
	if s.BackoffInterval > s.BackoffMaxDelay {
		all = append(all, "BACKOFF_INTERVAL ("+whole(s.BackoffInterval)+") is longer than BACKOFF_MAX_DELAY ("+
			whole(s.BackoffMaxDelay)+"), which is the delay then")
	}
	if first := min(s.BackoffInterval, s.BackoffMaxDelay); first >= s.ExpireAfter {
		all = append(all, "EXPIRE_AFTER ("+whole(s.ExpireAfter)+") is no longer than the first delay ("+whole(first)+
			"): failures that wait may be too old when their retry comes due")
	}
	return all
}

// Warn logs the warnings.
func (c Config) Warn(log *slog.Logger) {
	for _, warning := range c.Warnings() {
		log.Warn("configuration: " + warning)
	}
}

// whole writes a duration in the variables' unit.
func whole(d time.Duration) string {
	return strconv.Itoa(int(d/time.Second)) + " s"
}
