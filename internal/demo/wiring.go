package demo

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/awscall"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

// settings are the template's defaults.
var settings = policy.Settings{
	MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
	BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
}

const (
	region = "eu-west-1"
	number = "123456789012"
	group  = "mulligan"
)

// newHandler wires the function's body as its main does, but for the ledger.
func newHandler(url string, now func() time.Time) *retrier.Handler {
	cfg := aws.Config{
		Region: region, BaseEndpoint: aws.String(url), HTTPClient: awscall.Client(http.DefaultTransport),
		Credentials: credentials.NewStaticCredentialsProvider("demo", "demo", ""),
	}
	executions := pipelines.New(cfg)
	home := retry.Home{Partition: "aws", Region: region, Account: number}
	target := schedule.Target{
		Group: group, FunctionARN: "arn:aws:lambda:" + region + ":" + number + ":function:mulligan-retrier:live",
		RoleARN: "arn:aws:iam::" + number + ":role/mulligan-scheduler", DeadLetters: "arn:aws:sqs:" + region + ":" + number + ":mulligan",
	}
	return &retrier.Handler{
		Home: home, Log: slog.New(slog.DiscardHandler),
		Corridor: &retry.Corridor{
			Mode: retry.Enforce, Rules: policy.NewBook(settings), Build: "demo",
			Keep: settings.ExpireAfter + retrier.KeepAfterExpiry, Ledger: ledger.NewMemory(),
			Pipelines: executions, Background: executions, Schedules: schedule.New(cfg, target, now), Now: now,
		},
	}
}

// clock is hurried by the play and read by the stand-in's goroutines.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the play's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// reach moves the clock on, never back.
func (c *clock) reach(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}
