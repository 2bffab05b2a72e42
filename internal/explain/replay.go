package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/pipelines"
)

// answers are those of SageMaker, as its protocol has them (awsJson1_1), by
// operation, and of a job by operation and name.
type answers map[string][]byte

// jobNames tell which operation describes a job, by the key that has its name.
var jobNames = map[string]string{
	"TrainingJobName":   "DescribeTrainingJob",
	"ProcessingJobName": "DescribeProcessingJob",
	"TransformJobName":  "DescribeTransformJob",
}

// wire turns what the CLI printed into answers. Both have the same keys; only
// times differ.
func wire(r recorded) (answers, error) {
	all := answers{}
	for _, one := range []struct {
		place, operation string
		text             json.RawMessage
	}{{"execution", "DescribePipelineExecution", r.Execution}, {"steps", "ListPipelineExecutionSteps", r.Steps}} {
		answer, err := object(one.text, one.place)
		if err != nil {
			return nil, err
		}
		delete(answer, "NextToken") // the CLI follows it; what is left of one leads nowhere
		all[one.operation] = encode(answer)
	}
	for i, text := range r.Jobs {
		answer, err := object(text, fmt.Sprintf("jobs[%d]", i))
		if err != nil {
			return nil, err
		}
		key := jobKey(answer)
		if key == "" {
			return nil, fmt.Errorf("jobs[%d]: expected %s, got none of them", i, strings.Join(sortedKeys(jobNames), ", "))
		}
		all[key] = encode(answer)
	}
	all["ListPipelineExecutions"] = newer(r.Newer)
	return all, nil
}

// object reads an object, its times in seconds since 1970.
func object(text json.RawMessage, place string) (map[string]any, error) {
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil || answer == nil {
		return nil, fmt.Errorf("%s: expected a JSON object as the AWS CLI prints it, got %.60s", place, text)
	}
	return answer, shaped(answer, place)
}

func jobKey(answer map[string]any) string {
	for _, key := range sortedKeys(jobNames) {
		if name, ok := answer[key].(string); ok && name != "" {
			return jobNames[key] + " " + strings.ToLower(name)
		}
	}
	return ""
}

// newer is the list of newer executions that have succeeded.
func newer(arn *string) []byte {
	found := []any{}
	if arn != nil && *arn != "" {
		found = append(found, map[string]any{"PipelineExecutionArn": *arn, "PipelineExecutionStatus": "Succeeded"})
	}
	return encode(map[string]any{"PipelineExecutionSummaries": found})
}

func encode(answer any) []byte {
	text, err := json.Marshal(answer)
	if err != nil { // it was read from JSON
		panic(err)
	}
	return text
}

// Looks are the adapters on top of the recording.
func (r *Recording) Looks() Looks {
	return pipelines.New(aws.Config{
		Region: "recorded", Credentials: aws.AnonymousCredentials{},
		BaseEndpoint: aws.String("http://recorded.invalid"), HTTPClient: &http.Client{Transport: r.answers},
	})
}

// HasJob tells whether the recording has the job with that ARN.
func (r *Recording) hasJob(arn string) bool {
	name := strings.ToLower(path.Base(arn))
	return slices.ContainsFunc(slices.Collect(maps.Keys(r.answers)), func(key string) bool { return strings.HasSuffix(key, " "+name) })
}

// RoundTrip implements http.RoundTripper with the answers, none of which leaves
// the process.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	if r.Body != nil {
		defer r.Body.Close()
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
	}
	status, body := http.StatusOK, a[operation]
	if key := jobKey(in); key != "" {
		body = a[key]
	}
	if body == nil {
		status = http.StatusBadRequest
		body = []byte(`{"__type":"ResourceNotFound","Message":"not in the recorded facts"}`)
	}
	return &http.Response{
		StatusCode: status, Request: r, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
	}, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
