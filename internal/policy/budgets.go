package policy

import (
	"fmt"
	"slices"
	"strconv"
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

// emptyBudget parks the failure until the last of the empty shared budgets has
// a unit again, and a while more, drawn anew on each visit: many may wait for the
// same bucket, and all but one of those that come for a unit come in vain.
func (p Policy) emptyBudget(c retry.Case) (retry.Decision, bool) {
	var names []string
	due := c.Now
	for _, b := range p.Budgets(c.Execution) {
		free := b.Free(c.Full[b.Key], c.Now)
		if b.Ends || !free.After(c.Now) {
			continue
		}
		if !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
		spread := time.Duration(retry.Spread(c.Token+strconv.Itoa(c.Visit)) * float64(crowd(b, c.Visit)))
		if free = free.Add(spread); free.After(due) {
			due = free
		}
	}
	return retry.Decision{
		Verdict: retry.Wait, Reason: retry.SharedBudgetEmpty, Due: retry.WholeSecond(due),
		Evidence: "no retry left for now in the budget of the " + strings.Join(names, " and the "),
	}, len(names) > 0
}

// crowd is the span over which those that wait for one bucket are spread: the
// more often in vain, the more of them there must be.
func crowd(b retry.Bucket, visit int) time.Duration {
	return min(b.Interval(), time.Minute) << min(max(visit-1, 0), maxCrowd)
}

// maxCrowd bounds the doublings, so that a unit lies idle for a quarter of an
// hour at most.
const maxCrowd = 4
