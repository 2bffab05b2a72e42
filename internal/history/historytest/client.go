package historytest

import (
	"context"
	"math/rand/v2"
	"time"

	"mulligan/internal/history"
	"mulligan/internal/retry"
)

// client does at random what the corridor, the sweep and people do, and some of
// it wrongly: it writes on what was true once, and takes from what is empty. What
// it does next depends on its dice and on what it was answered, on nothing else.
type client struct {
	dice   *rand.Rand
	ledger *history.Ledger
	number int
	deed   int // how many so far
	holds  int // rev of those that it set last
	seen   [executions][]retry.State
}

func newClient(seed uint64, number int, kept Kept, recorder *history.Recorder) *client {
	return &client{
		dice: rand.New(rand.NewPCG(seed, uint64(number)+1)), number: number,
		ledger: &history.Ledger{Under: kept, Recorder: recorder, Client: number},
	}
}

// deed is one thing that a client does.
type deed struct {
	kind   string // read, commit, queue or place
	n      int    // execution
	change retry.Change
	line   retry.Line
	holds  retry.Holds
	loss   history.Loss
}

// answer is what came of it.
type answer struct {
	state retry.State
	at    time.Time
	ok    bool
	err   string
}

// at is when the client does it. Its clock is its own: they are apart by up to
// half a minute.
func (c *client) at() time.Time {
	c.deed++
	return now.Add(time.Duration(c.deed)*15*time.Second + time.Duration(c.dice.IntN(30_000))*time.Millisecond)
}

// next throws the dice.
func (c *client) next() deed {
	d, at := deed{n: c.dice.IntN(executions)}, c.at()
	if c.dice.IntN(25) == 0 {
		d.loss = history.Loss(1 + c.dice.IntN(2))
	}
	switch chance := c.dice.IntN(20); {
	case c.number == 0 && chance < 2:
		d.kind, c.holds = "place", c.holds+1
		d.holds = holds(c.holds, c.holds%2)
	case chance < 3:
		d.kind = "queue"
		first := at.Truncate(time.Millisecond)
		d.line = retry.Line{Key: c.lineKey(), Every: time.Minute, First: first, Last: first.Add(5 * time.Minute)}
	case chance < 8 || len(c.seen[d.n]) == 0 && chance < 18:
		d.kind = "read"
	default:
		d.kind, d.change = "commit", c.change(d.n, at)
	}
	return d
}

func (c *client) lineKey() string {
	return []string{buckets[0].Key, retry.BreakerLine(scopes[0])}[c.dice.IntN(2)]
}

// do asks, and keeps what was answered.
func (c *client) do(ctx context.Context, d deed) answer {
	a := c.ask(ctx, d)
	if a.err == "" && (d.kind == "read" || d.kind == "commit") {
		c.seen[d.n] = append(c.seen[d.n], a.state)
	}
	return a
}

func (c *client) ask(ctx context.Context, d deed) (a answer) {
	var err error
	c.ledger.Lose = d.loss
	switch d.kind {
	case "read":
		a.state, err = c.ledger.Read(ctx, arn(d.n), buckets, scopes...)
	case "commit":
		a.state, a.ok, err = c.ledger.Commit(ctx, d.change)
	case "queue":
		a.at, a.ok, err = c.ledger.Queue(ctx, d.line)
	case "place":
		err = c.ledger.Place(d.holds, func(h retry.Holds) error {
			return c.ledger.Under.(Kept).PlaceHolds(ctx, h)
		})
	}
	if err != nil {
		a.err = err.Error()
	}
	return a
}
