package sweep

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mulligan/internal/announce"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// Report is what a sweep looked at, found and did: its answer and its log line.
type Report struct {
	Sweep    Counts         `json:"sweep"`
	Verdicts map[string]int `json:"verdicts"`           // of the failures handled, by verdict
	Reasons  map[string]int `json:"reasons"`            // the same by reason
	Outcomes map[string]int `json:"outcomes,omitempty"` // of retries that were settled
	Reason   string         `json:"reason,omitempty"`   // off: nothing was done
	Problem  string         `json:"policy_problem,omitempty"`
	Errors   []string       `json:"errors,omitempty"` // the first few, each on one line
}

// Counts are a sweep's numbers.
type Counts struct {
	Searched  string `json:"searched"`            // by "search" or "lists"; "" if no failures could be looked for
	Since     string `json:"since,omitempty"`     // failures from then on, by lists executions started from then on; RFC 3339, UTC
	Until     string `json:"until,omitempty"`     // what is younger is left to its event; RFC 3339, UTC
	FullRound bool   `json:"full_round"`          // over all that is not too old
	Resumed   bool   `json:"resumed"`             // goes on with the round of an earlier sweep
	Completed bool   `json:"completed"`           // the round's end was reached
	Fallback  string `json:"fallback,omitempty"`  // why it was not by search
	Pages     int    `json:"pages"`               // of SageMaker's answers
	Pipelines int    `json:"pipelines,omitempty"` // looked through, by lists
	Failed    int    `json:"failed"`              // executions that were found in Failed
	Young     int    `json:"young"`               // of these, left to their event for now
	Unknown   int    `json:"unknown"`             // of these, without a record of that failure

	ClaimedDue int `json:"claimed_due"` // claims found past due
	ParkedDue  int `json:"parked_due"`  // parked found past due
	Early      int `json:"early"`       // parked looked at before they were due
	Released   int `json:"released"`    // of these, those whose wait is over
	Watched    int `json:"watched"`     // retries found whose outcome was to be looked for

	Handled  int    `json:"handled"` // handed to the corridor, all together
	Passed   int    `json:"passed"`  // not handed on: outside the prefix, handled once already, or of a pipeline that gives nothing but errors
	Left     int    `json:"left"`    // found and left to the next sweep
	Errors   int    `json:"errors"`
	Requests int    `json:"requests"`      // to SageMaker
	Cut      string `json:"cut,omitempty"` // what ended it before its end first: requests, time, throttled or error
}

// What ends a sweep before its end.
const (
	cutByRequests = "requests"
	cutByTime     = "time"
	cutByThrottle = "throttled"
	cutByError    = "error"
)

const (
	maxErrors = 3   // of the errors, named in the report
	maxWhy    = 300 // characters
)

func newReport() Report {
	return Report{Verdicts: map[string]int{}, Reasons: map[string]int{}, Outcomes: map[string]int{}}
}

// cut says what ended the sweep, or a part of it, before its end.
func (s *sweeping) cut(why string) {
	if s.report.Sweep.Cut == "" {
		s.report.Sweep.Cut = why
	}
}

// fault counts an error, and names it if it is one of the first.
func (s *sweeping) fault(err error) {
	s.report.Sweep.Errors++
	if len(s.report.Errors) < maxErrors {
		s.report.Errors = append(s.report.Errors, announce.ErrorText(err))
	}
}

// tally counts what became of one failure. A retry, a stop and a breaker that opens
// have a line of their own, as they have when an event brings them.
func (s *sweeping) tally(ctx context.Context, d retry.Decision) {
	s.report.Verdicts[string(d.Verdict)]++
	s.report.Reasons[string(d.Reason)]++
	if d.Outcome != "" {
		s.report.Outcomes[string(d.Outcome)]++
	}
	if d.Problem != "" {
		s.report.Problem = plaintext.Line(d.Problem, maxWhy)
	}
	if d.Breaker != "" || d.Verdict == retry.Retry || d.Verdict == retry.Stop {
		announce.Log(ctx, s.Log, announce.Invocation{
			Door: retry.DoorSweep, EventID: eventID, RequestID: requestID(ctx), Build: s.Build, Policy: d.Policy, Problem: d.Problem,
			Took: s.Now().Sub(s.start),
		}, announce.NewAnswer(d))
	}
}

// tell writes the sweep's one line.
func (h *Handler) tell(ctx context.Context, r Report, took time.Duration, err error) {
	attrs := []slog.Attr{
		slog.String("request", requestID(ctx)), slog.String("build", h.Build), slog.Int64("took_ms", took.Milliseconds()),
		slog.Any("sweep", r.Sweep), slog.Any("verdicts", r.Verdicts), slog.Any("reasons", r.Reasons),
	}
	if len(r.Outcomes) > 0 {
		attrs = append(attrs, slog.Any("outcomes", r.Outcomes))
	}
	level := slog.LevelInfo
	for _, word := range []struct{ key, value string }{{"reason", r.Reason}, {"policy_problem", r.Problem}} {
		if word.value != "" {
			attrs = append(attrs, slog.String(word.key, word.value))
		}
	}
	if len(r.Errors) > 0 {
		attrs = append(attrs, slog.Any("errors", r.Errors))
	}
	if len(r.Errors) > 0 || r.Problem != "" || r.Sweep.Fallback != "" {
		level = slog.LevelWarn
	}
	if err != nil {
		level, attrs = slog.LevelError, append(attrs, slog.String("error", announce.ErrorText(err)))
	}
	h.Log.LogAttrs(ctx, level, "swept", attrs...)
}

// requestID is Lambda's id of the invocation, empty outside Lambda.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// about names what an error is about; no error stays none.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
