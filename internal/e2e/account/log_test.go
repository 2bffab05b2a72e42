//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"mulligan/internal/account/host"
)

// A line is one of the function's, as it is found in CloudWatch Logs.
type line struct {
	Level, Msg                 string
	Verdict, Reason, Execution string
	Pipeline, Class, Evidence  string
	Due                        time.Time
	Retry                      int
	Door, Event, Error, Build  string
	Request, Policy            string
	Rule, Message              string // of the policy, that decided; to people
	Parallelism                int
	Breaker                    string // that was opened
	Problem                    string `json:"policy_problem"`
}

// is tells whether the line has that verdict and that reason.
func (l line) is(verdict, reason string) bool { return l.Verdict == verdict && l.Reason == reason }

func (l line) String() string {
	if l.Error != "" {
		return "error: " + l.Error
	}
	return strings.TrimSpace(l.Verdict + " " + l.Reason)
}

// A log follows a log group. One follower serves all tests, whatever they wait for.
type log struct {
	logs  *cloudwatchlogs.Client
	group string
	from  time.Time            // where the next look begins
	seen  map[string]time.Time // what it may show again

	mu    sync.Mutex
	lines []line
	about map[string][]line // by execution, in lower case
}

// watch follows a log group until the account is closed.
func watch(p *place, home host.Home, group string) *log {
	l := &log{logs: cloudwatchlogs.NewFromConfig(p.AWS(home)), group: group, seen: map[string]time.Time{}, about: map[string][]line{}}
	p.watchers.Go(func() {
		for {
			select {
			case <-p.ctx.Done():
				return
			case <-time.After(300 * time.Millisecond):
				l.read(p.ctx)
			}
		}
	})
	return l
}

// logOverlap is how far back each look goes behind the last line of the one
// before: lines of one moment do not show up at one time.
const logOverlap = 10 * time.Second

// read takes what is new. A call that fails is made again with the next beat.
func (l *log) read(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	newest := l.from.Add(logOverlap)
	ask := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &l.group}
	if !l.from.IsZero() {
		ask.StartTime = aws.Int64(l.from.UnixMilli())
	}
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(l.logs, ask)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return
		}
		for _, e := range page.Events {
			at := time.UnixMilli(aws.ToInt64(e.Timestamp))
			if at.After(newest) {
				newest = at
			}
			l.once(e, at)
		}
	}
	l.moveOn(newest.Add(-logOverlap))
}

// once takes an event that was not seen before. MiniStack gives events no ids,
// but every line of the function names its invocation.
func (l *log) once(e types.FilteredLogEvent, at time.Time) {
	key := aws.ToString(e.LogStreamName) + aws.ToString(e.Message)
	if _, known := l.seen[key]; known {
		return
	}
	l.seen[key] = at
	var found line
	if err := json.Unmarshal([]byte(*e.Message), &found); err != nil || found.Msg == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, found)
	arn := strings.ToLower(found.Execution)
	l.about[arn] = append(l.about[arn], found)
}

// moveOn forgets what no later look can show.
func (l *log) moveOn(from time.Time) {
	l.from = from
	maps.DeleteFunc(l.seen, func(_ string, at time.Time) bool { return at.Before(from) })
}

// of are the lines about an execution, in the order of their arrival.
func (l *log) of(arn string) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.about[strings.ToLower(arn)])
}

// all are all lines of the function.
func (l *log) all() []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}
