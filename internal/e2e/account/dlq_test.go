//go:build e2e

package account

import (
	"encoding/json"
	"slices"
	"testing"

	"mulligan/internal/retry"
)

// The permissions of people on dead letters, as the commands list them.
var (
	ofLetters   = list{"sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"}
	ofReplaying = append(slices.Clone(ofLetters), "sqs:DeleteMessage")
)

// postman may show and replay dead letters, or only so much of it.
func (s *stack) postman(t *testing.T, may list) *operator {
	t.Helper()
	own := s.own(t, "dynamodb")
	return s.operator(t,
		statement{Effect: "Allow", Action: may, Resource: list{s.own(t, "sqs")["dead letters"]}},
		statement{Effect: "Allow", Action: list{"dynamodb:BatchGetItem"}, Resource: list{own["ledger"]}},
		statement{Effect: "Allow", Action: list{"lambda:InvokeFunction"}, Resource: list{s.Outputs["RetrierAlias"]}})
}

// A told letter is what the program says of one.
type toldLetter struct {
	ID, From, Why, Mend, Execution string
	Understood                     bool
	Payload                        string
}

// TestDeadLetterIsReplayed has a failure end as a dead letter, which somebody with
// just the permissions for that is shown, and sends on; twice, since the one who
// did it first may not delete it. It comes to one retry (scenario 22).
func TestDeadLetterIsReplayed(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	dying := s.ails(t, retriedAtOnce, "dying", func(a *ailing) {
		for nth := range 3 {
			a.halts(moment{op: "RetryPipelineExecution", nth: nth + 1}, a.killed)
		}
	})
	event := dying.original()
	dying.stands(retry.Claimed, 1)
	o, careless := s.postman(t, ofReplaying), s.postman(t, ofLetters)

	letter := o.letterAbout(dying.arn)
	if letter.From != "function" || !letter.Understood || letter.Why == "" || letter.Mend == "" {
		t.Errorf("listed as %+v, want an understood letter of the function, why, and what to mend", letter)
	}
	var shown toldLetter
	o.tells(&shown, "dlq", "show", letter.ID, "--json")
	if shown.Payload != string(event) || shown.Execution != dying.arn {
		t.Errorf("shown as %+v, want the event %s", shown, event)
	}
	if out, problems, code := careless.types("dlq", "replay", letter.ID, "--yes"); code != 1 || !containsAll(out+problems, []string{"1 of 1 letter queued", "sqs:DeleteMessage"}) {
		t.Errorf("replayed by somebody who may not delete: exit %d\n%s%s", code, out, problems)
	}
	dying.ends(1, 1)
	dying.recovers()
	o.gets("dlq", "replay", letter.ID, "--yes")
	dying.awaits("ignore", "duplicate")
	if again := o.letterAbout(dying.arn); again.ID != "" {
		t.Errorf("the letter is still there: %+v", again)
	}
	dying.settles(retry.Retried, 1)
	if got := dying.retried(); got != 1 {
		t.Errorf("effective retries: got %d, want 1\n%s", got, dying)
	}
}

// tells reads what the program writes as JSON.
func (o *operator) tells(into any, args ...string) {
	o.t.Helper()
	if out := o.gets(args...); json.Unmarshal([]byte(out), into) != nil {
		o.t.Fatalf("no JSON: %s", out)
	}
}

// letterAbout is the listed letter about an execution; the zero one if there is
// none.
func (o *operator) letterAbout(arn string) (found toldLetter) {
	o.t.Helper()
	var listed struct{ Letters []toldLetter }
	o.tells(&listed, "dlq", "list", "--json")
	for _, l := range listed.Letters {
		if l.Execution == arn {
			found = l
		}
	}
	return found
}
