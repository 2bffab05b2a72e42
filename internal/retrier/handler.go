package retrier

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mulligan/internal/announce"
	"mulligan/internal/event"
	"mulligan/internal/retry"
)

// Handler handles one invocation of the function. It implements
// lambda.Handler, so that bytes that are not even JSON reach Invoke.
type Handler struct {
	Home     retry.Home
	Prefix   string // of the names of the pipelines to handle; empty is all
	Corridor *retry.Corridor
	Log      *slog.Logger
}

// Invoke answers with the decision as JSON, or with an error if another
// delivery could change the outcome. Whatever is not a failure to handle is
// answered, never an error: delivering it again would not make it one.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	start := h.Corridor.Now()
	notice, problem := event.Parse(payload, h.Home)
	if problem == nil {
		problem = event.Outside(notice, h.Prefix)
	}
	in := announce.Invocation{
		Door: notice.Door, EventID: notice.EventID, RequestID: requestID(ctx),
		Build: h.Corridor.Build,
	}
	decision, err := h.decide(ctx, notice, problem)
	in.Policy, in.Problem = h.policyOf(decision), decision.Problem
	in.Took = h.Corridor.Now().Sub(start)
	if err != nil {
		announce.LogError(ctx, h.Log, in, executionOf(notice), err)
		return nil, errors.New(announce.ErrorText(err))
	}
	answer := announce.NewAnswer(decision)
	announce.Log(ctx, h.Log, in, answer)
	return answer.JSON()
}

func (h *Handler) decide(ctx context.Context, n retry.Notice, p *event.Problem) (retry.Decision, error) {
	if p == nil {
		return h.Corridor.Handle(ctx, n)
	}
	d := retry.Decision{Verdict: retry.Ignore, Reason: p.Reason, Evidence: p.Evidence}
	if p.Execution != (retry.ExecutionARN{}) {
		d.Execution, d.Pipeline = p.Execution.String(), p.Execution.Pipeline
	}
	return d, nil
}

// policyOf is the version that decided, or the one known where nothing was judged.
func (h *Handler) policyOf(d retry.Decision) string {
	if d.Policy != "" {
		return d.Policy
	}
	known, _ := h.Corridor.Rules.Terms(retry.ExecutionARN{}, nil) // without a read there is nothing that could be wrong
	return known.Version
}

func executionOf(n retry.Notice) string {
	if n.Execution == (retry.ExecutionARN{}) {
		return ""
	}
	return n.Execution.String()
}

// requestID is Lambda's id of the invocation, empty outside Lambda.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// KeepAfterExpiry is how long a record outlives its last write, beyond ExpireAfter: twice
// the 28 days that an execution can live (SageMaker quota "pipeline execution
// timeout", 672 hours), so that housekeeping never forgets what was spent.
const KeepAfterExpiry = 56 * 24 * time.Hour
