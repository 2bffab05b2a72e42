package ledger

import (
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// outcomePK is the partition of the outcomes counted; their sort keys name
// pipeline and class.
const outcomePK = "outcome"

// Their attributes, beside a counter for each retry.Result under its own name.
// failed_again counts all that failed again, and this one those of them with the
// same fingerprint in the same step.
const (
	attrPipeline   = "pipeline"
	attrClass      = "class"
	attrFailedSame = string(retry.FailedAnew) + "_same"
)

// results are those that there are counters for.
var results = []retry.Result{retry.WasRecovered, retry.FailedAnew, retry.WasStopped, retry.EndedElse}

func tallyKey(t retry.Tally) item {
	return item{attrPK: text(outcomePK), attrSK: text(strings.ToLower(t.Pipeline) + "#" + string(t.Class))}
}

// counters are those that a tally adds one to.
func counters(t retry.Tally) []string {
	if t.Result == retry.FailedAnew && t.Same {
		return []string{string(t.Result), attrFailedSame}
	}
	return []string{string(t.Result)}
}

// counting is counted as DynamoDB evaluates it. It has no condition and no ttl:
// nothing stands against one more outcome, and what is counted is kept for good.
func (d *DynamoDB) counting(t retry.Tally) *types.Update {
	update := &types.Update{
		TableName: &d.Table, Key: tallyKey(t),
		UpdateExpression:         aws.String("SET #pipeline = :pipeline, #class = :class ADD "),
		ExpressionAttributeNames: map[string]string{"#pipeline": attrPipeline, "#class": attrClass},
		ExpressionAttributeValues: item{
			":pipeline": text(strings.ToLower(t.Pipeline)), ":class": text(string(t.Class)), ":one": number(1),
		},
	}
	for i, counter := range counters(t) {
		if i > 0 {
			*update.UpdateExpression += ", "
		}
		*update.UpdateExpression += "#" + counter + " :one"
		update.ExpressionAttributeNames["#"+counter] = counter
	}
	return update
}

// counted is the item with one more outcome; absent, it begins.
func counted(t retry.Tally, before item) item {
	it := tallyKey(t)
	maps.Copy(it, before)
	it[attrPipeline], it[attrClass] = text(strings.ToLower(t.Pipeline)), text(string(t.Class))
	for _, counter := range counters(t) {
		it[counter] = number(count(it, counter) + 1)
	}
	return it
}

// count reads a counter; absent or no number, it is 0.
func count(it item, counter string) int64 {
	n, ok := it[counter].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	counted, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0
	}
	return counted
}
