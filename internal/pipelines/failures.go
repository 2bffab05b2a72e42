package pipelines

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// all is how IAM names the resource of an operation that is about none (service
// authorization reference: Amazon SageMaker, Search and ListPipelines).
const all = "*"

// FailedSince is one page of the executions in Failed that were modified at that
// instant or after it, in whole seconds, as SageMaker's search shows them: the
// oldest modification first, at most 100. The page is "" at first, then what the
// one before gave as next, which is "" at the end.
//
// An error that is retry.ErrNotTold stays, however often it is asked: the search
// is not allowed, there is none, or it refuses the filter. It also refuses a page
// that it no longer knows: then only the first one can be asked for.
//
// Where some of a page cannot be read, the error names them, and what could be
// is returned beside it, with next: one record must not hide the others.
func (s *SageMaker) FailedSince(ctx context.Context, since time.Time, page string) (found []retry.Found, next string, err error) {
	const action = "sagemaker:Search"
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return nil, "", fmt.Errorf("search the failed executions: %w", err)
	}
	defer cancel()
	since = since.Truncate(time.Second)
	out, err := s.client.Search(ctx, failedSince(since, page))
	switch {
	case err != nil:
		return nil, "", background(err, action, all)
	case out.Results == nil: // a page without any has an empty list
		return nil, "", fmt.Errorf("%s answered without Results", action)
	}
	found, err = searched(out.Results, since, action)
	return found, aws.ToString(out.NextToken), err
}

// searched reads the records, and leaves out what the filter should have.
func searched(records []types.SearchRecord, since time.Time, action string) (found []retry.Found, err error) {
	var spoiled unreadable
	for i := range records {
		e := records[i].PipelineExecution
		if e == nil {
			spoiled.add("", errors.New("no PipelineExecution in the record"))
			continue
		}
		old := e.LastModifiedTime != nil && stamp(e.LastModifiedTime).Before(since)
		if !old && failed(e.PipelineExecutionStatus) {
			found = spoiled.found(found, e.PipelineExecutionArn, e.LastModifiedTime, e.CreationTime)
		}
	}
	return found, spoiled.err(action)
}

// failedSince asks as the reference has it (API reference: Search; Filter): times
// are ISO 8601, YYYY-mm-dd'T'HH:MM:SS. No zone is named there. Z is in use, and a
// service that does not take it refuses it, which is heard, where one that
// took a time without a zone for another one's would look at the wrong hours.
func failedSince(since time.Time, page string) *sagemaker.SearchInput {
	in := &sagemaker.SearchInput{
		Resource: types.ResourceTypePipelineExecution,
		SearchExpression: &types.SearchExpression{
			Operator: types.BooleanOperatorAnd,
			Filters: []types.Filter{
				{Name: aws.String("PipelineExecutionStatus"), Operator: types.OperatorEquals, Value: aws.String(string(types.PipelineExecutionStatusFailed))},
				{Name: aws.String("LastModifiedTime"), Operator: types.OperatorGreaterThanOrEqualTo, Value: aws.String(since.UTC().Format(time.RFC3339))},
			},
		},
		SortBy: aws.String("LastModifiedTime"), SortOrder: types.SearchSortOrderAscending, MaxResults: aws.Int32(pageSize),
	}
	if page != "" {
		in.NextToken = aws.String(page)
	}
	return in
}

// failed tells whether the status is, or may be, Failed: one that is not there
// is what was asked for.
func failed(status types.PipelineExecutionStatus) bool {
	return status == "" || strings.EqualFold(string(status), string(types.PipelineExecutionStatusFailed))
}

// maxNamed bounds how many records that cannot be read an error names.
const maxNamed = 3

// unreadable gathers what of a page could not be read.
type unreadable struct {
	named []error
	count int
}

func (u *unreadable) add(what string, why error) {
	u.count++
	if len(u.named) < maxNamed {
		u.named = append(u.named, fmt.Errorf("%.300q: %w", what, why))
	}
}

// found adds an execution, unless its ARN cannot be read.
func (u *unreadable) found(all []retry.Found, arn *string, modified, started *time.Time) []retry.Found {
	execution, err := retry.ParseExecutionARN(aws.ToString(arn))
	if err != nil {
		u.add(aws.ToString(arn), err)
		return all
	}
	return append(all, retry.Found{Execution: execution, LastModified: stamp(modified), Started: stamp(started)})
}

func (u *unreadable) err(action string) error {
	if u.count == 0 {
		return nil
	}
	return fmt.Errorf("%s answered with %d records that cannot be read: %w", action, u.count, errors.Join(u.named...))
}
