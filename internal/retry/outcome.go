package retry

import (
	"time"

	"mulligan/internal/cause"
)

// Result is what became of a retry that was accepted.
type Result string

// The results. A word of the vocabulary each; the zero Result is not known yet.
const (
	WasRecovered Result = "recovered"         // the execution ended Succeeded
	FailedAnew   Result = "failed_again"      // it ended Failed
	WasStopped   Result = "stopped_by_person" // it ended Stopped
	EndedElse    Result = "superseded"        // it ended otherwise, such as CompletedWithFailures
)

// Outcome settles one retry.
type Outcome struct {
	Result Result    `json:"result,omitempty"` // "" while it runs
	Same   bool      `json:"same,omitempty"`   // failed again in the same step with the same fingerprint
	At     time.Time `json:"at"`               // when it was settled
}

// Tally counts one outcome for its pipeline and class, in the write that settles it.
type Tally struct {
	Pipeline string // its name, lower-cased
	Class    cause.Class
	Result   Result
	Same     bool
}
