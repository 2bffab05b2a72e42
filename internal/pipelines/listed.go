package pipelines

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// Pipelines is one page of the names of the account's pipelines in the Region,
// in the order of the names, at most 100. Pages, refusals and what cannot be read
// are as with FailedSince.
func (s *SageMaker) Pipelines(ctx context.Context, page string) (names []string, next string, err error) {
	const action = "sagemaker:ListPipelines"
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return nil, "", fmt.Errorf("list the pipelines: %w", err)
	}
	defer cancel()
	in := &sagemaker.ListPipelinesInput{MaxResults: aws.Int32(pageSize), SortBy: types.SortPipelinesByName, SortOrder: types.SortOrderAscending}
	if page != "" {
		in.NextToken = aws.String(page)
	}
	out, err := s.client.ListPipelines(ctx, in)
	switch {
	case err != nil:
		return nil, "", background(err, action, all)
	case out.PipelineSummaries == nil:
		return nil, "", fmt.Errorf("%s answered without PipelineSummaries", action)
	}
	var spoiled unreadable
	for i := range out.PipelineSummaries {
		p := &out.PipelineSummaries[i]
		if aws.ToString(p.PipelineName) == "" {
			spoiled.add(aws.ToString(p.PipelineArn), errors.New("no PipelineName"))
			continue
		}
		names = append(names, *p.PipelineName)
	}
	return names, aws.ToString(out.NextToken), spoiled.err(action)
}

// FailedOf is one page of a pipeline's executions, at most 100 with the latest
// start first, of which those in Failed are told: a page may tell of none and not
// be the last. The list has no time of modification. A pipeline that is gone has
// none. Pages, refusals and what cannot be read are as with FailedSince.
func (s *SageMaker) FailedOf(ctx context.Context, pipeline, page string) (found []retry.Found, next string, err error) {
	const action = "sagemaker:ListPipelineExecutions"
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return nil, "", fmt.Errorf("list the pipeline's executions: %w", err)
	}
	defer cancel()
	in := &sagemaker.ListPipelineExecutionsInput{
		PipelineName: aws.String(pipeline), MaxResults: aws.Int32(pageSize),
		SortBy: types.SortPipelineExecutionsByCreationTime, SortOrder: types.SortOrderDescending,
	}
	if page != "" {
		in.NextToken = aws.String(page)
	}
	out, err := s.client.ListPipelineExecutions(ctx, in)
	switch {
	case err != nil && awscall.KindOf(err) == awscall.NotFound:
		return nil, "", nil
	case err != nil:
		return nil, "", background(err, action, "pipeline "+pipeline)
	case out.PipelineExecutionSummaries == nil:
		return nil, "", fmt.Errorf("%s answered without PipelineExecutionSummaries", action)
	}
	found, err = failedAmong(out.PipelineExecutionSummaries, action, pipeline)
	return found, aws.ToString(out.NextToken), err
}

func failedAmong(listed []types.PipelineExecutionSummary, action, pipeline string) (found []retry.Found, err error) {
	var spoiled unreadable
	for i := range listed {
		e := &listed[i]
		if !failed(e.PipelineExecutionStatus) {
			continue
		}
		before := len(found)
		found = spoiled.found(found, e.PipelineExecutionArn, nil, e.StartTime)
		if len(found) > before && !strings.EqualFold(found[before].Execution.Pipeline, pipeline) {
			found = found[:before]
			spoiled.add(aws.ToString(e.PipelineExecutionArn), errors.New("it is another pipeline's"))
		}
	}
	return found, spoiled.err(action)
}
