package awstest

import (
	"container/heap"
	"time"
)

// A change is what a script brings about, when it comes due.
type change struct {
	of    *execution
	due   time.Time
	apply func(now time.Time)
}

// An agenda has the changes to come on top in the order in which they are due;
// those of one instant in the order in which their executions were added. A
// change that its execution has dropped stays in it until it would be next.
type agenda []*change

func (g agenda) Len() int      { return len(g) }
func (g agenda) Swap(i, j int) { g[i], g[j] = g[j], g[i] }
func (g *agenda) Push(x any)   { *g = append(*g, x.(*change)) }

func (g agenda) Less(i, j int) bool {
	if g[i].due.Equal(g[j].due) {
		return g[i].of.nth < g[j].of.nth
	}
	return g[i].due.Before(g[j].due)
}

func (g *agenda) Pop() any {
	last := len(*g) - 1
	c := (*g)[last]
	(*g)[last] = nil
	*g = (*g)[:last]
	return c
}

// next is the change that comes due first, nil where none will.
func (g *agenda) next() *change {
	for len(*g) > 0 {
		if c := (*g)[0]; c.of.pending == c {
			return c
		}
		heap.Pop(g)
	}
	return nil
}

// plan puts off a change of the execution, which drops the one that was planned.
func (a *Account) plan(e *execution, due time.Time, apply func(now time.Time)) {
	e.pending = &change{e, due, apply}
	heap.Push(&a.agenda, e.pending)
}

// applyDue brings about what has come due, each change at its own instant, the
// earliest first, so that events come in the order of what happened.
func (a *Account) applyDue(now time.Time) {
	for next := a.agenda.next(); next != nil && !next.due.After(now); next = a.agenda.next() {
		next.of.pending = nil
		next.apply(next.due)
	}
}
