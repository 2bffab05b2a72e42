package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/awstest"
	"mulligan/internal/bench/plain/handler"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
	"mulligan/internal/runtimeapi"
	"mulligan/internal/schedule"
)

// allocated is what one event costs in the handler and the SDK: not in HTTP and
// TLS, which a stub stands in for, nor in the runtime's loop.
type allocated struct{ objects, bytes uint64 }

// allocEvents is how many events the mean is of.
const allocEvents = 300

// allocations counts for the retrier and the plain handler, in this order.
func allocations(ctx context.Context) (counts [2]allocated, err error) {
	for i, make := range []func(aws.Config) func(context.Context, awstest.Event) error{retrierInProcess, plainInProcess} {
		invoke, event := inProcess(make)
		if counts[i], err = perEvent(ctx, invoke, event); err != nil {
			return counts, fmt.Errorf("count allocations: %w", err)
		}
	}
	return counts, nil
}

// inProcess makes a handler over recorded answers, and one failure for it.
func inProcess(make func(aws.Config) func(context.Context, awstest.Event) error) (func(context.Context, awstest.Event) error, awstest.Event) {
	account := awstest.New(awstest.Config{Number: accountNumber, Region: region})
	_, event := fail(account, retried)
	return make(aws.Config{
		Region:      region,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDBENCH", "bench", "bench"),
		HTTPClient:  &http.Client{Transport: newReplay(account)},
	}), event
}

func perEvent(ctx context.Context, invoke func(context.Context, awstest.Event) error, e awstest.Event) (allocated, error) {
	for range 10 { // fills pools and caches, and records the answers
		if err := invoke(ctx, e); err != nil {
			return allocated{}, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range allocEvents {
		if err := invoke(ctx, e); err != nil {
			return allocated{}, err
		}
	}
	runtime.ReadMemStats(&after)
	return allocated{(after.Mallocs - before.Mallocs) / allocEvents, (after.TotalAlloc - before.TotalAlloc) / allocEvents}, nil
}

// retrierInProcess is wired as functions/retrier is.
func retrierInProcess(cfg aws.Config) func(context.Context, awstest.Event) error {
	rules := policy.NewBook(policy.Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, BackoffInterval: 5 * time.Minute,
		BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour, FunctionTimeout: timeLeft,
	})
	executions := pipelines.New(cfg)
	h := &retrier.Handler{
		Home: retry.Home{Partition: "aws", Region: region, Account: accountNumber},
		Corridor: &retry.Corridor{
			Mode: retry.Enforce, Rules: rules, Build: "bench", Keep: retrier.KeepAfterExpiry,
			Ledger: ledger.NewDynamoDB(cfg, "ledger"), Pipelines: executions, Background: executions,
			Schedules: schedule.New(cfg, schedule.Target{}, time.Now), Now: time.Now,
		},
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
	}
	return func(ctx context.Context, e awstest.Event) error {
		body, err := h.Invoke(ctx, e.JSON())
		return errors.Join(err, retried.check(subject{retrier: true}, runtimeapi.Answer{Body: string(body)}))
	}
}

func plainInProcess(cfg aws.Config) func(context.Context, awstest.Event) error {
	h := handler.New("ledger", func(context.Context) (aws.Config, error) { return cfg, nil })
	return func(ctx context.Context, e awstest.Event) error {
		var event events.EventBridgeEvent
		if err := json.Unmarshal(e.JSON(), &event); err != nil {
			return err
		}
		return h.Handle(ctx, event)
	}
}
