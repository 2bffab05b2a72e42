// Command plain is the Lambda function that the retrier is measured against:
// the default configuration, clients made on the first event, no connection
// before it. See the command bench.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"mulligan/internal/bench/plain/handler"
)

func main() {
	h := handler.New(os.Getenv("LEDGER_TABLE"), func(ctx context.Context) (aws.Config, error) {
		return config.LoadDefaultConfig(ctx)
	})
	lambda.Start(h.Handle)
}
