package pipelines_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/awscall"
	"mulligan/internal/pipelines"
	"mulligan/internal/retry"
)

// answering is the adapter before a service that says that body.
func answering(t *testing.T, body string) *pipelines.SageMaker {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return pipelines.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), HTTPClient: awscall.Client(http.DefaultTransport),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// One record that cannot be read hides no others, and is not passed over in silence.
func TestRecordsThatCannotBeRead(t *testing.T) {
	const good = `"PipelineExecutionArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/Churn/execution/a","PipelineExecutionStatus":"Failed"`
	const odd = `"PipelineExecutionArn":"arn:aws:sagemaker:eu-west-1:123456789012:flow/Churn/execution/b","PipelineExecutionStatus":"Failed"`
	const others = `"PipelineExecutionArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/Other/execution/c","PipelineExecutionStatus":"Failed"`
	since := func(ctx context.Context, s *pipelines.SageMaker) ([]retry.Found, string, error) {
		return s.FailedSince(ctx, start, "")
	}
	of := func(ctx context.Context, s *pipelines.SageMaker) ([]retry.Found, string, error) {
		return s.FailedOf(ctx, "Churn", "")
	}
	for name, c := range map[string]struct {
		ask  func(context.Context, *pipelines.SageMaker) ([]retry.Found, string, error)
		body string
		says string
	}{
		"no such ARN":        {since, `{"NextToken":"n","Results":[{"PipelineExecution":{` + odd + `}},{"PipelineExecution":{` + good + `}}]}`, "flow/Churn/execution/b"},
		"no ARN":             {since, `{"NextToken":"n","Results":[{"PipelineExecution":{` + good + `}},{"PipelineExecution":{}}]}`, "1 records"},
		"no execution":       {since, `{"NextToken":"n","Results":[{"Pipeline":{}},{"PipelineExecution":{` + good + `}},{}]}`, "2 records"},
		"what was not asked": {since, `{"NextToken":"n","Results":[{"PipelineExecution":{` + good + `}},{"PipelineExecution":{` + strings.Replace(others, "Failed", "Executing", 1) + `}}]}`, ""},
		"an old one":         {since, `{"NextToken":"n","Results":[{"PipelineExecution":{` + good + `}},{"PipelineExecution":{"LastModifiedTime":1700000000.0,` + others + `}}]}`, ""},
		"a list":             {of, `{"NextToken":"n","PipelineExecutionSummaries":[{` + odd + `},{` + good + `}]}`, "flow/Churn/execution/b"},
		"another pipeline's": {of, `{"NextToken":"n","PipelineExecutionSummaries":[{` + others + `},{` + good + `}]}`, "it is another pipeline's"},
	} {
		found, next, err := c.ask(t.Context(), answering(t, c.body))
		if len(found) != 1 || found[0].Execution.ID != "a" || next != "n" {
			t.Errorf("%s: got %+v and page %q, want the one that can be read, and the next page", name, found, next)
		}
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) || errors.Is(err, retry.ErrNotTold) {
			t.Errorf("%s: got %v, want an error that names %q", name, err, c.says)
		}
	}
	names, next, err := answering(t, `{"NextToken":"n","PipelineSummaries":[{"PipelineArn":"arn:x"},{"PipelineName":"Churn"}]}`).Pipelines(t.Context(), "")
	if len(names) != 1 || next != "n" || err == nil || !strings.Contains(err.Error(), "arn:x") {
		t.Errorf("a pipeline without a name: got %q, %q, %v", names, next, err)
	}
}

// A training job on several types of instance does not tell which of them it was.
func TestInstanceOfATrainingJob(t *testing.T) {
	for config, want := range map[string]string{
		`{"InstanceType":"ml.p4d.24xlarge","InstanceCount":2}`:                                 "ml.p4d.24xlarge",
		`{"InstanceGroups":[{"InstanceType":"ml.g5.xlarge"}]}`:                                 "ml.g5.xlarge",
		`{"InstanceGroups":[{"InstanceType":"ml.g5.xlarge"},{"InstanceType":"ml.g5.xlarge"}]}`: "ml.g5.xlarge",
		`{"InstanceGroups":[{"InstanceType":"ml.g5.xlarge"},{"InstanceType":"ml.m5.large"}]}`:  "",
		`{}`:   "",
		`null`: "",
	} {
		s := answering(t, `{"TrainingJobName":"a","TrainingJobStatus":"Failed","ResourceConfig":`+config+`}`)
		got, err := s.Job(t.Context(), "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a")
		if err != nil || got.Instance != want {
			t.Errorf("%s: got %q, %v; want %q", config, got.Instance, err, want)
		}
	}
}
