// Package handler is the plain handler that the retrier is measured against: a
// counter, a limit, and the call. Its clients are made on the first event.
package handler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
)

// maxRetries bounds the counter, in retries of one execution.
const maxRetries = "3"

// Handler retries every failed execution that it hears of, up to three times.
type Handler struct {
	table   string
	clients func(context.Context) (clients, error)
}

type clients struct {
	dynamo    *dynamodb.Client
	sagemaker *sagemaker.Client
}

// New makes a handler that counts in a table with the keys pk and sk. It loads
// its configuration when the first event comes, and once only.
func New(table string, load func(context.Context) (aws.Config, error)) *Handler {
	var once sync.Once
	var made clients
	var failed error
	return &Handler{table, func(ctx context.Context) (clients, error) {
		once.Do(func() {
			cfg, err := load(ctx)
			made, failed = clients{dynamodb.NewFromConfig(cfg), sagemaker.NewFromConfig(cfg)}, err
		})
		return made, failed
	}}
}

// Handle counts the event and retries the execution, with the event's id as the
// token.
func (h *Handler) Handle(ctx context.Context, event events.EventBridgeEvent) error {
	var detail struct {
		Execution string `json:"pipelineExecutionArn"`
	}
	if err := json.Unmarshal(event.Detail, &detail); err != nil {
		return fmt.Errorf("read the event: %w", err)
	}
	c, err := h.clients(ctx)
	if err != nil {
		return fmt.Errorf("load the configuration: %w", err)
	}
	_, err = c.dynamo.UpdateItem(ctx, h.count(detail.Execution))
	if _, empty := errors.AsType[*types.ConditionalCheckFailedException](err); empty {
		return nil
	}
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	_, err = c.sagemaker.RetryPipelineExecution(ctx, &sagemaker.RetryPipelineExecutionInput{
		PipelineExecutionArn: aws.String(detail.Execution), ClientRequestToken: aws.String(event.ID),
	})
	if err != nil {
		return fmt.Errorf("retry the execution: %w", err)
	}
	return nil
}

func (h *Handler) count(execution string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName: aws.String(h.table),
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: execution}, "sk": &types.AttributeValueMemberS{Value: "retries"},
		},
		UpdateExpression:    aws.String("ADD retries :one"),
		ConditionExpression: aws.String("attribute_not_exists(retries) OR retries < :most"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":one": &types.AttributeValueMemberN{Value: "1"}, ":most": &types.AttributeValueMemberN{Value: maxRetries},
		},
	}
}
