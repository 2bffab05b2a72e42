package classify

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/jsonlines"
	"mulligan/internal/plaintext"
)

// Score says how readings compare with the judgements of people.
type Score struct {
	Rows     int                `json:"rows"`
	Promises []Promise          `json:"promises"`
	Labels   Table[cause.Label] `json:"labels"`
	Classes  Table[cause.Class] `json:"classes"`
	Misses   []Miss             `json:"misses"` // in the order of the input
}

// Promise is one that the project makes for messages that nobody has tuned it to.
type Promise struct {
	Name   string `json:"name"`
	Limit  string `json:"limit"`
	Rows   int    `json:"rows"`
	Of     int    `json:"of"`
	Broken bool   `json:"broken"`
}

// Miss is a message that was read as something else than it is.
type Miss struct {
	ID      string `json:"id"`
	Place   string `json:"place"`
	Want    Judged `json:"want"`
	Got     Judged `json:"got"`
	Rule    string `json:"rule"`
	Message string `json:"message"` // one line, cut
}

// Judged is a judgement, of a person or of a rule.
type Judged struct {
	Class cause.Class `json:"class"`
	Label cause.Label `json:"label"`
}

// messageLength bounds the message of a miss, in characters.
const messageLength = 160

// Evaluate reads messages with the class and label that a person gave them, and
// scores the readings. Misses are kept whole; everything else is counted. The
// error names the place in the input and what was expected.
func Evaluate(name string, in io.Reader) (Score, error) {
	s := Score{
		Misses: []Miss{},
		Labels: Table[cause.Label]{order: cause.Labels()}, Classes: Table[cause.Class]{order: cause.Classes()},
	}
	err := each(name, in, func(line jsonlines.Line) error {
		var r row
		var want Judged
		if err := line.Decode(&r); err != nil {
			return err
		}
		if err := line.Decode(&want); err != nil {
			return err
		}
		if err := want.check(); err != nil {
			return fmt.Errorf("%s: %w", line.Place, err)
		}
		if r.ID == "" {
			r.ID = strconv.Itoa(line.Number)
		}
		s.add(line.Place, r, want)
		return nil
	})
	if err == nil && s.Rows == 0 {
		err = fmt.Errorf("%s: expected at least one judged message, got none", name)
	}
	s.Labels.sum()
	s.Classes.sum()
	s.Promises = s.promises()
	return s, err
}

func (j Judged) check() error {
	if !slices.Contains(cause.Classes(), j.Class) {
		return fmt.Errorf("class: expected one of %s, got %.40q", list(cause.Classes()), j.Class)
	}
	if !slices.Contains(cause.Labels(), j.Label) {
		return fmt.Errorf("label: expected one of %s, got %.40q", list(cause.Labels()), j.Label)
	}
	return nil
}

func (s *Score) add(place string, r row, want Judged) {
	c := r.cause()
	got := Judged{c.Class, c.Label}
	s.Rows++
	s.Labels.add(want.Label, got.Label)
	s.Classes.add(want.Class, got.Class)
	if got != want {
		s.Misses = append(s.Misses, Miss{
			ID: r.ID, Place: place, Want: want, Got: got, Rule: c.Rule,
			Message: plaintext.Line(strings.Join(strings.Fields(r.Message), " "), messageLength),
		})
	}
}

// promises are the four thresholds that the project holds its rules to. They are
// compared in whole numbers.
func (s *Score) promises() []Promise {
	wrong := s.Labels.count(cause.Permanent, cause.Transient)
	permanent, _ := s.Labels.tallies(cause.Permanent)
	transient, _ := s.Labels.tallies(cause.Transient)
	found := s.Labels.count(cause.Transient, cause.Transient)
	_, unknown := s.Classes.tallies(cause.Unknown)
	right := s.Classes.right()
	return []Promise{
		{"permanent failures read as transient", "none", wrong, permanent, wrong > 0},
		{"transient failures found", "at least 90 %", found, transient, 100*found < 90*transient},
		{"failures of class unknown", "at most 10 %", unknown, s.Rows, 100*unknown > 10*s.Rows},
		{"classes right", "at least 85 %", right, s.Rows, 100*right < 85*s.Rows},
	}
}

// Broken tells whether a promise is not kept.
func (s Score) Broken() bool {
	return slices.ContainsFunc(s.Promises, func(p Promise) bool { return p.Broken })
}

// list names alternatives.
func list[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return strings.Join(words, ", ")
}
