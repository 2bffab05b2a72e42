package awstest

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

// pipelines gives the names of a list, from all its pages.
func (s *scene) pipelines(in sagemaker.ListPipelinesInput) (string, error) {
	var all []string
	pages := sagemaker.NewListPipelinesPaginator(s.sagemaker, &in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			return "", err
		}
		for _, p := range page.PipelineSummaries {
			all = append(all, *p.PipelineName)
		}
	}
	return strings.Join(all, " "), nil
}

// known has pipelines that were created one hour after the other, each with two
// executions.
func known(t *testing.T, c Config) *scene {
	t.Helper()
	s := open(t, c)
	for _, name := range []string{"churn-b", "Other", "churn-a"} {
		s.Add(Script{Pipeline: name})
		s.clock.pass(time.Hour)
	}
	for _, name := range []string{"churn-b", "other", "churn-a"} {
		s.Add(Script{Pipeline: name})
	}
	return s
}

func TestPipelinesAreListed(t *testing.T) {
	hour := func(n time.Duration) *time.Time { return aws.Time(start.Add(n * time.Hour)) }
	for what, c := range map[string]struct {
		in   sagemaker.ListPipelinesInput
		want string
	}{
		"all":        {sagemaker.ListPipelinesInput{}, "churn-a Other churn-b"},
		"ascending":  {sagemaker.ListPipelinesInput{SortOrder: types.SortOrderAscending}, "churn-b Other churn-a"},
		"by name":    {sagemaker.ListPipelinesInput{SortBy: types.SortPipelinesByName, SortOrder: types.SortOrderAscending}, "Other churn-a churn-b"},
		"of a name":  {sagemaker.ListPipelinesInput{PipelineNamePrefix: aws.String("churn")}, "churn-a churn-b"},
		"after":      {sagemaker.ListPipelinesInput{CreatedAfter: hour(1)}, "churn-a Other"},
		"before":     {sagemaker.ListPipelinesInput{CreatedBefore: hour(1)}, "Other churn-b"},
		"small page": {sagemaker.ListPipelinesInput{MaxResults: aws.Int32(1)}, "churn-a Other churn-b"},
		"none":       {sagemaker.ListPipelinesInput{PipelineNamePrefix: aws.String("x")}, ""},
	} {
		s := known(t, Config{PageSize: 2})
		got, err := s.pipelines(c.in)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, what, got, c.want)
		s.clean()
	}
}

func TestWhatAListSaysOfAPipeline(t *testing.T) {
	s := known(t, Config{})
	out, err := s.sagemaker.ListPipelines(t.Context(), &sagemaker.ListPipelinesInput{MaxResults: aws.Int32(2)})
	if err != nil {
		t.Fatal(err)
	}
	other := out.PipelineSummaries[1]
	equal(t, "ARN", *other.PipelineArn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Other")
	equal(t, "created", other.CreationTime.UTC(), start.Add(time.Hour))
	equal(t, "last execution", other.LastExecutionTime.UTC(), start.Add(3*time.Hour))
	_, err = s.pipelines(sagemaker.ListPipelinesInput{NextToken: out.NextToken, SortBy: types.SortPipelinesByName})
	wantCode(t, "a page of another list", err, "ValidationException")
	equal(t, "violations", len(s.Violations()), 1)
}

func TestBoundsOfAListOfPipelines(t *testing.T) {
	for what, in := range map[string]sagemaker.ListPipelinesInput{
		"a page of none": {MaxResults: aws.Int32(0)},
		"a page of 101":  {MaxResults: aws.Int32(101)},
		"a long token":   {NextToken: aws.String(strings.Repeat("x", 8193))},
		"a prefix":       {PipelineNamePrefix: aws.String("a/b")},
		"another key":    {SortBy: "Status"},
		"another order":  {SortOrder: "Random"},
	} {
		s := known(t, Config{})
		_, err := s.sagemaker.ListPipelines(t.Context(), &in)
		wantCode(t, what, err, "ValidationException")
		equal(t, what+": violations", len(s.Violations()), 1)
	}
}
