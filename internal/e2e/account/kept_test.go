//go:build e2e

package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"mulligan/internal/awstest"
)

// TestKeptLedger deletes a stack and has another go on with its ledger: what was
// spent stays spent, what was decided stays decided, and a claim whose schedule
// went with the stack is carried out once when its event comes again.
func TestKeptLedger(t *testing.T) {
	t.Parallel()
	frugal := parameters{"MaxRetries": "1", "PipelineRetriesPerDay": "1", "BackoffInterval": "600", "BackoffMaxDelay": "600"}
	s := shared.released(t, home, "kept", release{parameters: frugal})
	throttled := awstest.FailsAt("Train", awstest.ReasonThrottled)
	exhausted := s.fails(t, awstest.Script{Pipeline: "exhausted", Runs: []awstest.Run{throttled, throttled.After(2 * time.Second)}})
	waiting := s.fails(t, awstest.Script{Pipeline: "waiting", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.Succeeds()}})
	exhausted.awaits("stop", "budget_exhausted")
	due := waiting.awaits("wait", "backing_off").Due

	table := s.Outputs["LedgerTable"]
	s.delete(t)
	s.isGone(t)
	s.leaves(t, table)

	frugal["KeptLedger"] = table
	next := shared.released(t, home, "kept", release{parameters: frugal})
	if got, makes := next.Outputs["LedgerTable"], next.Resources["Ledger"]; got != table || makes != "" {
		t.Errorf("ledger: got %s, with a table of its own %q, want %s alone", got, makes, table)
	}
	t.Run("a duplicate stays one", func(t *testing.T) {
		next.goesOn(t, exhausted).repeated("stop", "budget_exhausted", 1)
	})
	t.Run("a person's retry that fails gets none more", func(t *testing.T) {
		st := next.goesOn(t, exhausted)
		if err := st.standIn().HumanRetry(st.arn); err != nil {
			t.Fatal(err)
		}
		if at := st.awaits("stop", "budget_exhausted"); !strings.Contains(at.Evidence, "1 of 1") {
			t.Errorf("got evidence %q, want 1 of 1 retries used", at.Evidence)
		}
	})
	t.Run("a claim goes on", func(t *testing.T) {
		st := next.goesOn(t, waiting)
		st.repeated("wait", "backing_off", 1)
		if got := st.awaits("wait", "backing_off").Due; !got.Equal(due) {
			t.Errorf("due: got %s, want %s", got, due)
		}
		st.until("its schedule", func() bool {
			names, err := next.schedules(t.Context())
			return err == nil && len(names) == 1
		})
	})
	t.Run("a pipeline's day is spent", func(t *testing.T) {
		st := next.fails(t, awstest.Script{Pipeline: "exhausted", Runs: []awstest.Run{throttled}})
		st.awaits("wait", "shared_budget_empty")
	})
	next.delete(t)
	next.leaves(t, table)
	next.unprotected(t).removesLedger(t)
}

// unprotected takes the ledger's protection away, as a user does when the stack is gone.
func (s *stack) unprotected(t *testing.T) *stack {
	t.Helper()
	no := false
	_, err := dynamodb.NewFromConfig(s.AWS(s.home)).UpdateTable(t.Context(),
		&dynamodb.UpdateTableInput{TableName: aws.String(s.Outputs["LedgerTable"]), DeletionProtectionEnabled: &no})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// removesLedger deletes the ledger.
func (s *stack) removesLedger(t *testing.T) {
	t.Helper()
	if _, err := dynamodb.NewFromConfig(s.AWS(s.home)).DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(s.Outputs["LedgerTable"])}); err != nil {
		t.Errorf("delete the ledger without protection: %v", err)
	}
}

// goesOn is the same execution in the stack that goes on with it.
func (s *stack) goesOn(t *testing.T, st *story) *story { return &story{stack: s, t: t, arn: st.arn} }

// repeated puts the last event on the bus again and wants no retry of it.
func (st *story) repeated(verdict, reason string, used int) {
	st.t.Helper()
	last, ok := st.standIn().LastEvent(st.arn)
	if !ok {
		st.t.Fatal("no event to repeat")
	}
	before := st.retried()
	st.put(st.t, entry(last))
	st.until("a decision on it", func() bool { return len(st.log.of(st.arn)) > 0 })
	record, err := st.record()
	if err != nil || record.Used != used || !(line{Verdict: string(record.Decision.Verdict), Reason: string(record.Decision.Reason)}).is(verdict, reason) {
		st.t.Errorf("got %+v (%v), want %s %s with %d used", record, err, verdict, reason, used)
	}
	if got := st.retried(); got != before {
		st.t.Errorf("retries: got %d, want %d as before", got, before)
	}
}

// delete deletes the stack as a user does.
func (s *stack) delete(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if _, err := s.Delete(ctx, s.home, s.Name); err != nil {
		t.Fatal(err)
	}
}

// isGone shows what goes with a stack, the schedules of what waited too.
func (s *stack) isGone(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	if got, err := s.place.Stack(ctx, s.home, s.Name); err == nil && got.Status != "DELETE_COMPLETE" {
		t.Errorf("stack: got %s, want it gone", got.Status)
	}
	cfg := s.AWS(s.home)
	group := aws.String(s.Outputs["ScheduleGroup"])
	for what, look := range map[string]func() error{
		"schedule group": func() error {
			_, err := scheduler.NewFromConfig(cfg).GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: group})
			return err
		},
		"dead letters": func() error {
			_, err := sqs.NewFromConfig(cfg).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(s.Outputs["DeadLettersUrl"])})
			return err
		},
	} {
		err := look()
		if api, ok := errors.AsType[smithy.APIError](err); !ok || !strings.Contains(api.ErrorCode()+api.ErrorMessage(), "not") {
			t.Errorf("%s: got %v, want none", what, err)
		}
	}
	// AWS has no answer for a group that is gone; MiniStack lists nothing.
	if out, err := scheduler.NewFromConfig(cfg).ListSchedules(ctx, &scheduler.ListSchedulesInput{GroupName: group}); err == nil && len(out.Schedules) != 0 {
		t.Errorf("schedules: got %d, want none", len(out.Schedules))
	}
}

// leaves shows what a deleted stack leaves: its log, and the ledger, which
// nobody can delete by the way. People find it by its tag.
func (s *stack) leaves(t *testing.T, table string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	group := s.Outputs["RetrierLogGroup"]
	groups, err := cloudwatchlogs.NewFromConfig(s.AWS(s.home)).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &group})
	if err != nil || len(groups.LogGroups) != 1 {
		t.Errorf("log group %s: got %+v (%v), want it kept", group, groups, err)
	}
	client := dynamodb.NewFromConfig(s.AWS(s.home))
	_, err = client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table})
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "ValidationException" {
		t.Errorf("delete %s: got %v, want it refused", table, err)
	}
	if got := tagged(t, s.place, s.home, "mulligan:stack", s.Name, "dynamodb:table"); len(got) != 1 || !strings.HasSuffix(got[0], "/"+table) {
		t.Errorf("tables of the stack by tag: got %q, want %s", got, table)
	}
}

// TestCreationThatFails is tried again under the same name, and works. Then the
// stack goes, and its ledger too, as it was told otherwise.
func TestCreationThatFails(t *testing.T) {
	t.Parallel()
	const name = "again"
	template := asNewer(t, nil)
	if out, err := shared.release(t, home, name, template.failing(t, taken(t))); err == nil {
		t.Fatalf("made with a table of a name that is taken\n%s", out)
	}
	s := shared.released(t, home, name, template)
	s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.Succeeds()}}).succeeds(1)

	shared.released(t, home, name, release{template.template, template.build, parameters{"ProtectLedger": "false"}})
	s.delete(t)
	s.removesLedger(t)
}

// taken makes a table, whose name is taken then.
func taken(t *testing.T) (name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	name = "taken-by-" + t.Name()
	_, err := dynamodb.NewFromConfig(shared.AWS(home)).CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: dynamodbtypes.BillingModePayPerRequest,
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}},
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: "HASH"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}
