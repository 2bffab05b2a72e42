package awstest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/smithy-go"
)

// The tests look at the stand-in through the real SDK clients, one attempt per
// call, on a loopback port of their own.

var start = time.Date(2026, 3, 1, 9, 0, 0, 250e6, time.UTC)

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A scene is an account with both clients in front of it.
type scene struct {
	*Account
	t         *testing.T
	clock     *clock
	url       string
	sagemaker *sagemaker.Client
	scheduler *scheduler.Client
}

func open(t *testing.T, c Config) *scene {
	t.Helper()
	k := &clock{now: start}
	c.Now = k.Now
	s := &scene{Account: New(c), t: t, clock: k}
	url, stop := s.Serve()
	// Each scene has a transport of its own, so that no connection outlives it.
	transport := &http.Transport{}
	t.Cleanup(func() { transport.CloseIdleConnections(); stop() })
	config := aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		HTTPClient:   &http.Client{Transport: transport},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
	s.url, s.sagemaker, s.scheduler = url, sagemaker.NewFromConfig(config), scheduler.NewFromConfig(config)
	return s
}

// clean asserts that every request was one that AWS would understand.
func (s *scene) clean() {
	s.t.Helper()
	if v := s.Violations(); len(v) > 0 {
		s.t.Errorf("violations: %q, want none", v)
	}
}

func token(seed string) string { return seed + strings.Repeat("0", 64-len(seed)) }

func (s *scene) retry(arn, seed string) error {
	_, err := s.sagemaker.RetryPipelineExecution(s.t.Context(), &sagemaker.RetryPipelineExecutionInput{
		PipelineExecutionArn: &arn, ClientRequestToken: aws.String(token(seed)),
	})
	return err
}

func (s *scene) describe(arn string) *sagemaker.DescribePipelineExecutionOutput {
	s.t.Helper()
	out, err := s.sagemaker.DescribePipelineExecution(s.t.Context(), &sagemaker.DescribePipelineExecutionInput{PipelineExecutionArn: &arn})
	if err != nil {
		s.t.Fatalf("describe: %v", err)
	}
	return out
}

func (s *scene) steps(arn string) []types.PipelineExecutionStep {
	s.t.Helper()
	var all []types.PipelineExecutionStep
	pages := sagemaker.NewListPipelineExecutionStepsPaginator(s.sagemaker, &sagemaker.ListPipelineExecutionStepsInput{
		PipelineExecutionArn: &arn, SortOrder: types.SortOrderAscending,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatalf("list steps: %v", err)
		}
		all = append(all, page.PipelineExecutionSteps...)
	}
	return all
}

// code is the service's error code in err, or "" where there is none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func wantCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: error code %q (%v), want %q", what, got, err, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// wantMessage wants an error of a type that the SDK declares, in these words.
func wantMessage[E smithy.APIError](t *testing.T, err error, words string) {
	t.Helper()
	var declared E
	if !errors.As(err, &declared) {
		t.Errorf("got %v, want a %T", err, declared)
		return
	}
	equal(t, "message", declared.ErrorMessage(), words)
}
