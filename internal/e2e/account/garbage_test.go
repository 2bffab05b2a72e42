//go:build e2e

package account

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// changed is an entry with some members of its detail set, or (nil) left out.
func changed(e types.PutEventsRequestEntry, members map[string]any) types.PutEventsRequestEntry {
	detail := map[string]any{}
	if err := json.Unmarshal([]byte(*e.Detail), &detail); err != nil {
		panic(err) // the stand-in wrote it
	}
	maps.Copy(detail, members)
	maps.DeleteFunc(detail, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(detail)
	if err != nil {
		panic(err)
	}
	e.Detail = aws.String(string(text))
	return e
}

// Garbage that the rule lets through ends in one line each: no call to anything,
// no other delivery, no dead letter (scenarios 72 to 74, threats T3, T10, T14).
// It is all made from the event of an execution that could be retried, so that
// whatever were taken for real would be.
func garbage(t *testing.T, s *stack) {
	st := s.runs(t, awstest.Succeeds())
	e := st.failUnheard(awstest.ReasonInternal)
	const one, pipeline = "pipelineExecutionArn", "pipelineArn"
	swap := func(old, new string) map[string]any {
		return map[string]any{one: strings.Replace(e.ARN, old, new, 1), pipeline: strings.Replace(e.PipelineARN, old, new, 1)}
	}
	tests := map[string]struct {
		members map[string]any
		reason  retry.Reason
	}{
		"no ARN":                {map[string]any{one: nil}, retry.Malformed},
		"a number for an ARN":   {map[string]any{one: 7}, retry.Malformed},
		"a list for an ARN":     {map[string]any{one: []string{e.ARN}}, retry.Malformed},
		"an object for an ARN":  {map[string]any{one: map[string]any{"arn": e.ARN}}, retry.Malformed},
		"an empty ARN":          {map[string]any{one: ""}, retry.Malformed},
		"a pipeline's ARN":      {map[string]any{one: e.PipelineARN}, retry.Malformed},
		"another pipeline's":    {map[string]any{pipeline: e.PipelineARN + "-2"}, retry.Malformed},
		"a line break":          {map[string]any{one: e.ARN + "\n{\"level\":\"ERROR\"}"}, retry.Malformed},
		"a NUL":                 {map[string]any{one: e.ARN + "\x00"}, retry.Malformed},
		"a wildcard":            {map[string]any{one: e.PipelineARN + "/execution/*"}, retry.Malformed},
		"2,049 characters":      {map[string]any{one: e.ARN + strings.Repeat("a", 2049-len(e.ARN))}, retry.Malformed},
		"the status in a list":  {map[string]any{"currentPipelineExecutionStatus": []string{"Failed"}}, retry.Malformed},
		"another account's":     {swap(s.home.Number, "999999999999"), retry.Foreign},
		"another Region's":      {swap(s.home.Region, "us-east-1"), retry.Foreign},
		"another partition's":   {swap("arn:aws:", "arn:aws-cn:"), retry.Foreign},
		"outside of the prefix": {swap(s.prefix, "other-"), retry.Foreign},
	}
	earlier, calls := len(s.log.all()), len(s.gate.passages())
	var entries []types.PutEventsRequestEntry
	want := map[string]int{}
	for _, test := range tests {
		entries = append(entries, changed(entry(e), test.members))
		want["ignore "+string(test.reason)]++
	}
	s.put(t, entries...)
	s.put(t, s.unmatched(e)...)
	st.until("a line for each", func() bool { return len(s.log.all()) >= earlier+len(tests) })
	if more := s.gate.passages()[calls:]; len(more) != 0 {
		t.Errorf("it called %v", more)
	}

	// Another event goes all the way, and that was all.
	if l := st.lateEvent(e); !l.is("retry", "retryable") {
		t.Errorf("the event itself: got %s, want retry retryable", l)
	}
	st.succeeds(1)
	got := map[string]int{}
	for _, l := range s.log.all()[earlier:] {
		if l.Execution == st.arn {
			continue
		}
		got[l.String()]++
		if (l.Level == "WARN") != l.is("ignore", "malformed") {
			t.Errorf("%s has level %s", l, l.Level)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got the lines %v, want %v", got, want)
	}
	s.undisturbed(t, strings.TrimPrefix(e.PipelineARN[strings.Index(e.PipelineARN, "/")+1:], s.prefix))
}

// unmatched are events that the rule has to leave alone (scenario 9).
func (s *stack) unmatched(e awstest.Event) (entries []types.PutEventsRequestEntry) {
	for _, status := range []string{"Executing", "Stopping", "succeeded", "failed", ""} {
		entries = append(entries, changed(entry(e), map[string]any{"currentPipelineExecutionStatus": status}))
	}
	source, kind := entry(e), entry(e)
	source.Source = aws.String("my.sagemaker")
	kind.DetailType = aws.String("SageMaker Model Building Pipeline Execution Step Status Change")
	return append(entries, source, kind, changed(entry(e), map[string]any{"currentPipelineExecutionStatus": nil}))
}

// passages are all requests so far.
func (g *gate) passages() (ops []string) { return g.calls("") }

// Odd extras do not cost a failure its second chance: what is not needed is not
// looked at, however long or wrong it is (scenarios 71, 73, 75).
func TestOddButReal(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, members := range map[string]map[string]any{
		"200 KB of description":    {"pipelineExecutionDescription": strings.Repeat("x", 200_000)},
		"NULs and control signs":   {"pipelineExecutionDescription": "\x00\x1b[31m\n\u202e{\"level\":\"ERROR\"}", "pipelineExecutionDisplayName": "\x00"},
		"an end time that is none": {"executionEndTime": "yesterday"},
		"an end time in 1970":      {"executionEndTime": "1970-01-01T00:00:00Z"},
		"a number for an end time": {"executionEndTime": 1772355600},
		"no times at all":          {"executionEndTime": nil, "executionStartTime": nil},
		"an object for a status":   {"previousPipelineExecutionStatus": map[string]any{"x": []any{1, nil, "y"}}},
		"no ARN of the pipeline":   {"pipelineArn": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t, awstest.Succeeds())
			failed := st.failUnheard(awstest.ReasonInternal)
			for _, l := range st.handled(s.put(t, changed(entry(failed), members))...) {
				if !l.is("retry", "retryable") {
					t.Errorf("got %s, want retry retryable", l)
				}
			}
			st.succeeds(1)
			st.settles(retry.Retried, 1)
			st.unharmed()
		})
	}
}

// The deployed rule matches executions of the own account that ended, and nothing
// else: an event that another account sent to this bus least of all (threats T1
// and T2).
func TestThreatT2RuleMatchesOwnAccountOnly(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	bus := eventbridge.NewFromConfig(s.AWS(s.home))
	name := s.Resources["RetrierPipelineFailed"]
	rule, err := bus.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	event := awstest.Event{ID: "e", ARN: "arn", Account: s.home.Number, Region: s.home.Region, Status: awstest.Failed, Time: at, Start: at, End: at}
	for name, test := range map[string]struct {
		old, new string
		matches  bool
	}{
		"as it is":           {"", "", true},
		"of a success":       {`"Failed"`, `"Succeeded"`, true},
		"of a stop":          {`"Failed"`, `"Stopped"`, true},
		"of failed steps":    {`"Failed"`, `"CompletedWithFailures"`, true},
		"of another account": {`"` + s.home.Number + `"`, `"999999999999"`, false},
		"of another source":  {`"aws.sagemaker"`, `"my.sagemaker"`, false},
		"of a step":          {"Pipeline Execution Status", "Pipeline Execution Step Status", false},
		"of another status":  {`"Failed"`, `"Executing"`, false},
		"in small letters":   {`"Failed"`, `"failed"`, false},
		"of two statuses":    {`"currentPipelineExecutionStatus":"Failed"`, `"currentPipelineExecutionStatus":["Executing"]`, false},
		"without a status":   {`"currentPipelineExecutionStatus"`, `"status"`, false},
	} {
		text := strings.Replace(string(event.JSON()), test.old, test.new, 1)
		out, err := bus.TestEventPattern(t.Context(), &eventbridge.TestEventPatternInput{Event: &text, EventPattern: rule.EventPattern})
		if err != nil {
			t.Fatal(err)
		}
		if out.Result != test.matches {
			t.Errorf("%s: got %t, want %t for %s", name, out.Result, test.matches, text)
		}
	}
}

// A pipeline whose name begins otherwise is none of this stack's, and costs it
// no call (threats T7 and T9). Case does not matter.
func TestThreatT9PipelineOutsideOfThePrefix(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := &story{s, t, s.StandIn(s.home).Add(awstest.Script{Pipeline: "not-of-" + s.prefix + "churn", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal)}})}
	if l := st.awaits("ignore", "foreign"); !strings.Contains(l.Evidence, s.prefix) {
		t.Errorf("the evidence does not name the prefix: %s", l.Evidence)
	}
	if ops := s.gate.calls(st.arn); len(ops) != 0 {
		t.Errorf("it called %v", ops)
	}
	if record, err := st.record(); err != nil || record.Kind != retry.Unseen {
		t.Errorf("the ledger has %+v, %v", record, err)
	}
}
