package announce

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// maxEvidence bounds the evidence in characters, in answers and logs alike.
const maxEvidence = 400

// Answer is what the function returns. Empty fields are left out.
type Answer struct {
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason"`
	Execution string `json:"execution,omitempty"`
	Pipeline  string `json:"pipeline,omitempty"`
	Class     string `json:"class,omitempty"`
	Retry     int    `json:"retry,omitempty"`
	Due       string `json:"due,omitempty"` // RFC 3339, UTC
	Evidence  string `json:"evidence,omitempty"`

	// What the log and the record say beside the answer.
	Rule        string `json:"-"` // of the policy, that decided
	Message     string `json:"-"` // what it has to say to people
	Parallelism int    `json:"-"` // MaxParallelExecutionSteps that the retry asks for; 0 leaves it
	Outcome     string `json:"-"` // of the earlier retry that this settles
	Breaker     string `json:"-"` // scope of the breaker that this opened
}

// NewAnswer is the decision in the words that leave the function: bounded, on
// one line.
func NewAnswer(d retry.Decision) Answer {
	a := Answer{
		Verdict: string(d.Verdict), Reason: string(d.Reason), Execution: d.Execution, Pipeline: d.Pipeline,
		Class: string(d.Class), Rule: d.Rule, Retry: d.Retry, Evidence: plaintext.Line(d.Evidence, maxEvidence),
		Message: plaintext.Line(d.Message, maxEvidence), Parallelism: int(d.Parallelism),
		Outcome: string(d.Outcome), Breaker: plaintext.Line(d.Breaker, maxEvidence),
	}
	if !d.Due.IsZero() {
		a.Due = d.Due.UTC().Format(time.RFC3339)
	}
	return a
}

// JSON is the answer as the function returns it.
func (a Answer) JSON() ([]byte, error) { return json.Marshal(a) }

// Invocation is what the log line tells beside the decision.
type Invocation struct {
	Door      retry.Door
	EventID   string
	RequestID string
	Build     string
	Policy    string // version of the policy
	Problem   string // why the policy that was applied last is not in force
	Took      time.Duration
}

// Log writes the one line of an invocation that came to a decision. Stops,
// malformed input, a breaker that opens and a policy that is not in force are
// warnings: somebody may want to look.
func Log(ctx context.Context, log *slog.Logger, in Invocation, a Answer) {
	level := slog.LevelInfo
	if a.Verdict == string(retry.Stop) || a.Reason == string(retry.Malformed) || in.Problem != "" || a.Breaker != "" {
		level = slog.LevelWarn
	}
	attrs := in.attrs()
	for _, word := range []struct{ key, value string }{
		{"verdict", a.Verdict}, {"reason", a.Reason}, {"execution", a.Execution}, {"pipeline", a.Pipeline},
		{"class", a.Class}, {"rule", a.Rule}, {"due", a.Due}, {"evidence", a.Evidence}, {"message", a.Message},
		{"outcome", a.Outcome}, {"breaker", a.Breaker},
	} {
		if word.value != "" {
			attrs = append(attrs, slog.String(word.key, word.value))
		}
	}
	for _, number := range []struct {
		key   string
		value int
	}{{"retry", a.Retry}, {"parallelism", a.Parallelism}} {
		if number.value != 0 {
			attrs = append(attrs, slog.Int(number.key, number.value))
		}
	}
	log.LogAttrs(ctx, level, "decided", attrs...)
}

// LogError writes the one line of an invocation that ended in an error, which
// another delivery may mend. The execution is empty where none was read.
func LogError(ctx context.Context, log *slog.Logger, in Invocation, execution string, err error) {
	attrs := append(in.attrs(), slog.String("error", ErrorText(err)))
	if execution != "" {
		attrs = append(attrs, slog.String("execution", execution))
	}
	log.LogAttrs(ctx, slog.LevelError, "not decided: left to the next delivery", attrs...)
}

// ErrorText is an error as it leaves the function, in the log and in what the
// runtime and a dead letter keep: bounded, on one line. It names operation,
// permission and resource.
func ErrorText(err error) string { return plaintext.Line(err.Error(), 900) }

func (in Invocation) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("request", in.RequestID), slog.String("build", in.Build), slog.String("policy", in.Policy),
		slog.Int64("took_ms", in.Took.Milliseconds()),
	}
	if in.Problem != "" {
		attrs = append(attrs, slog.String("policy_problem", plaintext.Line(in.Problem, maxEvidence)))
	}
	if in.Door != "" {
		attrs = append(attrs, slog.String("door", string(in.Door)), slog.String("event", plaintext.Line(in.EventID, 64)))
	}
	return attrs
}
