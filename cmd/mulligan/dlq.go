package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
	"mulligan/internal/letters"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

func dlqCommand(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dlq",
		GroupID: holdGroup,
		Short:   "See, explain and replay dead letters: what could not be delivered or dealt with",
		Long: `A dead letter is an event that the rule could not hand to the function, one that
the function gave up on after three tries, or a wake that Scheduler could not
deliver. It stays in the stack's queue DeadLetters for 14 days. Once the cause is
mended, it can be replayed: handed to the function once more, as it was.

SQS shows a message only to whoever takes it, so each of these commands takes the
letters for a moment and gives them back, also when it is interrupted. If it is
killed outright, they come back by themselves, within a minute or, after a
replay, five.`,
	}
	cmd.AddCommand(dlqListCommand(w), dlqShowCommand(w), dlqReplayCommand(w))
	return cmd
}

// lookNeeds are the permissions for a look at the letters.
const lookNeeds = `It needs cloudformation:DescribeStacks on the stack, and sqs:GetQueueAttributes,
sqs:ReceiveMessage and sqs:ChangeMessageVisibility on its queue DeadLetters`

// letterbox is a deployment with its dead letters.
type letterbox struct {
	place
	queue *letters.Queue
	alias *letters.Alias
	kept  recorder // nil if the ledger cannot be read
	local bool
}

// recorder is what is read of a ledger for a letter.
type recorder interface {
	Read(ctx context.Context, execution retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error)
}

// letterbox finds the deployment, and what to ask there.
func (at *where) letterbox(ctx context.Context, w world) (b letterbox, err error) {
	var cfg aws.Config
	found := w.look
	w.look = func(ctx context.Context, c aws.Config, stack string) (deployment.Deployment, error) {
		cfg = c
		return found(ctx, c, stack)
	}
	if b.place, err = at.find(ctx, w); err != nil {
		return b, err
	}
	if b.Letters == "" || b.Alias == "" {
		return b, fmt.Errorf("%s has no outputs DeadLettersUrl and RetrierAlias: it was not made whole, or is of another version", b.place)
	}
	b.queue, b.alias = letters.NewQueue(cfg, b.Letters, b.Home), letters.NewAlias(cfg, b.Alias)
	b.local = at.isLocal
	switch kept := b.ledger.(type) {
	case *ledger.Policies:
		b.kept = kept.Ledger
	case recorder:
		b.kept = kept
	}
	return b, nil
}

// look sees at most that many letters.
func (b letterbox) look(ctx context.Context, most int) (letters.Sight, error) {
	ctx, stop := interruptible(ctx)
	defer stop()
	seen, err := b.queue.Look(ctx, most)
	return seen, interrupted(err, seen.Kept, letters.Hold)
}

// interruptible has an interruption end the context, so that letters can be
// given back. A second one ends the program.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// interrupted says what became of the letters that were taken.
func interrupted(err error, kept int, hold time.Duration) error {
	switch {
	case !errors.Is(err, context.Canceled):
		return err
	case kept > 0:
		return told{fmt.Sprintf("interrupted: %s could not be given back, and come back by themselves within %s", plurals(kept, "letter", "letters"), mostly(hold)), err}
	default:
		return told{"interrupted: every letter that was taken is back in the queue", err}
	}
}

// letterNamed finds the one letter whose id is, or begins with, what was typed.
func (b letterbox) letterNamed(seen letters.Sight, typed string) (letters.Letter, error) {
	var found []letters.Letter
	for _, l := range seen.Letters {
		switch {
		case strings.EqualFold(l.ID, typed):
			return l, nil
		case len(l.ID) > len(typed) && strings.EqualFold(l.ID[:len(typed)], typed):
			found = append(found, l)
		}
	}
	switch {
	case typed == "":
		return letters.Letter{}, errors.New("expected the id of a letter, or its beginning, got nothing")
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return letters.Letter{}, fmt.Errorf("%.40q is the beginning of %d ids, such as %s and %s: type more of it",
			typed, len(found), idOf(found[0]), idOf(found[1]))
	case seen.More:
		return letters.Letter{}, fmt.Errorf("no letter has an id that begins with %.40q among the %d that could be read; there may be more", typed, len(seen.Letters))
	case seen.Hidden > 0:
		return letters.Letter{}, fmt.Errorf("no letter has an id that begins with %.40q; %s hidden now, as somebody else is reading: try again in a minute", typed, areOrIs(seen.Hidden))
	}
	return letters.Letter{}, fmt.Errorf("no letter has an id that begins with %.40q: `mulligan dlq list%s` lists those that are there", typed, b.flags)
}

func areOrIs(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

// mostly is a length as people say it: nobody counts the seconds of hours, nor
// the hours of days.
func mostly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 3*day:
		return plurals(int(d/day), "day", "days")
	case d >= time.Hour:
		return policyfile.Length(d.Truncate(time.Minute))
	default:
		return policyfile.Length(d.Truncate(time.Second))
	}
}
