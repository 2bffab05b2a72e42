package announce

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// The bounds of what leaves the function, in characters, in answers and logs
// alike. Most of it cannot be longer or hold what is odd; but it is read from the
// ledger and from policies, and a line must hold whoever wrote them.
const (
	maxWord      = 64 // a word of the vocabulary, a name, a version, an id
	maxPipeline  = 256
	maxExecution = 2048 // an ARN
	maxEvidence  = 400
	maxError     = 900
)

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
		Class: string(d.Class), Rule: d.Rule, Retry: d.Retry, Evidence: d.Evidence,
		Message: d.Message, Parallelism: int(d.Parallelism), Outcome: string(d.Outcome), Breaker: d.Breaker,
	}
	if !d.Due.IsZero() {
		a.Due = d.Due.UTC().Format(time.RFC3339)
	}
	for _, w := range a.words() {
		*w.value = plaintext.Line(*w.value, w.most)
	}
	return a
}

// word is a text of an answer: the log's key, where it stands, and its bound.
type word struct {
	key   string
	value *string
	most  int
}

// words are all texts of an answer, in the order of the log.
func (a *Answer) words() []word {
	return []word{
		{"verdict", &a.Verdict, maxWord}, {"reason", &a.Reason, maxWord}, {"execution", &a.Execution, maxExecution},
		{"pipeline", &a.Pipeline, maxPipeline}, {"class", &a.Class, maxWord}, {"rule", &a.Rule, maxWord}, {"due", &a.Due, maxWord},
		{"evidence", &a.Evidence, maxEvidence}, {"message", &a.Message, maxEvidence}, {"outcome", &a.Outcome, maxWord},
		{"breaker", &a.Breaker, maxEvidence},
	}
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
	for _, w := range a.words() {
		if *w.value != "" {
			attrs = append(attrs, text(w.key, *w.value, w.most))
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
		attrs = append(attrs, text("execution", execution, maxExecution))
	}
	log.LogAttrs(ctx, slog.LevelError, "not decided: left to the next delivery", attrs...)
}

// ErrorText is an error as it leaves the function, in the log and in what the
// runtime and a dead letter keep: bounded, on one line. It names operation,
// permission and resource.
func ErrorText(err error) string { return plaintext.Line(err.Error(), maxError) }

func (in Invocation) attrs() []slog.Attr {
	attrs := []slog.Attr{
		text("request", in.RequestID, maxWord), text("build", in.Build, maxWord), text("policy", in.Policy, maxWord),
		slog.Int64("took_ms", in.Took.Milliseconds()),
	}
	if in.Problem != "" {
		attrs = append(attrs, text("policy_problem", in.Problem, maxEvidence))
	}
	if in.Door != "" {
		attrs = append(attrs, text("door", string(in.Door), maxWord), text("event", in.EventID, maxWord))
	}
	return attrs
}

// text is a text of the log, bounded and on one line.
func text(key, value string, most int) slog.Attr {
	return slog.String(key, plaintext.Line(value, most))
}
