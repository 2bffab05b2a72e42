package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// maxKeys is the most that DynamoDB takes in one batch (API_BatchGetItem). A read
// that asks for more is an error: three items, and two for each bucket and scope.
const maxKeys = 100

// Read implements retry.Ledger, with one BatchGetItem. What it gives is as of a
// moment during the call, not all of the same moment; Commit checks what it turns
// on, but for the policy. Errors: awscall.ErrNoTime, a record or breaker that this
// build cannot read (retry.ErrUnreadable), more than 48 buckets and scopes
// together, and those of the SDK, with the permission or table they are about.
func (d *DynamoDB) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return retry.State{}, fmt.Errorf("%s: %w", readAction, err)
	}
	defer cancel()
	return d.read(ctx, arn, buckets, scopes)
}

func (d *DynamoDB) read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes []string) (retry.State, error) {
	asked, err := keys(arn, buckets, scopes)
	if err != nil {
		return retry.State{}, err
	}
	found, err := d.fetch(ctx, asked)
	if err != nil {
		return retry.State{}, err
	}
	return d.state(arn, scopes, found)
}

// fetch reads items consistently; those that are not there it leaves out.
func (d *DynamoDB) fetch(ctx context.Context, left []item) (found []item, err error) {
	for try := 1; ; try++ {
		answer, err := d.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{d.Table: {Keys: left, ConsistentRead: aws.Bool(true)}},
		})
		if err != nil {
			return nil, d.explain(err, readAction)
		}
		found = append(found, answer.Responses[d.Table]...)
		left = answer.UnprocessedKeys[d.Table].Keys
		if len(left) == 0 {
			return found, nil
		}
		if try == maxTries {
			return nil, d.explain(fmt.Errorf("%d keys stay unprocessed after %d tries", len(left), try), readAction)
		}
		if err := d.wait(ctx, try); err != nil {
			return nil, d.explain(err, readAction)
		}
	}
}

// keys are those of the record, of the policy in force and the holds, and of each
// bucket and breaker with its line, once: DynamoDB refuses a batch that asks for
// an item twice.
func keys(arn retry.ExecutionARN, buckets []retry.Bucket, scopes []string) ([]item, error) {
	asked := []item{recordKey(arn), policyKey(currentSK), holdsKey()}
	once := map[string]bool{}
	for _, b := range buckets {
		if !once[b.Key] {
			once[b.Key], asked = true, append(asked, bucketKey(b.Key), lineKey(b.Key))
		}
	}
	for _, scope := range scopes {
		if line := retry.BreakerLine(scope); !once[line] {
			once[line], asked = true, append(asked, breakerKey(scope), lineKey(line))
		}
	}
	if len(asked) > maxKeys {
		return nil, fmt.Errorf("read: expected at most %d buckets and scopes, got %d and %d", (maxKeys-3)/2, len(buckets), len(scopes))
	}
	return asked, nil
}

// state reads the items that were found.
func (d *DynamoDB) state(arn retry.ExecutionARN, scopes []string, found []item) (retry.State, error) {
	state := empty(scopes)
	for _, it := range found {
		var err error
		switch pk, sk := stored(it[attrPK]), stored(it[attrSK]); {
		case pk == policyPK:
			state.Policy = readPolicy(it)
		case pk == holdsPK:
			state.Holds = readHolds(it)
		case pk == breakerPK:
			state.Breakers[sk], err = d.breaker(sk, it)
		case sk == recordSK:
			state.Record, err = d.record(arn, it)
		case sk == lineSK:
			var turn int64
			turn, err = d.readTurn(pk, it)
			state.Lines[pk] = instant(turn)
		default:
			state.Full[pk], err = d.full(it)
		}
		if err != nil {
			return retry.State{}, err
		}
	}
	return state, nil
}

func (d *DynamoDB) record(arn retry.ExecutionARN, it item) (retry.Record, error) {
	record, err := readRecord(it)
	if err != nil {
		return retry.Record{}, fmt.Errorf("record of %s in table %s: %w: %w", arn.Key(), d.Table, retry.ErrUnreadable, err)
	}
	return record, nil
}

func (d *DynamoDB) breaker(scope string, it item) (retry.Breaker, error) {
	b, err := readBreaker(scope, it)
	if err != nil {
		return retry.Breaker{}, fmt.Errorf("breaker %q in table %s: %w: %w", scope, d.Table, retry.ErrUnreadable, err)
	}
	return b, nil
}

func (d *DynamoDB) full(it item) (time.Time, error) {
	full, err := readFull(it)
	if err != nil {
		return time.Time{}, fmt.Errorf("bucket %q in table %s: %w", stored(it[attrPK]), d.Table, err)
	}
	return instant(full), nil
}
