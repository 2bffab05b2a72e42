package pipelines_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/pipelines"
	"mulligan/internal/retry"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 123e6, time.UTC)

// stand is a stand-in with one failed execution, and the adapter before it.
func stand(t *testing.T, script awstest.Script, c awstest.Config) (*awstest.Account, *pipelines.SageMaker, retry.ExecutionARN) {
	t.Helper()
	c.Region, c.Now = "eu-west-1", func() time.Time { return start }
	account := awstest.New(c)
	url, stop := account.Serve()
	t.Cleanup(stop)
	arn, err := retry.ParseExecutionARN(account.Add(script))
	if err != nil {
		t.Fatal(err)
	}
	return account, pipelines.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(url), HTTPClient: awscall.Client(http.DefaultTransport),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}), arn
}

var failing = awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.KeepsRunning()}}

func claim(token string) retry.Claim { return retry.Claim{Token: strings.Repeat(token, 64)} }

func TestDescribe(t *testing.T) {
	account, sagemaker, arn := stand(t, failing, awstest.Config{})
	lower, _ := retry.ParseExecutionARN(arn.Key())
	got, err := sagemaker.Describe(t.Context(), lower)
	if err != nil {
		t.Fatal(err)
	}
	want := retry.Execution{ARN: arn, Status: "Failed", LastModified: account.Execution(arn.String()).Modified}
	if got != want {
		t.Errorf("got %+v, want %+v: as the API spells it, to the millisecond", got, want)
	}
	account.Delete(arn.String())
	if _, err := sagemaker.Describe(t.Context(), arn); !errors.Is(err, retry.ErrGone) {
		t.Errorf("deleted: got %v, want ErrGone", err)
	}
	if _, err := sagemaker.Steps(t.Context(), arn); !errors.Is(err, retry.ErrGone) {
		t.Errorf("deleted: got %v from the steps, want ErrGone", err)
	}
}

// How many steps may run at a time is what the start or the last retry said.
func TestDescribeParallelism(t *testing.T) {
	script := failing
	script.Parallelism = 8
	script.Runs = []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity)}
	_, sagemaker, arn := stand(t, script, awstest.Config{})
	lower := claim("a")
	lower.Parallelism = 4
	for _, want := range []int32{8, 4} {
		got, err := sagemaker.Describe(t.Context(), arn)
		if err != nil || got.Parallelism != want {
			t.Errorf("got %+v, %v; want parallelism %d", got, err, want)
		}
		if _, err := sagemaker.Retry(t.Context(), arn, lower); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStepsOfAllPages(t *testing.T) {
	script := awstest.Script{Runs: []awstest.Run{awstest.Fails(
		awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity},
		awstest.Step{Name: "Gate", Kind: awstest.FailStep, Reason: "too bad"},
	)}}
	for i := range 7 {
		script.Before = append(script.Before, awstest.Step{Name: "Prepare" + string(rune('A'+i)), Kind: awstest.Processing})
	}
	account, sagemaker, arn := stand(t, script, awstest.Config{PageSize: 2})
	rows, err := sagemaker.Steps(t.Context(), arn)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]retry.Step{}
	for _, row := range rows {
		byName[row.Name] = row
	}
	if len(rows) != 9 || account.Count("ListPipelineExecutionSteps") != 5 {
		t.Errorf("got %d rows in %d calls, want 9 in 5", len(rows), account.Count("ListPipelineExecutionSteps"))
	}
	if s := byName["Train"]; s.Type != "Training" || s.Status != "Failed" || s.Reason != awstest.ReasonCapacity || !s.Ended.After(start) {
		t.Errorf("got %+v", s)
	}
	if s := byName["Gate"]; s.Type != "Fail" {
		t.Errorf("got %+v, want a Fail step", s)
	}
	if s := byName["PrepareA"]; s.Type != "Processing" || s.Status != "Succeeded" {
		t.Errorf("got %+v", s)
	}
}

func TestReadsTryAgain(t *testing.T) {
	account, sagemaker, arn := stand(t, failing, awstest.Config{})
	account.FailNext("DescribePipelineExecution", 2, awstest.Fault{Code: "ThrottlingException"})
	if _, err := sagemaker.Describe(t.Context(), arn); err != nil {
		t.Errorf("two throttles: got %v", err)
	}
	if n := account.Count("DescribePipelineExecution"); n != 3 {
		t.Errorf("got %d calls, want 3", n)
	}
}

// An answer that cannot be about this execution is no answer.
func TestSpoiledAnswers(t *testing.T) {
	for _, spoil := range []awstest.Spoil{awstest.Empty, awstest.Truncated, awstest.Foreign, awstest.WrongType, awstest.Huge} {
		account, sagemaker, arn := stand(t, failing, awstest.Config{})
		for _, op := range []string{"DescribePipelineExecution", "RetryPipelineExecution"} {
			account.FailNext(op, 3, awstest.Fault{Body: spoil})
		}
		if got, err := sagemaker.Describe(t.Context(), arn); err == nil {
			t.Errorf("spoil %v: described %+v, want an error", spoil, got)
		}
		answer, err := sagemaker.Retry(t.Context(), arn, claim("a"))
		if err == nil {
			t.Errorf("spoil %v: got %+v, want an error: it may have taken effect", spoil, answer)
		}
	}
}

func TestRetryAnswers(t *testing.T) {
	tests := []struct {
		name  string
		fault awstest.Fault
		kind  retry.AnswerKind
		err   string // what the error must name; empty: no error
	}{
		{name: "accepted", kind: retry.Accepted},
		{name: "limit", fault: awstest.Fault{Code: "ResourceLimitExceeded"}, kind: retry.Refused},
		{name: "throttled", fault: awstest.Fault{Code: "ThrottlingException"}, kind: retry.Refused},
		{name: "too many", fault: awstest.Fault{Code: "TooManyRequestsException"}, kind: retry.Refused},
		{name: "conflict", fault: awstest.Fault{Code: "ConflictException"}, kind: retry.WrongStatus},
		{name: "validation", fault: awstest.Fault{Code: "ValidationException"}, kind: retry.WrongStatus},
		{name: "not found", fault: awstest.Fault{Code: "ResourceNotFound"}, kind: retry.NoSuchRetry},
		{name: "denied", fault: awstest.Fault{Code: "AccessDeniedException"}, err: "sagemaker:RetryPipelineExecution on arn:aws:sagemaker:"},
		{name: "expired", fault: awstest.Fault{Code: "ExpiredTokenException", Status: 400}, err: "not with these credentials"},
		{name: "internal", fault: awstest.Fault{Code: "InternalFailure", Status: 500}, err: "sagemaker:RetryPipelineExecution"},
		{name: "502", fault: awstest.Fault{Status: 502}, err: "502"},
		{name: "503", fault: awstest.Fault{Status: 503}, err: "503"},
		{name: "reset", fault: awstest.Fault{Break: awstest.Reset}, err: "sagemaker:RetryPipelineExecution"},
		{name: "lost answer", fault: awstest.Fault{Break: awstest.Close, AfterEffect: true}, err: "sagemaker:RetryPipelineExecution"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			account, sagemaker, arn := stand(t, failing, awstest.Config{})
			account.FailNext("RetryPipelineExecution", 1, test.fault)
			got, err := sagemaker.Retry(t.Context(), arn, claim("a"))
			if test.err == "" && (err != nil || got.Kind != test.kind) {
				t.Errorf("got %+v, %v; want kind %d", got, err, test.kind)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("got %+v, %v; want an error that names %q", got, err, test.err)
			}
			if n := account.Count("RetryPipelineExecution"); n != 1 {
				t.Errorf("made %d attempts at a call that allows one", n)
			}
		})
	}
}

func TestTokenAndParallelismReachTheWire(t *testing.T) {
	account, sagemaker, arn := stand(t, failing, awstest.Config{})
	c := claim("b")
	c.Parallelism = 2
	if _, err := sagemaker.Retry(t.Context(), arn, c); err != nil {
		t.Fatal(err)
	}
	got := account.Retries(arn.String())
	if len(got) != 1 || got[0].Token != c.Token || got[0].Parallelism != 2 {
		t.Errorf("got %+v, want one retry with the claim's token and parallelism", got)
	}
	if v := account.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// No call starts that could outlive the invocation, and none outlives its limit.
func TestNoCallTooLate(t *testing.T) {
	account, sagemaker, arn := stand(t, failing, awstest.Config{})
	for _, left := range []time.Duration{-time.Second, 0, time.Second, 5 * time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), left)
		_, describing := sagemaker.Describe(ctx, arn)
		_, listing := sagemaker.Steps(ctx, arn)
		_, retrying := sagemaker.Retry(ctx, arn, claim("a"))
		_, asking := sagemaker.Job(ctx, "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a")
		_, searching := sagemaker.NewerSuccesses(ctx, arn, start)
		_, _, finding := sagemaker.FailedSince(ctx, start, "")
		_, _, naming := sagemaker.Pipelines(ctx, "")
		_, _, failing := sagemaker.FailedOf(ctx, "Churn", "")
		cancel()
		for _, err := range []error{describing, listing, retrying, asking, searching, finding, naming, failing} {
			if !errors.Is(err, awscall.ErrNoTime) {
				t.Errorf("%s left: got %v, want ErrNoTime", left, err)
			}
		}
	}
	if calls := account.Calls(); len(calls) != 0 {
		t.Errorf("%d calls were made", len(calls))
	}
}
