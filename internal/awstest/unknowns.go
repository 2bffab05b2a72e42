package awstest

import "time"

// Unknowns has one switch for each behaviour of AWS that is not documented.
// The zero value is what we hold most likely.
type Unknowns struct {
	// TokenMemory is how long RetryPipelineExecution remembers a
	// ClientRequestToken. The reference only says that an idempotent operation
	// "completes no more than once". Zero: for ever. A nanosecond: not at all.
	TokenMemory time.Duration
	// BurnsRefusedTokens: a token that met ResourceLimitExceeded is remembered
	// with that answer, and gives it again even when there is room.
	BurnsRefusedTokens bool
	// WrongStatusCode is the error code for a retry of an execution that is not
	// Failed. None is documented; StopPipelineExecution answers
	// ValidationException, or ConflictException while steps change. Empty
	// means ValidationException.
	WrongStatusCode string
	// TokenMismatchCode is the error code for a known token with other
	// parameters. Empty means ConflictException.
	TokenMismatchCode string
	// MissingJobCode is the error code for the description of a job that does not
	// exist. ResourceNotFound is documented; ValidationException is what
	// DescribeTrainingJob answers (github.com/boto/boto3/issues/2808). Empty means
	// that.
	MissingJobCode string
	// RetryResumesStopped: a Stopped execution may be retried as well. Studio
	// resumes stopped executions, and the API has no other call that could.
	RetryResumesStopped bool
	// RetryMovesStart: after a retry, events carry the retry's time as
	// executionStartTime.
	RetryMovesStart bool
	// CountsAttempts: AttemptCount of a step rises when a retry runs it again.
	// It is documented for retry policies within a run only.
	CountsAttempts bool
	// AppendsRows: after a retry the step list keeps the failed row and has a
	// new one for the same step. Otherwise the row is replaced in place.
	AppendsRows bool
	// StepLag is how long the step list shows the state before a change.
	StepLag time.Duration
	// DescribeLag is how long DescribePipelineExecution shows the state before
	// a change.
	DescribeLag time.Duration
	// SearchLag is how long Search shows the state before a change, as an index
	// does that is brought up to date behind the executions. One that was started
	// since is not found at all.
	SearchLag time.Duration
	// SearchRefusesFilter: Search answers ValidationException wherever it is to
	// filter. The reference does not say which properties of executions it can.
	SearchRefusesFilter bool
	// NoExecutingEvent: a retry sends no event for the change to Executing.
	NoExecutingEvent bool
	// RefusesPast: CreateSchedule refuses a one-time schedule that is already
	// due. Otherwise it is made, and fires at once.
	RefusesPast bool
}

// Variations are the settings that a test should pass under, each by a name
// fit for a subtest: every switch alone, and all that make life harder at once.
// Those of a search alone are in SearchVariations.
func Variations() map[string]Unknowns {
	return map[string]Unknowns{
		"most likely":            {},
		"forgets tokens at once": {TokenMemory: time.Nanosecond},
		"burns refused tokens":   {BurnsRefusedTokens: true},
		"conflict on status":     {WrongStatusCode: codeConflict},
		"mismatch is validation": {TokenMismatchCode: codeValidation},
		"missing job as told":    {MissingJobCode: codeNotFound},
		"resumes stopped":        {RetryResumesStopped: true},
		"moves start":            {RetryMovesStart: true},
		"counts attempts":        {CountsAttempts: true},
		"appends rows":           {AppendsRows: true},
		"steps lag":              {StepLag: 5 * time.Second},
		"describe lags":          {DescribeLag: 5 * time.Second},
		"no executing event":     {NoExecutingEvent: true},
		"refuses the past":       {RefusesPast: true},
		"all at once": {
			TokenMemory: 10 * time.Minute, BurnsRefusedTokens: true, WrongStatusCode: codeConflict, MissingJobCode: codeNotFound,
			RetryResumesStopped: true, RetryMovesStart: true, CountsAttempts: true, AppendsRows: true,
			StepLag: 5 * time.Second, DescribeLag: 5 * time.Second, SearchLag: 5 * time.Second, NoExecutingEvent: true, RefusesPast: true,
		},
	}
}

// SearchVariations are the settings of what only a search meets, by a name fit
// for a subtest.
func SearchVariations() map[string]Unknowns {
	return map[string]Unknowns{
		"most likely":    {},
		"search lags":    {SearchLag: time.Minute},
		"refuses filter": {SearchRefusesFilter: true},
	}
}
