package letters

import (
	"strings"
	"testing"

	"mulligan/internal/event"
	"mulligan/internal/retry"
)

var home = retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}

const execution = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/abc123"

// failed is an event as EventBridge sends it, with spaces that no encoder would
// keep.
const failed = `{"version": "0",  "id":"e-1","detail-type":"SageMaker Model Building Pipeline Execution Status Change","source":"aws.sagemaker",` +
	`"account":"123456789012","time":"2026-02-28T21:00:01Z","region":"eu-west-1","resources":[ ],"detail":{"currentPipelineExecutionStatus":"Failed",` +
	`"executionEndTime":"2026-02-28T21:00:00Z","pipelineExecutionArn":"` + execution + `", "n":1e2, "html":"<&>"}}`

// enveloped is Lambda's record about a payload.
func enveloped(payload, condition, count, response string) string {
	return `{"version":"1.0","timestamp":"2026-03-01T00:00:00.000Z","requestContext":{"requestId":"r-1",` +
		`"functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live","condition":"` + condition + `","approximateInvokeCount":` + count + `},` +
		`"requestPayload":` + payload + `,"responseContext":{"statusCode":200,"executedVersion":"7","functionError":"Unhandled"},"responsePayload":` + response + `}`
}

func wake(t *testing.T) string {
	t.Helper()
	n, problem := event.Parse([]byte(failed), home)
	if problem != nil {
		t.Fatal(problem)
	}
	payload, err := event.WakePayload(retry.Wake{Wait: strings.Repeat("a", 64)}, n)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

const broken = `{"errorMessage":"dynamodb:BatchGetItem on table Ledger is not allowed","errorType":"wrapError"}`

func rule(code, message, condition, tries string) map[string]string {
	return map[string]string{
		"RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/mulligan-RetrierPipelineFailed-1", "TARGET_ARN": "arn:aws:lambda:x",
		"ERROR_CODE": code, "ERROR_MESSAGE": message, "EXHAUSTED_RETRY_CONDITION": condition, "RETRY_ATTEMPTS": tries,
	}
}

func schedule(code, message, cut string) map[string]string {
	return map[string]string{
		"SCHEDULE_ARN": "arn:aws:scheduler:eu-west-1:123456789012:schedule/mulligan-Schedules-1/aa", "TARGET_ARN": "arn:aws:lambda:x",
		"ERROR_CODE": code, "ERROR_MESSAGE": message, "EXECUTION_ID": "x", "SCHEDULED_TIME": "2026-03-01T00:00:00Z",
		"RETRY_ATTEMPTS": "0", "IS_PAYLOAD_TRUNCATED": cut,
	}
}

// The three shapes: who gave it up, why, and the payload as it was.
func TestShapes(t *testing.T) {
	woken := wake(t)
	for _, test := range []struct {
		name       string
		body       string
		attributes map[string]string
		origin     Origin
		payload    string
		door       retry.Door
		why, mend  string
	}{
		{"the rule, for good", failed, rule("NO_PERMISSIONS", "not authorized", "", ""), Rule, failed, retry.DoorEvent,
			"undeliverable: NO_PERMISSIONS: not authorized; not tried again", "Let the rule invoke the function's alias"},
		{"the rule, after its tries", failed, rule("THROTTLING", "Rate exceeded", "MaximumRetryAttempts", "185"), Rule, failed, retry.DoorEvent,
			"undeliverable: THROTTLING: Rate exceeded; given up after 185 further tries", "not throttled"},
		{"the rule, too old", failed, rule("SDK_CLIENT_ERROR", "", "MaximumEventAgeInSeconds", "40"), Rule, failed, retry.DoorEvent,
			"undeliverable: SDK_CLIENT_ERROR; given up when it was too old, after 40 further tries", "alias are there"},
		{"the rule, otherwise", failed, rule("", "gone", "Boredom", "2"), Rule, failed, retry.DoorEvent,
			"undeliverable: gone; given up by Boredom", "alias are there"},
		{"the function, thrice", enveloped(failed, "RetriesExhausted", "3", broken), nil, Function, failed, retry.DoorEvent,
			"the function failed 3 times: wrapError: dynamodb:BatchGetItem on table Ledger is not allowed", "Mend what the error names"},
		{"the function, once", enveloped(failed, "RetriesExhausted", "1", `"x"`), nil, Function, failed, retry.DoorEvent,
			"the function failed once", "Mend what the error names"},
		{"the function, with a wake", enveloped(woken, "RetriesExhausted", "3", broken), nil, Function, woken, retry.DoorWake,
			"the function failed 3 times", "Mend what the error names"},
		{"the function, throttled", enveloped(failed, "EventAgeExceeded", "2", "null"), nil, Function, failed, retry.DoorEvent,
			"it waited for the function for too long, after 2 tries", "reserved concurrency"},
		{"the function, switched off", enveloped(failed, "ZeroReservedConcurrency", "0", "null"), nil, Function, failed, retry.DoorEvent,
			"the function was never run (ZeroReservedConcurrency)", "reserved concurrency"},
		{"the function, in new words", enveloped(failed, "Tired", "1", "[]"), nil, Function, failed, retry.DoorEvent,
			"Lambda gave up (Tired) after 1 try", "Mend what the error names"},
		{"a schedule", woken, schedule("AccessDeniedException", "not authorized", "false"), Schedule, woken, retry.DoorWake,
			"undeliverable: AccessDeniedException: not authorized; not tried again", "Let the scheduler's role invoke"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := Read(Message{ID: "m", Body: test.body, Attributes: test.attributes}, home)
			if l.Origin != test.origin || !l.Understood() || l.Notice.Door != test.door || l.Execution().String() != execution || l.Status() != "Failed" {
				t.Errorf("got %s, door %s, %s of %s, %q", l.Origin, l.Notice.Door, l.Status(), l.Execution(), l.Fault)
			}
			if string(l.Payload) != test.payload {
				t.Errorf("the payload is not as it was:\n got %s\nwant %s", l.Payload, test.payload)
			}
			if l.By == "" || !strings.HasPrefix(l.Why, test.why) || !strings.Contains(l.Mend, test.mend) {
				t.Errorf("by %q\nwhy %q\nwant %q\n%q lacks %q", l.By, l.Why, test.why, l.Mend, test.mend)
			}
		})
	}
}

// What cannot be understood is told, and never taken for one of the others.
func TestNotUnderstood(t *testing.T) {
	for _, test := range []struct {
		name, body string
		attributes map[string]string
		origin     Origin
		fault      string
		nothing    bool // to send on
	}{
		{"a text", "hello", nil, Unknown, "what it holds is no JSON", true},
		{"nothing", "", nil, Unknown, "what it holds is no JSON", true},
		{"an event cut off", failed[:100], rule("X", "y", "", ""), Rule, "what it holds is no JSON", true},
		{"an event that nobody explains", failed, nil, Unknown, "it bears no mark of", false},
		{"a list", "[]", nil, Unknown, "it bears no mark of", false},
		{"an envelope in other letters", strings.Replace(enveloped(failed, "RetriesExhausted", "3", broken), "requestContext", "RequestContext", 1), nil, Unknown, "it bears no mark of", false},
		{"a context of another type", `{"requestContext":7,"requestPayload":{}}`, nil, Unknown, "it bears no mark of", false},
		{"half an envelope", `{"requestContext":{"condition":"x"},"requestPayload":{}}`, nil, Unknown, "it bears no mark of", false},
		{"a record without its event", strings.Replace(enveloped(failed, "RetriesExhausted", "3", broken), `"requestPayload"`, `"other"`, 1), nil, Function, "Lambda left the event out", true},
		{"a record with a null", enveloped("null", "RetriesExhausted", "3", broken), nil, Function, "Lambda left the event out", true},
		{"a wake cut off", `{"source":"mulligan","ver`, schedule("X", "y", "true"), Schedule, "Scheduler has cut its payload off", true},
		{"another's event", `{"source":"aws.ec2"}`, rule("X", "y", "", ""), Rule, "source: expected aws.sagemaker", false},
		{"a payload that is no object", enveloped("7", "RetriesExhausted", "3", broken), nil, Function, "the event: expected a JSON object", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := Read(Message{ID: "m", Body: test.body, Attributes: test.attributes}, home)
			if l.Origin != test.origin || l.Understood() || !strings.HasPrefix(l.Fault, test.fault) || (l.Payload == nil) != test.nothing {
				t.Errorf("got %s, understood %t, %q, payload %q", l.Origin, l.Understood(), l.Fault, l.Payload)
			}
		})
	}
}

// A letter about what Mulligan does not handle is understood: the function will
// say what it is.
func TestNotOurs(t *testing.T) {
	foreign := strings.ReplaceAll(failed, "123456789012", "210987654321")
	l := Read(Message{Body: foreign, Attributes: rule("X", "y", "", "")}, home)
	if !l.Understood() || l.Problem == nil || l.Problem.Reason != retry.Foreign || l.Execution().Account != "210987654321" || l.Status() != "" {
		t.Errorf("got %+v", l)
	}
}

// What others wrote can break no terminal and fill no screen.
func TestHostile(t *testing.T) {
	attributes := rule("\x1b[2J\u202e", strings.Repeat("x", 5000)+"\n", "a\nb", "")
	attributes["RULE_ARN"] = "arn\x00" + strings.Repeat("y", 5000)
	l := Read(Message{Body: "{}", Attributes: attributes}, home)
	for _, told := range []string{l.By, l.Why, l.Fault} {
		if strings.ContainsAny(told, "\x1b\u202e\n\x00") || len(told) > 1300 {
			t.Errorf("got %q", told)
		}
	}
}
