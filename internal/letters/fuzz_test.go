package letters

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// FuzzRead: whatever a message is, what is told of it can be shown, its payload is
// a part of it byte for byte and JSON, and only what is understood is replayed
// with all others.
func FuzzRead(f *testing.F) {
	f.Add(failed, "", "", "", "", "")
	f.Add(enveloped(failed, "RetriesExhausted", "3", broken), "", "", "", "", "")
	f.Add(failed, "arn:rule", "", "NO_PERMISSIONS", "not authorized", "")
	f.Add("{", "", "arn:schedule", "", "", "MaximumRetryAttempts")
	for _, text := range plaintexttest.Texts() {
		f.Add(text, text, "", text, text, text)
		f.Add(enveloped(string(asJSON(text)), "x", "1", broken), "", "", "", "", "")
	}
	f.Fuzz(func(t *testing.T, body, byRule, bySchedule, code, why, condition string) {
		m := Message{ID: "m", Body: body, Sent: time.Time{}, Attributes: map[string]string{
			ruleARN: byRule, scheduleARN: bySchedule, errorCode: code, errorText: why, exhausted: condition, attempts: why, truncated: code,
		}}
		l := Read(m, home)
		if again := Read(m, home); !reflect.DeepEqual(l, again) {
			t.Errorf("first %+v, then %+v", l, again)
		}
		checkLetter(t, l)
	})
}

func asJSON(text string) []byte {
	b, _ := json.Marshal(text) // a string is always JSON
	return b
}

// checkLetter holds a letter to what the package promises of it.
func checkLetter(t *testing.T, l Letter) {
	t.Helper()
	for _, told := range []struct {
		text string
		most int
	}{{l.By, maxARN}, {l.Why, maxWhy}, {l.Fault, maxWhy}, {l.Mend, maxWhy}} {
		if fault := plaintexttest.Fault(told.text, told.most+1); fault != "" {
			t.Errorf("what is told %s", fault)
		}
	}
	if l.Payload != nil && (!strings.Contains(l.Body, string(l.Payload)) || !json.Valid(l.Payload)) {
		t.Errorf("the payload %.300q is no part of the message", l.Payload)
	}
	switch {
	case l.Origin == Unknown && l.Understood():
		t.Error("understood without an origin")
	case l.Understood() && (l.Payload == nil || l.Problem == nil && l.Execution() == retry.ExecutionARN{}):
		t.Errorf("understood, and about nothing: %+v", l)
	case l.Understood() && l.Problem != nil && l.Problem.Reason == retry.Malformed:
		t.Errorf("malformed, and understood: %+v", l.Problem)
	case l.Understood() && l.Problem == nil && !home.Owns(l.Execution()):
		t.Errorf("%s is not of home", l.Execution())
	}
	if e := l.Execution(); e != (retry.ExecutionARN{}) {
		if again, err := retry.ParseExecutionARN(e.String()); err != nil || again != e {
			t.Errorf("it is about %+v", e)
		}
	}
}
