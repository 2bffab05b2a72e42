package history

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// Value is what stands in an item. The zero Value: there is none.
type Value struct {
	N    int64  // rev of what is fenced, epoch milliseconds of a bucket or line, count of an outcome
	Used int    // of a record: units spent
	Text string // digest of the rest, of what is fenced
}

// Observation is what was seen between a call and its return, each sight at a
// moment of its own.
type Observation struct{ Sights []Sight }

// Sight is something that was to be seen: a Look with the Value shown, a Write
// that was refused, a Turn that was not given, or the claim that a Call wants.
type Sight struct {
	Of    any
	Shown Value
}

// Look is one item that was read.
type Look struct{ Item string }

// Write is one change of an execution, all of it or nothing. Its output is an
// Answer.
type Write struct {
	Execution string // the record's item
	Record    Value  // to write; its N is one more than that of the record it follows
	Claim     string // token of the claim in it; "" if it has none
	At        time.Time
	Takes     []Take
	Holds     int64 // rev of the holds that it was judged by; counts with Takes alone
	Unheld    bool  // it takes units without looking at the holds
	Breakers  []Put // each follows the one before it, as the record does
	Refills   []string
	Counts    []string // outcomes that get one more
	ID        string   // of a transaction that may be sent twice; "" if it is not
	Of        *retry.Change
}

// Take is one unit from one bucket.
type Take struct {
	Item   string
	Bucket retry.Bucket
	Drawn  bool // it was seen below full
}

// Put is an item to write.
type Put struct {
	Item  string
	Value Value
}

// Turn is a turn in a line. Its output is a Given.
type Turn struct {
	Item  string
	Every int64 // milliseconds; First and Last are epoch milliseconds
	First int64
	Last  int64
}

// Given is the turn that was given.
type Given struct {
	Turn    int64
	Unknown bool
}

// Place writes an item whatever stands there, as a person does. It has no output.
type Place struct{ Put }

// Call is RetryPipelineExecution, as it arrives at SageMaker. Whatever is
// answered, a claim with its token must have been written before.
type Call struct {
	Execution string // the record's item
	Token     string
}

// Answer is what became of a write.
type Answer int

// The answers. What was refused is a Sight, since it has changed nothing.
const (
	Unknown Answer = iota // whoever wrote cannot tell
	Done
)

func (a Answer) String() string { return [...]string{"unknown", "done"}[a] }

func (v Value) String() string {
	switch {
	case v == Value{}:
		return "none"
	case v.Text == "":
		return fmt.Sprint(v.N)
	}
	return fmt.Sprintf("rev %d, used %d, %.6s", v.N, v.Used, v.Text)
}

func (sight Sight) String() string {
	switch of := sight.Of.(type) {
	case Look:
		return short(of.Item) + ": " + sight.Shown.String()
	case Write:
		return "refused: " + of.String()
	case Turn:
		return "none left: " + of.String()
	}
	return fmt.Sprint(sight.Of)
}

func (o begins) String() string { return "begins to look: " + sights(o.of) }
func (o ends) String() string   { return "has seen: " + sights(o.of) }
func (over) String() string     { return "all has ended" }

func sights(of *Observation) string {
	words := make([]string, len(of.Sights))
	for i, sight := range of.Sights {
		words[i] = sight.String()
	}
	return strings.Join(words, "; ")
}

func (p Put) String() string { return short(p.Item) + " = " + p.Value.String() }

func (p Place) String() string { return "place " + p.Put.String() }

func (c Call) String() string { return fmt.Sprintf("call %s with %.6s", short(c.Execution), c.Token) }

func (g Given) String() string {
	if g.Unknown {
		return "unknown"
	}
	return fmt.Sprint(g.Turn)
}

func (t Turn) String() string {
	return fmt.Sprintf("turn in %s every %d from %d to %d", short(t.Item), t.Every, t.First, t.Last)
}

func (w Write) String() string {
	words := []string{"write " + short(w.Execution) + " " + w.Record.String()}
	if w.Claim != "" {
		words = append(words, fmt.Sprintf("claim %.6s", w.Claim))
	}
	for _, t := range w.Takes {
		words = append(words, fmt.Sprintf("take from %s (drawn %t)", short(t.Item), t.Drawn))
	}
	if len(w.Takes) > 0 {
		words = append(words, fmt.Sprintf("under holds %d at %d", w.Holds, w.At.UnixMilli()))
	}
	for _, b := range w.Breakers {
		words = append(words, b.String())
	}
	for _, b := range w.Refills {
		words = append(words, "fill "+short(b))
	}
	return strings.Join(words, ", ")
}

// short is the end of an item's key, by which people know it.
func short(item string) string {
	if _, id, found := strings.Cut(item, "/execution/"); found {
		return id
	}
	return item
}
