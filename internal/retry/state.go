package retry

import (
	"time"

	"mulligan/internal/cause"
)

// State is what one consistent read of the ledger gives.
type State struct {
	Record Record
	Full   map[string]time.Time // bucket key → when that bucket is full again; absent: full
}

// Change is one write to the ledger, all of it or nothing.
type Change struct {
	Execution ExecutionARN
	Seen      State    // refused unless the record's Rev still is Seen.Record.Rev
	Record    Record   // the new record; its Rev is Seen.Record.Rev + 1
	Takes     []Bucket // one unit from each, as of Now; refused if one is empty
	Trail     Trail
	Now       time.Time
	Expires   time.Time // when housekeeping may remove what was written
}

// Case is what a policy judges.
type Case struct {
	Execution ExecutionARN
	Cause     cause.Cause
	FailStep  bool
	Previous  string        // status that the execution failed from
	Age       time.Duration // since the execution ended
	Claimed   bool          // a claimed retry is due: may it still be made?
	Retry     int           // n of the retry in question
	Used      int           // units spent on this execution
	Careful   int           // of these, for an unknown cause
	Visit     int           // how many times in a row it would wait for a shared budget, from 1
	Full      map[string]time.Time
	Token     string // spreads the due time
	Now       time.Time
}

// Policy turns facts into verdicts. It is pure: the same case gives the same
// decision, bit for bit.
type Policy interface {
	// Decide judges a failure: Retry (at once), Wait (BackingOff: claimed now
	// and called when due; SharedBudgetEmpty: parked until due) or Stop.
	Decide(Case) Decision
	// Defer says when a call that SageMaker refused for now is due again:
	// never before a function that is running now must have ended.
	Defer(c Case, ordinal int) time.Time
	// Budgets lists the shared budgets that a retry of the execution takes from.
	Budgets(ExecutionARN) []Bucket
}

// Effect is what follows a write.
type Effect int

// The effects.
const (
	Nothing  Effect = iota
	Call            // RetryPipelineExecution with the token of the record's claim
	Schedule        // make sure that the move's wake is scheduled
)

// Move is what a plan comes to: first the write, then the effect.
type Move struct {
	Decision Decision
	Write    *Record // nil: nothing to write
	Takes    []Bucket
	Then     Effect
	Wake     Wake
}

// Wake is a one-time schedule that brings a waiting failure back.
type Wake struct {
	Name  string    `json:"-"`
	Due   time.Time `json:"-"`
	Wait  string    `json:"wait"`            // the token or pause that it ends
	Again int       `json:"again,omitempty"` // how often it fired early and was made again
}

// Situation is everything that a plan depends on.
type Situation struct {
	Mode   Mode
	Policy Policy
	Notice Notice
	State  State
	Facts  Facts
	Now    time.Time
}
