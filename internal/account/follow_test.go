package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"mulligan/internal/awstest"
)

const followed = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/e1"

// world is both sources, on a timetable that begins when it is made. Tests run
// it in a bubble, where time passes as soon as nobody has anything to do.
type world struct {
	began  time.Time
	states []state
	logs   []logged
	sweeps []logged // in the group "sweeps"
	page   int      // log events a page; zero: all
	asked  []*cloudwatchlogs.FilterLogEventsInput
	broken error
}

// state is how the execution stands from an instant on.
type state struct {
	after  time.Duration
	status awstest.Status
	run    int
}

// logged is a line that can be read from an instant on, and is stamped so.
type logged struct {
	after time.Duration
	text  string
}

func (w *world) Execution(_ context.Context, arn string) (e awstest.Execution, err error) {
	for _, s := range w.states {
		if at := w.began.Add(s.after); !at.After(time.Now()) {
			e = awstest.Execution{ARN: arn, Status: s.status, Run: s.run, Modified: at}
		}
	}
	return e, w.broken
}

func (w *world) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	copied := *in
	w.asked = append(w.asked, &copied)
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	lines := w.logs
	if aws.ToString(in.LogGroupName) == "sweeps" {
		lines = w.sweeps
	}
	for _, l := range lines {
		at := w.began.Add(l.after)
		if !at.After(time.Now()) && at.UnixMilli() >= aws.ToInt64(in.StartTime) {
			out.Events = append(out.Events, types.FilteredLogEvent{
				LogStreamName: aws.String("stream"), Timestamp: aws.Int64(at.UnixMilli()), Message: aws.String(l.text),
			})
		}
	}
	if w.page == 0 {
		return out, nil
	}
	from := 0
	fmt.Sscan(aws.ToString(in.NextToken), &from)
	if to := from + w.page; to < len(out.Events) {
		out.NextToken, out.Events = aws.String(fmt.Sprint(to)), out.Events[:to]
	}
	out.Events = out.Events[from:]
	return out, nil
}

func (w *world) sources() Sources {
	w.began = time.Now()
	return Sources{Logs: w, Group: "group", Sweeps: "sweeps", Executions: w, Every: time.Second}
}

// told runs a story to its end and writes it down.
func told(w *world, limit time.Duration) (lines []string, err error) {
	from := w.sources()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for line, problem := range Follow(ctx, from, followed, w.began) {
		if err = problem; err == nil {
			lines = append(lines, Style{}.Line(line))
		}
	}
	return lines, err
}

// said is a log line about the followed execution.
func said(rest string) string {
	return `{"level":"INFO","msg":"decided","execution":"` + strings.ToUpper(followed[:3]) + followed[3:] + `",` + rest + `}`
}

var (
	waits = said(`"verdict":"wait","reason":"backing_off","class":"capacity","retry":1,"due":"2000-01-01T00:00:10Z"`)
	goes  = said(`"verdict":"retry","reason":"retryable","class":"capacity","retry":1`)
)

// Follow's bubble begins at midnight UTC, 2000-01-01.
func TestFollow(t *testing.T) {
	failed := state{0, awstest.Failed, 1}
	tests := []struct {
		name  string
		world world
		want  []string
		ends  time.Duration // after which at the latest
	}{
		{"waits and succeeds", world{
			states: []state{failed, {11 * time.Second, awstest.Executing, 2}, {13 * time.Second, awstest.Succeeded, 2}},
			logs:   []logged{{time.Second, waits}, {2 * time.Second, `{"msg":"decided","execution":"arn:other","verdict":"stop"}`}, {11 * time.Second, goes}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)",
			"00:00:01  wait   backing_off  capacity, retry 1, due 00:00:10",
			"00:00:11  SageMaker: Executing (run 2)",
			"00:00:11  retry  retryable    capacity, retry 1",
			"00:00:13  SageMaker: Succeeded (run 2)",
		}, 13 * time.Second},
		{"succeeds before the log tells of the retry", world{
			states: []state{failed, {time.Second, awstest.Succeeded, 2}},
			logs:   []logged{{4 * time.Second, goes}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)",
			"00:00:01  SageMaker: Succeeded (run 2)",
			"00:00:04  retry  retryable    capacity, retry 1",
		}, 4 * time.Second},
		{"a person was faster, and nothing is logged", world{
			states: []state{failed, {time.Second, awstest.Succeeded, 2}},
		}, []string{"00:00:00  SageMaker: Failed (run 1)", "00:00:01  SageMaker: Succeeded (run 2)"}, 10 * time.Second},
		{"found by a sweep", world{
			states: []state{failed, {5 * time.Second, awstest.Succeeded, 2}},
			sweeps: []logged{{4 * time.Second, goes}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)",
			"00:00:04  retry  retryable    capacity, retry 1",
			"00:00:05  SageMaker: Succeeded (run 2)",
		}, 5 * time.Second},
		{"stops", world{
			states: []state{failed},
			logs:   []logged{{time.Second, said(`"verdict":"stop","reason":"permanent_cause","class":"user_code","evidence":"Train: ValueError"`)}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)",
			"00:00:01  stop   permanent_cause  user_code, because: Train: ValueError",
		}, time.Second},
		{"a duplicate and an error end nothing", world{
			states: []state{failed},
			logs: []logged{{time.Second, said(`"verdict":"ignore","reason":"duplicate"`)}, {2 * time.Second, said(`"error":"denied"`)},
				{3 * time.Second, said(`"verdict":"ignore","reason":"off"`)}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)", "00:00:01  ignore duplicate",
			"00:00:02  error  left to the next delivery: denied", "00:00:03  ignore off",
		}, 3 * time.Second},
		{"superseded, until what superseded it has ended", world{
			states: []state{failed, {time.Second, awstest.Executing, 2}, {20 * time.Second, awstest.Stopped, 2}},
			logs:   []logged{{2 * time.Second, said(`"verdict":"ignore","reason":"superseded"`)}},
		}, []string{
			"00:00:00  SageMaker: Failed (run 1)", "00:00:01  SageMaker: Executing (run 2)",
			"00:00:02  ignore superseded", "00:00:20  SageMaker: Stopped (run 2)",
		}, 30 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := test.world
				got, err := told(&w, time.Hour)
				if err != nil || !slices.Equal(got, test.want) {
					t.Errorf("got %v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
				}
				if took := time.Since(w.began); took > test.ends {
					t.Errorf("it ended after %v, want %v at most", took, test.ends)
				}
			})
		})
	}
}

// Without an end the context's is the last word; a source that fails says which.
func TestFollowEndsWithAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world{states: []state{{0, awstest.Failed, 1}}, logs: []logged{{time.Second, waits}}}
		got, err := told(&w, 5*time.Second)
		if !errors.Is(err, context.DeadlineExceeded) || len(got) != 2 {
			t.Errorf("got %v, %q, want the deadline and two lines", err, got)
		}
		w.broken = errors.New("gone")
		if _, err := told(&w, time.Hour); err == nil || err.Error() != "look at the execution: gone" {
			t.Errorf("got %v", err)
		}
	})
}
