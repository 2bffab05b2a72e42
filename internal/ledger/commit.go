package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"

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
	parts, err := d.parts(c, takes)
	if err != nil {
		return retry.State{}, false, err
	}
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return retry.State{}, false, fmt.Errorf("%s: %w", writeAction, err)
	}
	defer cancel()
	reasons, err := d.transact(ctx, d.transaction(parts))
	switch {
	case err != nil:
		return retry.State{}, false, err
	case reasons != nil:
		stands, err := d.stands(ctx, c, parts, reasons)
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

// stands is what a refusal shows instead of what was seen: of each part whose
// condition failed. A failed condition without an item means that there is none
// (any more), or an endpoint that does not return it: one consistent read tells.
func (d *DynamoDB) stands(ctx context.Context, c retry.Change, parts []part, reasons []types.CancellationReason) (retry.State, error) {
	state := unchanged(c)
	for at, reason := range reasons {
		if aws.ToString(reason.Code) != reasonRefused {
			continue
		}
		if len(reason.Item) == 0 || parts[at].stands == nil {
			return d.readAgain(ctx, c)
		}
		if err := parts[at].stands(&state, reason.Item); err != nil {
			return retry.State{}, err
		}
	}
	return state, nil
}

// readAgain reads the record, the policy, the holds, and the buckets and breakers
// that the change was to write; of the others, what was seen stays.
func (d *DynamoDB) readAgain(ctx context.Context, c retry.Change) (retry.State, error) {
	var scopes []string
	for _, b := range c.Breakers {
		scopes = append(scopes, b.Scope)
	}
	fresh, err := d.read(ctx, c.Execution, c.Takes, scopes)
	if err != nil {
		return retry.State{}, err
	}
	state := unchanged(c)
	for _, b := range c.Takes {
		delete(state.Full, b.Key)
	}
	maps.Copy(state.Full, fresh.Full)
	maps.Copy(state.Lines, fresh.Lines)
	maps.Copy(state.Breakers, fresh.Breakers)
	state.Record, state.Policy, state.Holds = fresh.Record, fresh.Policy, fresh.Holds
	return state, nil
}
