package model

import (
	"fmt"
	"hash/maphash"
	"slices"
)

// Result is what an exploration came to.
type Result struct {
	States, Steps, Ends int
	Broke               string // the invariant, "" if none
	Trace               []Label
	Whole               bool // all that can be reached was
	Seen                [acts]int
}

// graph is what has been explored. Of a state it keeps two hashes of 64 bits: that
// two of a hundred million states are taken for one is less likely than 10^-20.
type graph struct {
	c        *Config
	seeds    [2]maphash.Seed
	index    map[[2]uint64]uint32
	frontier []State  // from the first that was not looked at yet
	from     []uint32 // by which state each was found first
	by       []Label
	back     [][2]uint32 // edges without trouble, from and to
	ends     []bool      // those in which nothing goes on by itself
	visit    Visit
	r        Result
}

// Explore goes through all states that can be reached, the nearest first, and
// stops at the first that breaks an invariant: its trace is a shortest one. Then it
// asks whether from each of them, without further trouble, an end can be reached,
// and whether every end is a good one. Most bounds the states.
func (c *Config) Explore(most int) Result { return c.explore(most, nil) }

// Visit is told each step as it is found first, untidied, and the shortest way to it.
type Visit func(from *State, step Transition, trace func() []Label)

// Walk goes through the states as Explore does and tells of each step. Deliveries
// stay in their slots, so that the traces can be followed one by one.
func (c *Config) Walk(most int, visit Visit) Result { return c.explore(most, visit) }

func (c *Config) explore(most int, visit Visit) Result {
	g := &graph{c: c, visit: visit, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, index: map[[2]uint64]uint32{}}
	start := c.Start()
	g.add(&start, 0, Label{})
	var next []Transition
	for i := uint32(0); len(g.frontier) > 0; i++ {
		if len(g.from) > most {
			return g.r
		}
		s := g.frontier[0]
		g.frontier = g.frontier[1:]
		broke := c.holds(&s)
		if broke == "" {
			next = c.Next(&s, next[:0])
			broke = g.expand(&s, i, next)
		}
		if broke != "" {
			return g.broken(i, broke)
		}
	}
	g.r.Whole = true
	return g.stuck()
}

// expand adds what comes after a state. Where nothing does by itself, it tells what
// is wrong with such an end.
func (g *graph) expand(s *State, at uint32, next []Transition) string {
	free := false
	for j := range next {
		t := &next[j]
		g.r.Seen[t.Label.Act]++
		if g.visit != nil {
			g.visit(s, *t, func() []Label { return append(g.trace(at), t.Label) })
		} else {
			g.c.tidy(&t.To)
		}
		to := g.add(&t.To, at, t.Label)
		if !t.Label.Act.trouble() {
			free = true
			g.back = append(g.back, [2]uint32{at, to})
		}
	}
	g.r.Steps += len(next)
	if free {
		return ""
	}
	g.r.Ends++
	g.ends[at] = true
	return g.c.good(s)
}

// add adds a state, if it is new, and gives its place.
func (g *graph) add(s *State, from uint32, by Label) uint32 {
	hash := [2]uint64{maphash.Comparable(g.seeds[0], *s), maphash.Comparable(g.seeds[1], *s)}
	if at, known := g.index[hash]; known {
		return at
	}
	at := uint32(len(g.from))
	g.index[hash] = at
	g.frontier = append(g.frontier, *s)
	g.from, g.by, g.ends = append(g.from, from), append(g.by, by), append(g.ends, false)
	g.r.States = len(g.from)
	return at
}

// broken completes the result with the way to a state.
func (g *graph) broken(at uint32, invariant string) Result {
	g.r.Broke, g.r.Whole = invariant, false
	g.r.Trace = g.trace(at)
	return g.r
}

// trace is a shortest way to a state.
func (g *graph) trace(at uint32) []Label {
	var trace []Label
	for ; at != 0; at = g.from[at] {
		trace = append(trace, g.by[at])
	}
	slices.Reverse(trace)
	return trace
}

// stuck finds the nearest state from which no end can be reached any more unless
// there is more trouble.
func (g *graph) stuck() Result {
	for changed := true; changed; { // edges mostly lead on, so that few rounds do
		changed = false
		for _, e := range slices.Backward(g.back) {
			if g.ends[e[1]] && !g.ends[e[0]] {
				g.ends[e[0]], changed = true, true
			}
		}
	}
	if at := slices.Index(g.ends, false); at >= 0 {
		return g.broken(uint32(at), I10)
	}
	return g.r
}

// tidy gives states that differ in nothing that matters one form: the deliveries in
// one order, and what is left of trouble that cannot come any more forgotten.
func (c *Config) tidy(s *State) {
	for i := range s.Deliveries {
		if d := &s.Deliveries[i]; s.Trouble == 0 && d.At == AtSchedule {
			d.plans(s) // nothing can come between
		}
	}
	w := &s.World
	if s.Trouble == 0 && !w.LagsDescribe && w.LagsSteps == NoLag {
		w.Before = Snapshot{}
	}
	if c.Kinds&Lags == 0 { // nobody asks how old is what nobody shows any more
		w.Minutes &^= 1<<s.oldest() - 1
	}
	if c.Kinds&(Lags|Holds|Others) == 0 {
		w.Hours &^= 1<<s.oldest() - 1
	}
	a, b := &s.Deliveries[0], &s.Deliveries[1]
	if a.At < b.At || a.At == b.At && (a.Notice < b.Notice || a.Notice == b.Notice && a.Facts.Modified < b.Facts.Modified) {
		*a, *b = *b, *a
	}
}

// oldest is the LastModifiedTime of the oldest look that something may be decided on.
func (s *State) oldest() Stamp {
	oldest := s.World.Modified
	for i := range s.Deliveries {
		if f := &s.Deliveries[i].Facts; f.Described {
			oldest = min(oldest, f.Modified)
		}
	}
	return oldest
}

// Replay is the states that a trace goes through, the first one included.
func (c *Config) Replay(trace []Label) []State {
	states := []State{c.Start()}
	for _, l := range trace {
		s := states[len(states)-1]
		for _, t := range c.Next(&s, nil) {
			if t.Label == l {
				c.tidy(&t.To)
				states = append(states, t.To)
				break
			}
		}
	}
	return states
}

// Lines are the trace, to be read.
func (c *Config) Lines(r Result) string {
	text := ""
	for i, l := range r.Trace {
		text += fmt.Sprintf("\n%3d  %s", i+1, l)
	}
	states := c.Replay(r.Trace)
	return text + fmt.Sprintf("\n     %+v", states[len(states)-1])
}
