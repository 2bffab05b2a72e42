package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// budgets tells what each budget holds that a retry takes from: the execution's
// own number first, then the buckets.
func budgets(p policy.Policy, s retry.Situation, most int) []Budget {
	all := []Budget{{Name: "execution", Left: max(most-s.State.Record.Used, 0), Size: most}}
	for _, b := range labelledBuckets(p, s.Notice.Execution) {
		told := balance(b.Name, b, s.State.Full[b.Key], s.Now)
		told.Turns = budgetTurns(s, b)
		all = append(all, told)
	}
	return all
}

// ofStack is how many buckets are the deployment's, which policy.Budgets has
// first.
const ofStack = 2

// labelledBuckets are the buckets by whose they are, where a policy has its own
// beside those of the stack.
func labelledBuckets(p policy.Policy, arn retry.ExecutionARN) []retry.Bucket {
	all := slices.Clone(p.Budgets(arn))
	for i := range all {
		switch {
		case len(all) == ofStack:
		case i < ofStack:
			all[i].Name = "stack's " + all[i].Name
		default:
			all[i].Name = "policy's " + all[i].Name
		}
	}
	return all
}

// shared says what the shared budgets hold, as the guard of that name compares.
func shared(p policy.Policy, c retry.Case) string {
	var all []string
	for _, b := range labelledBuckets(p, c.Execution) {
		text := fmt.Sprintf("%s %d of %d per %s", b.Name, b.Left(c.Full[b.Key], c.Now), b.Size, span(b.Per))
		if last := c.Lines[b.Key]; last.After(c.Now) {
			text += " (with turns given until " + clock(last) + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
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
