package letters

import (
	"fmt"
	"strings"
)

// givenUp reads what Lambda says of a function that it gave up on.
func (l *Letter) givenUp(e envelope) {
	l.Origin, l.By, l.Payload = Function, e.context.Function, e.payload
	l.Why, l.Mend = e.why(), "Mend what the error names; the function's log has a line for each try."
	if e.context.Tries == 0 || e.context.Condition == tooOld {
		l.Mend = "See that the function may run: its reserved concurrency, the account's limit, its throttles."
	}
	if l.Payload == nil {
		l.Fault = "Lambda left the event out, as it does where the record would be too large"
	}
}

// What ends Lambda's tries, in the record's words.
const (
	allFailed = "RetriesExhausted"
	tooOld    = "EventAgeExceeded"
)

// why says what ended it.
func (e envelope) why() string {
	last := ""
	if text := joined(e.failure.Type, e.failure.Message); text != "" {
		last = ": " + text
	}
	switch tries := e.context.Tries; {
	case tries == 0:
		return "the function was never run (" + e.context.Condition + ")" + last
	case e.context.Condition == allFailed:
		return "the function failed " + times(tries) + last
	case e.context.Condition == tooOld:
		return "it waited for the function for too long, after " + count(tries, "try", "tries") + last
	default:
		return "Lambda gave up (" + e.context.Condition + ") after " + count(tries, "try", "tries") + last
	}
}

// undelivered reads what the rule or a schedule says of what it could not hand
// over.
func (l *Letter) undelivered(from Origin, by string) {
	l.Origin, l.By = from, l.Attributes[by]
	l.Why = "undeliverable: " + joined(l.Attributes[errorCode], l.Attributes[errorText]) + l.ending()
	l.Mend = "See that the function and its alias are there, and not throttled."
	if code := strings.ToLower(l.Attributes[errorCode]); strings.Contains(code, "permission") || strings.Contains(code, "denied") {
		l.Mend = "Let " + map[Origin]string{Rule: "the rule", Schedule: "the scheduler's role"}[from] + " invoke the function's alias: the stack does, unless somebody changed it."
	}
	if strings.EqualFold(l.Attributes[truncated], "true") {
		l.Payload, l.Fault = nil, "Scheduler has cut its payload off, as it does where the message would be too large"
	}
}

// ending says when it was given up.
func (l *Letter) ending() string {
	tries := l.Attributes[attempts]
	switch l.Attributes[exhausted] {
	case "":
		return "; not tried again"
	case "MaximumRetryAttempts":
		return "; given up after " + tries + " further tries"
	case "MaximumEventAgeInSeconds":
		return "; given up when it was too old, after " + tries + " further tries"
	default:
		return "; given up by " + l.Attributes[exhausted]
	}
}

func joined(code, message string) string {
	if code == "" || message == "" {
		return code + message
	}
	return code + ": " + message
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
