package letters

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// visit deals with a letter, and tells whether it was deleted, and whether
// another is wanted.
type visit func(l Letter, handle string) (deleted, goOn bool)

// walk goes through the queue once.
type walk struct {
	queue    *Queue
	hold     time.Duration // for which letters are hidden
	patience time.Duration // after which nothing more is taken
	most     int           // letters to visit
	waiting  int           // how many there are, about

	met  map[string]bool
	held map[string]string // message → its last handle, of what is to be given back
	size int

	more bool // it ended before the queue did
	kept int  // letters that could not be given back
}

// maxEmpty is how many empty answers in a row are believed where SQS said that
// there are more.
const maxEmpty = 2

// run hands each letter to the visit once, and gives back what that leaves. It
// ends with the queue, at one of its bounds, at a message that comes round again
// with no other, or with the context, whose error it returns then.
func (w *walk) run(ctx context.Context, do visit) (err error) {
	w.met, w.held = map[string]bool{}, map[string]string{}
	defer func() { w.kept = w.queue.give(ctx, slices.Collect(maps.Values(w.held))) }()
	ends := time.Now().Add(w.patience)
	for empty := 0; ctx.Err() == nil; {
		if left := w.most - len(w.met); left <= 0 || w.size > maxBytes || time.Now().After(ends) {
			w.more = true
			return nil
		}
		messages, err := w.queue.take(ctx, w.most-len(w.met), w.hold)
		if err != nil {
			return err
		}
		fresh := w.sort(messages)
		switch {
		case len(messages) == 0:
			if empty++; empty == maxEmpty || len(w.met) >= w.waiting {
				return nil
			}
			continue
		case len(fresh) == 0:
			return nil
		}
		empty = 0
		if !w.visits(ctx, fresh, do) {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// sort notes the handles of what came, and returns what came for the first time.
// SQS may hand out a message twice.
func (w *walk) sort(messages []types.Message) (fresh []types.Message) {
	for _, m := range messages {
		id := aws.ToString(m.MessageId)
		if !w.met[id] {
			fresh = append(fresh, m)
		}
		w.met[id], w.held[id] = true, aws.ToString(m.ReceiptHandle)
	}
	return fresh
}

// visits goes to each of them, and tells whether the walk goes on.
func (w *walk) visits(ctx context.Context, fresh []types.Message, do visit) bool {
	for _, m := range fresh {
		if ctx.Err() != nil {
			return false
		}
		l := Read(message(m), w.queue.Home)
		w.size += len(l.Body)
		deleted, goOn := do(l, w.held[l.ID])
		if deleted {
			delete(w.held, l.ID)
		}
		if !goOn {
			return false
		}
	}
	return true
}

// message is a message of SQS' as it is read here.
func message(m types.Message) Message {
	out := Message{ID: aws.ToString(m.MessageId), Body: aws.ToString(m.Body), Attributes: map[string]string{}}
	for name, value := range m.MessageAttributes {
		if value.StringValue != nil {
			out.Attributes[name] = *value.StringValue
		}
	}
	number := func(name types.MessageSystemAttributeName) int64 {
		n, _ := strconv.ParseInt(m.Attributes[string(name)], 10, 64) // 0 where SQS does not tell
		return n
	}
	if sent := number(types.MessageSystemAttributeNameSentTimestamp); sent > 0 {
		out.Sent = time.UnixMilli(sent).UTC()
	}
	out.Received = int(number(types.MessageSystemAttributeNameApproximateReceiveCount))
	return out
}
