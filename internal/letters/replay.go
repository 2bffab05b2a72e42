package letters

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"mulligan/internal/awscall"
)

// invokeAction is what a person needs for a replay, as IAM spells it.
const invokeAction = "lambda:InvokeFunction"

// accepted is Lambda's status for an event that it has queued (API_Invoke).
const accepted = 202

// ReplayHold is for how long a replay hides letters that it cannot give back:
// for longer than a look, since each is sent on. It ends before they would come
// round again.
const ReplayHold = 5 * time.Minute

const replayPatience = 4 * time.Minute

// Invoker is what a function's alias asks of Lambda.
type Invoker interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Alias is the alias that the rule and the schedules invoke. Make one with
// NewAlias.
type Alias struct {
	Client Invoker
	ARN    string
}

// NewAlias is the alias with that ARN.
func NewAlias(cfg aws.Config, arn string, options ...func(*lambda.Options)) *Alias {
	ours := func(o *lambda.Options) { o.Retryer = awscall.Attempts(tries) }
	return &Alias{Client: lambda.NewFromConfig(cfg, slices.Concat([]func(*lambda.Options){ours}, options)...), ARN: arn}
}

// Send queues a payload for the function, as EventBridge and Scheduler do. The
// error says that it may not have been queued.
func (a *Alias) Send(ctx context.Context, payload []byte) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	out, err := a.Client.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &a.ARN, InvocationType: types.InvocationTypeEvent, Payload: payload,
	})
	switch {
	case err != nil:
		return awscall.Explain(err, invokeAction, a.ARN)
	case out.StatusCode != accepted:
		return fmt.Errorf("%s on %s: expected status %d, got %d", invokeAction, a.ARN, accepted, out.StatusCode)
	}
	return nil
}

// Replayed is what became of one letter.
type Replayed struct {
	Letter Letter
	Queued bool  // Lambda has accepted it: what the function decides is in its log
	Err    error // why it was not queued or, with Queued, why it still is among the dead letters
}

// Rest is what a replay left.
type Rest struct {
	Missing []string // letters that were not met: gone, or taken by somebody else
	Kept    int      // letters that could not be given back, and come back within ReplayHold
}

// Replay sends the letters with these ids on to the function, each with its
// payload as it was, and deletes each once Lambda has accepted it. Each is told as
// it is done; one that fails stays. It ends early, after some minutes, with the
// context, or where a fault is not one letter's alone; the error is the
// context's. A letter without a payload is told as failed.
func (q *Queue) Replay(ctx context.Context, to *Alias, ids []string, tell func(Replayed)) (Rest, error) {
	missing := map[string]bool{}
	for _, id := range ids {
		missing[id] = true
	}
	w := walk{queue: q, hold: ReplayHold, patience: replayPatience, most: MaxLetters, waiting: len(ids)}
	err := w.run(ctx, func(l Letter, handle string) (deleted, goOn bool) {
		if !missing[l.ID] {
			return false, true
		}
		delete(missing, l.ID)
		r := q.replay(ctx, to, l, handle)
		tell(r)
		return r.Queued && r.Err == nil, len(missing) > 0 && (r.Err == nil || itsOwn(r))
	})
	rest := Rest{Kept: w.kept}
	for _, id := range ids {
		if missing[id] {
			rest.Missing = append(rest.Missing, id)
		}
	}
	return rest, err
}

// replay sends one on, and only then deletes it.
func (q *Queue) replay(ctx context.Context, to *Alias, l Letter, handle string) Replayed {
	if l.Payload == nil {
		return Replayed{Letter: l, Err: fmt.Errorf("%w: %s", errNothing, l.Fault)}
	}
	if err := to.Send(ctx, l.Payload); err != nil {
		return Replayed{Letter: l, Err: err}
	}
	return Replayed{Letter: l, Queued: true, Err: q.remove(ctx, handle)}
}

var errNothing = errors.New("there is nothing to send on")

// itsOwn tells whether a failure is this letter's alone: it has no payload, or
// Lambda refuses that and may take another.
func itsOwn(r Replayed) bool {
	if errors.Is(r.Err, errNothing) {
		return true
	}
	return !r.Queued && awscall.Stands(r.Err) && awscall.KindOf(r.Err) != awscall.Denied
}
