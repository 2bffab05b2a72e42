package history

import (
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"mulligan/internal/retry"
)

// state is what stands, and who looks at it. It is never changed in place.
type state struct {
	items []Put    // sorted; what is zero may be left out
	open  []window // observations that have begun and not ended
	over  bool     // everything has ended: what nobody heard of has happened by now, or never will
}

// window is an observation and which of its sights have not been there yet.
type window struct {
	of   *Observation
	left uint64
}

// begins and ends are the two moments of an observation.
type (
	begins struct{ of *Observation }
	ends   struct{ of *Observation }
)

// over comes when everything has ended.
type over struct{}

func (s state) find(item string) (int, bool) {
	return slices.BinarySearchFunc(s.items, item, func(p Put, item string) int { return strings.Compare(p.Item, item) })
}

func (s state) at(item string) Value {
	if i, there := s.find(item); there {
		return s.items[i].Value
	}
	return Value{}
}

// with is the state with one item changed.
func (s state) with(item string, v Value) state {
	i, there := s.find(item)
	s.items = slices.Clone(s.items)
	if there {
		s.items[i].Value = v
	} else {
		s.items = slices.Insert(s.items, i, Put{item, v})
	}
	return s
}

func (s state) equal(o state) bool {
	return s.over == o.over && slices.Equal(s.items, o.items) && slices.Equal(s.open, o.open)
}

// What the rules remember beside the items: the tokens claimed for an execution,
// and the transactions that were done and may be sent again.
func claimed(execution, token string) string { return "claimed " + execution + " " + token }
func sent(id string) string                  { return "sent " + id }

// Rules are the ledger's as a model for porcupine: what may be answered, and what
// stands then.
func Rules() porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init:  func() any { return state{} },
		Step:  func(s, in, out any) (bool, any) { return step(s.(state), in, out) },
		Equal: func(a, b any) bool { return a.(state).equal(b.(state)) },
		Hash: func(s any) uint64 {
			var sum uint64
			for _, p := range s.(state).items {
				sum = sum*31 + maphash.Comparable(seed, p)
			}
			return sum
		},
		DescribeOperation: describe,
		DescribeState:     func(s any) string { return s.(state).String() },
	}
}

func step(s state, in, out any) (bool, state) {
	switch in := in.(type) {
	case begins:
		s.open = append(slices.Clip(s.open), window{in.of, 1<<len(in.of.Sights) - 1})
		return true, s.seen()
	case ends:
		i := slices.IndexFunc(s.open, func(w window) bool { return w.of == in.of })
		ok := s.open[i].left == 0
		s.open = slices.Delete(slices.Clone(s.open), i, i+1)
		return ok, s
	case over:
		s.over = true
		return true, s
	case Place:
		return true, s.with(in.Item, in.Value).seen()
	case Turn:
		return in.step(s, out.(Given))
	case Write:
		return in.step(s, out.(Answer))
	}
	return false, s
}

// seen notes what those who look can see now.
func (s state) seen() state {
	s.open = slices.Clone(s.open)
	for i, w := range s.open {
		for k, sight := range w.of.Sights {
			if w.left&(1<<k) != 0 && sight.there(s) {
				s.open[i].left &^= 1 << k
			}
		}
	}
	return s
}

// there tells whether a sight can be seen: an item as it is, that no turn is left,
// or that something of what a write demands does not stand. A bucket may refuse
// one who saw it full when it was drawn from, or the other way round, although it
// has a unit to give.
func (sight Sight) there(s state) bool {
	switch in := sight.Of.(type) {
	case Look:
		return s.at(in.Item) == sight.Shown
	case Call:
		return s.at(claimed(in.Execution, in.Token)) != Value{}
	case Turn:
		_, inTime := in.next(s)
		return !inTime
	case Write:
		return !in.known(s) && (!in.allowed(s) || !in.guessed(s))
	}
	return false
}

func (t Turn) next(s state) (time.Time, bool) { return t.line().Next(milli(s.at(t.Item).N)) }

func (t Turn) line() retry.Line {
	return retry.Line{
		Key: strings.TrimSuffix(t.Item, lineSuffix), Every: time.Duration(t.Every) * time.Millisecond,
		First: time.UnixMilli(t.First), Last: time.UnixMilli(t.Last),
	}
}

// step: the turn is the one that retry.Line gives.
func (t Turn) step(s state, given Given) (bool, state) {
	next, inTime := t.next(s)
	switch {
	case given.Unknown && s.over:
		return true, s
	case inTime && (given.Unknown || given.Turn == next.UnixMilli()):
		return true, s.with(t.Item, Value{N: next.UnixMilli()}).seen()
	}
	return false, s
}

// milli is the time of epoch milliseconds; zero where there is no item.
func milli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// step: done if all that it demands stands, and then all of it happens. What was
// done already, and is sent again, is done.
func (w Write) step(s state, answer Answer) (bool, state) {
	switch {
	case answer == Unknown && s.over, answer == Done && w.known(s):
		return true, s
	case !w.known(s) && w.allowed(s) && (answer == Done || w.guessed(s)):
		return true, w.after(s).seen()
	}
	return false, s
}

// known tells whether the transaction was done before.
func (w Write) known(s state) bool { return w.ID != "" && s.at(sent(w.ID)) != Value{} }

// allowed tells whether all that the write demands stands.
func (w Write) allowed(s state) bool {
	before := s.at(w.Execution)
	units := 0
	if len(w.Takes) > 0 {
		units = 1
	}
	if w.Record.N != before.N+1 || w.Record.Used != before.Used+units {
		return false
	}
	if units > 0 && (w.Unheld || s.at(HoldsItem).N != w.Holds) {
		return false
	}
	for _, t := range w.Takes {
		if _, has := t.Bucket.Take(milli(s.at(t.Item).N), w.at()); !has {
			return false
		}
	}
	return !slices.ContainsFunc(w.Breakers, func(b Put) bool { return b.Value.N != s.at(b.Item).N+1 })
}

// guessed tells whether every bucket is as it was seen: full, or drawn from.
func (w Write) guessed(s state) bool {
	return !slices.ContainsFunc(w.Takes, func(t Take) bool { return t.Drawn != (s.at(t.Item).N > w.at().UnixMilli()) })
}

// at is when it takes: a bucket counts in whole milliseconds.
func (w Write) at() time.Time { return w.At.Truncate(time.Millisecond) }

// after is what stands once it is done.
func (w Write) after(s state) state {
	s = s.with(w.Execution, w.Record)
	if w.Claim != "" {
		s = s.with(claimed(w.Execution, w.Claim), Value{N: 1})
	}
	for _, t := range w.Takes {
		full, _ := t.Bucket.Take(milli(s.at(t.Item).N), w.at())
		s = s.with(t.Item, Value{N: full.UnixMilli()})
	}
	for _, b := range w.Refills {
		s = s.with(b, Value{N: w.At.UnixMilli()})
	}
	for _, b := range w.Breakers {
		s = s.with(b.Item, b.Value)
	}
	for _, item := range w.Counts {
		s = s.with(item, Value{N: s.at(item).N + 1})
	}
	if w.ID != "" {
		s = s.with(sent(w.ID), Value{N: 1})
	}
	return s
}
