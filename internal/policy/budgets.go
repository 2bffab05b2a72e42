package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// The names of the buckets, as people are told.
const (
	ofExecution = "execution"
	ofPipeline  = "pipeline"
	ofAccount   = "account"
)

// Budgets are the buckets that a retry of the execution takes from: the
// deployment's for its pipeline and for the account and Region, and beside them
// those of the policy. The deployment's stay however tight the policy's are: a
// policy that is taken back must not have hidden what was spent.
func (p Policy) Budgets(arn retry.ExecutionARN) []retry.Bucket {
	pipeline := "budget#pipeline#" + arn.PipelineKey()
	account := "budget#account#" + strings.ToLower(arn.Account+"#"+arn.Region)
	buckets := []retry.Bucket{
		{Key: pipeline, Name: ofPipeline, Size: p.set.PipelineRetriesPerDay, Per: 24 * time.Hour},
		{Key: account, Name: ofAccount, Size: p.set.AccountRetriesPerHour, Per: time.Hour},
	}
	b := p.doc.terms(arn.Pipeline).Budgets
	for _, own := range []struct {
		Budget
		name, key string
	}{
		{b.Execution, ofExecution, "budget#execution#" + arn.Key()},
		{b.Pipeline, ofPipeline, pipeline},
		{b.Account, ofAccount, account},
	} {
		if own.Size > 0 && own.Refill > 0 {
			buckets = append(buckets, own.bucket(own.key, own.name))
		}
	}
	return buckets
}

// bucket keeps its balance under its size and refill too: what is stored, when
// the bucket is full again, means something else in a bucket of another shape.
func (b Budget) bucket(key, name string) retry.Bucket {
	return retry.Bucket{
		Key: fmt.Sprintf("%s#%d/%s", key, b.Size, b.Refill), Name: name, Size: b.Size, Per: b.Refill, Ends: name == ofExecution,
		Refills: b.RefillOnSuccess,
	}
}

// exhausted says which budget lets this execution have no further retry, or
// nothing.
func (p Policy) exhausted(c retry.Case, t Terms) string {
	most := p.maxRetries(t)
	switch b := t.Budgets; {
	case c.Used >= most:
		return fmt.Sprintf("%d of %d retries of this execution are used", c.Used, most)
	case b.Pipeline.Set && b.Pipeline.Size == 0:
		return "the policy's budget of this pipeline is of no retry"
	case b.Account.Set && b.Account.Size == 0:
		return "the policy's budget of the account is of no retry"
	}
	for _, b := range p.Budgets(c.Execution) {
		if free := b.Free(c.Full[b.Key], c.Now); b.Ends && free.After(c.Now) {
			return fmt.Sprintf("the policy's budget of this execution, %d per %s, is empty", b.Size, b.Per)
		}
	}
	return ""
}

// emptyBudget makes the failure wait for the first shared budget that has no unit
// for it: none at all, or none before those that came earlier and stand in the
// line before it. Each turn in that line is a unit that has flowed in by then.
func (p Policy) emptyBudget(c retry.Case) (retry.Decision, bool) {
	for _, b := range p.Budgets(c.Execution) {
		free := b.Free(c.Full[b.Key], c.Now)
		stands := slices.Contains(c.Stood, b.Key)
		behind := c.Lines[b.Key].After(c.Now) && !stands
		if b.Ends || !free.After(c.Now) && !behind {
			continue
		}
		d := retry.Decision{
			Verdict: retry.Wait, Reason: retry.SharedBudgetEmpty, Due: retry.WholeSecond(free.Add(spread(b, c.Token))), Stands: stands,
			Evidence: "no retry left for now in the budget of the " + b.Name, Line: retry.Line{Key: b.Key, Every: b.Interval(), First: free},
		}
		if !free.After(c.Now) {
			d.Evidence = "the budget of the " + b.Name + " is promised to failures that have waited longer"
		}
		return d, true
	}
	return retry.Decision{}, false
}

// spread keeps those apart that come for the same unit.
func spread(b retry.Bucket, token string) time.Duration {
	return time.Duration(retry.Spread(token) * float64(min(b.Interval(), time.Minute)))
}
