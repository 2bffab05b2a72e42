package retry

import "time"

// Line is where those stand that wait for one thing: each is given a turn of its
// own, one after the other, so that the oldest goes first, at a bounded rate,
// and nobody comes in vain. The ledger keeps of it the turn that was given last.
type Line struct {
	Key   string        // what is waited for: of a bucket its Key, of a breaker BreakerLine
	Every time.Duration // between two turns, in whole milliseconds, positive
	First time.Time     // no turn comes before it
	Last  time.Time     // none is given that comes after it
}

// Next is the turn of the next that comes to stand in the line, after whom it was
// given to last (zero: nobody); false if it would come too late.
func (l Line) Next(last time.Time) (time.Time, bool) {
	turn := l.First
	if !last.IsZero() {
		turn = later(turn, last.Add(l.Every))
	}
	return turn, !turn.After(l.Last)
}

// Turn is what came of standing in a line. Before a breaker it is put off by the
// breaker's Shift, and with it the whole line, nobody losing their place.
type Turn struct {
	Line string    `json:"line"` // its key; "" if none was asked for
	At   time.Time `json:"at,omitzero"`
	None bool      `json:"none,omitempty"` // none is left that comes in time
}
