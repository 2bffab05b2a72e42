package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// The widest evidence and the widest text of other kinds, in characters.
const (
	evidenceWidth = 120
	textWidth     = 300
)

// A Style says how lines are written for a person.
type Style struct {
	Zone  *time.Location // of clock times; nil: UTC
	Names bool           // say which execution each line is about
}

// Line is one line of text, without a line end:
//
//	21:05:36  wait   backing_off  capacity, retry 1, due 21:05:46
//	21:05:47  SageMaker: Executing (run 2)
func (s Style) Line(l Line) string {
	at := s.in(l.At)
	text := at.Format(time.TimeOnly) + "  " + s.body(l)
	if s.Names && l.Execution != "" {
		text += "  [" + plaintext.Line(shortName(l.Execution), textWidth) + "]"
	}
	return strings.TrimRight(text, " ")
}

func (s Style) body(l Line) string {
	switch {
	case l.Status != "":
		return fmt.Sprintf("SageMaker: %s (run %d)", plaintext.Line(l.Status, textWidth), l.Run)
	case l.Error != "":
		return "error  left to the next delivery: " + plaintext.Line(l.Error, textWidth)
	case l.Verdict == "":
		return plaintext.Line(l.Text, textWidth)
	}
	verdict, reason := plaintext.Line(l.Verdict, textWidth), plaintext.Line(l.Reason, textWidth)
	return fmt.Sprintf("%-6s %-11s  %s", verdict, reason, s.details(l))
}

// details are what a verdict comes with. Why it is final is told with those
// that are: the others have their class. Rules are told that people wrote.
func (s Style) details(l Line) string {
	var parts []string
	if l.Class != "" {
		parts = append(parts, plaintext.Line(l.Class, textWidth))
	}
	if l.Retry != 0 {
		parts = append(parts, fmt.Sprintf("retry %d", l.Retry))
	}
	if !l.Due.IsZero() {
		parts = append(parts, "due "+s.due(l))
	}
	if l.Rule != "" && !isBuiltin(l.Rule) {
		parts = append(parts, s.rule(l))
	}
	final := l.Verdict == string(retry.Stop) || l.Verdict == string(retry.Ignore)
	if final && l.Evidence != "" {
		parts = append(parts, "because: "+plaintext.Line(l.Evidence, evidenceWidth))
	}
	if l.Problem != "" {
		parts = append(parts, "policy problem: "+plaintext.Line(l.Problem, textWidth))
	}
	return strings.Join(parts, ", ")
}

// rule is the rule that decided, with what it has to say.
func (s Style) rule(l Line) string {
	text := "rule " + plaintext.Line(l.Rule, textWidth)
	if l.Message != "" {
		text += ": " + plaintext.Line(l.Message, textWidth)
	}
	return text
}

// isBuiltin tells the rules that nobody here wrote; no policy may use their names.
func isBuiltin(rule string) bool {
	return slices.ContainsFunc(policy.Builtin.Rules, func(r policy.Rule) bool { return r.Name == rule })
}

// due is a clock time, with the date where it is another day's.
func (s Style) due(l Line) string {
	due := s.in(l.Due)
	if due.Format(time.DateOnly) == s.in(l.At).Format(time.DateOnly) {
		return due.Format(time.TimeOnly)
	}
	return due.Format(time.DateTime)
}

func (s Style) in(t time.Time) time.Time {
	if s.Zone == nil {
		return t.UTC()
	}
	return t.In(s.Zone)
}

// shortName is pipeline and id of an execution: enough in one account.
func shortName(arn string) string {
	_, path, _ := strings.Cut(arn, ":pipeline/")
	if pipeline, id, ok := strings.Cut(path, "/execution/"); ok {
		return pipeline + "/" + id
	}
	return arn
}
