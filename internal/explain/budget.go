package explain

import (
	"fmt"
	"slices"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// budgets tells what each budget holds that a retry takes from: the execution's
// own number first, then the buckets.
func budgets(p policy.Policy, s retry.Situation, most int) []Budget {
	all := []Budget{{Name: "execution", Left: max(most-s.State.Record.Used, 0), Size: most}}
	var keys []string
	for _, b := range p.Budgets(s.Notice.Execution) {
		name := b.Name
		if slices.ContainsFunc(keys, func(k string) bool { return k == b.Name }) || b.Name == "execution" {
			name = "policy's " + name
		}
		keys = append(keys, b.Name)
		all = append(all, balance(name, b, s.State.Full[b.Key], s.Now))
	}
	return all
}

// balance tells what a bucket holds, and when one unit more flows in.
func balance(name string, b retry.Bucket, full, now time.Time) Budget {
	told := Budget{
		Name: name, Left: b.Left(full, now), Size: b.Size, Per: span(b.Per), Every: int(b.Interval().Seconds()),
	}
	if missing := b.Size - told.Left; missing > 0 {
		told.Next = full.Add(-b.Interval() * time.Duration(missing-1)).UTC()
	}
	return told
}

// limits are a deployment's settings in words.
func limits(s policy.Settings) string {
	return fmt.Sprintf("at most %d retries of an execution, %d of a pipeline per day, %d of the account per hour; "+
		"delays from %s to %s; failures older than %s are left alone",
		s.MaxRetries, s.PipelineRetriesPerDay, s.AccountRetriesPerHour, span(s.BackoffInterval), span(s.BackoffMaxDelay), span(s.ExpireAfter))
}
