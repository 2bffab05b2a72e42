package retry

// Verdict is what becomes of a failure. Logs, records, answers and the command
// line use these words and no others.
type Verdict string

// The verdicts. Wait always comes with a due time, every verdict with a Reason.
const (
	Retry  Verdict = "retry"
	Wait   Verdict = "wait"
	Stop   Verdict = "stop"
	Ignore Verdict = "ignore"
)

// Reason says why a verdict was reached: one of a closed set of words.
type Reason string

// Reasons of Retry.
const (
	Retryable Reason = "retryable"
	Probing   Reason = "probe" // for all that wait for the same thing
)

// Reasons of Wait.
const (
	BackingOff        Reason = "backing_off"
	RefusedForNow     Reason = "refused_for_now"
	SharedBudgetEmpty Reason = "shared_budget_empty"
	Held              Reason = "held"
	Scarce            Reason = "scarce"
	LookingAgain      Reason = "looking_again"
)

// Reasons of Stop.
const (
	PermanentCause   Reason = "permanent_cause"
	UnknownCause     Reason = "unknown_cause"
	SameFailureAgain Reason = "same_failure_again"
	NeedsPerson      Reason = "needs_person"
	BudgetExhausted  Reason = "budget_exhausted"
	Expired          Reason = "expired"
	CannotRetry      Reason = "cannot_retry"
	StoppedByPerson  Reason = "stopped_by_person"
	Observing        Reason = "observing"
)

// Reasons of Ignore.
const (
	Duplicate  Reason = "duplicate"
	Superseded Reason = "superseded"
	NotFailed  Reason = "not_failed"
	Malformed  Reason = "malformed"
	Foreign    Reason = "foreign"
	Off        Reason = "off"

	Recovered Reason = "recovered" // an end that settles a retry of ours
)

// Mode says how far Mulligan may go.
type Mode string

// The modes. Observe decides and records and never calls, takes no unit and
// makes no schedule. ModeOff does nothing at all.
const (
	Enforce Mode = "enforce"
	Observe Mode = "observe"
	ModeOff Mode = "off"
)

// Lower is the one of two modes that goes less far. What is no mode, such as
// none at all, sets no bound.
func Lower(a, b Mode) Mode {
	for _, m := range []Mode{ModeOff, Observe, Enforce} {
		if a == m || b == m {
			return m
		}
	}
	return Enforce
}
