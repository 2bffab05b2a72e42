package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Settings are the limits that a deployment sets, the template's parameters.
type Settings struct {
	MaxRetries            int           // retries of one execution, ever; 0 allows none
	PipelineRetriesPerDay int           // from 1
	AccountRetriesPerHour int           // from 1, for the account and Region
	BackoffInterval       time.Duration // the first delay
	BackoffMaxDelay       time.Duration // no delay is longer
	ExpireAfter           time.Duration // an older failure is left alone
	FunctionTimeout       time.Duration // how long one invocation can live
}

// Policy is the built-in policy under a deployment's settings. It implements
// retry.Policy.
type Policy struct {
	set Settings
}

// New makes the policy. The settings are valid: config has seen to it.
func New(s Settings) Policy { return Policy{s} }

// ruleset names the built-in rules; it moves when Decide or the table does.
const ruleset = "builtin-1"

// Version is what decisions are stamped with: the rules and the settings.
func (p Policy) Version() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v", ruleset, p.set))
	return ruleset + "-" + hex.EncodeToString(sum[:4])
}

// Budgets are the shared buckets of an execution: its pipeline's for a day, the
// account's and Region's for an hour.
func (p Policy) Budgets(arn retry.ExecutionARN) []retry.Bucket {
	account := strings.ToLower(arn.Account + "#" + arn.Region)
	return []retry.Bucket{
		{Key: "budget#pipeline#" + arn.PipelineKey(), Name: "pipeline", Size: p.set.PipelineRetriesPerDay, Per: 24 * time.Hour},
		{Key: "budget#account#" + account, Name: "account", Size: p.set.AccountRetriesPerHour, Per: time.Hour},
	}
}

// Decide judges one failure. The order is the policy: age comes first and what a
// person did second, for claimed retries too; then what cannot help, then what
// may not be spent.
func (p Policy) Decide(c retry.Case) retry.Decision {
	given := chanceOf(c.Cause)
	switch {
	case c.Age > p.set.ExpireAfter:
		return stop(retry.Expired, "ended %s ago; failures older than %s are left alone",
			c.Age.Round(time.Second), p.set.ExpireAfter)
	case strings.EqualFold(c.Previous, "Stopping"):
		return stop(retry.StoppedByPerson, "it failed while somebody was stopping it")
	case c.Claimed:
		return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable, Evidence: words(c.Cause)}
	case c.FailStep:
		return stop(retry.CannotRetry, "it ended by a Fail step, which SageMaker does not retry: %s", words(c.Cause))
	case given == never:
		return stop(retry.PermanentCause, "%s", words(c.Cause))
	case given == careful && c.Careful > 0:
		return stop(retry.UnknownCause, "the one careful retry was used: %s", words(c.Cause))
	case c.Used >= p.set.MaxRetries:
		return stop(retry.BudgetExhausted, "%d of %d retries of this execution are used", c.Used, p.set.MaxRetries)
	}
	if empty, ok := p.emptyBudget(c); ok {
		return empty
	}
	return p.grant(c, given)
}

// grant gives the retry, at once or after a back-off.
func (p Policy) grant(c retry.Case, given chance) retry.Decision {
	evidence := words(c.Cause)
	switch {
	case given == soon && c.Retry == 1:
		return retry.Decision{Verdict: retry.Retry, Reason: retry.Retryable, Evidence: evidence}
	case given == soon:
		return p.backOff(c, c.Retry-2, evidence)
	case given == careful:
		d := p.backOff(c, c.Retry-1, evidence)
		d.Careful = true
		return d
	default:
		return p.backOff(c, c.Retry-1, evidence)
	}
}

func (p Policy) backOff(c retry.Case, doublings int, evidence string) retry.Decision {
	due := retry.WholeSecond(c.Now.Add(p.delay(doublings, c.Token)))
	return retry.Decision{Verdict: retry.Wait, Reason: retry.BackingOff, Due: due, Evidence: evidence}
}

// Defer says when a refused call is due again. The floor is the function's
// time-out, beyond the cap too: by then no invocation is left that knew the
// older token.
func (p Policy) Defer(c retry.Case, ordinal int) time.Time {
	doublings := c.Retry + ordinal - 2
	if chanceOf(c.Cause) == soon {
		doublings-- // its first call was not waited for
	}
	delay := max(p.delay(doublings, c.Token), p.set.FunctionTimeout)
	return retry.WholeSecond(c.Now.Add(delay))
}

// delay doubles the interval up to the cap and draws evenly between half and
// the whole of it, from the token.
func (p Policy) delay(doublings int, token string) time.Duration {
	whole := p.set.BackoffInterval
	for range doublings {
		if whole >= p.set.BackoffMaxDelay {
			break
		}
		whole *= 2
	}
	half := min(whole, p.set.BackoffMaxDelay) / 2
	return half + time.Duration(retry.Spread(token)*float64(half))
}

// emptyBudget parks the failure until the last of the empty shared budgets has
// a unit again, and a while more, drawn anew on each visit: many may wait for the
// same bucket, and all but one of those that come for a unit come in vain.
func (p Policy) emptyBudget(c retry.Case) (retry.Decision, bool) {
	var names []string
	due := c.Now
	for _, b := range p.Budgets(c.Execution) {
		free := b.Free(c.Full[b.Key], c.Now)
		if !free.After(c.Now) {
			continue
		}
		names = append(names, b.Name)
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

// words is the evidence of a cause, with the step that it was read from.
func words(c cause.Cause) string {
	switch {
	case c.Evidence == "" && c.Step == "":
		return "no failed step says why"
	case c.Evidence == "":
		return c.Step + ": no reason given"
	case c.Step == "":
		return c.Evidence
	default:
		return c.Step + ": " + c.Evidence
	}
}

func stop(reason retry.Reason, format string, args ...any) retry.Decision {
	return retry.Decision{Verdict: retry.Stop, Reason: reason, Evidence: fmt.Sprintf(format, args...)}
}
