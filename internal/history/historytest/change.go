package historytest

import (
	"fmt"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// executions is how many the clients of a history share.
const executions = 3

// now is when it begins: not on a whole millisecond.
var now = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)

// What else they share. The buckets are soon empty.
var (
	buckets = []retry.Bucket{
		{Key: "budget#pipeline#churn", Name: "pipeline", Size: 3, Per: 3 * time.Minute},
		{Key: "budget#account#1", Name: "account", Size: 4, Per: 2 * time.Minute},
	}
	scopes   = []string{"scarce ml.p5.48xlarge", "fingerprint 0123456789abcdef"}
	outcomes = []retry.Result{retry.WasRecovered, retry.WasStopped}
	settled  = []retry.Kind{retry.Retried, retry.Parked, retry.Closed}
)

// arn names the n-th execution.
func arn(n int) retry.ExecutionARN {
	return retry.ExecutionARN{
		Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: fmt.Sprintf("Run%04d", n),
	}
}

// holds are those that a person has set by the rev: some, or none any more.
func holds(rev, some int) retry.Holds {
	h := retry.Holds{Rev: rev}
	for range some {
		h.Holds = append(h.Holds, retry.Hold{Scope: retry.HoldOfAll, Author: "anna", Since: now, Until: now.Add(2 * time.Hour)})
	}
	return h
}

// change is a write on what was seen last, or long ago, or on nothing.
func (c *client) change(n int, at time.Time) retry.Change {
	var seen retry.State
	if states := c.seen[n]; len(states) > 0 {
		seen = states[len(states)-1]
		if c.dice.IntN(4) == 0 {
			seen = states[c.dice.IntN(len(states))]
		}
	}
	var takes []retry.Bucket
	for _, b := range buckets {
		if c.dice.IntN(2) == 0 {
			takes = append(takes, b)
		}
	}
	w := retry.Change{Execution: arn(n), Seen: seen, Record: seen.Record, Takes: takes, Now: at, Expires: at.Add(30 * 24 * time.Hour)}
	w.Record.Rev, w.Record.Updated = seen.Record.Rev+1, at
	w.Record.Kind = settled[c.dice.IntN(len(settled))]
	if len(takes) > 0 {
		w.Record.Kind, w.Record.Used = retry.Claimed, seen.Record.Used+1
	}
	w.Record.Claim.Token = fmt.Sprintf("%02d%04d", c.number, c.deed)
	w.Trail = retry.Trail{At: at, Used: w.Record.Used, Balances: seen.Full}
	c.beside(&w)
	return w
}

// beside adds what is written beside the record.
func (c *client) beside(w *retry.Change) {
	if c.dice.IntN(3) == 0 {
		b := w.Seen.Breakers[scopes[c.dice.IntN(len(scopes))]]
		b.Scope = scopes[c.dice.IntN(len(scopes))]
		b.Rev, b.Probe = w.Seen.Breakers[b.Scope].Rev+1, w.Record.Claim.Token
		w.Breakers = []retry.Breaker{b}
	}
	if len(w.Takes) == 0 && c.dice.IntN(6) == 0 {
		w.Refills = buckets[:1]
	}
	if c.dice.IntN(6) == 0 {
		w.Tally = &retry.Tally{Pipeline: "churn", Class: cause.Capacity, Result: outcomes[c.dice.IntN(len(outcomes))]}
	}
}
