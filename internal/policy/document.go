package policy

import (
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Schema is the form of Document that this build reads and writes. A change
// that an older build could not honour is a new schema. A key that is added is
// none: builds that do not know it refuse the documents that use it (Decode is
// strict) and keep what was in force before, and all others stay what they are,
// byte for byte, if it is left out while it is not set.
const Schema = 1

// Document is a policy as it is applied: compiled from the file that people
// write (internal/policyfile), as JSON. What is left out falls back to the
// built-in policy and the deployment's settings.
type Document struct {
	Schema      int       `json:"schema"`
	Terms                 // of all pipelines
	Rules       []Rule    `json:"rules,omitempty"`     // tried in order, before the built-in ones
	Pipelines   []Section `json:"pipelines,omitempty"` // the first that names the pipeline holds for it
	Description string    `json:"description,omitempty"`
}

// Section is what holds for some pipelines: its values instead of the
// document's, its rules before the document's.
type Section struct {
	Name      string   `json:"name"`      // in messages; unique
	Pipelines []string `json:"pipelines"` // patterns of names, see Pattern
	Terms
	Rules []Rule `json:"rules,omitempty"`
}

// Terms are values that hold for a pipeline as a whole. Zero values are not set.
type Terms struct {
	Mode        retry.Mode          `json:"mode,omitempty"`
	Superseded  *bool               `json:"superseded,omitempty"`   // stop if a newer execution has succeeded
	ExpireAfter time.Duration       `json:"expire_after,omitempty"` // nanoseconds; an older failure is left alone
	BackOff     BackOff             `json:"back_off,omitzero"`
	Budgets     Budgets             `json:"budgets,omitzero"`
	SideEffects []string            `json:"side_effects,omitzero"` // step types that must not run again without a person
	Repeats     map[cause.Class]int `json:"repeats,omitempty"`     // how often the same failure may come back; Unlimited
	Breaker     Breaker             `json:"breaker,omitzero"`
	Scarce      *bool               `json:"scarce,omitempty"` // what one finds short is short for all until a probe succeeds
}

// Unlimited is a number of repeats that only the budget bounds.
const Unlimited = -1

// BackOff are the delays before retries: the first, doubled up to the longest.
type BackOff struct {
	First   time.Duration `json:"first,omitempty"`
	Longest time.Duration `json:"longest,omitempty"`
}

// Breaker is how many executions that fail alike, within which time, make the
// others wait for a probe. All pipelines are counted together: a section can only
// leave its own out, with no Executions.
type Breaker struct {
	Executions *int          `json:"executions,omitempty"` // nil: not set; 0: none opens
	Within     time.Duration `json:"within,omitempty"`
}

// Budgets are the buckets that a retry takes from, in the policy. The
// deployment's own stay beside them as ceilings.
type Budgets struct {
	Execution Budget `json:"execution,omitzero"`
	Pipeline  Budget `json:"pipeline,omitzero"`
	Account   Budget `json:"account,omitzero"` // of the account and Region
}

// Budget is a bucket of Size retries that refills evenly over Refill. The
// execution's may have no Refill: so many retries and no more. The zero Budget is
// not set; a Size of 0 with Set allows no retry.
type Budget struct {
	Set    bool          `json:"set,omitempty"`
	Size   int           `json:"size"`
	Refill time.Duration `json:"refill,omitempty"`

	// RefillOnSuccess fills the bucket when a retry recovers its execution. The
	// account's is never filled so.
	RefillOnSuccess bool `json:"refill_on_success,omitempty"`
}

// Rule says what failures that match deserve.
type Rule struct {
	Name    string        `json:"name"` // unique among the rules that can meet
	When    When          `json:"when,omitzero"`
	Verdict retry.Verdict `json:"verdict"` // Retry: at once, then backing off; Wait: backing off before each call; Stop

	// NeedsPerson makes a Stop say needs_person instead of naming the cause.
	NeedsPerson bool `json:"needs_person,omitempty"`

	BackOff     BackOff     `json:"back_off,omitzero"`
	Limits      Limits      `json:"limits,omitzero"`
	Parallelism Parallelism `json:"parallelism,omitzero"`
	Message     string      `json:"message,omitempty"` // said to people with the verdict
}

// When are the conditions of a rule. All that are set must hold; of a list, one.
// A failure whose cause is permanent matches only a rule that names that label.
type When struct {
	Classes   []cause.Class `json:"classes,omitempty"`
	Labels    []cause.Label `json:"labels,omitempty"`
	StepTypes []string      `json:"step_types,omitempty"` // as the API's: Training, Processing, ...; letter case does not matter
	Pipelines []string      `json:"pipelines,omitempty"`  // patterns of names, see Pattern
	Message   string        `json:"message,omitempty"`    // words of the step's reason, "*" for anything between; letter case does not matter
	Retry     Range         `json:"retry,omitzero"`       // n of the retry in question
	Age       Ages          `json:"age,omitzero"`         // since the execution ended
}

// Range is a span of retry numbers, both ends included; 0 is open.
type Range struct {
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

// Ages is a span of ages: at least From, less than To; 0 is open.
type Ages struct {
	From time.Duration `json:"from,omitempty"`
	To   time.Duration `json:"to,omitempty"`
}

// Limits bound what one rule grants one execution.
type Limits struct {
	Retries int           `json:"retries,omitempty"` // that this rule grants; 0: only the budgets bound it
	Age     time.Duration `json:"age,omitempty"`     // of a failure that it still grants one; 0: ExpireAfter bounds it
}

// Parallelism changes MaxParallelExecutionSteps with the retry, the one setting
// that RetryPipelineExecution takes. The zero value leaves it alone.
type Parallelism struct {
	Halve bool  `json:"halve,omitempty"` // half of what it is, at least 1
	Most  int32 `json:"most,omitempty"`  // no more than this
}
