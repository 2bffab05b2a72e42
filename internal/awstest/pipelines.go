package awstest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

type listPipelinesInput struct {
	PipelineNamePrefix *string
	CreatedAfter       *float64
	CreatedBefore      *float64
	MaxResults         *int32
	NextToken          *string
	SortBy             *string
	SortOrder          *string
}

func (i *listPipelinesInput) tell(*Request)    {}
func (i *listPipelinesInput) resource() string { return everything }

// check holds ListPipelines to its documented bounds.
func (i *listPipelinesInput) check() error {
	switch n, by, prefix := i.MaxResults, i.SortBy, i.PipelineNamePrefix; {
	case prefix != nil && !pipelineName.MatchString(*prefix):
		return outOfBounds("pipelineNamePrefix", *prefix, "Member must satisfy regular expression pattern: "+pipelineName.String())
	case n != nil && (*n < 1 || *n > maxPage):
		return outOfBounds("maxResults", fmt.Sprint(*n), "Member must have value between 1 and 100")
	case len(deref(i.NextToken)) > maxToken:
		return outOfBounds("nextToken", (*i.NextToken)[:40]+"...", "Member must have length less than or equal to 8192")
	case by != nil && *by != "Name" && *by != "CreationTime":
		return outOfBounds("sortBy", *by, "Member must satisfy enum value set: [Name, CreationTime]")
	}
	return checkOrder(i.SortOrder)
}

type listPipelinesOutput struct {
	NextToken         string `json:",omitempty"`
	PipelineSummaries []wirePipeline
}

type wirePipeline struct {
	PipelineArn       string
	PipelineName      string
	RoleArn           string
	CreationTime      *epoch
	LastModifiedTime  *epoch
	LastExecutionTime *epoch
}

// A pipeline is there once it has an execution, and was created with its first.
type pipeline struct {
	name, arn     string
	created, last time.Time
}

func (a *Account) listPipelines(in request) answer {
	ask := in.body.(*listPipelinesInput)
	by, order := or(deref(ask.SortBy), "CreationTime"), or(deref(ask.SortOrder), "Descending")
	list := fmt.Sprintf("pipelines/%s/%v/%v/%s", deref(ask.PipelineNamePrefix), deref(ask.CreatedAfter), deref(ask.CreatedBefore), by)
	from, ok := fromPageToken(deref(ask.NextToken), list, order)
	if !ok {
		a.violate("%s: NextToken %q is not of this list", in.Op, deref(ask.NextToken))
		return refusal(codeValidation, "Invalid NextToken.")
	}
	page, more := onePage(a.pipelines(ask, by, order), from, a.pageSize(ask.MaxResults))
	out := listPipelinesOutput{PipelineSummaries: make([]wirePipeline, 0, len(page))}
	for _, p := range page {
		out.PipelineSummaries = append(out.PipelineSummaries, wirePipeline{
			PipelineArn: p.arn, PipelineName: p.name, RoleArn: a.config.iam("role/churn"),
			CreationTime: stamp(p.created), LastModifiedTime: stamp(p.created), LastExecutionTime: stamp(p.last),
		})
	}
	if more {
		out.NextToken = pageToken(list, order, from+len(page))
	}
	return answer{status: http.StatusOK, body: out}
}

// iam is the ARN of something in IAM, which is in no Region.
func (c Config) iam(resource string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", c.Partition, c.Number, resource)
}

// pipelines are those that were asked for, in order.
func (a *Account) pipelines(ask *listPipelinesInput, by, order string) (all []pipeline) {
	known := map[string]int{}
	for _, e := range a.order {
		at, old := known[strings.ToLower(e.PipelineARN)]
		if !old {
			at, known[strings.ToLower(e.PipelineARN)] = len(all), len(all)
			all = append(all, pipeline{name: e.Pipeline, arn: e.PipelineARN, created: e.Created})
		}
		all[at].last = e.started
	}
	all = slices.DeleteFunc(all, func(p pipeline) bool {
		return !strings.HasPrefix(p.name, deref(ask.PipelineNamePrefix)) ||
			ask.CreatedAfter != nil && p.created.Before(fromEpoch(*ask.CreatedAfter)) ||
			ask.CreatedBefore != nil && p.created.After(fromEpoch(*ask.CreatedBefore))
	})
	slices.SortStableFunc(all, func(x, y pipeline) int {
		if by == "Name" {
			return strings.Compare(x.name, y.name)
		}
		return cmp.Compare(x.created.UnixMilli(), y.created.UnixMilli())
	})
	if order == "Descending" {
		slices.Reverse(all)
	}
	return all
}
