package retry

import (
	"slices"
	"time"

	"mulligan/internal/cause"
)

// Failure is one end of an execution in Failed. Its two times tell it from the
// next one of the same execution; no single field of any event or answer does.
type Failure struct {
	LastModified time.Time `json:"last_modified"`
	Round        time.Time `json:"round"` // latest end among the failed steps
	Ended        time.Time `json:"ended"` // when the execution ended: its age counts from here
}

// Kind says how the failure on record stands.
type Kind string

// The kinds. Only Claimed and Parked are open; the others are closed for good.
const (
	Unseen  Kind = ""           // no failure dealt with yet
	Claimed Kind = "claimed"    // one unit taken, the call not known to be made
	Retried Kind = "retried"    // the call was accepted
	MovedOn Kind = "superseded" // the execution left Failed without our knowing that we did it
	Closed  Kind = "stopped"    // stopped with a reason, observed, or superseded by a newer execution
	Parked  Kind = "parked"     // waits without a unit
)

// Claim is one unit taken for one failure, before any call.
type Claim struct {
	EventID     string      `json:"event_id"`
	Retry       int         `json:"retry"`   // n-th retry of the execution, from 1
	Ordinal     int         `json:"ordinal"` // from 1; each definite refusal by the API moves on to the next
	Token       string      `json:"token"`
	Due         time.Time   `json:"due"`                   // nobody calls before it
	Parallelism int32       `json:"parallelism,omitempty"` // MaxParallelExecutionSteps to ask for; 0 leaves it
	Rule        string      `json:"rule,omitempty"`        // of the policy, that granted it
	Message     string      `json:"message,omitempty"`     // what that rule has to say to people
	Cause       cause.Cause `json:"cause"`                 // what it was granted for: jobs are not looked at again
	Conflicts   int         `json:"conflicts,omitempty"`   // refusals for a status that Describe does not show
	Scopes      []string    `json:"scopes,omitempty"`      // of the breakers that it met
	Unstarted   int         `json:"unstarted,omitempty"`   // accepted so often without the execution leaving Failed
}

// Pause is a wait without a unit: for a clearer look or a shared budget.
type Pause struct {
	Reason   Reason    `json:"reason"`
	Due      time.Time `json:"due"`
	Visit    int       `json:"visit"`    // how many times in a row, from 1
	Seen     time.Time `json:"seen"`     // the LastModifiedTime that raised the doubt
	Schedule string    `json:"schedule"` // name of the schedule that ends it
	Evidence string    `json:"evidence,omitempty"`
	For      string    `json:"for,omitempty"`   // what it waits for: a Line's Key or a hold's Scope
	Turns    []Turn    `json:"turns,omitempty"` // that it was given in lines
	Notice   Notice    `json:"notice,omitzero"` // of the delivery that began to wait, for whoever finds its schedule lost
}

// Record is what the ledger keeps of one execution: the failure last dealt
// with, how it stands, and what was spent. One item, so that one conditional
// write deduplicates and counts.
type Record struct {
	Rev      int            `json:"rev"`     // writes so far; every write is fenced on it
	Used     int            `json:"used"`    // units taken, never given back
	Careful  int            `json:"careful"` // of these, for a doubtful cause
	Kind     Kind           `json:"kind"`
	Failure  Failure        `json:"failure"`
	Aliases  []string       `json:"aliases,omitempty"` // executionEndTimes of failures dealt with, newest last
	Claim    Claim          `json:"claim"`
	Pause    Pause          `json:"pause"`
	Granted  map[string]int `json:"granted,omitempty"` // units by the name of the rule that granted them
	Mark     string         `json:"mark,omitempty"`    // step and fingerprint of the failure
	Repeats  int            `json:"repeats,omitempty"` // how often in a row that mark came back after a retry
	Outcome  Outcome        `json:"outcome,omitzero"`  // of the retry that was accepted last
	Watch    time.Time      `json:"watch,omitzero"`    // when the sweep looks what became of it; zero: never
	Decision Decision       `json:"decision"`          // the last one
	Updated  time.Time      `json:"updated"`
}

// maxAliases bounds the aliases; the event of an older failure merely costs the
// full look.
const maxAliases = 16

// knows tells whether the notice's failure is one that this record has dealt
// with. An event that was emitted well after the last write is looked at in
// full even so: whether a second failure moves executionEndTime is unknown.
func (r Record) knows(n Notice) bool {
	return n.Ended != "" && slices.Contains(r.Aliases, n.Ended) &&
		!n.Emitted.After(r.Updated.Add(aliasSlack))
}

// mayBeNext tells whether a known event may be about the run that our retry
// started: events tell whole seconds, and it may have failed in the one in which
// the failure before it did. The event that the claim was made for is not.
func (r Record) mayBeNext(n Notice) bool {
	claimed := n.EventID != "" && n.EventID == r.Claim.EventID
	return r.mayHaveCalled() && !claimed && !n.EndedAt.Before(r.Claim.Due.Truncate(time.Second))
}

// mayHaveCalled tells whether the failure on record was left by a call of ours, or
// may have been: one whose answer came too late to be written down.
func (r Record) mayHaveCalled() bool {
	return r.Kind == Retried || r.Kind == MovedOn && r.Claim.Due.After(r.Failure.LastModified)
}

// aliasSlack allows for SageMaker's repeated events, which come seconds apart.
const aliasSlack = 15 * time.Second

// withAlias adds the notice's executionEndTime.
func (r Record) withAlias(n Notice) Record {
	if n.Ended == "" || slices.Contains(r.Aliases, n.Ended) {
		return r
	}
	aliases := append(slices.Clone(r.Aliases), n.Ended)
	r.Aliases = aliases[max(0, len(aliases)-maxAliases):]
	return r
}

// done tells whether the failure on record is done with.
func (r Record) done() bool { return r.Kind == Retried || r.Kind == MovedOn || r.Kind == Closed }

// leftFailed tells whether the execution is known to have left Failed since the
// failure on record, so that a later end is a new failure whatever its steps say.
func (r Record) leftFailed() bool { return r.Kind == Retried || r.Kind == MovedOn }

// waits tells whether it waits, parked or claimed, for what others wait for too.
func (r Record) waits() bool {
	return r.Kind == Parked || r.Kind == Claimed && (r.Pause.Reason == Held || r.Pause.Reason == Scarce)
}

// endedWith tells whether a notice that names no alias is about the failure on
// record all the same, such as one that the sweep found first.
func (r Record) endedWith(n Notice) bool { return n.endedAt(r.Failure.LastModified) }

// sameClaim tells whether both records hold the claim of one failure.
func (r Record) sameClaim(o Record) bool {
	return r.Claim.Retry == o.Claim.Retry && r.Claim.EventID == o.Claim.EventID &&
		r.Failure.Round.Equal(o.Failure.Round) && r.Failure.LastModified.Equal(o.Failure.LastModified)
}

// Decision is a verdict with all that explains it in short.
type Decision struct {
	Verdict     Verdict     `json:"verdict"`
	Reason      Reason      `json:"reason"`
	Execution   string      `json:"execution,omitempty"`
	Pipeline    string      `json:"pipeline,omitempty"`
	Class       cause.Class `json:"class,omitempty"`
	Retry       int         `json:"retry,omitempty"`
	Due         time.Time   `json:"due,omitzero"`
	Evidence    string      `json:"evidence,omitempty"`
	Careful     bool        `json:"careful,omitempty"`        // a retry that a doubtful cause gets
	Rule        string      `json:"rule,omitempty"`           // name of the policy's rule that decided; "" where a guard did
	Message     string      `json:"message,omitempty"`        // what the rule has to say to people
	Parallelism int32       `json:"parallelism,omitempty"`    // MaxParallelExecutionSteps that the retry asks for; 0 leaves it
	Policy      string      `json:"policy,omitempty"`         // version of the policy
	Problem     string      `json:"policy_problem,omitempty"` // why the policy that was applied last is not in force
	Outcome     Result      `json:"outcome,omitempty"`        // of the earlier retry that this settles
	Breaker     string      `json:"breaker,omitempty"`        // scope of the breaker that this opened
	Line        Line        `json:"-"`                        // with shared_budget_empty: the line before the budget
	Stands      bool        `json:"-"`                        // its turn in that line has come already
	For         string      `json:"-"`                        // of a wait: what others wait for too, as Pause.For
}

// Trail is what explains one decision for good: what was known, under which
// policy, by which build.
type Trail struct {
	At         time.Time            `json:"at"`
	Build      string               `json:"build"`
	Policy     string               `json:"policy"`
	Mode       Mode                 `json:"mode,omitempty"`
	Supersedes bool                 `json:"supersedes,omitempty"` // whether a newer execution that succeeded replaces this one
	Notice     Notice               `json:"notice"`
	Stood      Record               `json:"stood"` // the record that it was decided on, but for its decision
	Facts      Facts                `json:"facts"`
	Balances   map[string]time.Time `json:"balances,omitempty"` // bucket → when it is full again
	Lines      map[string]time.Time `json:"lines,omitempty"`    // line → the turn given last
	Breakers   map[string]Breaker   `json:"breakers,omitempty"` // those that it met, as they stood
	Holds      []Hold               `json:"holds,omitempty"`    // that were in force
	Turn       Turn                 `json:"turn,omitzero"`      // that it was given
	Used       int                  `json:"used"`
	Ordinal    int                  `json:"ordinal,omitempty"`
	Decision   Decision             `json:"decision"`
}
