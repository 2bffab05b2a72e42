package letters

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// The actions that a person needs, as IAM spells them: it knows a batch by what
// it is made of.
const (
	countAction  = "sqs:GetQueueAttributes"
	takeAction   = "sqs:ReceiveMessage"
	giveAction   = "sqs:ChangeMessageVisibility"
	deleteAction = "sqs:DeleteMessage"
)

// MaxLetters is how many letters one look takes at most. SQS lets 120,000 be
// taken at a time.
const MaxLetters = 10_000

// Hold is for how long a look hides letters that it cannot give back. It is
// longer than a look, so that none comes round again within one.
const Hold = time.Minute

const (
	lookPatience = 30 * time.Second // of a look
	limit        = 10 * time.Second // of one call, all its attempts together
	tries        = 3                // attempts of one call
	batch        = 10               // what SQS hands out and takes back at a time
	poll         = 1                // second, for which SQS asks all its servers and not some of them
	maxBytes     = 64 << 20         // of bodies in one look
)

// Client is what a queue asks of SQS.
type Client interface {
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	ChangeMessageVisibilityBatch(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
}

// Queue is the queue DeadLetters of a Mulligan. Make one with NewQueue. Errors
// of all methods are those of the SDK, with the permission that they are about.
type Queue struct {
	Client Client
	URL    string
	Home   retry.Home
}

// NewQueue opens the queue at a URL, of a Mulligan that is at home there.
func NewQueue(cfg aws.Config, url string, home retry.Home, options ...func(*sqs.Options)) *Queue {
	ours := func(o *sqs.Options) { o.Retryer = awscall.Attempts(tries) }
	return &Queue{Client: sqs.NewFromConfig(cfg, slices.Concat([]func(*sqs.Options){ours}, options)...), URL: url, Home: home}
}

// Sight is what a look saw.
type Sight struct {
	Letters   []Letter      // the oldest first
	More      bool          // there may be more: the look was over before the queue was
	Hidden    int           // letters that somebody else had taken when it began, about
	Kept      int           // letters that could not be given back, and come back after Hold
	Retention time.Duration // from being sent, after which SQS deletes a letter
}

// Look sees at most that many letters, from 1 to MaxLetters, and leaves them in
// the queue. It takes half a minute at the longest. Its error is the context's
// where that ends first; what was taken is given back then, too.
func (q *Queue) Look(ctx context.Context, most int) (s Sight, err error) {
	began, err := q.count(ctx)
	if err != nil {
		return s, err
	}
	w := walk{queue: q, hold: Hold, patience: lookPatience, most: min(most, MaxLetters), waiting: began.waiting}
	err = w.run(ctx, func(l Letter, _ string) (deleted, goOn bool) {
		s.Letters = append(s.Letters, l)
		return false, true
	})
	slices.SortStableFunc(s.Letters, func(a, b Letter) int {
		return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID))
	})
	s.More, s.Kept, s.Hidden, s.Retention = w.more, w.kept, began.taken, began.retention
	return s, err
}

// counts are what SQS says of the queue. The numbers are rough, and may lag by a
// minute.
type counts struct {
	waiting, taken int
	retention      time.Duration
}

func (q *Queue) count(ctx context.Context) (c counts, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	waiting, taken, retention := types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		types.QueueAttributeNameMessageRetentionPeriod
	out, err := q.Client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{waiting, taken, retention},
	})
	if err != nil {
		return c, q.explain(err, countAction)
	}
	number := func(name types.QueueAttributeName) int {
		n, _ := strconv.Atoi(out.Attributes[string(name)]) // 0 where SQS does not tell
		return n
	}
	return counts{number(waiting), number(taken), time.Duration(number(retention)) * time.Second}, nil
}

// take takes up to n messages, for as long as hold.
func (q *Queue) take(ctx context.Context, n int, hold time.Duration) ([]types.Message, error) {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	out, err := q.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.URL, MaxNumberOfMessages: int32(min(n, batch)), WaitTimeSeconds: poll,
		VisibilityTimeout: int32(hold.Seconds()), MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{
			types.MessageSystemAttributeNameSentTimestamp, types.MessageSystemAttributeNameApproximateReceiveCount,
		},
	})
	if err != nil {
		return nil, q.explain(err, takeAction)
	}
	return out.Messages, nil
}

// give gives messages back, by their handles, and counts those it could not.
func (q *Queue) give(ctx context.Context, handles []string) (kept int) {
	for some := range slices.Chunk(handles, batch) {
		in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.URL}
		for i, handle := range some {
			in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &handle})
		}
		kept += q.giveBatch(ctx, in)
	}
	return kept
}

func (q *Queue) giveBatch(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (kept int) {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	out, err := q.Client.ChangeMessageVisibilityBatch(ctx, in)
	if err != nil {
		return len(in.Entries)
	}
	return len(out.Failed)
}

// remove deletes a message, by its handle.
func (q *Queue) remove(ctx context.Context, handle string) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	if _, err := q.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: &handle}); err != nil {
		return q.explain(err, deleteAction)
	}
	return nil
}

// unhurried bounds a call that must not be cut off by an interruption: what it
// took would stay hidden, and what it did would be unknown.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

func (q *Queue) explain(err error, action string) error {
	name := "queue " + path.Base(q.URL)
	if _, gone := errors.AsType[*types.QueueDoesNotExist](err); gone {
		return fmt.Errorf("%s: %s does not exist: %w", action, name, err)
	}
	return awscall.Explain(err, action, name)
}
