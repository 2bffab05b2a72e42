//go:build e2e

package account

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awstest"
)

// TestNewerRecord is a rollback too far: the build meets a record that a later
// one wrote in a shape of its own. It retries nothing, leaves the record as it
// is, and the event ends in the dead letters (scenarios 50, 80).
func TestNewerRecord(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	throttled := awstest.FailsAt("Train", awstest.ReasonThrottled)
	st := s.fails(t, awstest.Script{Runs: []awstest.Run{throttled, awstest.KeepsRunning()}})
	st.awaits("retry", "retryable")
	st.settles("retried", 1)
	newer := st.reshape()

	st.standIn().Fail(st.arn, awstest.Step{Name: "Train", Reason: awstest.ReasonThrottled})
	st.until("a dead letter", func() bool {
		letters, err := s.deadLetters()
		for _, l := range letters {
			if strings.Contains(string(l.event()), st.arn) {
				return true
			}
		}
		return err != nil
	})
	if got := st.retried(); got != 1 {
		t.Errorf("retries: got %d, want 1\n%s", got, st)
	}
	if after := st.item(); !reflect.DeepEqual(after, newer) {
		t.Errorf("record: got %v, want %v", after, newer)
	}
}

// cursorKey is where the ledger keeps how far the sweep has come.
var cursorKey = map[string]types.AttributeValue{
	"pk": &types.AttributeValueMemberS{Value: "sweep"}, "sk": &types.AttributeValueMemberS{Value: "cursor"},
}

func (st *story) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "execution#" + strings.ToLower(st.arn)},
		"sk": &types.AttributeValueMemberS{Value: "record"},
	}
}

// item is the record as the table has it.
func (st *story) item() map[string]types.AttributeValue {
	st.t.Helper()
	yes := true
	out, err := dynamodb.NewFromConfig(st.AWS(st.home)).GetItem(st.t.Context(),
		&dynamodb.GetItemInput{TableName: aws.String(st.Outputs["LedgerTable"]), Key: st.key(), ConsistentRead: &yes})
	if err != nil {
		st.t.Fatal(err)
	}
	return out.Item
}

// reshape makes the record one of the next schema, and returns it.
func (st *story) reshape() map[string]types.AttributeValue {
	st.t.Helper()
	_, err := dynamodb.NewFromConfig(st.AWS(st.home)).UpdateItem(st.t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(st.Outputs["LedgerTable"]), Key: st.key(), UpdateExpression: aws.String("SET #schema = :next"),
		ExpressionAttributeNames:  map[string]string{"#schema": "schema"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":next": &types.AttributeValueMemberN{Value: "2"}},
	})
	if err != nil {
		st.t.Fatal(err)
	}
	return st.item()
}
