//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

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
	Request                    string
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
	mu    sync.Mutex
	taken map[string]int // how many events of each stream
	lines []line
	raw   []string
}

// watch follows a log group until the account is closed.
func watch(p *place, home host.Home, group string) *log {
	l := &log{taken: map[string]int{}}
	client := cloudwatchlogs.NewFromConfig(p.AWS(home))
	go func() {
		for {
			select {
			case <-p.gate.done:
				return
			case <-time.After(300 * time.Millisecond):
				l.read(client, group)
			}
		}
	}()
	return l
}

// read takes what is new. A call that fails is made again with the next beat.
func (l *log) read(client *cloudwatchlogs.Client, group string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	at := map[string]int{} // MiniStack gives events no ids
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return
		}
		l.mu.Lock()
		for _, e := range page.Events {
			stream := aws.ToString(e.LogStreamName)
			if at[stream]++; at[stream] > l.taken[stream] {
				l.taken[stream] = at[stream]
				l.take(aws.ToString(e.Message))
			}
		}
		l.mu.Unlock()
	}
}

func (l *log) take(message string) {
	l.raw = append(l.raw, message)
	var at line
	if err := json.Unmarshal([]byte(message), &at); err == nil && at.Msg != "" {
		l.lines = append(l.lines, at)
	}
}

// of are the lines about an execution, in the order of their arrival.
func (l *log) of(arn string) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.lines), func(at line) bool { return !strings.EqualFold(at.Execution, arn) })
}

// all are all lines of the function.
func (l *log) all() []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}
