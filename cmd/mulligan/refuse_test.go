package main

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

// Retries are refused as often as was asked for, and a command that failed has
// none refused.
func TestFailRefuses(t *testing.T) {
	s := newScene(t, ignores)
	server := httptest.NewServer(s.aws)
	defer server.Close()
	client := sagemaker.New(sagemaker.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	if _, problems, code := s.run(t, "fail", "--class", "gremlins", "--refuse", "3", "--no-follow"); code != exitError {
		t.Fatalf("exit %d, %s", code, problems)
	}
	if _, problems, code := s.run(t, "fail", "--class", "capacity", "--refuse", "2", "--lasts", "0s", "--no-follow"); code != 0 {
		t.Fatalf("exit %d, %s", code, problems)
	}
	arn := s.aws.Executions()[0].ARN
	for i, token := range []string{"a", "b", "c"} {
		_, err := client.RetryPipelineExecution(t.Context(), &sagemaker.RetryPipelineExecutionInput{
			PipelineExecutionArn: &arn, ClientRequestToken: aws.String(strings.Repeat(token, 64)),
		})
		limited := errors.As(err, new(*types.ResourceLimitExceeded))
		if limited != (i < 2) || !limited && err != nil {
			t.Errorf("retry %d: got %v, want two refused and then none", i+1, err)
		}
	}
}
