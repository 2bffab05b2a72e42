package ledger

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// part is one action of a change's transaction.
type part struct {
	write types.TransactWriteItem
	// stands corrects what was seen by the item that refused the write; nil if it
	// has no condition.
	stands func(*retry.State, item) error
}

// transaction is a change as one request. What its conditions say is decided once;
// the tries send the same.
func (d *DynamoDB) transaction(parts []part) *dynamodb.TransactWriteItemsInput {
	writes := make([]types.TransactWriteItem, len(parts))
	for i, p := range parts {
		writes[i] = p.write
	}
	return &dynamodb.TransactWriteItemsInput{TransactItems: writes, ClientRequestToken: aws.String(d.Token())}
}

// parts are the record, the trail, what is taken, the holds that allow it, and
// what else is learned by the same write.
func (d *DynamoDB) parts(c retry.Change, takes []take) ([]part, error) {
	record, trail, err := items(c)
	if err != nil {
		return nil, err
	}
	all := make([]part, 0, 4+len(takes)+len(c.Breakers)+len(c.Refills))
	all = append(all, part{
		types.TransactWriteItem{Put: d.fenced(record, c.Seen.Record.Rev)},
		func(s *retry.State, it item) (err error) { s.Record, err = d.record(c.Execution, it); return err },
	}, part{write: types.TransactWriteItem{Put: &types.Put{TableName: &d.Table, Item: trail}}})
	all = append(all, d.takings(c, takes)...)
	breakers, err := d.breaking(c)
	if err != nil {
		return nil, err
	}
	all = append(all, breakers...)
	for _, b := range c.Refills {
		all = append(all, part{write: types.TransactWriteItem{Update: d.refilling(b, c.Now, c.Expires)}})
	}
	if c.Tally != nil {
		all = append(all, part{write: types.TransactWriteItem{Update: d.counting(*c.Tally)}})
	}
	return all, nil
}

// takings are the units of a claim, and the holds that must be those that were
// seen to allow it.
func (d *DynamoDB) takings(c retry.Change, takes []take) []part {
	if len(takes) == 0 {
		return nil
	}
	var all []part
	for _, t := range takes {
		all = append(all, part{
			types.TransactWriteItem{Update: d.taking(t)},
			func(s *retry.State, it item) (err error) { s.Full[t.key], err = d.full(it); return err },
		})
	}
	return append(all, part{
		types.TransactWriteItem{ConditionCheck: d.checkingHolds(c.Seen.Holds.Rev)},
		func(s *retry.State, it item) error { s.Holds = readHolds(it); return nil },
	})
}

// breaking are the breakers of a change.
func (d *DynamoDB) breaking(c retry.Change) ([]part, error) {
	written, err := breakerItems(c)
	if err != nil {
		return nil, err
	}
	all := make([]part, len(written))
	for i, b := range c.Breakers {
		all[i] = part{
			types.TransactWriteItem{Put: d.fenced(written[i], b.Rev-1)},
			func(s *retry.State, it item) (err error) {
				s.Breakers[b.Scope], err = d.breaker(b.Scope, it)
				return err
			},
		}
	}
	return all, nil
}

// fenced writes a record or breaker if it still is as it was read. The schema is
// part of it, so that no build overwrites what it could not have read.
func (d *DynamoDB) fenced(it item, seen int) *types.Put {
	put := &types.Put{
		TableName: &d.Table, Item: it,
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

// refilling fills a bucket, whatever was taken from it meanwhile.
func (d *DynamoDB) refilling(b retry.Bucket, now, expires time.Time) *types.Update {
	return &types.Update{
		TableName: &d.Table, Key: bucketKey(b.Key),
		UpdateExpression:          aws.String("SET #full = :now, #ttl = :ttl"),
		ExpressionAttributeNames:  map[string]string{"#full": attrFull, "#ttl": attrTTL},
		ExpressionAttributeValues: item{":now": number(now.UnixMilli()), ":ttl": number(seconds(expires))},
	}
}
