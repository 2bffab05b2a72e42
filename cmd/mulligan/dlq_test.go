package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/event"
	"mulligan/internal/ledger"
	"mulligan/internal/letters/letterstest"
	"mulligan/internal/retry"
)

// mailroom is a stack with dead letters, a ledger in memory, and somebody who
// looks through the letters.
type mailroom struct {
	*desk
	office *letterstest.Office
	memory *ledger.Memory
	cfg    aws.Config
	ctx    context.Context
}

func newMailroom(t *testing.T, put ...letterstest.Message) *mailroom {
	t.Helper()
	m := &mailroom{
		desk: newDesk(), office: &letterstest.Office{Refuse: map[string]string{}}, memory: ledger.NewMemory(), ctx: t.Context(),
	}
	m.desk.ledger, m.stack.Letters, m.stack.Alias = m.memory, letterstest.URL, letterstest.Alias
	m.office.Put(put...)
	m.cfg = m.office.Open(t)
	return m
}

// types runs `mulligan dlq` with these arguments.
func (m *mailroom) types(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	around := m.world()
	around.load = func(context.Context, deployment.Options) (aws.Config, error) { return m.cfg, nil }
	cmd := &cobra.Command{Use: "mulligan", SilenceUsage: true}
	cmd.AddGroup(&cobra.Group{ID: holdGroup, Title: "Holds:"})
	cmd.AddCommand(dlqCommand(around))
	minded(cmd)
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetIn(strings.NewReader(m.answers))
	cmd.SetArgs(append([]string{"dlq"}, args...))
	code = exitCode(cmd.ExecuteContext(m.ctx))
	return out.String(), problems.String(), code
}

// fine is types for what has to go well.
func (m *mailroom) fine(t *testing.T, args ...string) string {
	t.Helper()
	out, problems, code := m.types(t, args...)
	if code != 0 {
		t.Fatalf("%q: exit %d\n%s%s", args, code, out, problems)
	}
	return out
}

const deadExecution = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/abc123"

// deadEvent is a failure as EventBridge sends it, with spaces that no encoder
// would keep and a name that a terminal should not see.
const deadEvent = `{"version": "0",  "id":"e-1","detail-type":"SageMaker Model Building Pipeline Execution Status Change","source":"aws.sagemaker",` +
	`"account":"123456789012","time":"2026-02-28T19:00:01Z","region":"eu-west-1","resources":[ ],"detail":{"currentPipelineExecutionStatus":"Failed",` +
	"\"pipelineExecutionDisplayName\":\"a\u202eb <&> \U000e0041\"," +
	`"executionEndTime":"2026-02-28T19:00:00Z","pipelineExecutionArn":"` + deadExecution + `"}}`

// The ids of the letters of all shapes.
const (
	byFunction = "3f2a91c0-0000-4000-8000-000000000001"
	byRule     = "3f2a91c0-0000-4000-8000-000000000002"
	bySchedule = "77aa0b1c-0000-4000-8000-000000000003"
	byNobody   = "9c00ffee-0000-4000-8000-000000000004"
)

func dead(id string, hour int, body string, attributes map[string]string) letterstest.Message {
	return letterstest.Message{ID: id, Body: body, Attributes: attributes, Sent: midnight.Add(time.Duration(hour-24) * time.Hour)}
}

// fromFunction is Lambda's letter.
func fromFunction(id, payload string, hour int) letterstest.Message {
	return dead(id, hour, `{"version":"1.0","timestamp":"2026-02-28T19:05:00.000Z","requestContext":{"requestId":"r-1","functionArn":"`+letterstest.Alias+
		`","condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":`+payload+
		`,"responseContext":{"statusCode":200,"executedVersion":"7","functionError":"Unhandled"},`+
		`"responsePayload":{"errorMessage":"dynamodb:BatchGetItem on table Ledger is not allowed\u001b[2J","errorType":"wrapError"}}`, nil)
}

// fromRule is EventBridge's letter, about another execution.
func fromRule(hour int) letterstest.Message {
	return dead(byRule, hour, strings.ReplaceAll(deadEvent, "abc123", "def456"), map[string]string{
		"RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/mulligan-RetrierPipelineFailed-1", "TARGET_ARN": letterstest.Alias,
		"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "events.amazonaws.com is not authorized",
	})
}

// deadWake is what a schedule carries for the event.
func deadWake(t *testing.T) string {
	t.Helper()
	n, problem := event.Parse([]byte(deadEvent), newDesk().stack.Home)
	if problem != nil {
		t.Fatal(problem)
	}
	payload, err := event.WakePayload(retry.Wake{Wait: strings.Repeat("a", 64)}, n)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

// allShapes are one letter of each, the newest first.
func allShapes(t *testing.T) []letterstest.Message {
	t.Helper()
	return []letterstest.Message{
		dead(byNobody, 23, "hello\u009b31m", nil),
		dead(bySchedule, 22, deadWake(t), map[string]string{
			"SCHEDULE_ARN": "arn:aws:scheduler:eu-west-1:123456789012:schedule/mulligan-Schedules-1/aa", "ERROR_CODE": "AccessDeniedException",
			"ERROR_MESSAGE": "not authorized", "RETRY_ATTEMPTS": "185", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "IS_PAYLOAD_TRUNCATED": "false",
		}),
		fromRule(21), fromFunction(byFunction, deadEvent, 20),
	}
}

// claimed puts a claimed retry of the execution on record.
func (m *mailroom) claimed(t *testing.T) {
	t.Helper()
	arn := parsed(t, deadExecution)
	decision := retry.Decision{
		Verdict: retry.Wait, Reason: retry.BackingOff, Execution: arn.String(), Pipeline: "churn", Class: "capacity", Retry: 1,
		Due: midnight.Add(5 * time.Minute), Evidence: "Train: CapacityError",
	}
	record := retry.Record{
		Rev: 1, Used: 1, Kind: retry.Claimed, Updated: midnight.Add(-time.Minute), Decision: decision,
		Claim: retry.Claim{EventID: "e-1", Retry: 1, Ordinal: 1, Due: decision.Due},
	}
	_, written, err := m.memory.Commit(t.Context(), retry.Change{
		Execution: arn, Record: record, Trail: retry.Trail{At: midnight, Decision: decision}, Now: midnight, Expires: midnight.Add(time.Hour),
	})
	if err != nil || !written {
		t.Fatalf("commit: %t, %v", written, err)
	}
}

func TestDLQHelp(t *testing.T) {
	all := ""
	for _, command := range []string{"", "list", "show", "replay"} {
		all += "$ mulligan dlq " + strings.TrimSpace(command+" --help") + "\n" + newMailroom(t).fine(t, append(strings.Fields(command), "--help")...) + "\n"
	}
	golden(t, "dlq/help.txt", all)
}
