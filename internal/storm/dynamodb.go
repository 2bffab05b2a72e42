package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

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

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
