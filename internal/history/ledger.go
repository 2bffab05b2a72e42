package history

import (
	"context"
	"errors"
	"time"

	"mulligan/internal/retry"
)

// Ledger is a ledger as one client uses it: it records what that does.
type Ledger struct {
	Under    retry.Ledger
	Recorder *Recorder
	Client   int
	Lose     Loss // what befalls the next change or turn
}

// Loss is what befalls a change or a turn on its way.
type Loss int

// The losses. Whoever asked cannot tell the last two apart.
const (
	Nothing  Loss = iota
	Question      // it never comes to the ledger
	Reply         // it happens, and nobody hears of it
)

// ErrLost is the error of what was lost.
var ErrLost = errors.New("no answer came")

// Read implements retry.Ledger.
func (l *Ledger) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	called := l.Recorder.Called()
	state, err := l.Under.Read(ctx, arn, buckets, scopes...)
	if err != nil {
		return state, err
	}
	seen := []Sight{{Look{RecordItem(arn)}, RecordValue(state.Record)}, {Look{HoldsItem}, holdsValue(state.Holds)}}
	for _, b := range buckets {
		seen = append(seen, Sight{Look{BucketItem(b.Key)}, ofMilli(state.Full[b.Key])}, Sight{Look{LineItem(b.Key)}, ofMilli(state.Lines[b.Key])})
	}
	for _, scope := range scopes {
		line := retry.BreakerLine(scope)
		seen = append(seen, Sight{Look{BreakerItem(scope)}, breakerValue(state.Breakers[scope])}, Sight{Look{LineItem(line)}, ofMilli(state.Lines[line])})
	}
	l.Recorder.Saw(l.Client, called, seen...)
	return state, nil
}

// Commit implements retry.Ledger.
func (l *Ledger) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	called, loss := l.Recorder.Called(), l.Lose
	l.Lose = Nothing
	if loss == Question {
		l.Recorder.Did(l.Client, called, NewWrite(c), Unknown)
		return retry.State{}, false, ErrLost
	}
	stands, applied, err := l.Under.Commit(ctx, c)
	switch {
	case loss == Reply || err != nil:
		l.Recorder.Did(l.Client, called, NewWrite(c), Unknown)
		return retry.State{}, false, errors.Join(ErrLost, err)
	case applied:
		l.Recorder.Did(l.Client, called, NewWrite(c), Done)
	default:
		l.Recorder.Saw(l.Client, called, append(shownInstead(c, stands), Sight{Of: NewWrite(c)})...)
	}
	return stands, applied, nil
}

// Queue implements retry.Ledger.
func (l *Ledger) Queue(ctx context.Context, line retry.Line) (time.Time, bool, error) {
	called, loss := l.Recorder.Called(), l.Lose
	l.Lose = Nothing
	turn := Turn{Item: LineItem(line.Key), Every: line.Every.Milliseconds(), First: line.First.UnixMilli(), Last: line.Last.UnixMilli()}
	if loss == Question {
		l.Recorder.Did(l.Client, called, turn, Given{Unknown: true})
		return time.Time{}, false, ErrLost
	}
	at, given, err := l.Under.Queue(ctx, line)
	switch {
	case loss == Reply || err != nil:
		l.Recorder.Did(l.Client, called, turn, Given{Unknown: true})
		return time.Time{}, false, errors.Join(ErrLost, err)
	case given:
		l.Recorder.Did(l.Client, called, turn, Given{Turn: at.UnixMilli()})
	default:
		l.Recorder.Saw(l.Client, called, Sight{Of: turn})
	}
	return at, given, nil
}

// Place records that a person set the holds, by set.
func (l *Ledger) Place(h retry.Holds, set func(retry.Holds) error) error {
	called := l.Recorder.Called()
	err := set(h)
	l.Recorder.Did(l.Client, called, Place{Put{HoldsItem, holdsValue(h)}}, nil)
	return err
}

// NewWrite is a change as an operation.
func NewWrite(c retry.Change) Write {
	w := Write{Execution: RecordItem(c.Execution), Record: RecordValue(c.Record), At: c.Now, Holds: int64(c.Seen.Holds.Rev), Of: &c}
	if c.Record.Kind == retry.Claimed {
		w.Claim = c.Record.Claim.Token
	}
	for _, b := range c.Takes {
		w.Takes = append(w.Takes, Take{BucketItem(b.Key), b, c.Seen.Full[b.Key].UnixMilli() > c.Now.UnixMilli()})
	}
	for _, b := range c.Refills {
		w.Refills = append(w.Refills, BucketItem(b.Key))
	}
	for _, b := range c.Breakers {
		w.Breakers = append(w.Breakers, Put{BreakerItem(b.Scope), breakerValue(b)})
	}
	if t := c.Tally; t != nil {
		w.Counts = append(w.Counts, CountItem(t.Pipeline, string(t.Class), string(t.Result)))
		if t.Result == retry.FailedAnew && t.Same {
			w.Counts = append(w.Counts, CountItem(t.Pipeline, string(t.Class), string(t.Result)+"_same"))
		}
	}
	return w
}

// shownInstead are the items that a refusal shows in place of what was seen.
func shownInstead(c retry.Change, stands retry.State) []Sight {
	var all []Sight
	if stands.Record.Rev != c.Seen.Record.Rev {
		all = append(all, Sight{Look{RecordItem(c.Execution)}, RecordValue(stands.Record)})
	}
	if stands.Holds.Rev != c.Seen.Holds.Rev {
		all = append(all, Sight{Look{HoldsItem}, holdsValue(stands.Holds)})
	}
	for _, b := range c.Takes {
		if full := stands.Full[b.Key]; !full.Equal(c.Seen.Full[b.Key]) {
			all = append(all, Sight{Look{BucketItem(b.Key)}, ofMilli(full)})
		}
	}
	for _, b := range c.Breakers {
		if stood := stands.Breakers[b.Scope]; stood.Rev != c.Seen.Breakers[b.Scope].Rev {
			all = append(all, Sight{Look{BreakerItem(b.Scope)}, breakerValue(stood)})
		}
	}
	return all
}
