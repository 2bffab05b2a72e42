package pipelines

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

const (
	// newerPages bounds what is searched for newer successes, the newest first:
	// 300 executions that were all started after the failure.
	newerPages = 3

	// maxNewer bounds how many of them are told.
	maxNewer = 5
)

// NewerSuccesses are other executions of the same pipeline, created after that
// instant, which have succeeded: the newest first, at most five. A pipeline that
// is gone has none. An error that is retry.ErrNotTold stays, however often it is
// asked.
func (s *SageMaker) NewerSuccesses(ctx context.Context, arn retry.ExecutionARN, after time.Time) ([]retry.ExecutionARN, error) {
	ctx, cancel, err := awscall.Within(ctx, readLimit) // all pages together
	if err != nil {
		return nil, fmt.Errorf("list the newer executions: %w", err)
	}
	defer cancel()
	// The ARN stands for the name: SageMaker spelled it, and takes it as it is.
	in := &sagemaker.ListPipelineExecutionsInput{
		PipelineName: aws.String(arn.PipelineARN()), CreatedAfter: aws.Time(after), MaxResults: aws.Int32(pageSize),
		SortBy: types.SortPipelineExecutionsByCreationTime, SortOrder: types.SortOrderDescending,
	}
	var found []retry.ExecutionARN
	for range newerPages {
		out, err := s.newer(ctx, in, arn)
		if err != nil {
			return nil, err
		}
		for i := range out.PipelineExecutionSummaries {
			other, ok, err := succeeded(&out.PipelineExecutionSummaries[i], arn, after)
			if err != nil {
				return nil, err
			}
			if ok {
				found = append(found, other)
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" || len(found) >= maxNewer {
			break
		}
	}
	return found[:min(len(found), maxNewer)], nil
}

// succeeded tells whether the summary is of another execution which has
// succeeded. One that started before that instant is older, whatever the filter
// let through.
func succeeded(e *types.PipelineExecutionSummary, arn retry.ExecutionARN, after time.Time) (retry.ExecutionARN, bool, error) {
	other, err := retry.ParseExecutionARN(aws.ToString(e.PipelineExecutionArn))
	if err != nil || other.PipelineKey() != arn.PipelineKey() {
		return other, false, fmt.Errorf("%w: sagemaker:ListPipelineExecutions answered about another pipeline", retry.ErrNotTold)
	}
	done := strings.EqualFold(string(e.PipelineExecutionStatus), string(types.PipelineExecutionStatusSucceeded))
	older := e.StartTime != nil && !stamp(e.StartTime).After(after)
	return other, done && !older && !other.Same(arn), nil
}

func (s *SageMaker) newer(ctx context.Context, in *sagemaker.ListPipelineExecutionsInput, arn retry.ExecutionARN) (*sagemaker.ListPipelineExecutionsOutput, error) {
	out, err := s.client.ListPipelineExecutions(ctx, in)
	switch {
	case err != nil && awscall.KindOf(err) == awscall.NotFound:
		return &sagemaker.ListPipelineExecutionsOutput{}, nil
	case err != nil:
		return nil, background(err, "sagemaker:ListPipelineExecutions", arn.PipelineARN())
	}
	return out, nil
}
