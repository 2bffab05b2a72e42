//go:build e2e

package account

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// Two policies that tell apart which of them judges.
const (
	older   = "version: 1\nrules:\n  - {name: the-older, when: {class: service_fault}, verdict: stop, message: by the older}\n"
	current = "version: 1\nrules:\n  - {name: the-current, when: {class: service_fault}, verdict: stop, message: by the current}\n"
)

// TestPolicyIsSpoiled spoils the policy in the ledger by hand. Functions go by the
// one before it, whether they run or start, and say so. Where that is gone too,
// one that runs goes on with what it knows, and one that starts retries nothing:
// the event is a dead letter, which is judged when a policy can be read again.
//
// One function runs at a time, so that the next failure comes to it, or to the one
// after it when it was killed.
func TestPolicyIsSpoiled(t *testing.T) {
	t.Parallel()
	s := shared.released(t, home, "spoiled", release{parameters: parameters{"ReservedConcurrency": "1"}})
	o := s.applier(t)
	before, now := shortHash(t, o.applies(older)), shortHash(t, o.applies(current))
	starts := func(a *ailing) { a.halts(moment{op: "BatchGetItem", nth: 1}, a.killed) }
	s.stopsBy(t, "whole", now, "the-current", "", nil)

	s.spoils(t, "SET #body = :spoiled", &types.AttributeValueMemberS{Value: `{"schema":1,`})
	s.stopsBy(t, "torn, runs", before, "the-older", "is not whole", nil)
	s.stopsBy(t, "torn, starts", before, "the-older", "is not whole", starts)
	if out := o.gets("policy", "history"); !containsAll(out, []string{"rev 2 cannot be read", "the one before it stays in force"}) {
		t.Errorf("nobody is told:\n%s", out)
	}

	s.spoils(t, "SET #schema = :spoiled REMOVE #before", &types.AttributeValueMemberN{Value: "9"})
	s.stopsBy(t, "newer, runs", before, "the-older", "its schema is 9", nil)
	a := s.ails(t, retriedAtOnce, "newer, starts", starts)
	event := a.original()
	if said := a.complains().Error; !containsAll(said, []string{"its schema is 9", "apply one that can"}) {
		t.Errorf("the error is %q, want it to name the version and what to do", said)
	}
	a.stands(retry.Unseen, 0)
	if out := o.applies(current); !strings.Contains(out, "a function that starts retries nothing until another is applied") {
		t.Errorf("nobody is told:\n%s", out)
	}
	a.replay(event)
	if l := a.awaits("stop", "needs_person"); l.Rule != "the-current" || l.Problem != "" {
		t.Errorf("sent on, it is stopped by rule %q, with the problem %q", l.Rule, l.Problem)
	}
}

// stopsBy lets an execution fail that a policy stops.
func (s *stack) stopsBy(t *testing.T, words, version, rule, problem string, plan func(*ailing)) {
	t.Helper()
	a := s.ails(t, retriedAtOnce, words, plan)
	l := a.awaits("stop", "needs_person")
	if l.Rule != rule || !strings.HasPrefix(l.Policy, version+"-") || l.Level != "WARN" {
		t.Errorf("%s: stopped by rule %q of policy %s (%s), want %q of %s", words, l.Rule, l.Policy, l.Level, rule, version)
	}
	if !strings.Contains(l.Problem, problem) || (l.Problem == "") != (problem == "") {
		t.Errorf("%s: the problem is %q, want %q", words, l.Problem, problem)
	}
	if a.retried() != 0 {
		t.Errorf("%s: retried\n%s", words, a)
	}
	a.settles(retry.Closed, 0)
}

// spoils changes the policy's item in the ledger, past the program.
func (s *stack) spoils(t *testing.T, update string, value types.AttributeValue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readLimit)
	defer cancel()
	in := &dynamodb.UpdateItemInput{
		TableName: aws.String(s.Outputs["LedgerTable"]), UpdateExpression: &update,
		ExpressionAttributeValues: map[string]types.AttributeValue{":spoiled": value}, ExpressionAttributeNames: map[string]string{},
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "policy"}, "sk": &types.AttributeValueMemberS{Value: "current"},
		},
	}
	for _, name := range []string{"body", "schema", "before"} {
		if strings.Contains(update, "#"+name) {
			in.ExpressionAttributeNames["#"+name] = name
		}
	}
	if _, err := dynamodb.NewFromConfig(s.AWS(s.home)).UpdateItem(ctx, in); err != nil {
		t.Fatal(err)
	}
}
