package sweep

import (
	"encoding/json"
	"time"
)

// How far back sweeps look, and how often.
const (
	grace        = 2 * time.Minute     // its event or its schedule comes first
	overlap      = 30 * time.Minute    // SageMaker does not say how far its search lags behind
	fullEvery    = time.Hour           // over all that is not too old
	askAgain     = time.Hour           // a search that was refused
	longestRun   = 28 * 24 * time.Hour // SageMaker quota "pipeline execution timeout", 672 hours
	slackOfClock = 5 * time.Minute     // between two functions
)

// cursorVersion is that of the cursor's form. Another one starts anew.
const cursorVersion = 1

// cursor is what one sweep leaves to the next. Losing it costs a full round, and
// so does a change of the prefix.
type cursor struct {
	Version int       `json:"version"`
	Prefix  string    `json:"prefix,omitempty"`
	Done    time.Time `json:"done,omitzero"`    // start of the last round that was completed
	Full    time.Time `json:"full,omitzero"`    // the same of full rounds
	Refused time.Time `json:"refused,omitzero"` // when the search was refused; zero: it works
	Why     string    `json:"why,omitempty"`    // it was refused
	Round   round     `json:"round,omitzero"`   // under way
}

// round is one turn over all failures of a time, in as many sweeps as it takes.
// The zero round: none is under way.
type round struct {
	Start    time.Time `json:"start"`
	Full     bool      `json:"full,omitempty"`
	Lists    bool      `json:"lists,omitempty"`    // by lists
	Since    time.Time `json:"since,omitzero"`     // by search: all modified before it is done with
	Pipeline string    `json:"pipeline,omitempty"` // by lists: those whose lower-cased names come before it are done with
}

// readCursor reads what was kept. What is broken, of another form, of another
// prefix or from the future starts anew.
func readCursor(text, prefix string, now time.Time) cursor {
	var c cursor
	err := json.Unmarshal([]byte(text), &c)
	if err != nil || c.Version != cursorVersion || c.Prefix != prefix {
		return cursor{Version: cursorVersion, Prefix: prefix}
	}
	for _, at := range []time.Time{c.Done, c.Full, c.Refused, c.Round.Start, c.Round.Since} {
		if at.After(now.Add(slackOfClock)) {
			return cursor{Version: cursorVersion, Prefix: prefix}
		}
	}
	return c
}

// String is the cursor as it is kept.
func (c cursor) String() string {
	text, _ := json.Marshal(c) // times of this age and texts cannot fail
	return string(text)
}

// searches tells whether to ask the search.
func (c cursor) searches(now time.Time) bool {
	return c.Refused.IsZero() || now.Sub(c.Refused) >= askAgain
}

// refuse remembers that the search was refused.
func (c cursor) refuse(now time.Time, why string) cursor {
	c.Refused, c.Why = now.UTC(), why
	return c
}

// next is the round to go on with, or a new one. A search that works again has a
// full round to make: lists do not find everything.
func (c cursor) next(now time.Time, lists bool, expireAfter time.Duration) (r round, resumed bool) {
	oldest := now.Add(-expireAfter).UTC()
	worksAgain := !lists && !c.Refused.IsZero()
	if r = c.Round; !r.Start.IsZero() && r.Lists == lists {
		r.Since = later(r.Since, oldest)
		return r, true
	}
	r = round{Start: now.UTC(), Lists: lists, Full: worksAgain || now.Sub(c.Full) >= fullEvery, Since: oldest}
	if !r.Full {
		r.Since = later(c.Done.Add(-overlap), oldest)
	}
	return r, false
}

// at remembers how far the round under way came.
func (c cursor) at(r round) cursor {
	c.Round = r
	if !r.Lists {
		c.Refused, c.Why = time.Time{}, ""
	}
	return c
}

// completed remembers that the round under way came to its end.
func (c cursor) completed() cursor {
	c.Done = c.Round.Start
	if c.Round.Full {
		c.Full = c.Round.Start
	}
	c.Round = round{}
	return c
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
