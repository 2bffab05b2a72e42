package ledger

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// holdsPK is the partition of the holds; what stands is under currentSK.
const holdsPK = "hold"

// attrHolds are the holds, beside rev.
const attrHolds = "holds"

func holdsKey() item { return item{attrPK: text(holdsPK), attrSK: text(currentSK)} }

// holdsItem is the one item of all holds. It has no ttl: holds end by what they
// say, and their rev counts for good.
func holdsItem(h retry.Holds) (item, error) {
	if h.Holds == nil { // what is nil would be written as NULL
		h.Holds = []retry.Hold{}
	}
	it, err := encode(h)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", h, err)
	}
	it[attrPK], it[attrSK], it[attrSchema] = text(holdsPK), text(currentSK), ourSchema()
	return it, nil
}

// readHolds reads the item that holdsItem makes; absent, it is the zero Holds.
// What is wrong with it is its Fault and no error: a failure that is only to be
// recorded needs no holds. Beside a fault the rev is kept, if it can be read, and
// no hold is, since one that was left out would not hold.
func readHolds(it item) retry.Holds {
	if len(it) == 0 {
		return retry.Holds{}
	}
	r := reading{it: it}
	r.schema()
	h := retry.Holds{Rev: r.rev()}
	h.Holds = r.holds()
	if h.Fault = r.fault; h.Fault != "" {
		h.Holds = nil
	}
	return h
}

// holdsStand is the condition of a claim: whether the holds are at the rev that
// was seen, 0 for none.
func holdsStand(it item, seen int) bool {
	if seen == 0 {
		return it[attrRev] == nil
	}
	n, ok := it[attrRev].(*types.AttributeValueMemberN)
	return ok && n.Value == strconv.Itoa(seen)
}

// checkingHolds is holdsStand as DynamoDB evaluates it.
func (d *DynamoDB) checkingHolds(seen int) *types.ConditionCheck {
	check := &types.ConditionCheck{
		TableName: &d.Table, Key: holdsKey(),
		ConditionExpression:                 aws.String("attribute_not_exists(#rev)"),
		ExpressionAttributeNames:            map[string]string{"#rev": attrRev},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if seen > 0 {
		check.ConditionExpression = aws.String("#rev = :seen")
		check.ExpressionAttributeValues = item{":seen": number(int64(seen))}
	}
	return check
}

// holds reads the list; nil if it is empty.
func (r *reading) holds() []retry.Hold {
	var list []retry.Hold
	if err := decodeList(r.it[attrHolds], &list); err != nil {
		r.wrong("expected its holds as a list: %v", err)
		return nil
	}
	for _, hold := range list {
		if hold.Scope == "" || hold.Until.IsZero() {
			r.wrong("expected holds with a scope and an end, got scope %s until %s", plaintext.Line(hold.Scope, maxFault), hold.Until)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}
