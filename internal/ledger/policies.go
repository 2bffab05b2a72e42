package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The actions that a person needs beside the function's, as IAM spells them.
const (
	getAction   = "dynamodb:GetItem"
	queryAction = "dynamodb:Query"
	scanAction  = "dynamodb:Scan"
)

// patience bounds one call, or one page of several. A person is waiting, from
// farther away than a function.
const patience = 10 * time.Second

// OperatorClient is what a person's program asks of DynamoDB beside Client. The
// function has no permission for any of it.
type OperatorClient interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Policies is a ledger in a person's hands: the policies that were applied to
// it, and the decisions that it kept. All of it runs with the person's own
// credentials. It may be used concurrently. Make one with NewPolicies.
//
// Errors of all methods are those of the SDK, with the permission or table that
// they are about, beside those named.
type Policies struct {
	Ledger *DynamoDB // writes
	Client OperatorClient
}

// NewPolicies opens the ledger of a table. Options are for the SDK's client,
// applied last.
func NewPolicies(cfg aws.Config, table string, options ...func(*dynamodb.Options)) *Policies {
	return &Policies{Ledger: NewDynamoDB(cfg, table, options...), Client: newClient(cfg, options)}
}

// Current is the policy that was applied last, as of now, with its source; the
// zero Version if none was. One that cannot be read is no error, but has a Fault.
func (p *Policies) Current(ctx context.Context) (Version, error) {
	v, err := p.current(ctx)
	if _, none := prefix(v.Hash); err != nil || none != nil {
		return v, err
	}
	it, err := p.get(ctx, policyKey(hashSK+v.Hash))
	if err != nil {
		return Version{}, err
	}
	v.Source = stored(it[attrSource])
	return v, nil
}

func (p *Policies) current(ctx context.Context) (Version, error) {
	it, err := p.get(ctx, policyKey(currentSK))
	return readCurrent(it), err
}

// Apply puts a policy in force, from the next decision on, and returns it with
// its Rev and Before; what the caller says of these two does not count. Without
// Hash, Body and Source it puts the built-in policy back in force. seenRev is the
// Rev of the Current that the person agreed to replace: if another stands, the
// error is ErrPolicyMoved and nothing is written. A version is refused that is
// too large, has no time or not its body's hash.
func (p *Policies) Apply(ctx context.Context, v Version, seenRev int) (Version, error) {
	if err := v.check(); err != nil {
		return Version{}, fmt.Errorf("apply policy: %w", err)
	}
	was, err := p.current(ctx)
	if err != nil {
		return Version{}, err
	}
	if err := replaceable(was, seenRev); err != nil {
		return Version{}, err
	}
	newest, err := p.newest(ctx)
	if err != nil {
		return Version{}, err
	}
	v = v.after(was, newest)
	if err := p.write(ctx, v, seenRev); err != nil {
		return Version{}, err
	}
	return v, nil
}

// replaceable tells whether what stands is what was seen.
func replaceable(was Version, seen int) error {
	if was.Fault != "" && was.Rev == 0 {
		return fmt.Errorf("apply policy: what stands cannot be told from what was seen (%s): remove the item with pk %s and sk %s from the table first",
			was.Fault, policyPK, currentSK)
	}
	if was.Rev != seen {
		return &MovedError{Seen: seen, Stands: was}
	}
	return nil
}

// newest is the last rev that history knows, 0 if it knows none. It counts on
// where a person had to remove what stood.
func (p *Policies) newest(ctx context.Context) (int, error) {
	last, err := p.History(ctx, 1)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	return last[0].Rev, nil
}

// write writes the version in one transaction.
func (p *Policies) write(ctx context.Context, v Version, seen int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reasons, err := p.Ledger.transact(ctx, p.transaction(v, seen))
	if err != nil || reasons == nil {
		return err
	}
	stands := readCurrent(reasons[currentAt].Item)
	if len(reasons[currentAt].Item) == 0 { // gone, or an endpoint that does not return it
		if stands, err = p.current(ctx); err != nil {
			return err
		}
	}
	return &MovedError{Seen: seen, Stands: stands}
}

// currentAt is the place of the transaction's first item.
const currentAt = 0

func (p *Policies) transaction(v Version, seen int) *dynamodb.TransactWriteItemsInput {
	absent, names := aws.String("attribute_not_exists(#pk)"), map[string]string{"#pk": attrPK}
	put := &types.Put{
		TableName: &p.Ledger.Table, Item: current(v), ConditionExpression: absent, ExpressionAttributeNames: names,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if seen > 0 { // on rev alone: a person may replace what a newer build wrote
		put.ConditionExpression = aws.String("#rev = :seen")
		put.ExpressionAttributeNames = map[string]string{"#rev": attrRev}
		put.ExpressionAttributeValues = item{":seen": number(int64(seen))}
	}
	history := &types.Put{TableName: &p.Ledger.Table, Item: entry(v), ConditionExpression: absent, ExpressionAttributeNames: names}
	writes := []types.TransactWriteItem{{Put: put}, {Put: history}}
	if v.Hash != "" {
		writes = append(writes, types.TransactWriteItem{Update: p.keeping(v)})
	}
	return &dynamodb.TransactWriteItemsInput{TransactItems: writes, ClientRequestToken: aws.String(p.Ledger.Token())}
}

// keeping is kept as DynamoDB evaluates it.
func (p *Policies) keeping(v Version) *types.Update {
	update := &types.Update{
		TableName: &p.Ledger.Table, Key: policyKey(hashSK + v.Hash),
		UpdateExpression:          aws.String("SET #schema = :schema, #body = :body"),
		ExpressionAttributeNames:  map[string]string{"#schema": attrSchema, "#body": attrBody},
		ExpressionAttributeValues: item{":schema": ourSchema(), ":body": text(v.Body)},
	}
	if v.Source != "" {
		*update.UpdateExpression += ", #source = :source"
		update.ExpressionAttributeNames["#source"] = attrSource
		update.ExpressionAttributeValues[":source"] = text(v.Source)
	}
	return update
}

// get reads one item, consistently; nil if there is none.
func (p *Policies) get(ctx context.Context, key item) (item, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := p.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &p.Ledger.Table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, p.Ledger.explain(err, getAction)
	}
	return answer.Item, nil
}
