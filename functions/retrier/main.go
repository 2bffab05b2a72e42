// Command retrier is the Lambda function that gives failed SageMaker pipeline
// executions their second chance. It only wires: internal/retrier is its body.
package main

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"mulligan/internal/awscall"
	"mulligan/internal/config"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

// build names the source that this binary was made from; the Makefile sets it.
var build = "unknown"

func main() {
	handler, err := wire(context.Background())
	if err != nil {
		_, _ = os.Stderr.WriteString("mulligan cannot start:\n" + err.Error() + "\n")
		os.Exit(1)
	}
	runtime.GOMAXPROCS(1) // at 128 MB an invocation has 7 % of one CPU; the start, now over, had all
	lambda.Start(handler)
}

// wire makes the handler, its clients and their first connections.
func wire(ctx context.Context) (*retrier.Handler, error) {
	set, err := config.Read(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	set.Warn(log)
	transport := awscall.NewWarm()
	cfg, err := awscall.Config(transport)
	if err != nil {
		return nil, err
	}
	executions := pipelines.New(cfg)
	corridor := &retry.Corridor{
		Mode: set.Mode, Rules: policy.NewBook(set.Settings), Build: build, Keep: set.Settings.ExpireAfter + retrier.KeepAfterExpiry, Now: time.Now,
		Ledger: ledger.NewDynamoDB(cfg, set.Table), Pipelines: executions, Background: executions, Schedules: schedule.New(cfg, set.Target, time.Now),
	}
	// The two looks at SageMaker go side by side, hence its two connections.
	sagemaker := pipelines.Endpoint(ctx, cfg)
	transport.Open(ctx, ledger.Endpoint(ctx, cfg), sagemaker, sagemaker, schedule.Endpoint(ctx, cfg))
	return &retrier.Handler{Home: set.Home, Prefix: set.Prefix, Corridor: corridor, Log: log}, nil
}
