package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// startDynamoDB starts DynamoDB Local, which lives as long as its standard input.
func startDynamoDB(ctx context.Context) (url string, stop func() error, err error) {
	root, err := projectRoot(ctx)
	if err != nil {
		return "", nil, err
	}
	local := exec.Command(filepath.Join(root, "infra/local/dynamodb-local"), "127.0.0.1")
	var words strings.Builder // several lines of it even where all is well
	local.Stderr = &words
	stdin, err := local.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := local.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := local.Start(); err != nil {
		return "", nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	stop = func() error {
		stdin.Close()
		if err := local.Wait(); err != nil {
			return fmt.Errorf("end DynamoDB Local: %w\n%s", err, &words)
		}
		return nil
	}
	url, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("start DynamoDB Local: no URL on its standard output: %w", errors.Join(err, stop()))
	}
	go io.Copy(io.Discard, stdout) // ends with the program
	return strings.TrimSpace(url), stop, nil
}

// projectRoot is the module's folder, wherever in it the program was started.
func projectRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the project's folder: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(mod))), nil
}

// The credentials of everybody here: DynamoDB Local keeps the tables of each
// access key and Region apart.
const accessKey, secretKey = "AKIDSTORM", "storm"

// config is that of clients of our own.
func config(endpoint string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
	}
}

// makeTable makes a ledger's table as the template does, and a first transaction
// that writes nothing: DynamoDB Local loads half of itself with that, which can
// take longer than a function would wait.
func makeTable(ctx context.Context, client *dynamodb.Client, table string) error {
	if _, err := client.CreateTable(ctx, asTemplate(table)); err != nil {
		return fmt.Errorf("make table %s: %w", table, err)
	}
	check := &types.ConditionCheck{
		TableName: &table, Key: map[string]types.AttributeValue{"pk": text("warm"), "sk": text("warm")},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{ConditionCheck: check}}})
	return err
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func asTemplate(table string) *dynamodb.CreateTableInput {
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &sort, KeyType: types.KeyTypeRange}}
	}
	return &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
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
