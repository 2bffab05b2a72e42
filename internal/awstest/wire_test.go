package awstest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

const knownARN = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/known0000000"

// send puts a hand-made request on the wire. Headers that are set to nothing
// are left out.
func (s *scene) send(method, path, body string, headers map[string]string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range headers {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer, string(text)
}

func signed(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/us-east-1/" + service +
		"/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)
}

func TestWhatSageMakerWouldNotUnderstand(t *testing.T) {
	describe := `{"PipelineExecutionArn":"` + knownARN + `"}`
	good := map[string]string{"X-Amz-Target": "SageMaker.DescribePipelineExecution", "Content-Type": "application/x-amz-json-1.1",
		"Authorization": signed("sagemaker"), "X-Amz-Date": "20260301T090000Z"}
	cases := map[string]struct {
		method, path, body string
		header, value      string // changed in good
		status             int
		code               string // "" for an answer in order
	}{
		"in order":             {status: 200},
		"unknown operation":    {header: "X-Amz-Target", value: "SageMaker.StartPipelineExecution", status: 400, code: "UnknownOperationException"},
		"other service":        {header: "X-Amz-Target", value: "DynamoDB_20120810.GetItem", status: 400, code: "UnknownOperationException"},
		"Scheduler's by RPC":   {header: "X-Amz-Target", value: "SageMaker.CreateSchedule", status: 400, code: "UnknownOperationException"},
		"no target":            {header: "X-Amz-Target", status: 400, code: "UnknownOperationException"},
		"method":               {method: "PUT", status: 400, code: "UnknownOperationException"},
		"path":                 {path: "/other", status: 400, code: "UnknownOperationException"},
		"query":                {path: "/?x=1", status: 400, code: "UnknownOperationException"},
		"no signature":         {header: "Authorization", status: 400, code: "MissingAuthenticationTokenException"},
		"another scheme":       {header: "Authorization", value: "Bearer abc", status: 400, code: "IncompleteSignatureException"},
		"no date":              {header: "X-Amz-Date", status: 400, code: "IncompleteSignatureException"},
		"another service":      {header: "Authorization", value: signed("scheduler"), status: 400, code: "InvalidSignatureException"},
		"another Region":       {header: "Authorization", value: strings.Replace(signed("sagemaker"), "us-east-1", "eu-west-1", 1), status: 400, code: "InvalidSignatureException"},
		"content type":         {header: "Content-Type", value: "application/json", status: 400, code: "UnsupportedMediaTypeException"},
		"not JSON":             {body: "{", status: 400, code: "SerializationException"},
		"two documents":        {body: describe + describe, status: 400, code: "SerializationException"},
		"an array":             {body: "[]", status: 400, code: "SerializationException"},
		"a wrong type":         {body: `{"PipelineExecutionArn":7}`, status: 400, code: "SerializationException"},
		"an unknown field":     {body: `{"PipelineExecutionArn":"` + knownARN + `","Verbose":true}`, status: 400, code: "SerializationException"},
		"a field in lower":     {body: `{"pipelineExecutionArn":"` + knownARN + `"}`, status: 400, code: "SerializationException"},
		"no ARN":               {body: `{}`, status: 400, code: "ValidationException"},
		"the pipeline's ARN":   {body: `{"PipelineExecutionArn":"arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn"}`, status: 400, code: "ValidationException"},
		"an ARN that is long":  {body: `{"PipelineExecutionArn":"` + knownARN + strings.Repeat("x", 2048) + `"}`, status: 400, code: "ValidationException"},
		"more than a megabyte": {body: `{"PipelineExecutionArn":"` + strings.Repeat("x", 1<<20) + `"}`, status: 400, code: "SerializationException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{})
			s.Add(Script{ID: "known0000000"})
			headers := map[string]string{}
			for k, v := range good {
				headers[k] = v
			}
			if c.header != "" {
				headers[c.header] = c.value
			}
			got, body := s.send(or(c.method, "POST"), or(c.path, "/"), or(c.body, describe), headers)
			equal(t, "status", got.StatusCode, c.status)
			equal(t, "content type", got.Header.Get("Content-Type"), "application/x-amz-json-1.1")
			equal(t, "request id", got.Header.Get("X-Amzn-Requestid") != "", true)
			if c.code == "" {
				s.clean()
				return
			}
			if !strings.Contains(body, `"__type":"`+c.code+`"`) {
				t.Errorf("body %s, want __type %s", body, c.code)
			}
			equal(t, "violations", len(s.Violations()), 1)
		})
	}
}

// Times are seconds with a fraction, as a number without an exponent.
func TestTimesOnTheWire(t *testing.T) {
	s := open(t, Config{})
	s.Add(Script{ID: "known0000000"})
	_, body := s.send("POST", "/", `{"PipelineExecutionArn":"`+knownARN+`"}`, map[string]string{
		"X-Amz-Target": "SageMaker.DescribePipelineExecution", "Content-Type": "application/x-amz-json-1.1",
		"Authorization": signed("sagemaker"), "X-Amz-Date": "20260301T090000Z"})
	if want := `"CreationTime":1772355600.250`; !strings.Contains(body, want) {
		t.Errorf("body %s, want %s in it", body, want)
	}
}

func TestBoundsThroughTheClient(t *testing.T) {
	arn := knownARN
	retry := func(token string, parallel int32) func(*scene) error {
		return func(s *scene) error {
			in := &sagemaker.RetryPipelineExecutionInput{PipelineExecutionArn: &arn, ClientRequestToken: &token}
			if parallel != 1 {
				in.ParallelismConfiguration = &types.ParallelismConfiguration{MaxParallelExecutionSteps: &parallel}
			}
			_, err := s.sagemaker.RetryPipelineExecution(t.Context(), in)
			return err
		}
	}
	list := func(in sagemaker.ListPipelineExecutionStepsInput) func(*scene) error {
		return func(s *scene) error {
			_, err := s.sagemaker.ListPipelineExecutionSteps(t.Context(), &in)
			return err
		}
	}
	cases := map[string]struct {
		call func(*scene) error
		ok   bool
	}{
		"token of 31":           {retry(strings.Repeat("t", 31), 1), false},
		"token of 32":           {retry(strings.Repeat("t", 32), 1), true},
		"token of 128":          {retry(strings.Repeat("t", 128), 1), true},
		"token of 129":          {retry(strings.Repeat("t", 129), 1), false},
		"no parallel steps":     {retry(token("a"), 0), false},
		"two parallel steps":    {retry(token("a"), 2), true},
		"a page of none":        {list(sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, MaxResults: aws.Int32(0)}), false},
		"a page of 100":         {list(sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, MaxResults: aws.Int32(100)}), true},
		"a page of 101":         {list(sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, MaxResults: aws.Int32(101)}), false},
		"another order":         {list(sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, SortOrder: "Random"}), false},
		"a page from elsewhere": {list(sagemaker.ListPipelineExecutionStepsInput{PipelineExecutionArn: &arn, NextToken: aws.String("?")}), false},
		"steps of nothing":      {list(sagemaker.ListPipelineExecutionStepsInput{}), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{})
			s.Add(Script{ID: "known0000000", Runs: []Run{FailsAt("Train", ReasonCapacity)}})
			err := c.call(s)
			if c.ok {
				wantCode(t, "call", err, "")
				s.clean()
				return
			}
			wantCode(t, "call", err, "ValidationException")
			equal(t, "violations", len(s.Violations()), 1)
		})
	}
}

// What the SDK has a type for has to arrive as that type, message and all.
func TestDeclaredErrorsArriveAsTheirTypes(t *testing.T) {
	s := open(t, Config{})
	arn := strings.Replace(knownARN, "known", "other", 1)
	_, err := s.sagemaker.DescribePipelineExecution(t.Context(), &sagemaker.DescribePipelineExecutionInput{PipelineExecutionArn: &arn})
	wantMessage[*types.ResourceNotFound](t, err, "Pipeline execution '"+arn+"' does not exist.")
	for code, want := range map[string]func(error){
		"ConflictException":     func(err error) { wantMessage[*types.ConflictException](t, err, "words") },
		"ResourceLimitExceeded": func(err error) { wantMessage[*types.ResourceLimitExceeded](t, err, "words") },
	} {
		s.FailNext(retryOp, 1, Fault{Code: code, Message: "words"})
		want(s.retry(arn, "a"))
	}
	s.clean()
}

func TestWhatSchedulerWouldNotUnderstand(t *testing.T) {
	good := map[string]string{"Content-Type": "application/json", "Authorization": signed("scheduler"), "X-Amz-Date": "20260301T090000Z"}
	cases := map[string]struct {
		method, path, body, authorization string
		status                            int
		code                              string
	}{
		"get of nothing":        {method: "GET", path: "/schedules/a", status: 404, code: "ResourceNotFoundException"},
		"update":                {method: "PUT", path: "/schedules/a", body: "{}", status: 404, code: "UnknownOperationException"},
		"groups":                {method: "POST", path: "/schedule-groups/a", body: "{}", status: 404, code: "UnknownOperationException"},
		"list":                  {method: "GET", path: "/schedules", status: 404, code: "UnknownOperationException"},
		"unknown query":         {method: "GET", path: "/schedules/a?verbose=1", status: 400, code: "ValidationException"},
		"group of a create":     {method: "POST", path: "/schedules/a?groupName=g", body: "{}", status: 400, code: "ValidationException"},
		"a name with a slash":   {method: "GET", path: "/schedules/a/b", status: 400, code: "ValidationException"},
		"a name of 65":          {method: "GET", path: "/schedules/" + strings.Repeat("n", 65), status: 400, code: "ValidationException"},
		"body of a get":         {method: "GET", path: "/schedules/a", body: "{}", status: 400, code: "SerializationException"},
		"unknown field":         {method: "POST", path: "/schedules/a", body: `{"Cron":1}`, status: 400, code: "SerializationException"},
		"unknown field, deeper": {method: "POST", path: "/schedules/a", body: `{"Target":{"RetryPolicy":{"Forever":true}}}`, status: 400, code: "SerializationException"},
		"signed for SageMaker":  {method: "GET", path: "/schedules/a", authorization: signed("sagemaker"), status: 403, code: "InvalidSignatureException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{})
			headers := map[string]string{"Authorization": or(c.authorization, good["Authorization"]), "X-Amz-Date": good["X-Amz-Date"], "Content-Type": good["Content-Type"]}
			got, body := s.send(c.method, c.path, c.body, headers)
			equal(t, "status", got.StatusCode, c.status)
			equal(t, "error type", got.Header.Get("X-Amzn-Errortype"), c.code)
			equal(t, "message", strings.Contains(body, `"Message":"`), true)
			equal(t, "a violation", len(s.Violations()) == 1, c.code != "ResourceNotFoundException")
		})
	}
}

func TestSchedulerOperationsThatAreNotStoodFor(t *testing.T) {
	s := open(t, Config{})
	_, err := s.scheduler.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{})
	wantCode(t, "list", err, "UnknownOperationException")
	_, err = s.sagemaker.StopPipelineExecution(t.Context(), &sagemaker.StopPipelineExecutionInput{PipelineExecutionArn: aws.String(knownARN), ClientRequestToken: aws.String(token("a"))})
	wantCode(t, "stop", err, "UnknownOperationException")
	equal(t, "violations", len(s.Violations()), 2)
}
