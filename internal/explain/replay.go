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
	"time"

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
	for key, text := range map[string]json.RawMessage{"DescribePipelineExecution": r.Execution, "ListPipelineExecutionSteps": r.Steps} {
		answer, err := object(text)
		if err != nil {
			return nil, fmt.Errorf("what the AWS CLI printed for %s: %w", key, err)
		}
		delete(answer, "NextToken") // the CLI follows it; what is left of one leads nowhere
		all[key] = encode(answer)
	}
	for i, text := range r.Jobs {
		answer, err := object(text)
		if err != nil {
			return nil, fmt.Errorf("jobs[%d]: %w", i, err)
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
func object(text json.RawMessage) (map[string]any, error) {
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil || answer == nil {
		return nil, fmt.Errorf("expected a JSON object, got %.60s", text)
	}
	inSeconds(answer)
	return answer, nil
}

// inSeconds rewrites the times in an answer. All of SageMaker's have names that
// end with Time.
func inSeconds(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			words, isText := inner.(string)
			t, err := time.Parse(time.RFC3339Nano, words)
			if isText && strings.HasSuffix(key, "Time") && err == nil {
				v[key] = float64(t.UnixMilli()) / 1000
				continue
			}
			inSeconds(inner)
		}
	case []any:
		for _, inner := range v {
			inSeconds(inner)
		}
	}
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

func encode(answer map[string]any) []byte {
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
