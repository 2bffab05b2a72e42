package history

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// limit bounds the search for an order, which takes milliseconds where there is
// one. Where there is none it may have to try everything.
const limit = time.Minute

// Verdict is what Check found.
type Verdict struct {
	Result porcupine.CheckResult
	Order  []porcupine.Operation // the order that explains all; where there is none, the longest that explains a part
	Left   []porcupine.Operation // what it does not explain
	info   porcupine.LinearizationInfo
}

// Check looks for an order that explains a history.
func Check(all []porcupine.Operation) Verdict {
	v := Verdict{}
	v.Result, v.info = porcupine.CheckOperationsVerbose(Rules(), all, limit)
	explained := map[int]bool{}
	for _, parts := range v.info.PartialLinearizations() {
		for _, part := range parts {
			if len(part) > len(explained) {
				clear(explained)
				v.Order = nil
				for _, i := range part {
					explained[i], v.Order = true, append(v.Order, all[i])
				}
			}
		}
	}
	for i, op := range all {
		if !explained[i] {
			v.Left = append(v.Left, op)
		}
	}
	return v
}

// Fault is an error where the history has no explanation, or none was found in
// time, and nil where it has one. It tells how far the order goes, and writes
// porcupine's picture of it to a page in the folder.
func (v Verdict) Fault(folder string) error {
	if v.Result == porcupine.Ok {
		return nil
	}
	page := filepath.Join(folder, "history.html")
	if err := porcupine.VisualizePath(Rules(), v.info, page); err != nil {
		page = err.Error()
	}
	return fmt.Errorf("the history of %d operations has no explanation (%s); a picture: %s\n%s", len(v.Order)+len(v.Left), v.Result, page, v.Text())
}

// shown is how many operations of each kind Text shows.
const shown = 25

// Text shows the end of the order, what stands after it, and the first operations
// that cannot follow.
func (v Verdict) Text() string {
	var text strings.Builder
	stands := state{}
	fmt.Fprintf(&text, "in this order %d are explained, the last of them:\n", len(v.Order))
	for i, op := range v.Order {
		_, stands = step(stands, op.Input, op.Output)
		if i >= len(v.Order)-shown {
			fmt.Fprintln(&text, "  "+line(op))
		}
	}
	left := slices.Clone(v.Left)
	slices.SortFunc(left, func(a, b porcupine.Operation) int { return int(a.Return - b.Return) })
	fmt.Fprintf(&text, "then stands: %s\n%d are left, the first to return:\n", stands, len(left))
	for _, op := range left[:min(len(left), shown)] {
		fmt.Fprintln(&text, "  "+line(op))
	}
	return text.String()
}

func line(op porcupine.Operation) string {
	return fmt.Sprintf("[%d to %d] client %d: %s", op.Call, op.Return, op.ClientId, describe(op.Input, op.Output))
}

func describe(in, out any) string {
	if out == nil {
		return fmt.Sprint(in)
	}
	return fmt.Sprintf("%v → %v", in, out)
}

func (s state) String() string {
	words := make([]string, len(s.items))
	for i, p := range s.items {
		words[i] = p.String()
	}
	return strings.Join(words, "; ")
}

// Counted are operations by what became of them.
type Counted struct{ Looks, Done, Refused, Unknown, Turns, NoTurn, Places, Calls int }

// All is how many there are together.
func (c Counted) All() int {
	return c.Looks + c.Done + c.Refused + c.Unknown + c.Turns + c.NoTurn + c.Places + c.Calls
}

// Plus is the sum.
func (c Counted) Plus(d Counted) Counted {
	return Counted{
		c.Looks + d.Looks, c.Done + d.Done, c.Refused + d.Refused, c.Unknown + d.Unknown,
		c.Turns + d.Turns, c.NoTurn + d.NoTurn, c.Places + d.Places, c.Calls + d.Calls,
	}
}

// Count counts the operations of a history.
func (v Verdict) Count() (c Counted) {
	for _, op := range slices.Concat(v.Order, v.Left) {
		switch in := op.Input.(type) {
		case ends:
			for _, sight := range in.of.Sights {
				c.sight(sight)
			}
		case Turn:
			c.Turns++
		case Place:
			c.Places++
		case Write:
			if op.Output == Unknown {
				c.Unknown++
			} else {
				c.Done++
			}
		}
	}
	return c
}

func (c *Counted) sight(s Sight) {
	switch s.Of.(type) {
	case Look:
		c.Looks++
	case Write:
		c.Refused++
	case Turn:
		c.NoTurn++
	case Call:
		c.Calls++
	}
}
