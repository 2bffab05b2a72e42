package classify

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"mulligan/internal/cause"
	"mulligan/internal/jsonlines"
)

// row is a message as it comes in.
type row struct {
	ID       string `json:"id"`
	Message  string `json:"message"`
	StepType string `json:"step_type"`
}

// cause reads the message as production does: one failed step.
func (r row) cause() cause.Cause {
	return cause.Read([]cause.Step{{Type: r.StepType, Reason: r.Message}})
}

// Cause is what goes out for each message.
type Cause struct {
	ID          string      `json:"id"` // as it came; the line's number where none came
	Class       cause.Class `json:"class"`
	Label       cause.Label `json:"label"`
	Rule        string      `json:"rule"` // "" with class unknown: nothing matched
	Fingerprint string      `json:"fingerprint"`
}

// Run reads messages, one JSON object a line, and writes the cause of each in
// the same order. A message that is not there is an empty one. It holds one line
// at a time. The error names the place in the input and what was expected; the
// lines before it are written.
func Run(name string, in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false) // ids leave as they came
	err := each(name, in, func(line jsonlines.Line) error {
		var r row
		if err := line.Decode(&r); err != nil {
			return err
		}
		if r.ID == "" {
			r.ID = strconv.Itoa(line.Number)
		}
		c := r.cause()
		if err := lines.Encode(Cause{r.ID, c.Class, c.Label, c.Rule, c.Fingerprint}); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		return nil
	})
	if flushed := w.Flush(); err == nil && flushed != nil {
		err = fmt.Errorf("write: %w", flushed)
	}
	return err
}

func each(name string, in io.Reader, do func(jsonlines.Line) error) error {
	for line, err := range jsonlines.Read(name, in) {
		if err != nil {
			return err
		}
		if err := do(line); err != nil {
			return err
		}
	}
	return nil
}
