package retry

import (
	"time"

	"mulligan/internal/cause"
)

// State is what one consistent read of the ledger gives.
type State struct {
	Record Record
	Full   map[string]time.Time // bucket key → when that bucket is full again; absent: full
	Policy Stored

	Lines    map[string]time.Time // of each bucket and scope that was asked for: Line.Key → the turn given last; absent: none
	Breakers map[string]Breaker   // each scope that was asked for; one that never was opened or seen has Rev 0
	Holds    Holds
}

// Stored is the policy that was applied last, as it stands in the ledger. The
// zero Stored: none was. A Rev without Hash and Body: none any more, the built-in
// policy was put back in force.
type Stored struct {
	Rev    int    // applied so far; 0: none
	Hash   string // lower-hex SHA-256 of Body
	Body   string // the policy, compiled
	Before string // the compiled policy that was in force before it; "" if none was
	Fault  string // why what stands there cannot be read at all, on one line; Body is "" then; "" if it can
}

// None tells whether no policy is applied: the built-in one is in force.
func (s Stored) None() bool { return s.Body == "" && s.Fault == "" }

// Change is one write to the ledger, all of it or nothing.
type Change struct {
	Execution ExecutionARN
	Seen      State     // refused unless the record's Rev still is Seen.Record.Rev
	Record    Record    // the new record; its Rev is Seen.Record.Rev + 1
	Takes     []Bucket  // one unit from each, as of Now; refused if one is empty. With any, refused too unless the holds' Rev is that in Seen
	Breakers  []Breaker // the new ones; each Rev is one more than in Seen, and refused unless that one still stands
	Refills   []Bucket  // full as of Now
	Tally     *Tally    // to count; nil: nothing
	Trail     Trail
	Now       time.Time
	Expires   time.Time // when housekeeping may remove what was written
}

// Case is what a policy judges.
type Case struct {
	Execution   ExecutionARN
	Cause       cause.Cause
	Message     string // the reason of the step that decided, as it came, and what its job says
	Rule        string // of a claim: the rule that granted it
	Rerun       []Rerun
	FailStep    bool
	Previous    string         // status that the execution failed from
	Age         time.Duration  // since the execution ended
	Claimed     bool           // a claimed retry is due: may it still be made?
	Retry       int            // n of the retry in question
	Used        int            // units spent on this execution
	Careful     int            // of these, for a doubtful cause
	Granted     map[string]int // of these, by the name of the rule that granted them
	Repeats     int            // how often in a row the same failure came back after a retry
	Parallelism int32          // MaxParallelExecutionSteps now; 0: not set
	Steps       int            // how many steps the execution has shown
	Full        map[string]time.Time
	Lines       map[string]time.Time // the turn given last in each line
	Stood       []string             // keys of the lines in which its turn has come
	Rested      bool                 // it has waited for others: the back-off counts from its end
	Let         bool                 // its turn before a breaker has come: no back-off is left
	Token       string               // spreads the due time
	Now         time.Time
}

// Terms are what holds for one execution: the policy in force and what it says
// about the pipeline as a whole.
type Terms struct {
	Policy      Policy
	Version     string        // names rules and settings: what decisions are stamped with
	Mode        Mode          // how far the policy lets Mulligan go with this pipeline
	Supersedes  bool          // whether a newer execution that succeeded replaces this one
	ExpireAfter time.Duration // age at which a failure is left alone
	Breakers    Breakers
	Problem     string // why the policy that was applied last is not in force; "" if it is
}

// Rulebook knows the policy in force. It may be used concurrently.
type Rulebook interface {
	// Terms gives the terms of an execution under what the ledger was read to
	// hold; nil asks for those known so far, before the ledger is read. An error
	// means that what was applied cannot be read and nothing readable came before
	// it: nothing may be retried on a guess.
	Terms(ExecutionARN, *Stored) (Terms, error)
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
	Nothing     Effect = iota
	Call               // RetryPipelineExecution with the token of the record's claim
	Schedule           // make sure that the move's wake is scheduled
	LookCloser         // look at the jobs of the move's steps, and plan again
	AskNewer           // ask for a newer execution that succeeded, and plan again
	AskScopes          // read the breakers of the move's scopes, and plan again
	StandInLine        // take a turn in the move's line, and plan again
)

// Move is what a plan comes to: first the write, then the effect.
type Move struct {
	Decision Decision
	Write    *Record // nil: nothing to write
	Takes    []Bucket
	Breakers []Breaker // to write
	Refills  []Bucket
	Tally    *Tally
	Jobs     []int    // with LookCloser: places in Facts.Failed
	Scopes   []string // with AskScopes
	Line     Line     // with StandInLine
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

// Situation is everything that a plan depends on. Mode is the lower of what
// deployment and policy allow.
type Situation struct {
	Terms
	Notice Notice
	State  State
	Facts  Facts
	Turn   Turn // that was taken for this plan
	Now    time.Time
}
