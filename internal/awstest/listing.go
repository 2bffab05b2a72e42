package awstest

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

type listExecutionsInput struct {
	PipelineName  string
	CreatedAfter  *float64
	CreatedBefore *float64
	MaxResults    *int32
	NextToken     *string
	SortBy        *string
	SortOrder     *string
}

// resource is the pipeline's, whose ARN the request may give as its name.
func (i *listExecutionsInput) resource() string {
	if strings.HasPrefix(i.PipelineName, "arn:") {
		return i.PipelineName
	}
	return "pipeline/" + i.PipelineName
}

func (i *listExecutionsInput) tell(r *Request) { r.Name = i.PipelineName }

// pipelineNameOrARN is the documented pattern of PipelineName in requests; its
// greatest length is 2048.
var pipelineNameOrARN = regexp.MustCompile(`^(arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:([0-9]{12}|aws):pipeline/.*)?([a-zA-Z0-9](-*[a-zA-Z0-9]){0,255})$`)

// check holds ListPipelineExecutions to its documented bounds.
func (i *listExecutionsInput) check() error {
	switch n, by := i.MaxResults, i.SortBy; {
	case i.PipelineName == "":
		return outOfBounds("pipelineName", "null", "Member must not be null")
	case len(i.PipelineName) > 2048:
		return outOfBounds("pipelineName", i.PipelineName[:40]+"...", "Member must have length less than or equal to 2048")
	case !pipelineNameOrARN.MatchString(i.PipelineName):
		return outOfBounds("pipelineName", i.PipelineName, "Member must satisfy regular expression pattern: "+pipelineNameOrARN.String())
	case n != nil && (*n < 1 || *n > maxPage):
		return outOfBounds("maxResults", fmt.Sprint(*n), "Member must have value between 1 and 100")
	case by != nil && *by != "CreationTime" && *by != "PipelineExecutionArn":
		return outOfBounds("sortBy", *by, "Member must satisfy enum value set: [CreationTime, PipelineExecutionArn]")
	}
	return checkOrder(i.SortOrder)
}

func checkOrder(order *string) error {
	if order != nil && *order != "Ascending" && *order != "Descending" {
		return outOfBounds("sortOrder", *order, "Member must satisfy enum value set: [Ascending, Descending]")
	}
	return nil
}

type listExecutionsOutput struct {
	NextToken                  string `json:",omitempty"`
	PipelineExecutionSummaries []wireSummary
}

// A wireSummary has a StartTime, but not the CreationTime and LastModifiedTime
// that Describe has.
type wireSummary struct {
	PipelineExecutionArn           string
	StartTime                      *epoch
	PipelineExecutionStatus        Status
	PipelineExecutionDescription   string `json:",omitempty"`
	PipelineExecutionDisplayName   string `json:",omitempty"`
	PipelineExecutionFailureReason string `json:",omitempty"`
}

func (a *Account) listExecutions(in request) answer {
	ask := in.body.(*listExecutionsInput)
	by, order := or(deref(ask.SortBy), "CreationTime"), or(deref(ask.SortOrder), "Descending")
	list := fmt.Sprintf("%s/%v/%v/%s", in.ARN, deref(ask.CreatedAfter), deref(ask.CreatedBefore), by)
	from, ok := fromPageToken(deref(ask.NextToken), list, order)
	if !ok {
		a.violate("%s: NextToken %q is not of this list", in.Op, deref(ask.NextToken))
		return refusal(codeValidation, "Invalid NextToken.")
	}
	all, known := a.executionsOf(in.ARN, ask, by, order)
	if !known {
		return refusal(codeNotFound, fmt.Sprintf("Pipeline '%s' does not exist.", ask.PipelineName))
	}
	page, more := onePage(all, from, a.pageSize(ask.MaxResults))
	out := listExecutionsOutput{PipelineExecutionSummaries: make([]wireSummary, 0, len(page))}
	for _, e := range page {
		out.PipelineExecutionSummaries = append(out.PipelineExecutionSummaries, e.summary(e.seen(in.At, a.config.Unknowns.DescribeLag)))
	}
	if more {
		out.NextToken = pageToken(list, order, from+len(page))
	}
	return answer{status: http.StatusOK, body: out}
}

// executionsOf are the executions of a pipeline that were asked for, in order,
// and whether there is such a pipeline: one with an execution. Both bounds of
// the time include their own instant, which the reference leaves open.
func (a *Account) executionsOf(pipeline string, ask *listExecutionsInput, by, order string) (all []*execution, known bool) {
	for _, e := range a.order {
		if !strings.EqualFold(e.PipelineARN, pipeline) {
			continue
		}
		known = true
		early := ask.CreatedAfter != nil && e.Created.Before(fromEpoch(*ask.CreatedAfter))
		late := ask.CreatedBefore != nil && e.Created.After(fromEpoch(*ask.CreatedBefore))
		if !early && !late {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y *execution) int {
		if by == "PipelineExecutionArn" {
			return strings.Compare(x.ARN, y.ARN)
		}
		return cmp.Compare(x.Created.UnixMilli(), y.Created.UnixMilli())
	})
	if order == "Descending" {
		slices.Reverse(all)
	}
	return all, known
}

func (e *execution) summary(s Execution) wireSummary {
	out := wireSummary{
		PipelineExecutionArn: s.ARN, StartTime: stamp(e.started), PipelineExecutionStatus: s.Status,
		PipelineExecutionDescription: s.Description, PipelineExecutionDisplayName: s.DisplayName,
	}
	if s.Status == Failed {
		out.PipelineExecutionFailureReason = ReasonStepsFailed
	}
	return out
}

// pageSize is the most that one page may hold.
func (a *Account) pageSize(asked *int32) int {
	if asked == nil {
		return a.config.PageSize
	}
	return min(a.config.PageSize, int(*asked))
}

// onePage cuts a page out of a list, which may have shrunk since the page before.
func onePage[T any](all []T, from, size int) (page []T, more bool) {
	from = min(from, len(all))
	page = all[from:min(from+size, len(all))]
	return page, from+len(page) < len(all)
}

// fromEpoch reads a time as clients send it, which is in milliseconds.
func fromEpoch(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1000)))
}
