//go:build e2e

package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
	"mulligan/internal/sweep"
)

// A look is a sweep that a scenario had made: what it answered, and how much the
// account had told of sweeps before.
type look struct {
	report sweep.Report
	failed string
	lines  int // in the log
	errors int // in the metric of SweeperAlarm
}

var lookedFor sync.Map // the ARN of a scenario's execution → its look

// The scenarios that need permissions of the sweeper.
var (
	found       = scenario{missed(awstest.Step{Name: "Train", Reason: awstest.ReasonThrottled}), (*story).isRetried}
	foundScarce = scenario{missed(awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity}), (*story).isScheduled}
	searched    = scenario{found.play, func(st *story) bool { return st.isRetried() && st.look().report.Sweep.Searched == "search" }}
	listed      = scenario{withoutSearch(found.play), (*story).isRetried}
	// Whether a newer execution has succeeded is asked before a retry.
	foundReplaced = scenario{missedAndReplaced, func(st *story) bool { return st.isSettled(retry.Superseded) }}
	overdue       = scenario{waitsInVain, (*story).isRetried}
	swepts        = scenario{found.play, func(st *story) bool { return st.sweepLines() > st.look().lines }}
)

// foundBare is a step that says nothing of its cause, as jobTells.
func foundBare(kind awstest.Kind) scenario {
	return scenario{missed(awstest.Step{
		Name: "Bare", Kind: kind, Reason: awstest.ReasonSeeJobLogs, Job: &awstest.Job{Reason: awstest.ReasonInternal},
	}), (*story).isRetried}
}

// missed fails without an event and is swept.
func missed(step awstest.Step) func(*testing.T, *stack) *story {
	return func(t *testing.T, s *stack) *story {
		t.Helper()
		return s.fails(t, missedScript(step)).isLookedFor()
	}
}

func missedScript(step awstest.Step) awstest.Script {
	return awstest.Script{
		Pipeline: fmt.Sprintf("p%d", plays.Add(1)), Ago: longAgo, Silent: 1,
		Runs: []awstest.Run{awstest.Fails(step), awstest.KeepsRunning()},
	}
}

// missedAndReplaced is missed too, and an execution of the pipeline that was
// started after it has succeeded.
func missedAndReplaced(t *testing.T, s *stack) *story {
	t.Helper()
	script := missedScript(awstest.Step{Name: "Train", Reason: awstest.ReasonThrottled})
	st := s.fails(t, script)
	s.fails(t, awstest.Script{Pipeline: script.Pipeline, Runs: []awstest.Run{awstest.Succeeds()}})
	return st.isLookedFor()
}

// waitsInVain has a retry wait that was due long ago, and whose schedule is lost.
func waitsInVain(t *testing.T, s *stack) *story {
	t.Helper()
	st := foundScarce.play(t, s)
	st.until("its schedule", st.isScheduled)
	record, err := st.record()
	if err == nil {
		_, err = s.scheduler().DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{
			GroupName: aws.String(s.Outputs["ScheduleGroup"]), Name: aws.String(record.Claim.Token)})
	}
	if err != nil {
		t.Fatal(err)
	}
	st.ages(time.Minute + longAgo) // the minute is the delay
	return st.isLookedFor()
}

// withoutSearch plays a scenario while the sweeper's role lacks the search too.
func withoutSearch(play func(*testing.T, *stack) *story) func(*testing.T, *stack) *story {
	return func(t *testing.T, s *stack) *story {
		t.Helper()
		r := s.role(t, "SweeperRole")
		for name, text := range r.policies {
			d := parsePolicy(t, text)
			for i := range d.Statement {
				d.Statement[i].Action = slices.DeleteFunc(d.Statement[i].Action, func(a string) bool { return a == "sagemaker:Search" })
			}
			d.Statement = slices.DeleteFunc(d.Statement, func(s statement) bool { return len(s.Action) == 0 })
			r.put(t, name, d.text(t))
			defer r.put(t, name, text)
		}
		return play(t, s)
	}
}

// isLookedFor has the stack swept as if for the first time: a search that was
// refused is asked again, which else takes an hour.
func (st *story) isLookedFor() *story {
	st.t.Helper()
	_, err := dynamodb.NewFromConfig(st.AWS(st.home)).DeleteItem(st.t.Context(), &dynamodb.DeleteItemInput{
		TableName: aws.String(st.Outputs["LedgerTable"]), Key: cursorKey})
	if err != nil {
		st.t.Fatal(err)
	}
	made := look{lines: st.sweepLines(), errors: st.sweepErrors()}
	made.report, made.failed = st.triesToSweep(st.t)
	lookedFor.Store(st.arn, made)
	return st
}

func (st *story) look() look {
	made, _ := lookedFor.Load(st.arn)
	return made.(look)
}

// said is all that the sweep said of errors.
func (l look) said() string { return l.failed + strings.Join(l.report.Errors, "\n") }

// isScheduled tells whether a retry waits and its schedule is there.
func (st *story) isScheduled() bool {
	record, err := st.record()
	if err != nil || record.Kind != retry.Claimed {
		return false
	}
	names, err := st.schedules(st.t.Context())
	return err == nil && slices.Contains(names, record.Claim.Token)
}

// isSettled tells whether the decision on record has that reason.
func (st *story) isSettled(reason retry.Reason) bool {
	record, err := st.record()
	return err == nil && record.Decision.Reason == reason
}

// sweepLines counts the sweeps that the log tells of.
func (s *stack) sweepLines() (n int) {
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(s.AWS(s.home)),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(s.Outputs["SweeperLogGroup"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n
		}
		for _, e := range page.Events {
			n += strings.Count(*e.Message, `"msg":"swept"`)
		}
	}
	return n
}

// sweepErrors is the metric of SweeperAlarm, added up.
func (st *story) sweepErrors() (n int) {
	var out struct{ Datapoints []struct{ Sum float64 } }
	now := time.Now()
	st.call(st.t, st.home, "monitoring", "GraniteServiceVersion20100801.GetMetricStatistics", map[string]any{
		"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistics": []string{"Sum"}, "Period": 3600,
		"Dimensions": []any{map[string]string{"Name": "FunctionName", "Value": st.Resources["Sweeper"]}},
		"StartTime":  now.Add(-time.Hour).Unix(), "EndTime": now.Add(time.Hour).Unix(),
	}, &out)
	for _, point := range out.Datapoints {
		n += int(point.Sum)
	}
	return n
}

// How whoever operates the stack sees that the sweeper lacks an action.

// sweptInVain: the sweep says so, and nothing is retried.
func sweptInVain(a act, action string) bool {
	if a.retried() != 0 {
		a.t.Errorf("retried without %s\n%s", action, a)
	}
	return strings.Contains(a.look().said(), action)
}

// sweptInError: the sweep says so, and the function's error is one for its alarm.
func sweptInError(a act, action string) bool {
	return sweptInVain(a, action) && a.look().failed != "" && a.sweepErrors() > a.look().errors
}

// sweptByLists: the failure is found all the same, and the sweep says how.
func sweptByLists(a act, action string) bool {
	n := a.look().report.Sweep
	return a.isRetried() && n.Searched == "lists" && strings.Contains(n.Fallback, action)
}

// trailTells: the decision is made without what nobody tells, and the ledger keeps
// why.
func trailTells(a act, action string) bool {
	trail, err := a.decisions()
	return err == nil && slices.ContainsFunc(trail, func(d retry.Trail) bool {
		return strings.Contains(d.Decision.Evidence, "not known: ") && strings.Contains(d.Decision.Evidence, action)
	})
}

// sweptInSilence: it works, and nobody is told.
func sweptInSilence(a act, action string) bool {
	return a.isRetried() && a.says("log lines of "+a.Resources["Sweeper"]+" are lost", action) && !swepts.works(a.story)
}
