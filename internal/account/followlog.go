package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Logs is what is asked of CloudWatch Logs.
type Logs interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// A Line is one line of a story: the function's own, with a verdict, an error
// or just a text, or a change of the execution's status at SageMaker.
type Line struct {
	At        time.Time
	Execution string // ARN, where there is one

	Verdict, Reason, Class string // in the function's words
	Retry                  int
	Due                    time.Time
	Evidence               string
	Rule, Message          string // of the policy, that decided; what it has to say to people
	Problem                string // why the policy that was applied last is not in force
	Error                  string // why an invocation came to no decision
	Text                   string // what it printed that is no log line of Mulligan's

	Status string // SageMaker's word, and which run it is about
	Run    int

	Raw string // the log line as it was written; empty for a status
}

// logOverlap is how far back each look goes behind the last line that was seen:
// lines of invocations that overlap come in any order.
const logOverlap = time.Minute

// A logReader reads log groups on and on, each line once.
type logReader []*groupReader

func (from Sources) open(since time.Time) (r logReader) {
	for _, group := range []string{from.Group, from.Sweeps} {
		if group != "" {
			r = append(r, &groupReader{logs: from.Logs, group: group, from: since, seen: map[string]time.Time{}})
		}
	}
	return r
}

// next returns the lines that are new, in the order of their time.
func (r logReader) next(ctx context.Context) (lines []Line, err error) {
	for _, group := range r {
		more, err := group.next(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) })
	return lines, nil
}

// A groupReader reads one log group so.
type groupReader struct {
	logs  Logs
	group string
	from  time.Time            // zero: from the beginning
	seen  map[string]time.Time // lines that a later look may show again
}

// next returns the lines that are new, in any order.
func (r *groupReader) next(ctx context.Context) (lines []Line, err error) {
	ask := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &r.group}
	if !r.from.IsZero() {
		ask.StartTime = aws.Int64(r.from.UnixMilli())
	}
	newest := r.from
	for {
		page, err := r.logs.FilterLogEvents(ctx, ask)
		if err != nil {
			return nil, unread(err)
		}
		for _, e := range page.Events {
			at := time.UnixMilli(aws.ToInt64(e.Timestamp))
			if at.After(newest) {
				newest = at
			}
			if line, ok := r.once(e, at); ok {
				lines = append(lines, line)
			}
		}
		if aws.ToString(page.NextToken) == "" {
			break
		}
		ask.NextToken = page.NextToken
	}
	r.moveOn(newest.Add(-logOverlap))
	return lines, nil
}

// unread says what to do where the log cannot be read: the emulator is gone, or
// what it held is.
func unread(err error) error {
	var (
		unsent  *smithyhttp.RequestSendError
		unknown *types.ResourceNotFoundException
		wayOut  string
	)
	switch {
	case errors.As(err, &unknown):
		wayOut = "\n" + wayOutEmpty
	case errors.As(err, &unsent):
		wayOut = "\n" + wayOutEnded
	}
	return fmt.Errorf("read the function's log: %w%s", err, wayOut)
}

// once reads a log event that was not seen before. The emulator gives no ids to
// some, but every line of the function names its invocation.
func (r *groupReader) once(e types.FilteredLogEvent, at time.Time) (Line, bool) {
	key := fmt.Sprintf("%s %d %s", aws.ToString(e.LogStreamName), at.UnixMilli(), aws.ToString(e.Message))
	if _, known := r.seen[key]; known {
		return Line{}, false
	}
	r.seen[key] = at
	return readLine(aws.ToString(e.Message), at)
}

// moveOn forgets what no later look can show.
func (r *groupReader) moveOn(from time.Time) {
	if !from.After(r.from) {
		return
	}
	r.from = from
	for key, at := range r.seen {
		if at.Before(from) {
			delete(r.seen, key)
		}
	}
}

// loggedLine is what internal/announce writes, and what Lambda's own lines
// have instead.
type loggedLine struct {
	Time      time.Time       `json:"time"`
	Message   string          `json:"msg"`
	Verdict   string          `json:"verdict"`
	Reason    string          `json:"reason"`
	Execution string          `json:"execution"`
	Class     string          `json:"class"`
	Retry     int             `json:"retry"`
	Due       time.Time       `json:"due"`
	Evidence  string          `json:"evidence"`
	Rule      string          `json:"rule"`
	Said      string          `json:"message"`
	Problem   string          `json:"policy_problem"`
	Error     string          `json:"error"`
	Platform  json.RawMessage `json:"record"`
}

// readLine reads one log event, logged at that time if it does not say itself.
// Lambda's own lines about starts, ends and costs are not part of any story.
func readLine(message string, at time.Time) (line Line, ok bool) {
	message = strings.TrimRight(message, "\r\n")
	var l loggedLine
	if !strings.HasPrefix(message, "{") || json.Unmarshal([]byte(message), &l) != nil {
		return Line{At: at, Text: message, Raw: message}, message != "" && !ofLambda(message)
	}
	if l.Platform != nil {
		return Line{}, false
	}
	line = Line{
		At: l.Time, Execution: l.Execution, Verdict: l.Verdict, Reason: l.Reason, Class: l.Class, Retry: l.Retry,
		Due: l.Due, Evidence: l.Evidence, Rule: l.Rule, Message: l.Said, Problem: l.Problem, Error: l.Error, Raw: message,
	}
	if line.At.IsZero() {
		line.At = at
	}
	if l.Verdict == "" && l.Error == "" {
		line.Text = l.Message
	}
	return line, true
}

// ofLambda tells the lines that Lambda writes about an invocation where its log
// format is text (developer guide, "Log format").
func ofLambda(message string) bool {
	for _, start := range []string{"START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START "} {
		if strings.HasPrefix(message, start) {
			return true
		}
	}
	return false
}
