package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// Commit implements retry.Ledger, with one TransactWriteItems. The transaction
// has one ClientRequestToken for all its tries and the SDK's attempts: whichever
// of them took effect while its answer was lost, the next is answered for it,
// and does not run into the record that it wrote itself. Errors as for Read;
// after one that is not awscall.ErrNoTime the change may have been applied.
func (d *DynamoDB) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	if err := check(c); err != nil {
		return retry.State{}, false, err
	}
	takes := newTakes(c)
	write, err := d.transaction(c, takes)
	if err != nil {
		return retry.State{}, false, err
	}
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return retry.State{}, false, fmt.Errorf("%s: %w", writeAction, err)
	}
	defer cancel()
	reasons, err := d.transact(ctx, write)
	switch {
	case err != nil:
		return retry.State{}, false, err
	case reasons != nil:
		stands, err := d.stands(ctx, c, reasons)
		return stands, false, err
	}
	return done(c, takes), true, nil
}

// transact sends a transaction until it is applied or a condition of it is
// refused: then the reasons say which, one for each of its items.
func (d *DynamoDB) transact(ctx context.Context, write *dynamodb.TransactWriteItemsInput) ([]types.CancellationReason, error) {
	for try := 1; ; try++ {
		_, err := d.Client.TransactWriteItems(ctx, write)
		reasons := cancellation(err, len(write.TransactItems))
		switch {
		case err == nil:
			return nil, nil
		case refused(reasons):
			return reasons, nil
		case !contended(err, reasons):
			return nil, d.explain(err, writeAction)
		case try == maxTries:
			return nil, d.explain(fmt.Errorf("contended after %d tries: %w", try, err), writeAction)
		}
		if pauseErr := d.wait(ctx, try); pauseErr != nil {
			return nil, d.explain(fmt.Errorf("%w; the last answer was: %w", pauseErr, err), writeAction)
		}
	}
}

// The places of a transaction's items; the buckets follow.
const (
	recordAt = iota
	trailAt
	bucketsAt
)

// transaction is the change as one request. What the conditions say is decided
// here once; the tries send the same.
func (d *DynamoDB) transaction(c retry.Change, takes []take) (*dynamodb.TransactWriteItemsInput, error) {
	record, trail, err := items(c)
	if err != nil {
		return nil, err
	}
	writes := make([]types.TransactWriteItem, bucketsAt, bucketsAt+len(takes))
	writes[recordAt].Put = d.fenced(record, c.Seen.Record.Rev)
	writes[trailAt].Put = &types.Put{TableName: &d.Table, Item: trail}
	for _, t := range takes {
		writes = append(writes, types.TransactWriteItem{Update: d.taking(t)})
	}
	return &dynamodb.TransactWriteItemsInput{TransactItems: writes, ClientRequestToken: aws.String(d.Token())}, nil
}

// fenced writes the record if it still is as it was read. The schema is part of
// it, so that no build overwrites what it could not have read.
func (d *DynamoDB) fenced(record item, seen int) *types.Put {
	put := &types.Put{
		TableName: &d.Table, Item: record,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if seen == 0 {
		put.ConditionExpression = aws.String("attribute_not_exists(#pk)")
		put.ExpressionAttributeNames = map[string]string{"#pk": attrPK}
		return put
	}
	put.ConditionExpression = aws.String("#rev = :seen AND #schema = :schema")
	put.ExpressionAttributeNames = map[string]string{"#rev": attrRev, "#schema": attrSchema}
	put.ExpressionAttributeValues = item{
		":seen": number(int64(seen)), ":schema": ourSchema(),
	}
	return put
}

// taking is a take as DynamoDB evaluates it: take.allowed is its condition,
// take.after its update.
func (d *DynamoDB) taking(t take) *types.Update {
	update := &types.Update{
		TableName: &d.Table, Key: bucketKey(t.key),
		UpdateExpression:                    aws.String("SET #full = :next, #ttl = :ttl"),
		ConditionExpression:                 aws.String("attribute_not_exists(#full) OR #full <= :now"),
		ExpressionAttributeNames:            map[string]string{"#full": attrFull, "#ttl": attrTTL},
		ExpressionAttributeValues:           item{":now": number(t.now), ":next": number(t.now + t.interval), ":ttl": number(t.ttl)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if t.drawn {
		update.UpdateExpression = aws.String("SET #full = #full + :interval, #ttl = :ttl")
		update.ConditionExpression = aws.String("#full > :now AND #full <= :limit")
		update.ExpressionAttributeValues = item{
			":now": number(t.now), ":limit": number(t.limit), ":interval": number(t.interval), ":ttl": number(t.ttl),
		}
	}
	return update
}

// The codes of a cancelled transaction's reasons (API_TransactWriteItems).
const (
	reasonNone    = "None"
	reasonRefused = "ConditionalCheckFailed"
)

// inTheWay are the codes that say nothing about the change itself. The SDK
// tries none of them again, except for TransactionInProgressException.
var inTheWay = map[string]bool{
	"TransactionConflict": true, "ThrottlingError": true, "ProvisionedThroughputExceeded": true,
	"TransactionConflictException": true, "TransactionInProgressException": true, "ReplicatedWriteConflictException": true,
}

// cancellation are the reasons of a cancelled transaction, one for each of its
// n items, in their order; nil if that is not what the error says.
func cancellation(err error, n int) []types.CancellationReason {
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || len(cancelled.CancellationReasons) != n {
		return nil
	}
	return cancelled.CancellationReasons
}

// refused tells whether a condition failed, whatever else was in the way.
func refused(reasons []types.CancellationReason) bool {
	for _, r := range reasons {
		if aws.ToString(r.Code) == reasonRefused {
			return true
		}
	}
	return false
}

// contended tells whether others were in the way, and nothing else was wrong.
func contended(err error, reasons []types.CancellationReason) bool {
	if reasons == nil {
		api, ok := errors.AsType[smithy.APIError](err)
		return ok && inTheWay[api.ErrorCode()]
	}
	others := false
	for _, r := range reasons {
		code := aws.ToString(r.Code)
		if code != reasonNone && !inTheWay[code] {
			return false
		}
		others = others || inTheWay[code]
	}
	return others
}

// stands is what a refusal shows instead of what was seen: the record and each
// bucket whose condition failed. A failed condition without an item means that
// there is none (any more), or an endpoint that does not return it: one
// consistent read tells.
func (d *DynamoDB) stands(ctx context.Context, c retry.Change, reasons []types.CancellationReason) (retry.State, error) {
	state := unchanged(c)
	for at, reason := range reasons {
		if aws.ToString(reason.Code) != reasonRefused {
			continue
		}
		if len(reason.Item) == 0 {
			return d.readAgain(ctx, c)
		}
		var err error
		if at == recordAt {
			state.Record, err = d.record(c.Execution, reason.Item)
		} else {
			state.Full[c.Takes[at-bucketsAt].Key], err = d.full(reason.Item)
		}
		if err != nil {
			return retry.State{}, err
		}
	}
	return state, nil
}

// readAgain reads the record, the policy and the buckets of the change; of the buckets that
// it does not take from, what was seen stays.
func (d *DynamoDB) readAgain(ctx context.Context, c retry.Change) (retry.State, error) {
	fresh, err := d.read(ctx, c.Execution, c.Takes)
	if err != nil {
		return retry.State{}, err
	}
	full := balances(c.Seen.Full)
	for _, b := range c.Takes {
		delete(full, b.Key)
		if t, exists := fresh.Full[b.Key]; exists {
			full[b.Key] = t
		}
	}
	return retry.State{Record: fresh.Record, Full: full, Policy: fresh.Policy}, nil
}
