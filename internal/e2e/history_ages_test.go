//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/history"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// ages makes a claim three minutes older than it is, in the table and its index, so
// that the sweep looks for it now. The history has it as what a person writes.
func (w *recorded) ages(t *testing.T, execution string) {
	t.Helper()
	arn, err := retry.ParseExecutionARN(execution)
	if err != nil {
		t.Fatal(err)
	}
	called := w.wire.Recorder.Called()
	_, err = w.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &w.table, Key: map[string]types.AttributeValue{"pk": word(recordKey(execution)), "sk": word("record")},
		UpdateExpression:          ptr("SET claim.#due = :due, open_order = :order, open_due = :order"),
		ExpressionAttributeNames:  map[string]string{"#due": "due"},
		ExpressionAttributeValues: due(time.Now().UTC().Add(-3 * time.Minute)),
	})
	if err != nil {
		t.Fatal(err)
	}
	state := patiently(t, ledger.NewDynamoDB(config(dynamoDBURL), w.table), arn, nil)
	aged := history.Put{Item: history.RecordItem(arn), Value: history.RecordValue(state.Record)}
	w.wire.Recorder.Did(len(w.processes), called, history.Place{Put: aged}, nil)
}

// patiently reads what stands, however busy the machine is.
func patiently(t *testing.T, l retry.Ledger, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (state retry.State) {
	t.Helper()
	until(t, time.Now().Add(time.Minute), func() bool {
		var err error
		state, err = l.Read(t.Context(), arn, buckets, scopes...)
		return err == nil
	})
	return state
}

// due is one time, as a record has it and as the index does.
func due(at time.Time) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		":due": word(at.Format(time.RFC3339Nano)), ":order": word(at.Format("2006-01-02T15:04:05.000000000Z")),
	}
}

func word(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func ptr(s string) *string { return &s }
