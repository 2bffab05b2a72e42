package classify

import "slices"

// Table counts what should have been read against what was. Its vocabulary is
// small and closed, which bounds it.
type Table[T ~string] struct {
	Confusion []Cell[T]  `json:"confusion"` // cells that are not zero
	Each      []Tally[T] `json:"each"`      // what occurs, in the vocabulary's order

	order []T
	cells map[[2]T]int
}

// Cell is how often one was wanted and the other read.
type Cell[T ~string] struct {
	Want T   `json:"want"`
	Got  T   `json:"got"`
	Rows int `json:"rows"`
}

// Tally is how one of the vocabulary did.
type Tally[T ~string] struct {
	Name      T        `json:"name"`
	Want      int      `json:"want"`      // rows that are so
	Got       int      `json:"got"`       // rows that were read so
	Right     int      `json:"right"`     // rows that are both
	Precision *float64 `json:"precision"` // Right of Got; nil where nothing was read so
	Recall    *float64 `json:"recall"`    // Right of Want; nil where nothing is so
}

func (t *Table[T]) add(want, got T) {
	if t.cells == nil {
		t.cells = map[[2]T]int{}
	}
	t.cells[[2]T{want, got}]++
}

func (t *Table[T]) count(want, got T) int { return t.cells[[2]T{want, got}] }

// tallies is how many rows are so, and how many were read so.
func (t *Table[T]) tallies(name T) (want, got int) {
	for cell, n := range t.cells {
		if cell[0] == name {
			want += n
		}
		if cell[1] == name {
			got += n
		}
	}
	return want, got
}

// right is how many rows were read as what they are.
func (t *Table[T]) right() int {
	n := 0
	for cell, rows := range t.cells {
		if cell[0] == cell[1] {
			n += rows
		}
	}
	return n
}

// sum fills what is exported.
func (t *Table[T]) sum() {
	t.Confusion, t.Each = []Cell[T]{}, []Tally[T]{}
	for _, name := range t.order {
		want, got := t.tallies(name)
		if want+got == 0 {
			continue
		}
		right := t.count(name, name)
		t.Each = append(t.Each, Tally[T]{name, want, got, right, share(right, got), share(right, want)})
		for _, read := range t.order {
			if n := t.count(name, read); n > 0 {
				t.Confusion = append(t.Confusion, Cell[T]{name, read, n})
			}
		}
	}
}

// occurring are the names that a table needs rows and columns for.
func (t *Table[T]) occurring() []T {
	return slices.DeleteFunc(slices.Clone(t.order), func(name T) bool {
		want, got := t.tallies(name)
		return want+got == 0
	})
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	s := float64(part) / float64(whole)
	return &s
}
