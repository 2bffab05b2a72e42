//go:build e2e

package account

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// An invocation is what the function answered to somebody who may invoke it and
// sends what he likes.
type invocation struct {
	Verdict, Reason string
	Error           string `json:"errorMessage"`
}

// invoke calls the function directly, as the account's administrators can.
func (s *stack) invoke(t *testing.T, event awstest.Event) (answered invocation) {
	t.Helper()
	// Whoever invokes directly has to come again while other tests use up the reserved concurrency.
	patient := func(o *lambda.Options) { o.RetryMaxAttempts = 30 }
	out, err := s.lambda().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String(s.Outputs["RetrierAlias"]), Payload: event.JSON()}, patient)
	if err != nil {
		t.Error(err)
		return answered
	}
	if err := json.Unmarshal(out.Payload, &answered); err != nil {
		t.Errorf("%s: %v", out.Payload, err)
	}
	return answered
}

// Events of another account or Region, which a bus may be open for, are neither
// passed on by the rule nor believed by the function (T2).
func TestEventsOfOtherAccounts(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	rule, err := eventbridge.NewFromConfig(s.AWS(s.home)).DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String(s.Resources["RetrierPipelineFailed"])})
	if err != nil {
		t.Fatal(err)
	}
	var got any
	want := map[string]any{
		"source": []any{"aws.sagemaker"}, "detail-type": []any{awstest.EventDetailType}, "account": []any{s.home.Number},
		"detail": map[string]any{"currentPipelineExecutionStatus": []any{"Failed", "Succeeded", "Stopped", "CompletedWithFailures"}},
	}
	if err := json.Unmarshal([]byte(*rule.EventPattern), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pattern: got %v, %v, want %v", got, err, want)
	}
	st := s.running(t)
	event := failed(st)
	foreign := func(change func(*awstest.Event)) awstest.Event {
		e := event
		change(&e)
		return e
	}
	moved := func(arn, from, to string) string { return strings.Replace(arn, ":"+from+":", ":"+to+":", 1) }
	for name, e := range map[string]awstest.Event{
		"account of the event": foreign(func(e *awstest.Event) { e.Account = "999999999999" }),
		"region of the event":  foreign(func(e *awstest.Event) { e.Region = "us-east-1" }),
		"account of the execution": foreign(func(e *awstest.Event) {
			e.ARN, e.PipelineARN = moved(e.ARN, s.home.Number, "999999999999"), moved(e.PipelineARN, s.home.Number, "999999999999")
		}),
		"region of the execution": foreign(func(e *awstest.Event) {
			e.ARN, e.PipelineARN = moved(e.ARN, s.home.Region, "us-east-1"), moved(e.PipelineARN, s.home.Region, "us-east-1")
		}),
	} {
		if got, want := s.invoke(t, e), (invocation{Verdict: "ignore", Reason: "foreign"}); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if calls := s.gate.calls(st.arn); len(calls) != 0 {
		t.Errorf("foreign events led to %v", calls)
	}
}

// failed is the event that the execution would send, had it failed just now.
func failed(st *story) awstest.Event {
	e, _ := st.standIn().LastEvent(st.arn)
	e.Previous, e.Status, e.Time, e.End = awstest.Executing, awstest.Failed, time.Now(), time.Now()
	return e
}

// What somebody says of an execution is only a hint: SageMaker is asked, and
// one that has not failed is left alone (T3).
func TestForgedFailure(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for _, run := range []awstest.Run{awstest.KeepsRunning(), awstest.Succeeds()} {
		st := s.fails(t, awstest.Script{Pipeline: fmt.Sprintf("forged%d", plays.Add(1)), Runs: []awstest.Run{run}})
		if got := s.invoke(t, failed(st)); got.Verdict == "retry" || got.Verdict == "wait" || got.Error != "" {
			t.Errorf("%s: answered %+v", run.Ends, got)
		}
		if record, err := st.record(); err != nil || record.Used != 0 || st.standIn().Execution(st.arn).Run != 1 {
			t.Errorf("%s: used %d, %v\n%s", run.Ends, record.Used, err, st)
		}
	}
}

// However many failures somebody invents, by ids and times of their own, the
// one that is true is retried once and costs one unit (T4).
func TestForgedFailuresSpendNoBudget(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.KeepsRunning()}})
	last, _ := st.standIn().LastEvent(st.arn)
	var all sync.WaitGroup
	for i := range 20 {
		forged := last.Again(fmt.Sprint(i))
		forged.End = last.End.Add(time.Duration(i-10) * time.Minute)
		all.Go(func() { s.invoke(t, forged) })
	}
	all.Wait()
	st.until("the retry", st.isRetried)
	s.invoke(t, last.Again("late"))
	if st.retried() != 1 {
		t.Errorf("effective retries: got %d, want 1\n%s", st.retried(), st)
	}
	st.settles(retry.Retried, 1)
}

// The functions ask AWS for nothing but what they are there for: they never start,
// stop, change or delete a pipeline (T9).
func TestFunctionsAskForNothingElse(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.KeepsRunning()}})
	st.until("the retry", st.isRetried)
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	asks := []string{
		"BatchGetItem", "TransactWriteItems", "CreateSchedule", "DescribePipelineExecution", "ListPipelineExecutionSteps",
		"ListPipelineExecutions", "DescribeTrainingJob", "DescribeProcessingJob", "DescribeTransformJob", "RetryPipelineExecution",
		"UpdateItem", "Query", "Search", "ListPipelines", // lines and the sweep
	}
	for _, p := range s.gate.seen { // of all tests, so far
		// A connection is opened ahead by a request without a meaning.
		if !slices.Contains(asks, p.op) {
			t.Errorf("a function asked for %s: %s", p.op, p.body)
		}
	}
}
