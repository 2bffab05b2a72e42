package explain

import (
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// meaning is what a reason says to somebody who has never seen it, and what
// follows from it.
type meaning struct{ means, next string }

const (
	nothing = "Nothing is done, and nothing is written."
	byHand  = "It is not retried. "
)

// meanings know every reason (docs/design.md has them as a table).
var meanings = map[retry.Reason]meaning{
	retry.Retryable: {"the cause passes, and a retry may be made now",
		"RetryPipelineExecution is called now; the execution keeps its ARN, and the steps that succeeded are not run again."},
	retry.Probing: {"a retry is made, which tells for all that wait for the same thing whether it is there again",
		"RetryPipelineExecution is called now. " + whatProbesTell},
	retry.BackingOff: {"a retry is granted, and made after a delay, so that what is short or broken can come back first",
		"One unit is taken from the budgets, and a one-time schedule brings the failure back when it is due. RetryPipelineExecution is called then, if the execution still stands in Failed."},
	retry.RefusedForNow: {"SageMaker refused the call for now, by a limit or a throttle",
		"The call is made again when it is due, out of the same unit."},
	retry.SharedBudgetEmpty: {"a retry would be granted, but a budget that many failures share is empty",
		"Nothing is taken. The failure waits until a unit has flowed in, and is judged anew then."},
	retry.Held: {"a retry would be granted, but a hold that a person set, or a breaker that is open for failures like it, keeps it back",
		"It waits, and is judged anew when it is due. `mulligan holds` shows what keeps it; a hold ends by itself or by `mulligan release`, and a breaker when its probe has succeeded."},
	retry.Scarce: {"what it needs was found scarce, and is taken to be so for everybody until a retry that tries it, the probe, has succeeded",
		"It waits for its turn, and is judged anew then. `mulligan holds` shows who probes."},
	retry.LookingAgain: {"what SageMaker shows does not fit together yet",
		"Nothing is taken. SageMaker is asked again when it is due, a bounded number of times."},
	retry.PermanentCause: {"the same execution would fail in the same way again",
		byHand + "Mend what the reason names, then start the pipeline again."},
	retry.UnknownCause: {"nothing tells whether a retry could help, and what is granted on a doubt is used",
		byHand + "Read the job's log; retry it by hand if that shows a fault that passes."},
	retry.SameFailureAgain: {"the same failure came back after a retry, more often than its class is allowed to",
		byHand + "What looked passing is not: look into the step before it is run again."},
	retry.NeedsPerson: {"the policy leaves this to a person",
		byHand + "See whether it may run again, and retry it by hand then."},
	retry.BudgetExhausted: {"this execution has had all the retries that it may have",
		byHand + "A person can still retry it, or start the pipeline again."},
	retry.Expired: {"the failure is too old to be worth a retry",
		byHand + "Start the pipeline again if its result is still wanted."},
	retry.CannotRetry: {"SageMaker does not retry this execution",
		byHand + "Start the pipeline again."},
	retry.StoppedByPerson: {"somebody was stopping the execution when it failed, so it is meant to be over",
		"It is not retried, so that nobody's stop is undone."},
	retry.Observing: {"the mode is observe: what would be done is recorded, and not done",
		"Nothing is called and nothing is taken from a budget."},
	retry.Duplicate: {"this failure has been decided on before; SageMaker's events come more than once",
		"Nothing is done a second time."},
	retry.Superseded: {"the execution is not to be helped any more: it was moved on, or a newer one has succeeded",
		"It is not retried."},
	retry.Recovered: {"the execution has succeeded after a retry of Mulligan's",
		"The retry is counted as recovered, which `mulligan outcomes` shows. Budgets that the policy has a success fill are full again, and what it probed is there for those that wait."},
	retry.NotFailed: {"the execution has not failed, and no retry of Mulligan's is to be settled by that", nothing},
	retry.Malformed: {"this is not an event about a pipeline execution, as SageMaker sends them", nothing},
	retry.Foreign:   {"the execution belongs to another account, Region or set of pipelines than this Mulligan's", nothing},
	retry.Off:       {"Mulligan is switched off for this pipeline", nothing},
}

// endings are what ends that settle a retry mean. A failure that came after it has
// a verdict of its own.
var endings = map[retry.Result]meaning{
	retry.WasRecovered: meanings[retry.Recovered],
	retry.WasStopped: {"somebody stopped the execution after a retry of Mulligan's, so it is meant to be over",
		"The retry is counted so, which `mulligan outcomes` shows. Nobody's stop is undone."},
	retry.EndedElse: {"the execution ended after a retry of Mulligan's, neither well nor as a failure",
		"The retry is counted so, which `mulligan outcomes` shows. Nothing more is done."},
}

// doubtful are the words for a cause that its class, and not its words, makes a
// lasting one.
var doubtful = meaning{"its words do not show that it passes, and failures of this class seldom do",
	byHand + "Look into the step; retry it by hand if what failed it has passed."}

// means says what a decision means for a cause of that label: a policy may grant
// what the words speak against, and stop what they leave open.
func means(d retry.Decision, label cause.Label) string {
	whose := "the policy"
	if d.Rule != "" {
		whose = "rule " + d.Rule
	}
	if m, ok := endings[d.Outcome]; ok && d.Reason != retry.Recovered {
		return m.means
	}
	switch {
	case granted(d) && label == cause.Permanent:
		return "permanent by its words; " + whose + " retries it all the same"
	case d.Reason == retry.Retryable && label == cause.Ambiguous:
		return "its words do not tell whether it passes; " + whose + " retries it all the same"
	case d.Reason == retry.PermanentCause && label == cause.Ambiguous:
		return doubtful.means
	default:
		return meanings[d.Reason].means
	}
}

// follows is what follows from a move, where the reason alone would say too
// little or too much.
func follows(j judged) string {
	d, claimed := j.move.Decision, j.s.State.Record.Kind == retry.Claimed
	if m, ok := endings[d.Outcome]; ok {
		return m.next
	}
	switch {
	case d.Reason == retry.NotFailed && j.move.Write != nil:
		return "A retry of Mulligan's runs on. The sweep looks again, the later the longer it runs."
	case d.Verdict == retry.Retry && j.s.State.Record.Kind == retry.Retried && j.asked == nil:
		return "RetryPipelineExecution is called again with the same token, out of the same unit: should the first call have taken effect after all, this one has none."
	case d.Reason == retry.BackingOff && j.move.Write == nil:
		return "The retry was claimed before, and nothing more is taken. Its schedule is made sure of, and RetryPipelineExecution is called when it is due."
	case d.Reason == retry.PermanentCause && j.s.Facts.Cause.Label == cause.Ambiguous:
		return doubtful.next
	case d.Reason == retry.Retryable && claimed:
		return "RetryPipelineExecution is called now, out of the unit that was taken when the retry was claimed. The execution keeps its ARN, and the steps that succeeded are not run again."
	default:
		return meanings[d.Reason].next
	}
}

// classes say what each class of causes is.
var classes = map[cause.Class]string{
	cause.Capacity:          "no machine of that type is free",
	cause.QuotaContention:   "the account's quota is in use by others",
	cause.QuotaZero:         "the account's quota can never admit the request",
	cause.Throttling:        "too many API calls",
	cause.ServiceFault:      "an AWS service failed inside",
	cause.SpotInterruption:  "spot capacity was taken back or did not come",
	cause.Network:           "a connection failed",
	cause.DependencyTimeout: "something that was called did not answer in time",
	cause.UserCode:          "the pipeline's own program, model or data handling",
	cause.OutOfMemory:       "memory ran out",
	cause.DiskFull:          "a volume is full",
	cause.ConfigValidation:  "the request or configuration is invalid",
	cause.AccessDenied:      "a permission, role or subscription is missing",
	cause.Image:             "the container image cannot be had or started",
	cause.DataMissing:       "an object, file or resource is not there",
	cause.StoppedOrTimeout:  "stopped, or longer than its own limit",
	cause.Unknown:           "no reading knows these words",
}

// labels say what each label claims.
var labels = map[cause.Label]string{
	cause.Transient: "the same execution has a fair chance later",
	cause.Permanent: "the same execution would fail again",
	cause.Ambiguous: "the words do not tell whether a retry could help",
}
