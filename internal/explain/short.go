package explain

import (
	"io"
	"slices"
)

// Short writes what people ask first, in lines of at most Width characters: the
// verdict, the step that decided it, and what would have changed it. Its error is
// the writer's.
func (t *Story) Short(out io.Writer) error {
	p := &page{out: out}
	t.verdict(p)
	if t.Open != "" {
		t.depends(p)
		return p.err
	}
	if step, ok := t.decisive(); ok {
		p.heading("What decided it")
		p.hang("  "+pad(step.Kind, 6)+step.shown()+" ", step.outcome()+" "+step.why())
	}
	t.changes(p)
	return p.err
}

// decisive is the last step that applied: after it, nothing spoke for anything
// else.
func (t *Story) decisive() (Tried, bool) {
	for _, step := range slices.Backward(t.Tried) {
		if step.Applies {
			return step, true
		}
	}
	return Tried{}, false
}
