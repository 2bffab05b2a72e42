package pipelines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// How long one operation may take, all its attempts together. SageMaker
// publishes no latencies; its control plane answers in tenths of a second.
const (
	readLimit = 5 * time.Second
	callLimit = 5 * time.Second

	// settleTime is kept beside the call, so that what it was answered can be
	// written down in the same invocation.
	settleTime = 3 * time.Second
)

const (
	pageSize = 100 // the most that ListPipelineExecutionSteps takes
	maxPages = 50  // bounds the calls that one look can make
)

// SageMaker implements retry.Pipelines.
type SageMaker struct {
	client *sagemaker.Client
}

// New makes the adapter with a client of its own: three attempts for reading.
func New(cfg aws.Config) *SageMaker {
	return &SageMaker{sagemaker.NewFromConfig(cfg, func(o *sagemaker.Options) { o.Retryer = awscall.Attempts(3) })}
}

// Describe tells how an execution stands: retry.ErrGone if there is none.
func (s *SageMaker) Describe(ctx context.Context, arn retry.ExecutionARN) (retry.Execution, error) {
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return retry.Execution{}, fmt.Errorf("describe the execution: %w", err)
	}
	defer cancel()
	out, err := s.client.DescribePipelineExecution(ctx, &sagemaker.DescribePipelineExecutionInput{
		PipelineExecutionArn: aws.String(arn.String()),
	})
	if err != nil {
		return retry.Execution{}, readError(err, "sagemaker:DescribePipelineExecution", arn)
	}
	spelled, err := retry.ParseExecutionARN(cmp.Or(aws.ToString(out.PipelineExecutionArn), arn.String()))
	switch {
	case err != nil || !spelled.Same(arn):
		return retry.Execution{}, errors.New("describe the execution: the answer is about another execution")
	case out.PipelineExecutionStatus == "" || out.LastModifiedTime == nil:
		return retry.Execution{}, errors.New("describe the execution: the answer lacks PipelineExecutionStatus or LastModifiedTime")
	}
	return described(out, spelled), nil
}

func described(out *sagemaker.DescribePipelineExecutionOutput, arn retry.ExecutionARN) retry.Execution {
	e := retry.Execution{
		ARN: arn, Status: string(out.PipelineExecutionStatus), LastModified: stamp(out.LastModifiedTime),
	}
	if p := out.ParallelismConfiguration; p != nil {
		e.Parallelism = aws.ToInt32(p.MaxParallelExecutionSteps)
	}
	return e
}

// Steps lists all step rows, page by page. More of them than fit maxPages are
// an error: what was not read might be what forbids a retry.
func (s *SageMaker) Steps(ctx context.Context, arn retry.ExecutionARN) ([]retry.Step, error) {
	var rows []retry.Step
	in := &sagemaker.ListPipelineExecutionStepsInput{
		PipelineExecutionArn: aws.String(arn.String()), MaxResults: aws.Int32(pageSize),
	}
	for range maxPages {
		out, err := s.page(ctx, in, arn)
		if err != nil {
			return nil, err
		}
		for i := range out.PipelineExecutionSteps {
			rows = append(rows, row(&out.PipelineExecutionSteps[i]))
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return rows, nil
		}
	}
	return nil, fmt.Errorf("list the steps: more than %d pages of them", maxPages)
}

func (s *SageMaker) page(ctx context.Context, in *sagemaker.ListPipelineExecutionStepsInput, arn retry.ExecutionARN) (*sagemaker.ListPipelineExecutionStepsOutput, error) {
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return nil, fmt.Errorf("list the steps: %w", err)
	}
	defer cancel()
	out, err := s.client.ListPipelineExecutionSteps(ctx, in)
	if err != nil {
		return nil, readError(err, "sagemaker:ListPipelineExecutionSteps", arn)
	}
	return out, nil
}

// readError tells a vanished execution from a call that failed. A validation
// error of a well-formed ARN says the same as not found, for good.
func readError(err error, action string, arn retry.ExecutionARN) error {
	switch awscall.KindOf(err) {
	case awscall.NotFound, awscall.Invalid:
		return fmt.Errorf("%s: %s: %w", action, awscall.Detail(err), retry.ErrGone)
	default:
		return awscall.Explain(err, action, arn.String())
	}
}

// Retry makes one RetryPipelineExecution call with the claim's token. The SDK
// makes one attempt: a second of its own would blur which of them it was.
func (s *SageMaker) Retry(ctx context.Context, arn retry.ExecutionARN, claim retry.Claim) (retry.Answer, error) {
	ctx, cancel, err := awscall.Before(ctx, callLimit, settleTime)
	if err != nil {
		return retry.Answer{}, err
	}
	defer cancel()
	in := &sagemaker.RetryPipelineExecutionInput{
		PipelineExecutionArn: aws.String(arn.String()), ClientRequestToken: aws.String(claim.Token),
	}
	if claim.Parallelism > 0 {
		in.ParallelismConfiguration = &types.ParallelismConfiguration{MaxParallelExecutionSteps: aws.Int32(claim.Parallelism)}
	}
	out, err := s.client.RetryPipelineExecution(ctx, in, func(o *sagemaker.Options) { o.Retryer = aws.NopRetryer{} })
	if err != nil {
		return refusal(err, arn)
	}
	if !strings.EqualFold(aws.ToString(out.PipelineExecutionArn), arn.String()) {
		return retry.Answer{}, errors.New("the answer is about another execution, or empty: the call may have taken effect")
	}
	return retry.Answer{Kind: retry.Accepted}, nil
}

// refusal sorts the errors of RetryPipelineExecution. What is in no list may
// have taken effect and stays an error.
func refusal(err error, arn retry.ExecutionARN) (retry.Answer, error) {
	detail := awscall.Detail(err)
	switch awscall.KindOf(err) {
	case awscall.OverLimit, awscall.Throttled:
		return retry.Answer{Kind: retry.Refused, Detail: detail}, nil
	case awscall.Conflicting, awscall.Invalid:
		return retry.Answer{Kind: retry.WrongStatus, Detail: detail}, nil
	case awscall.NotFound:
		return retry.Answer{Kind: retry.NoSuchRetry, Detail: detail}, nil
	default:
		return retry.Answer{}, awscall.Explain(err, "sagemaker:RetryPipelineExecution", arn.String())
	}
}

// row is one step as the domain knows it. The steps of a ForEach share a name:
// each iteration is a step of its own. Where the job was never created, the
// reason tells the step's type.
func row(s *types.PipelineExecutionStep) retry.Step {
	name := aws.ToString(s.StepName)
	if it := s.IterationContext; it != nil {
		name += "[" + strconv.Itoa(int(aws.ToInt32(it.Index))) + "]"
	}
	reason := aws.ToString(s.FailureReason)
	return retry.Step{
		Name: name, Type: cmp.Or(stepType(s.Metadata), invokedType(reason)), Ref: jobOf(s.Metadata),
		Status: string(s.StepStatus), Reason: reason,
		Attempts: int(aws.ToInt32(s.AttemptCount)), Started: stamp(s.StartTime), Ended: stamp(s.EndTime),
	}
}

// stamp is a time as the API means it: in milliseconds, which its floating
// point seconds only come near to.
func stamp(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Round(time.Millisecond).UTC()
}
