package history

import (
	"context"
	"fmt"

	"github.com/anishathalye/porcupine"

	"mulligan/internal/retry"
)

// Replay does on another ledger, one after the other, what was done in an order
// that explains a history, and compares the answers: what was done must be applied
// there, what was refused must be refused, unless it could have been done by then,
// and what was seen must stand. It ends where a person has written by hand, and
// returns how many answers were compared.
func Replay(ctx context.Context, order []porcupine.Operation, twin retry.Ledger) (compared int, err error) {
	stands := state{}
	for _, op := range order {
		before := stands
		_, stands = step(stands, op.Input, op.Output)
		n := 0
		switch in := op.Input.(type) {
		case Write:
			n, err = in.again(ctx, before, twin)
		case Turn:
			n, err = in.again(ctx, before, stands, twin)
		case Place:
			return compared, nil
		case ends:
			n, err = in.of.again(ctx, stands, twin)
		}
		if err != nil {
			return compared, fmt.Errorf("%s: %w", line(op), err)
		}
		compared += n
	}
	return compared, nil
}

// again does a write that took effect.
func (w Write) again(ctx context.Context, before state, twin retry.Ledger) (int, error) {
	if before.over || w.known(before) {
		return 0, nil
	}
	_, applied, err := twin.Commit(ctx, *w.Of)
	if err == nil && !applied {
		err = fmt.Errorf("the twin refuses it")
	}
	return 1, err
}

// again asks for a turn that was given.
func (t Turn) again(ctx context.Context, before, after state, twin retry.Ledger) (int, error) {
	if before.over {
		return 0, nil
	}
	at, given, err := twin.Queue(ctx, t.line())
	if want := after.at(t.Item).N; err == nil && (!given || at.UnixMilli() != want) {
		err = fmt.Errorf("the twin gives %d (%t), want %d", at.UnixMilli(), given, want)
	}
	return 1, err
}

// again looks at the records that were seen and still stand, and tries what was
// refused and still would be.
func (o *Observation) again(ctx context.Context, s state, twin retry.Ledger) (compared int, err error) {
	for _, sight := range o.Sights {
		switch of := sight.Of.(type) {
		case Write:
			if !sight.there(s) {
				continue
			}
			if _, applied, err := twin.Commit(ctx, *of.Of); err != nil || applied {
				return compared, fmt.Errorf("the twin does it: %t, error %w", applied, err)
			}
			compared++
		case Look:
			arn, isRecord := recordOf(of.Item)
			if !isRecord || s.at(of.Item) != sight.Shown {
				continue
			}
			seen, err := twin.Read(ctx, arn, nil)
			if err != nil || RecordValue(seen.Record) != sight.Shown {
				return compared, fmt.Errorf("the twin shows %s, error %w", RecordValue(seen.Record), err)
			}
			compared++
		}
	}
	return compared, nil
}
