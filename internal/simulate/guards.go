package simulate

import (
	"context"
	"fmt"
	"slices"

	"mulligan/internal/retry"
)

// The guards that can be taken away.
const (
	withoutFence   = "fence"
	withoutClaim   = "claim"
	withoutToken   = "token"
	withoutDue     = "due"
	withoutBuckets = "buckets"
	withoutHolds   = "holds"
	withoutSweep   = "sweep"
	withoutSpent   = "spent"
	withoutLook    = "look"
)

// Guards are what can be taken away, what that means, and the invariants of which
// one breaks.
var Guards = []struct {
	Name, Meaning string
	Breaks        []string
}{
	{withoutFence, "writes are taken whatever has been written since the read", []string{I1, I2, I4, I7, I8}},
	{withoutClaim, "the write before the call does not reach the ledger", []string{I5}},
	{withoutToken, "each call has a token of its own", []string{I5, I2}},
	{withoutDue, "a claim that is read is taken to be due", []string{I5}},
	{withoutBuckets, "units are taken from shared budgets whatever they hold", []string{I9}},
	{withoutHolds, "claims do not look at holds", []string{Held}},
	{withoutSweep, "no sweep looks for what was lost", []string{I3, I10}},
	{withoutLook, "a claim is called without asking SageMaker how the execution stands", []string{I2, I4, I1, Held, Outcome}},
	{withoutSpent, "a claim that came to nothing gives its unit back", []string{I8, I1, I2, I4}},
}

// without is the ledger, less a guard.
func without(guard string, r *run) store {
	switch guard {
	case withoutFence:
		return fenceless{r.ledger}
	case withoutDue:
		return alwaysDue{r.ledger}
	case withoutBuckets:
		return bottomless{r.ledger}
	case withoutHolds:
		return unheld{r.ledger}
	case withoutSpent:
		return refunding{r.ledger}
	}
	return r.ledger
}

// claimAsSent is the claim that a call is made with.
func (v *invocation) claimAsSent(c retry.Claim) retry.Claim {
	if v.options.Without == withoutToken {
		c.Token = fmt.Sprintf("%064d", v.serial*1000+v.calls)
	}
	return c
}

type fenceless struct{ store }

func (f fenceless) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	stands, err := f.Read(ctx, c.Execution, nil)
	if err != nil {
		return retry.State{}, false, err
	}
	c.Seen.Record.Rev, c.Record.Rev = stands.Record.Rev, stands.Record.Rev+1
	return f.store.Commit(ctx, c)
}

// pretends takes a claim whose call follows at once for written, without the ledger.
func (r *run) pretends(c retry.Change) (retry.State, bool) {
	s := c.Seen
	s.Record = c.Record
	return s, r.options.Without == withoutClaim && len(c.Takes) > 0 && c.Record.Decision.Verdict == retry.Retry
}

type alwaysDue struct{ store }

func (f alwaysDue) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	s, err := f.store.Read(ctx, arn, buckets, scopes...)
	s.Record.Claim.Due = start
	return s, err
}

type bottomless struct{ store }

func (f bottomless) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	s, err := f.store.Read(ctx, arn, buckets, scopes...)
	clear(s.Full)
	return s, err
}

func (f bottomless) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	c.Takes = slices.Clone(c.Takes)
	for i := range c.Takes {
		c.Takes[i].Key += fmt.Sprint("/", c.Execution.Key(), c.Record.Rev) // one that nothing was ever taken from
	}
	return f.store.Commit(ctx, c)
}

type unheld struct{ store }

func (f unheld) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	s, err := f.store.Read(ctx, arn, buckets, scopes...)
	s.Holds = retry.Holds{Rev: s.Holds.Rev}
	return s, err
}

type refunding struct{ store }

func (f refunding) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	s, err := f.store.Read(ctx, arn, buckets, scopes...)
	if s.Record.Kind == retry.MovedOn && s.Record.Used > 0 {
		s.Record.Used--
	}
	return s, err
}

// unasked is what a claim knows of its failure, where SageMaker is not asked.
func (p *port) unasked(arn retry.ExecutionARN) (retry.Execution, []retry.Step, bool) {
	l := p.byKey[arn.Key()]
	is := l.record
	if p.options.Without != withoutLook || is.Kind != retry.Claimed {
		return retry.Execution{}, nil, false
	}
	stands := retry.Execution{ARN: arn, Status: retry.StatusFailed, LastModified: is.Failure.LastModified}
	return stands, []retry.Step{{Name: "Train", Status: retry.StatusFailed, Ended: is.Failure.Round}}, true
}
