package explain

import (
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Story is one decision, told whole. Its JSON keys are stable.
type Story struct {
	Verdict     retry.Verdict `json:"verdict,omitempty"` // "" while Open
	Reason      retry.Reason  `json:"reason,omitempty"`
	Open        string        `json:"open,omitempty"` // why there is no verdict yet
	Means       string        `json:"means"`          // the reason in a sentence
	Next        string        `json:"next"`           // what follows
	Evidence    string        `json:"evidence,omitempty"`
	Rule        string        `json:"rule,omitempty"`
	Message     string        `json:"message,omitempty"` // of the rule, to people
	Retry       int           `json:"retry,omitempty"`
	Due         time.Time     `json:"due,omitzero"`
	DueIn       int           `json:"due_in_seconds,omitempty"` // after JudgedAt
	Parallelism int32         `json:"parallelism,omitempty"`    // that the retry asks for
	Outcome     retry.Result  `json:"outcome,omitempty"`        // of the earlier retry that this settles
	Opened      string        `json:"breaker_opened,omitempty"` // scope of the breaker that this opens
	JudgedAt    time.Time     `json:"judged_at,omitzero"`

	Event   Told         `json:"event"`
	Home    Place        `json:"home"`
	Facts   *Facts       `json:"facts,omitempty"`
	Cause   *cause.Cause `json:"cause,omitempty"`
	Policy  *InForce     `json:"policy,omitempty"`
	Tried   []Tried      `json:"tried,omitempty"`
	Budgets []Budget     `json:"budgets,omitempty"`

	Waits    *Waits    `json:"waits,omitempty"`    // for what others wait for too
	Holds    []Hold    `json:"holds,omitempty"`    // in force on it
	Breakers []Breaker `json:"breakers,omitempty"` // that it met, open or not at their full rate, after this decision

	Changes []Change `json:"would_have_changed_it"`
	Depends []Change `json:"depends_on,omitempty"`     // while Open: what it would be, by cause
	Before  []Past   `json:"decided_before,omitempty"` // oldest first
	Notes   []string `json:"notes,omitempty"`
}

// Told is what the event, the wake or whoever asked says.
type Told struct {
	From      string    `json:"from"` // where it was read
	Door      string    `json:"door"` // event, wake, sweep or person
	Execution string    `json:"execution,omitempty"`
	Pipeline  string    `json:"pipeline,omitempty"`
	ID        string    `json:"event_id,omitempty"`
	Ended     time.Time `json:"ended,omitzero"`
	Status    string    `json:"status,omitempty"`   // that it ended in; "" is Failed
	Previous  string    `json:"previous,omitempty"` // status
	Emitted   time.Time `json:"emitted,omitzero"`
	Says      string    `json:"says,omitempty"` // the fields of an event that is ignored, in short
}

// Place is where Mulligan runs, or is taken to.
type Place struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	From    string `json:"from"` // where that is known from
}

// Facts are what SageMaker said, and where that was read.
type Facts struct {
	From         string        `json:"from"`
	Asked        bool          `json:"asked"` // false: the ledger alone decided
	Gone         bool          `json:"gone,omitempty"`
	Detail       string        `json:"detail,omitempty"`
	Status       string        `json:"status,omitempty"`
	LastModified time.Time     `json:"last_modified,omitzero"`
	Age          int           `json:"age_seconds"`
	Parallelism  int32         `json:"parallelism,omitempty"`
	Steps        int           `json:"steps"`
	Running      bool          `json:"running,omitempty"`
	Failed       []Failed      `json:"failed,omitempty"`
	Rerun        []retry.Rerun `json:"rerun,omitempty"`
	NewerAsked   bool          `json:"newer_asked"`
	Newer        string        `json:"newer,omitempty"`
	Untold       []string      `json:"untold,omitempty"`       // what SageMaker would not answer
	Same         bool          `json:"same_failure,omitempty"` // as the one that was retried before it
	Record       *Record       `json:"record,omitempty"`
}

// Failed is a failed step, with its job where that was looked at.
type Failed struct {
	Name    string `json:"name"`
	Type    string `json:"type,omitempty"`
	Reason  string `json:"reason,omitempty"`
	JobARN  string `json:"job_arn,omitempty"`
	Job     string `json:"job,omitempty"` // what it says
	Looked  bool   `json:"job_looked_at"`
	Missing bool   `json:"job_not_recorded,omitempty"`
}

// Record is what the ledger knows of the execution.
type Record struct {
	Kind    retry.Kind     `json:"kind"`
	Used    int            `json:"used"`
	Ended   time.Time      `json:"failure_last_modified,omitzero"`
	Due     time.Time      `json:"claim_due,omitzero"`
	Retry   int            `json:"claim_retry,omitempty"`
	Repeats int            `json:"repeats,omitempty"`
	Granted map[string]int `json:"granted,omitempty"`
	Waits   string         `json:"waits_for,omitempty"` // in words
	Until   time.Time      `json:"waits_until,omitzero"`
	Outcome retry.Result   `json:"outcome,omitempty"` // of the retry that was accepted last
	Verdict retry.Verdict  `json:"verdict,omitempty"` // the last
	Reason  retry.Reason   `json:"reason,omitempty"`
}

// InForce is the policy that judged.
type InForce struct {
	From    string     `json:"from"`
	Version string     `json:"version"`
	Mode    retry.Mode `json:"mode"`
	Limits  string     `json:"limits"` // in words
	Problem string     `json:"problem,omitempty"`
}

// Tried is one step of the judgement.
type Tried struct {
	Kind    string `json:"kind"` // check, guard or rule
	Name    string `json:"name"`
	Applies bool   `json:"applies"`
	Why     string `json:"why"`
	Place   string `json:"place,omitempty"` // where a rule stands
}

// Budget is what one budget holds.
type Budget struct {
	Name  string    `json:"name"`
	Left  int       `json:"left"`
	Size  int       `json:"size"`
	Per   string    `json:"per,omitempty"`      // "" where it never refills
	Next  time.Time `json:"next_unit,omitzero"` // when one more flows in; zero if full or never
	Every int       `json:"seconds_a_unit,omitempty"`
	Turns time.Time `json:"turns_given_until,omitzero"` // to failures that wait for it in line; zero: to none
}

// Change is one thing that would have led to another decision.
type Change struct {
	Had     string        `json:"had"`
	Verdict retry.Verdict `json:"verdict,omitempty"` // "" where SageMaker would have been asked
	Reason  retry.Reason  `json:"reason,omitempty"`
	Due     time.Time     `json:"due,omitzero"`
}

// Past is a decision of the ledger.
type Past struct {
	At       time.Time     `json:"at"`
	Verdict  retry.Verdict `json:"verdict"`
	Reason   retry.Reason  `json:"reason"`
	Retry    int           `json:"retry,omitempty"`
	Due      time.Time     `json:"due,omitzero"`
	Evidence string        `json:"evidence,omitempty"`
	Policy   string        `json:"policy"`
}
