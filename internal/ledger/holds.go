package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// maxRaces is how often a change of the holds is tried: each time that it is
// lost, somebody else's was made, or claims were in the way.
const maxRaces = 30

// Holds is a ledger in the hands of a person who watches and stops retries: the
// holds, the breakers and what became of retries. All of it runs with the
// person's own credentials. It may be used concurrently. Policies.Holds makes one.
//
// Errors of all methods are those of the SDK, with the permission or table that
// they are about, beside those named.
type Holds struct{ table *Policies }

// Holds is the same ledger, to watch and stop retries.
func (p *Policies) Holds() *Holds { return &Holds{p} }

// Current are the holds as of now, ended ones too. What cannot be read is no
// error, but has a Fault: everything is held then.
func (h *Holds) Current(ctx context.Context) (retry.Holds, error) {
	it, err := h.table.get(ctx, holdsKey())
	return readHolds(it), err
}

// Place sets a hold from its Since on, from the next claim on, and returns all
// that stand then. It takes the place of one of the same scope, whoever changed
// other scopes meanwhile; seen are the holds that the person saw, as Current gave
// them. Author and note are put on one line.
//
// Errors: ErrHoldMoved if somebody else has set a hold of that scope meanwhile
// that lasts longer, ErrTooManyHolds, ErrHoldsNotRead, and one for a hold without
// a known scope, author, note or an end within MaxHold. Nothing is written then.
func (h *Holds) Place(ctx context.Context, hold retry.Hold, seen retry.Holds) (retry.Holds, error) {
	return h.change(ctx, placing(hold), seen)
}

// Release ends the hold of that scope which is in force and was seen, and returns
// all that stand then. A note is not needed. Errors: ErrNotHeld if there is none,
// ErrHoldMoved if it is not the one that was seen, and as for Place.
func (h *Holds) Release(ctx context.Context, scope string, by By, seen retry.Holds) (retry.Holds, error) {
	return h.change(ctx, HoldChange{Scope: scope, By: by}, seen)
}

func placing(hold retry.Hold) HoldChange {
	return HoldChange{Scope: hold.Scope, Until: hold.Until, By: By{Author: hold.Author, Note: hold.Note, At: hold.Since}}
}

// changer reads and writes holds once.
type changer interface {
	// newest is the last rev that history knows, 0 if it knows none.
	newest(context.Context) (int, error)
	// write writes the change that leads to next if the holds still are at the
	// rev; if not, it returns what stands instead.
	write(ctx context.Context, c HoldChange, next retry.Holds, rev int) (stands retry.Holds, written bool, err error)
}

func (h *Holds) change(ctx context.Context, c HoldChange, seen retry.Holds) (retry.Holds, error) {
	return race(ctx, h, c, seen, h.table.Ledger.wait)
}

// race makes a change, if need be again on what others have made of the holds
// meanwhile. It pauses before each further try.
func race(ctx context.Context, in changer, c HoldChange, seen retry.Holds, wait func(context.Context, int) error) (retry.Holds, error) {
	c, err := c.check()
	if err != nil {
		return retry.Holds{}, fmt.Errorf("change the holds: %w", err)
	}
	stands := seen
	for try := 1; ; try++ {
		newest, err := in.newest(ctx)
		if err != nil {
			return retry.Holds{}, err
		}
		next, err := c.on(stands, seen, newest)
		if err != nil {
			return retry.Holds{}, err
		}
		c.Rev = next.Rev
		standing, written, err := in.write(ctx, c, next, stands.Rev)
		switch {
		case err != nil:
			return retry.Holds{}, err
		case written:
			return next, nil
		case try == maxRaces:
			return retry.Holds{}, errors.New("others were in the way each time that the holds were to be changed: try again")
		}
		if err := wait(ctx, try); err != nil {
			return retry.Holds{}, err
		}
		stands = standing
	}
}

func (h *Holds) newest(ctx context.Context) (int, error) {
	last, err := h.History(ctx, 1)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	return last[0].Rev, nil
}

// write writes the change in one transaction.
func (h *Holds) write(ctx context.Context, c HoldChange, next retry.Holds, rev int) (stands retry.Holds, written bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ask, err := h.transaction(c, next, rev)
	if err != nil {
		return retry.Holds{}, false, err
	}
	reasons, err := h.table.Ledger.transact(ctx, ask)
	switch {
	case contended(err, cancellation(err, len(ask.TransactItems))):
		// The claims of a storm look at the holds all at once: a person is more patient.
	case err != nil, reasons == nil:
		return retry.Holds{}, err == nil, err
	case len(reasons[currentAt].Item) > 0:
		return readHolds(reasons[currentAt].Item), false, nil
	} // else it is gone, or the endpoint does not return it
	stands, err = h.Current(ctx)
	return stands, false, err
}

func (h *Holds) transaction(c HoldChange, next retry.Holds, rev int) (*dynamodb.TransactWriteItemsInput, error) {
	holds, err := holdsItem(next)
	if err != nil {
		return nil, err
	}
	table := h.table.Ledger
	history := &types.Put{
		TableName: &table.Table, Item: c.entry(),
		ConditionExpression: aws.String("attribute_not_exists(#pk)"), ExpressionAttributeNames: map[string]string{"#pk": attrPK},
	}
	return &dynamodb.TransactWriteItemsInput{
		TransactItems:      []types.TransactWriteItem{{Put: table.fenced(holds, rev)}, {Put: history}},
		ClientRequestToken: aws.String(table.Token()),
	}, nil
}

// pausing is the pause of a ledger that answers at once.
func pausing(ctx context.Context, _ int) error { return ctx.Err() }
