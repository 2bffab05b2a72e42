//go:build e2e

package account

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// What is broken is something in a stack that is spoiled, and then as it was again. Its
// tests go one after another, on a stack of their own.
type broken struct {
	name   string
	course course
	spoil  func(*testing.T, *stack) (mend func())
	errors []string // which the function's error line names; nil: it does not even run
	asked  []string // what may be asked of AWS meanwhile
	kind   retry.Kind
	used   int
	wake   bool // it is the wake that cannot be delivered
}

// breaks tries one: the failure ends in DeadLetters, the original event or the
// wake whole, with not one call too many. Mended, the letter is sent on, and it
// comes to one effective retry for one unit.
func (s *stack) breaks(t *testing.T, b broken) {
	mend := sync.OnceFunc(b.spoil(t, s))
	t.Cleanup(mend)
	a := s.ails(t, b.course, "broken", nil)
	var payload json.RawMessage
	if b.wake {
		payload = a.letter().event()
	} else {
		payload = a.original()
	}
	for _, op := range a.gate.calls(a.id) {
		if !slices.Contains(b.asked, op) {
			t.Errorf("%s was called, of %v", op, a.gate.calls(a.id))
		}
	}
	a.stands(b.kind, b.used)
	if len(b.errors) > 0 {
		said := a.complains().Error
		for _, words := range b.errors {
			if !strings.Contains(said, words) {
				t.Errorf("the error %q does not name %q", said, words)
			}
		}
	}
	mend()
	a.replay(payload)
	answers := 1 // an event that is sent on late finds its retry due
	if b.wake {
		answers = b.course.answers
	}
	a.ends(answers, 1)
	if lines := a.answered(); b.wake && lines[len(lines)-1].Door != "wake" {
		t.Errorf("what was sent on is %+v, want a wake", lines[len(lines)-1])
	}
	if status := a.standIn().Execution(a.arn).Status; status != awstest.Succeeded {
		t.Errorf("the execution is %s, want it to have succeeded", status)
	}
}

var (
	readsLedger = []string{"BatchGetItem"}
	looks       = append(readsLedger, "DescribePipelineExecution", "ListPipelineExecutionSteps")
	claims      = append(slices.Clone(looks), "DescribeTrainingJob", "ListPipelineExecutions", "TransactWriteItems")
)

// What the stack's roles lack ends in DeadLetters and is taken up from there
// (scenarios 33, 48, and of 65 what the dead-letter queue does).
func TestPermissionIsMissing(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, parameters{"LogRetentionDays": "14", "BackoffInterval": "12", "BackoffMaxDelay": "12"})
	for _, b := range []broken{
		{"to read the ledger", retriedAtOnce, without("RetrierRole", "dynamodb:BatchGetItem"), []string{"dynamodb:BatchGetItem", "not allowed"}, readsLedger, retry.Unseen, 0, false},
		{"to write the ledger", retriedAtOnce, without("RetrierRole", "dynamodb:PutItem"), []string{"dynamodb:PutItem", "not allowed"}, claims, retry.Unseen, 0, false},
		{"to retry", retriedAtOnce, without("RetrierRole", "sagemaker:RetryPipelineExecution"), []string{"sagemaker:RetryPipelineExecution", "not allowed"}, append(slices.Clone(claims), retryOp), retry.Claimed, 1, false},
		{"to schedule", waitsFirst, without("RetrierRole", "scheduler:CreateSchedule"), []string{"scheduler:CreateSchedule", "not allowed"}, append(slices.Clone(claims), "CreateSchedule"), retry.Claimed, 1, false},
		{"to wake", waitsFirst, without("SchedulerRole", "lambda:InvokeFunction"), nil, append(slices.Clone(claims), "CreateSchedule"), retry.Claimed, 1, true},
	} {
		t.Run(b.name, func(t *testing.T) { s.breaks(t, b) })
	}
	t.Run("to wake, and swept", func(t *testing.T) { sweptWhatNobodyWakes(t, s) })
}

// The scheduler may not wake the function any more: what it gives up is a dead
// letter, of which an alarm tells, and the sweep makes the retry meanwhile. The
// letter, sent on, changes nothing (scenario 65).
func sweptWhatNobodyWakes(t *testing.T, s *stack) {
	mend := sync.OnceFunc(without("SchedulerRole", "lambda:InvokeFunction")(t, s))
	t.Cleanup(mend)
	a := s.ails(t, waitsFirst, "swept", nil)
	wake := a.letter().event()
	a.until("the alarm", func() bool { return s.alarm(t, "DeadLettersAlarm") == "ALARM" })
	a.ages(longAgo)
	s.sweeps(t)
	a.ends(1, 1)
	mend()
	a.replay(wake)
	a.awaits("ignore", "duplicate")
	a.ends(2, 1)
	a.calledTimes(1, 1)
}

// without takes an action out of a role of the stack.
func without(id, action string) func(*testing.T, *stack) (mend func()) {
	return func(t *testing.T, s *stack) func() {
		r := s.role(t, id)
		all := r.lacks(t)
		at := slices.IndexFunc(all, func(l lack) bool { return l.what == action })
		if at < 0 {
			t.Fatalf("%s is not allowed %s in the first place", id, action)
		}
		r.put(t, all[at].policy, all[at].text)
		return func() { r.put(t, all[at].policy, r.policies[all[at].policy]) }
	}
}
