//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"mulligan/internal/retry"
)

// readLimit is for one look at the account.
const readLimit = 30 * time.Second

// record is the execution's in the ledger; the zero one where there is none.
func (st *story) record() (r retry.Record, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	table, yes := st.Outputs["LedgerTable"], true
	out, err := dynamodb.NewFromConfig(st.AWS(st.home)).GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &table, ConsistentRead: &yes, Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "execution#" + strings.ToLower(st.arn)},
			"sk": &types.AttributeValueMemberS{Value: "record"},
		}})
	if err != nil {
		return r, err
	}
	err = attributevalue.UnmarshalMapWithOptions(out.Item, &r, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" })
	return r, err
}

// decisions are the trail of the execution, oldest first.
func (st *story) decisions() (trail []retry.Trail, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	table, yes, where := st.Outputs["LedgerTable"], true, "pk = :pk AND begins_with(sk, :sk)"
	out, err := dynamodb.NewFromConfig(st.AWS(st.home)).Query(ctx, &dynamodb.QueryInput{
		TableName: &table, ConsistentRead: &yes, KeyConditionExpression: &where,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": &types.AttributeValueMemberS{Value: "execution#" + strings.ToLower(st.arn)},
			":sk": &types.AttributeValueMemberS{Value: "decision#"},
		}})
	if err != nil {
		return nil, err
	}
	err = attributevalue.UnmarshalListOfMapsWithOptions(out.Items, &trail, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" })
	return trail, err
}

// A letter is one in DeadLetters.
type letter struct {
	body       string
	attributes map[string]string
}

// event is the original event in a letter: Lambda's wraps it, those of the rule
// and of Scheduler are it.
func (l letter) event() json.RawMessage {
	var envelope struct {
		RequestPayload json.RawMessage `json:"requestPayload"`
	}
	if err := json.Unmarshal([]byte(l.body), &envelope); err == nil && envelope.RequestPayload != nil {
		return envelope.RequestPayload
	}
	return json.RawMessage(l.body)
}

// deadLooks lets one look at dead letters be over before the next one begins.
var deadLooks sync.Mutex

// deadLetters looks at the dead letters of the stack and leaves them there. Each
// is hidden until all were seen: a queue shows ten at a time.
func (s *stack) deadLetters() (letters []letter, err error) {
	deadLooks.Lock()
	defer deadLooks.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	client := sqs.NewFromConfig(s.AWS(s.home))
	queue := s.Outputs["DeadLettersUrl"]
	for {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &queue, MaxNumberOfMessages: 10, VisibilityTimeout: 60, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			return nil, fmt.Errorf("look at the dead letters: %w", err)
		}
		if len(out.Messages) == 0 {
			return letters, nil
		}
		for _, m := range out.Messages {
			letters = append(letters, letter{*m.Body, values(m.MessageAttributes)})
			defer client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
		}
	}
}

func values(of map[string]sqstypes.MessageAttributeValue) map[string]string {
	out := map[string]string{}
	for name, v := range of {
		if v.StringValue != nil {
			out[name] = *v.StringValue
		}
	}
	return out
}
