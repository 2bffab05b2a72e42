package dynamodblocal

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table is a ledger's table with its index, as template.yaml makes it.
func Table(name string) *dynamodb.CreateTableInput {
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &sort, KeyType: types.KeyTypeRange}}
	}
	return &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk"), text("open"), text("open_order")},
		KeySchema:            keys("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("open"), KeySchema: keys("open", "open_order"),
			Projection: &types.Projection{
				ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"open_due", "open_for", "open_execution"},
			},
		}},
	}
}

// Make makes a table, and a first transaction that writes nothing: DynamoDB Local
// loads half of itself with that, which can take longer than a function would wait.
func Make(ctx context.Context, client *dynamodb.Client, table *dynamodb.CreateTableInput) error {
	if _, err := client.CreateTable(ctx, table); err != nil {
		return fmt.Errorf("make table %s: %w", *table.TableName, err)
	}
	warm := &types.AttributeValueMemberS{Value: "warm"}
	check := &types.ConditionCheck{
		TableName: table.TableName, Key: map[string]types.AttributeValue{"pk": warm, "sk": warm},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}
	ask := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{ConditionCheck: check}}}
	if _, err := client.TransactWriteItems(ctx, ask); err != nil {
		return fmt.Errorf("warm table %s: %w", *table.TableName, err)
	}
	return nil
}
