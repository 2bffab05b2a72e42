package awstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/smithy-go"
)

// asked notes what Authorize was asked, and answers from a list.
type asked struct {
	mu      sync.Mutex
	got     []string
	answers map[string]error // by action
}

func (a *asked) authorize(who Caller, action, resource string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, fmt.Sprintf("%s %s %s %s", who.AccessKey, who.SessionToken, action, resource))
	return a.answers[action]
}

const role = "arn:aws:sts::123456789012:assumed-role/mulligan/retrier"

// as makes the client sign as a function does, with a session token.
func as(token string) func(*sagemaker.Options) {
	return func(o *sagemaker.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secret", SessionToken: token}, nil
		})
	}
}

// A refused request has no effect and uses up no fault, is answered in IAM's
// words and logged, and is no violation.
func TestAuthorizeRefuses(t *testing.T) {
	iam := &asked{answers: map[string]error{"sagemaker:RetryPipelineExecution": &Refusal{Principal: role}}}
	s := open(t, Config{Authorize: iam.authorize})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity), Succeeds()}})
	s.FailNext("RetryPipelineExecution", 1, Fault{Code: codeResourceLimit})
	spelled := strings.Replace(arn, "churn", "CHURN", 1) // IAM minds case, so it is asked what was said
	_, err := s.sagemaker.RetryPipelineExecution(t.Context(), &sagemaker.RetryPipelineExecutionInput{
		PipelineExecutionArn: &spelled, ClientRequestToken: aws.String(token("a")),
	}, as("session"))
	var api smithy.APIError
	want := "User: " + role + " is not authorized to perform: sagemaker:RetryPipelineExecution on resource: " + spelled +
		" because no identity-based policy allows the sagemaker:RetryPipelineExecution action"
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDeniedException" || api.ErrorMessage() != want {
		t.Errorf("got %v\nwant AccessDeniedException: %s", err, want)
	}
	equal(t, "asked", strings.Join(iam.got, "; "), "ASIAEXAMPLE session sagemaker:RetryPipelineExecution "+spelled)
	equal(t, "status", s.Execution(arn).Status, Failed)
	call := s.Calls("RetryPipelineExecution")[0]
	equal(t, "logged status", call.Status, 400)
	equal(t, "logged code", call.Code, "AccessDeniedException")
	equal(t, "effective", call.Effective, false)
	s.describe(arn)
	s.clean()
	iam.answers = nil
	wantCode(t, "allowed, the fault is still there", s.retry(arn, "b"), codeResourceLimit)
}

// Asking that fails is the service's fault, not the caller's.
func TestAuthorizeCannotBeAsked(t *testing.T) {
	iam := &asked{answers: map[string]error{"sagemaker:RetryPipelineExecution": errors.New("no answer")}}
	s := open(t, Config{Authorize: iam.authorize})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity)}})
	wantCode(t, "retry", s.retry(arn, "a"), codeInternal)
	equal(t, "HTTP status", s.Calls("RetryPipelineExecution")[0].Status, 500)
	equal(t, "effects", len(s.Retries(arn)), 0)
	s.clean()
}

// A key that is nobody's is the caller's fault: no SDK tries again after it.
func TestAuthorizeDoesNotKnowTheKey(t *testing.T) {
	iam := &asked{answers: map[string]error{"sagemaker:RetryPipelineExecution": fmt.Errorf("%w: AKIA", ErrUnknownKey)}}
	s := open(t, Config{Authorize: iam.authorize})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity)}})
	wantCode(t, "retry", s.retry(arn, "a"), "UnrecognizedClientException")
	equal(t, "HTTP status", s.Calls("RetryPipelineExecution")[0].Status, 400)
	equal(t, "effects", len(s.Retries(arn)), 0)
	s.clean()
}

// Scheduler and what was not understood are nobody's question to IAM.
func TestAuthorizeIsAskedOfSageMakerAlone(t *testing.T) {
	iam := &asked{}
	s := openScheduler(t, Config{Authorize: iam.authorize})
	if err := s.create(wake("wake")); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "an operation that is not stood in for", func() error {
		_, err := s.sagemaker.DeletePipeline(t.Context(), &sagemaker.DeletePipelineInput{PipelineName: aws.String("churn"), ClientRequestToken: aws.String(token("a"))})
		return err
	}(), codeUnknownOp)
	if len(iam.got) != 0 {
		t.Errorf("asked %q, want nothing", iam.got)
	}
	if len(s.Violations()) != 1 {
		t.Errorf("violations %q, want DeletePipeline's", s.Violations())
	}
}

// several is one address for two Regions of an account and a second account.
func several(t *testing.T) (url string, all *Accounts, byPlace map[string]*Account) {
	t.Helper()
	all, byPlace = &Accounts{}, map[string]*Account{}
	for _, place := range [][2]string{{"111111111111", "eu-west-1"}, {"222222222222", "eu-west-1"}, {"111111111111", "us-east-1"}} {
		a := New(Config{Number: place[0], Region: place[1]})
		byPlace[place[0]+" "+place[1]] = a
		all.Add(a)
	}
	server := httptest.NewServer(all)
	t.Cleanup(server.Close)
	return server.URL, all, byPlace
}

func describeAs(t *testing.T, url, key, region string) error {
	t.Helper()
	client := sagemaker.New(sagemaker.Options{
		Region: region, BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: "secret"}, nil
		}),
	})
	_, err := client.DescribePipelineExecution(t.Context(), &sagemaker.DescribePipelineExecutionInput{
		PipelineExecutionArn: aws.String("arn:aws:sagemaker:" + region + ":111111111111:pipeline/p/execution/e"),
	})
	return err
}

// Each request reaches the account that its signature names, or is remembered.
func TestAccounts(t *testing.T) {
	url, all, byPlace := several(t)
	tests := []struct{ name, key, region, code, reaches string }{
		{"by number", "222222222222", "eu-west-1", codeNotFound, "222222222222 eu-west-1"},
		{"by Region", "111111111111", "us-east-1", codeNotFound, "111111111111 us-east-1"},
		{"any key, one account", "ASIAEXAMPLE", "us-east-1", codeNotFound, "111111111111 us-east-1"},
		{"any key, two accounts", "ASIAEXAMPLE", "eu-west-1", "UnrecognizedClientException", ""},
		{"another number", "333333333333", "eu-west-1", "UnrecognizedClientException", ""},
		{"another Region", "111111111111", "ap-south-1", "UnrecognizedClientException", ""},
	}
	lost := 0
	for _, test := range tests {
		wantCode(t, test.name, describeAs(t, url, test.key, test.region), test.code)
		if test.reaches == "" {
			lost++
		}
		for place, a := range byPlace {
			want := 0
			if place == test.reaches {
				want = 1
			}
			equal(t, test.name+": requests at "+place, a.Count("DescribePipelineExecution"), want)
			a.ForgetCalls()
		}
	}
	violations := all.Violations()
	equal(t, "remembered", len(violations), lost)
	if !strings.Contains(strings.Join(violations, "\n"), `"333333333333"`) {
		t.Errorf("%q do not name the access key", violations)
	}
	resp, err := http.Post(url, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	equal(t, "status without a signature", resp.StatusCode, http.StatusBadRequest)
	equal(t, "remembered, with the unsigned one", len(all.Violations()), lost+1)
}

func TestAccountsHaveOnePlaceEach(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the same account twice: want a panic")
		}
	}()
	all := &Accounts{}
	all.Add(New(Config{}))
	all.Add(New(Config{}))
}
