package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// lineSK is the sort key of a line beside what it leads to.
const lineSK = "line"

// attrTurn is the turn that was given last, in epoch milliseconds.
const attrTurn = "turn"

func lineKey(key string) item { return item{attrPK: text(key), attrSK: text(lineSK)} }

// line is a retry.Line in whole milliseconds: no turn comes before First or
// after Last for the rounding, nor nearer to the one before it than Every.
type line struct {
	key   string
	every int64 // milliseconds
	first int64 // epoch milliseconds
	last  int64
	ttl   int64 // epoch seconds
}

func newLine(l retry.Line) (line, error) {
	if l.Key == "" || l.Every <= 0 {
		return line{}, fmt.Errorf("queue: expected a line with a key and a time between two turns, got key %q, every %s", l.Key, l.Every)
	}
	return line{
		key: l.Key, every: milliseconds(l.Every), first: roundedUp(l.First), last: l.Last.UnixMilli(),
		ttl: seconds(l.Last.Add(bucketSlack)), // no turn is given that comes after Last
	}, nil
}

// milliseconds is d rounded up.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// roundedUp is t in epoch milliseconds.
func roundedUp(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	return ms
}

// next is retry.Line.Next; last is 0 where nobody stands.
func (l line) next(last int64) (int64, bool) {
	turn := l.first
	if last != 0 {
		turn = max(turn, last+l.every)
	}
	return turn, turn <= l.last
}

// free tells whether the turn given last leaves the line as free as nobody's.
func (l line) free(last int64) bool { return last <= l.first-l.every }

// Queue implements retry.Ledger, with one UpdateItem as a rule and two where the
// line turns out to be free: a condition cannot take the later of two times, so
// the turn is asked for behind somebody first, whom a storm always finds there.
// A turn whose answer was lost stays unused: the next comes later, never sooner.
// Errors as for Read.
func (d *DynamoDB) Queue(ctx context.Context, asked retry.Line) (time.Time, bool, error) {
	l, err := newLine(asked)
	if _, inTime := l.next(0); err != nil || !inTime {
		return time.Time{}, false, err
	}
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("%s: %w", updateAction, err)
	}
	defer cancel()
	behind := true
	for range maxTries {
		turn, given, err := d.turn(ctx, l, behind)
		if err != nil {
			return time.Time{}, false, err
		}
		if given {
			return instant(turn), true, nil
		}
		if _, inTime := l.next(turn); !inTime {
			return time.Time{}, false, nil
		}
		behind = !l.free(turn)
	}
	return time.Time{}, false, d.explain(fmt.Errorf("line %q kept changing over %d tries", l.key, maxTries), updateAction)
}

// turn asks for a turn. Given: the one it got; else the one that was given last,
// 0 if nobody stands in the line.
func (d *DynamoDB) turn(ctx context.Context, l line, behind bool) (turn int64, given bool, err error) {
	answer, err := d.Client.UpdateItem(ctx, d.standing(l, behind))
	refused, isRefused := errors.AsType[*types.ConditionalCheckFailedException](err)
	switch {
	case err == nil:
		turn, err = d.readTurn(l.key, answer.Attributes)
		return turn, true, err
	case !isRefused:
		return 0, false, d.explain(err, updateAction)
	case len(refused.Item) > 0:
		turn, err = d.readTurn(l.key, refused.Item)
	case behind: // nobody is there, or the endpoint does not tell
		return 0, false, nil
	default: // somebody is, and the endpoint does not tell
		turn, err = d.lastTurn(ctx, l)
	}
	return turn, false, err
}

// standing is line.next as DynamoDB evaluates it, with somebody in front or with
// nobody.
func (d *DynamoDB) standing(l line, behind bool) *dynamodb.UpdateItemInput {
	update := &dynamodb.UpdateItemInput{
		TableName: &d.Table, Key: lineKey(l.key),
		UpdateExpression:                    aws.String("SET #turn = :first, #ttl = :ttl"),
		ConditionExpression:                 aws.String("attribute_not_exists(#turn) OR #turn <= :free"),
		ExpressionAttributeNames:            map[string]string{"#turn": attrTurn, "#ttl": attrTTL},
		ExpressionAttributeValues:           item{":first": number(l.first), ":free": number(l.first - l.every), ":ttl": number(l.ttl)},
		ReturnValues:                        types.ReturnValueUpdatedNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if behind {
		update.UpdateExpression = aws.String("SET #turn = #turn + :every, #ttl = :ttl")
		update.ConditionExpression = aws.String("#turn > :free AND #turn <= :latest")
		update.ExpressionAttributeValues = item{
			":free": number(l.first - l.every), ":latest": number(l.last - l.every), ":every": number(l.every), ":ttl": number(l.ttl),
		}
	}
	return update
}

// lastTurn reads the turn that was given last.
func (d *DynamoDB) lastTurn(ctx context.Context, l line) (int64, error) {
	found, err := d.fetch(ctx, []item{lineKey(l.key)})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return d.readTurn(l.key, found[0])
}

func (d *DynamoDB) readTurn(key string, it item) (int64, error) {
	turn, err := readMilli(it, attrTurn)
	if err != nil {
		return 0, fmt.Errorf("line %q in table %s: %w", key, d.Table, err)
	}
	return turn, nil
}
