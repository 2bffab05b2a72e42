package awstest

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

func (s *scene) list(in sagemaker.ListPipelineExecutionsInput) (*sagemaker.ListPipelineExecutionsOutput, error) {
	return s.sagemaker.ListPipelineExecutions(s.t.Context(), &in)
}

// ids are the last parts of the ARNs of a list, from all its pages.
func (s *scene) ids(in sagemaker.ListPipelineExecutionsInput) string {
	s.t.Helper()
	var all []string
	pages := sagemaker.NewListPipelineExecutionsPaginator(s.sagemaker, &in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range page.PipelineExecutionSummaries {
			all = append(all, named(e.PipelineExecutionArn))
		}
	}
	return strings.Join(all, " ")
}

// hourly is a pipeline whose executions d, c, b and a began one hour after the
// other, beside another pipeline's.
func hourly(t *testing.T, c Config) *scene {
	t.Helper()
	s := open(t, c)
	for _, id := range []string{"d", "c", "b", "a"} {
		s.Add(Script{Pipeline: "Nightly", ID: id, DisplayName: "run-" + id, Runs: []Run{FailsAt("Train", ReasonCapacity).After(90 * time.Minute), KeepsRunning()}})
		s.Add(Script{Pipeline: "other", ID: "other-" + id})
		s.clock.pass(time.Hour)
	}
	return s
}

func TestExecutionsAreListed(t *testing.T) {
	hour := func(n time.Duration) *time.Time { return aws.Time(start.Add(n * time.Hour)) }
	name := aws.String("nightly") // ARNs come in several cases
	cases := map[string]struct {
		in   sagemaker.ListPipelineExecutionsInput
		want string
	}{
		"all":        {sagemaker.ListPipelineExecutionsInput{}, "a b c d"},
		"ascending":  {sagemaker.ListPipelineExecutionsInput{SortBy: types.SortPipelineExecutionsByCreationTime, SortOrder: types.SortOrderAscending}, "d c b a"},
		"by ARN":     {sagemaker.ListPipelineExecutionsInput{SortBy: types.SortPipelineExecutionsByPipelineExecutionArn, SortOrder: types.SortOrderAscending}, "a b c d"},
		"after":      {sagemaker.ListPipelineExecutionsInput{CreatedAfter: hour(2)}, "a b"},
		"before":     {sagemaker.ListPipelineExecutionsInput{CreatedBefore: hour(1)}, "c d"},
		"between":    {sagemaker.ListPipelineExecutionsInput{CreatedAfter: hour(1), CreatedBefore: hour(2)}, "b c"},
		"none":       {sagemaker.ListPipelineExecutionsInput{CreatedAfter: hour(9)}, ""},
		"small page": {sagemaker.ListPipelineExecutionsInput{MaxResults: aws.Int32(1)}, "a b c d"},
		"large page": {sagemaker.ListPipelineExecutionsInput{MaxResults: aws.Int32(100)}, "a b c d"},
		"by its ARN": {sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly")}, "a b c d"},
	}
	for what, c := range cases {
		s := hourly(t, Config{PageSize: 3})
		if c.in.PipelineName == nil {
			c.in.PipelineName = name
		}
		equal(t, what, s.ids(c.in), c.want)
		s.clean()
	}
}

func TestWhatAListSaysOfAnExecution(t *testing.T) {
	s := hourly(t, Config{})
	out, err := s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("Nightly"), MaxResults: aws.Int32(2), SortOrder: types.SortOrderAscending})
	if err != nil {
		t.Fatal(err)
	}
	first := out.PipelineExecutionSummaries[0]
	equal(t, "ARN", *first.PipelineExecutionArn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly/execution/d")
	equal(t, "status", first.PipelineExecutionStatus, types.PipelineExecutionStatusFailed)
	equal(t, "started", first.StartTime.UTC(), start)
	equal(t, "name", *first.PipelineExecutionDisplayName, "run-d")
	equal(t, "reason", *first.PipelineExecutionFailureReason, ReasonStepsFailed)
	_, err = s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("other"), NextToken: out.NextToken})
	wantCode(t, "a page of another list", err, "ValidationException")
	_, err = s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("Nightly"), NextToken: out.NextToken, SortOrder: types.SortOrderDescending})
	wantCode(t, "a page in another order", err, "ValidationException")
	equal(t, "violations", len(s.Violations()), 2)
}

func TestBoundsOfAList(t *testing.T) {
	name := aws.String("Nightly")
	cases := map[string]sagemaker.ListPipelineExecutionsInput{
		"no name":          {PipelineName: aws.String("")},
		"a name of 257":    {PipelineName: aws.String(strings.Repeat("n", 257))},
		"an execution":     {PipelineName: aws.String("Nightly/execution")},
		"an ARN that long": {PipelineName: aws.String("arn:aws:sagemaker:us-east-1:123456789012:pipeline/" + strings.Repeat("n", 2000))},
		"a page of none":   {PipelineName: name, MaxResults: aws.Int32(0)},
		"a page of 101":    {PipelineName: name, MaxResults: aws.Int32(101)},
		"another key":      {PipelineName: name, SortBy: "Status"},
		"another order":    {PipelineName: name, SortOrder: "Random"},
	}
	for what, in := range cases {
		s := hourly(t, Config{})
		_, err := s.list(in)
		wantCode(t, what, err, "ValidationException")
		equal(t, what+": violations", len(s.Violations()), 1)
	}
	s := hourly(t, Config{})
	_, err := s.list(sagemaker.ListPipelineExecutionsInput{PipelineName: aws.String("none")})
	wantMessage[*types.ResourceNotFound](t, err, "Pipeline 'none' does not exist.")
	s.clean()
}

// What a retry asks for holds from then on; without asking, what held before.
func TestParallelismIsOverriddenByARetry(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Parallelism: 8, Runs: []Run{FailsAt("Train", ReasonCapacity)}})
	for i, asked := range []int32{0, 4, 0} {
		in := &sagemaker.RetryPipelineExecutionInput{PipelineExecutionArn: &arn, ClientRequestToken: aws.String(token(string(rune('a' + i))))}
		if asked > 0 {
			in.ParallelismConfiguration = &types.ParallelismConfiguration{MaxParallelExecutionSteps: &asked}
		}
		if _, err := s.sagemaker.RetryPipelineExecution(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		equal(t, "asked", s.Retries(arn)[i].Parallelism, asked)
		equal(t, "holds", *s.describe(arn).ParallelismConfiguration.MaxParallelExecutionSteps, []int32{8, 4, 4}[i])
	}
	s.clean()
}
