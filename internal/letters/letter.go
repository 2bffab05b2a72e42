package letters

import (
	"encoding/json"
	"time"

	"mulligan/internal/event"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// Origin is who put a letter into the queue.
type Origin string

// The origins.
const (
	Rule     Origin = "rule"     // EventBridge could not hand the event to the function
	Function Origin = "function" // Lambda gave up on the function with it
	Schedule Origin = "schedule" // Scheduler could not hand the wake to the function
	Unknown  Origin = "unknown"  // it bears no mark of these
)

// Message is a message of the queue, as SQS hands it out.
type Message struct {
	ID         string
	Body       string
	Attributes map[string]string // those that are texts
	Sent       time.Time         // zero if SQS does not tell
	Received   int               // how often anybody took it, about
}

// Letter is a message as far as it can be understood. By, Why and Fault are one
// line each, bounded and fit for a terminal; all else is as it came.
type Letter struct {
	Message
	Origin  Origin
	By      string         // ARN of the rule, the function's alias or the schedule
	Why     string         // why it died
	Mend    string         // what a person does before it is replayed
	Payload []byte         // what the function was to get, byte for byte; nil if the letter has none
	Notice  retry.Notice   // what the payload tells; zero with a Problem
	Problem *event.Problem // why the payload is no end of an execution to handle
	Fault   string         // why the letter is not understood; "" if it is
}

// The bounds of what is told of a letter, in characters. ARNs of schedules, the
// longest, have up to 1,224 by their API; ours have some 150.
const (
	maxARN = 256
	maxWhy = 400
)

// Read reads a message for a Mulligan at home there.
func Read(m Message, home retry.Home) Letter {
	l := Letter{Message: m, Origin: Unknown, Payload: []byte(m.Body)}
	switch e, enveloped := readEnvelope(m.Body); {
	case m.Attributes[ruleARN] != "":
		l.undelivered(Rule, ruleARN)
	case m.Attributes[scheduleARN] != "":
		l.undelivered(Schedule, scheduleARN)
	case enveloped:
		l.givenUp(e)
	default:
		l.Why = "nobody says why it is here"
		l.Fault = "it bears no mark of the rule, of Lambda or of Scheduler"
	}
	l.inspect(home)
	l.By, l.Why, l.Fault = plaintext.Line(l.By, maxARN), plaintext.Line(l.Why, maxWhy), plaintext.Line(l.Fault, maxWhy)
	return l
}

// inspect reads the payload as the function will.
func (l *Letter) inspect(home retry.Home) {
	if l.Payload != nil && !json.Valid(l.Payload) {
		l.Payload, l.Fault = nil, "what it holds is no JSON, which is all that Lambda takes"
	}
	if l.Payload == nil {
		return
	}
	l.Notice, l.Problem = event.Parse(l.Payload, home)
	if l.Problem != nil && l.Problem.Reason == retry.Malformed && l.Fault == "" {
		l.Fault = l.Problem.Evidence
	}
}

// Understood tells whether it is known where the letter is from and what it is
// about.
func (l Letter) Understood() bool { return l.Fault == "" }

// Execution is the one that the letter is about; the zero ARN if it names none.
func (l Letter) Execution() retry.ExecutionARN {
	if l.Problem != nil {
		return l.Problem.Execution
	}
	return l.Notice.Execution
}

// Status is the end that the letter tells of; "" if it tells none.
func (l Letter) Status() string {
	switch {
	case l.Problem != nil || l.Payload == nil:
		return ""
	case l.Notice.Status == "":
		return retry.StatusFailed
	default:
		return l.Notice.Status
	}
}

// The attributes that EventBridge (user guide, "Using dead-letter queues to
// process undelivered events") and Scheduler (user guide, "Configuring a
// schedule's dead-letter queue") put on a message whose body is the event or the
// schedule's input.
const (
	ruleARN     = "RULE_ARN"
	scheduleARN = "SCHEDULE_ARN"
	errorCode   = "ERROR_CODE"
	errorText   = "ERROR_MESSAGE"
	exhausted   = "EXHAUSTED_RETRY_CONDITION"
	attempts    = "RETRY_ATTEMPTS"
	truncated   = "IS_PAYLOAD_TRUNCATED"
)

// envelope is Lambda's record of an asynchronous invocation (developer guide,
// "Capturing records of Lambda asynchronous invocations") as far as it is read.
type envelope struct {
	context struct {
		Function  string `json:"functionArn"`
		Condition string `json:"condition"`
		Tries     int    `json:"approximateInvokeCount"`
	}
	payload json.RawMessage
	failure struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}
}

// readEnvelope tells whether a body is such a record. The names count letter by
// letter: an event in which some happen to be much alike is none.
func readEnvelope(body string) (e envelope, ok bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &fields) != nil || json.Unmarshal(fields["requestContext"], &e.context) != nil {
		return e, false
	}
	_ = json.Unmarshal(fields["responsePayload"], &e.failure) // a function may answer anything, or nothing
	if e.payload = fields["requestPayload"]; string(e.payload) == "null" {
		e.payload = nil
	}
	return e, e.context.Function != "" && e.context.Condition != ""
}
