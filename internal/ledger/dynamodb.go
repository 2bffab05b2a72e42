package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/awscall"
)

// limit bounds one operation, all its tries and pauses together. DynamoDB
// answers in milliseconds; what takes longer is better delivered again.
const limit = 2 * time.Second

// attempts is how often the SDK makes one call. maxTries is how often a call
// that was answered without a verdict (a conflict, keys left unread) is made.
const (
	attempts = 3
	maxTries = 8
)

// The bounds of the pause before another try. All pauses of an operation come
// to at most 0.9 s.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 200 * time.Millisecond
)

// The actions, for whoever has to allow them: IAM knows a transaction only by
// what it does.
const (
	readAction   = "dynamodb:BatchGetItem"
	writeAction  = "dynamodb:TransactWriteItems (in IAM: dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:ConditionCheckItem)"
	updateAction = "dynamodb:UpdateItem"
)

// Client is what the ledger asks of DynamoDB.
type Client interface {
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// DynamoDB is the ledger in a DynamoDB table. It may be used concurrently if
// its functions may. Make one with NewDynamoDB.
type DynamoDB struct {
	Client Client
	Table  string

	// Token names one Commit, in at most 36 characters, never the same twice
	// within ten minutes (API_TransactWriteItems, ClientRequestToken).
	Token func() string
	// Jitter draws from [0, 1).
	Jitter func() float64
	// Pause waits, or returns the context's error if that ends first.
	Pause func(context.Context, time.Duration) error
}

// NewDynamoDB makes the ledger of a table. Options are for the SDK's client,
// applied last.
func NewDynamoDB(cfg aws.Config, table string, options ...func(*dynamodb.Options)) *DynamoDB {
	return &DynamoDB{
		Client: newClient(cfg, options),
		Table:  table,
		Token:  rand.Text, // 26 characters, 130 bits
		Jitter: mathrand.Float64,
		Pause:  pause,
	}
}

// newClient makes the SDK's client with our attempts.
func newClient(cfg aws.Config, options []func(*dynamodb.Options)) *dynamodb.Client {
	ours := func(o *dynamodb.Options) { o.Retryer = awscall.Attempts(attempts) }
	return dynamodb.NewFromConfig(cfg, slices.Concat([]func(*dynamodb.Options){ours}, options)...)
}

// explain names the permission and the table that an error is about.
func (d *DynamoDB) explain(err error, action string) error {
	return awscall.Explain(err, action, "table "+d.Table)
}

// wait pauses after the n-th try, for a random part of a span that doubles.
func (d *DynamoDB) wait(ctx context.Context, n int) error {
	span := min(firstPause<<(n-1), longestPause)
	if err := d.Pause(ctx, time.Duration(d.Jitter()*float64(span))); err != nil {
		return fmt.Errorf("no time for another try: %w", err)
	}
	return nil
}

// pause is a timer that honours the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
