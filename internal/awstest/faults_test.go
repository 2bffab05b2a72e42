package awstest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

const retryOp = "RetryPipelineExecution"

func TestFaultsOfTheRetryCall(t *testing.T) {
	cases := map[string]struct {
		fault     Fault
		code      string // of the error that the client sees
		fails     bool
		effective bool
		status    int // in the log
	}{
		"throttled":            {Fault{Code: "ThrottlingException"}, "ThrottlingException", true, false, 400},
		"no room":              {Fault{Code: "ResourceLimitExceeded"}, "ResourceLimitExceeded", true, false, 400},
		"access denied":        {Fault{Code: "AccessDeniedException"}, "AccessDeniedException", true, false, 400},
		"conflict":             {Fault{Code: "ConflictException"}, "ConflictException", true, false, 400},
		"expired credentials":  {Fault{Code: "ExpiredTokenException"}, "ExpiredTokenException", true, false, 400},
		"internal failure":     {Fault{Code: "InternalFailure"}, "InternalFailure", true, false, 500},
		"500":                  {Fault{Status: 500}, "", true, false, 500},
		"502":                  {Fault{Status: 502}, "", true, false, 502},
		"503":                  {Fault{Status: 503}, "", true, false, 503},
		"504 after the effect": {Fault{Status: 504, AfterEffect: true}, "", true, true, 504},
		"500 with a code":      {Fault{Code: "InternalFailure", AfterEffect: true}, "InternalFailure", true, true, 500},
		"closed":               {Fault{Break: Close}, "", true, false, 0},
		"closed after effect":  {Fault{Break: Close, AfterEffect: true}, "", true, true, 0},
		"reset":                {Fault{Break: Reset}, "", true, false, 0},
		"reset after effect":   {Fault{Break: Reset, AfterEffect: true}, "", true, true, 0},
		"truncated":            {Fault{Body: Truncated}, "", true, true, 200},
		"wrong type":           {Fault{Body: WrongType}, "", true, true, 200},
		"empty":                {Fault{Body: Empty}, "", false, true, 200},
		"foreign":              {Fault{Body: Foreign}, "", false, true, 200},
		"huge":                 {Fault{Body: Huge}, "", false, true, 200},
		"slow":                 {Fault{Latency: time.Millisecond}, "", false, true, 200},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{})
			arn := failing(s, KeepsRunning())
			s.FailNext(retryOp, 1, c.fault)
			err := s.retry(arn, "a")
			equal(t, "fails", err != nil, c.fails)
			if c.code != "" {
				wantCode(t, "fault", err, c.code)
			}
			equal(t, "effect", len(s.Retries(arn)) == 1, c.effective)
			call := s.Calls(retryOp)[0]
			equal(t, "logged effect", call.Effective, c.effective)
			equal(t, "logged status", call.Status, c.status)
			equal(t, "logged fault", call.Disturbed, true)
			if err := s.retry(arn, "a"); err != nil {
				t.Errorf("the same token again, undisturbed: %v", err)
			}
			equal(t, "effects in the end", len(s.Retries(arn)), 1)
			s.clean()
		})
	}
}

// An object without members stays an object when it is padded.
func TestAHugeAnswerIsJSON(t *testing.T) {
	for object, comma := range map[string]bool{`{}`: false, `{"a":1}`: true} {
		var got map[string]any
		if err := json.Unmarshal(padded([]byte(object)), &got); err != nil {
			t.Errorf("%s: %v", object, err)
		}
		equal(t, object, got["a"] != nil, comma)
	}
}

func TestAForeignAnswerNamesAnotherAccount(t *testing.T) {
	s := open(t, Config{})
	arn := failing(s)
	s.FailNext("DescribePipelineExecution", 1, Fault{Body: Foreign})
	equal(t, "foreign", *s.describe(arn).PipelineExecutionArn == arn, false)
	equal(t, "own", *s.describe(arn).PipelineExecutionArn == arn, true)
}

func TestHangEndsWithTheClientsPatience(t *testing.T) {
	for name, after := range map[string]bool{"before the effect": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{})
			arn := failing(s, KeepsRunning())
			s.FailNext(retryOp, 1, Fault{Hang: true, AfterEffect: after})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			tok := token("a")
			_, err := s.sagemaker.RetryPipelineExecution(ctx, &sagemaker.RetryPipelineExecutionInput{PipelineExecutionArn: &arn, ClientRequestToken: &tok})
			if err == nil {
				t.Error("no error")
			}
			equal(t, "effect", len(s.Retries(arn)) == 1, after)
		})
	}
}

func TestTheHookStepsInBetweenTwoCalls(t *testing.T) {
	s := open(t, Config{})
	arn := failing(s, KeepsRunning())
	s.OnRequest(func(op string, nth int, r Request) Fault {
		if op == retryOp && nth == 1 {
			equal(t, "token", r.Token, token("a"))
			if err := s.HumanRetry(r.ARN); err != nil {
				t.Error(err)
			}
		}
		return Fault{}
	})
	wantCode(t, "the person was first", s.retry(arn, "a"), "ValidationException")
	equal(t, "our retries", len(s.Retries(arn)), 0)
	equal(t, "status", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusExecuting)
	equal(t, "disturbed", s.Calls(retryOp)[0].Disturbed, false)
}

// A fault's ResourceLimitExceeded burns a token as a real one does, but never
// one that has had its effect.
func TestAFaultBurnsTokensToo(t *testing.T) {
	s := open(t, Config{Unknowns: Unknowns{BurnsRefusedTokens: true}})
	arn := failing(s, KeepsRunning())
	s.FailNext(retryOp, 1, Fault{Code: "ResourceLimitExceeded"})
	wantCode(t, "refused", s.retry(arn, "a"), "ResourceLimitExceeded")
	wantCode(t, "burnt", s.retry(arn, "a"), "ResourceLimitExceeded")
	wantCode(t, "another", s.retry(arn, "b"), "")
	s.FailNext(retryOp, 1, Fault{Code: "ResourceLimitExceeded"})
	wantCode(t, "refused late", s.retry(arn, "b"), "ResourceLimitExceeded")
	wantCode(t, "its effect is remembered", s.retry(arn, "b"), "")
}

func TestCallsAreToldApart(t *testing.T) {
	s := open(t, Config{})
	one, two := failing(s), failing(s)
	s.describe(one)
	s.describe(two)
	s.steps(two)
	equal(t, "describes", s.Count("DescribePipelineExecution"), 2)
	equal(t, "about the second", len(s.CallsFor(two)), 2)
	equal(t, "all", len(s.Calls()), 3)
	equal(t, "time", s.Calls()[0].At, start)
	equal(t, "answered", s.Calls()[0].Answered, true)
	s.ForgetCalls()
	equal(t, "forgotten", len(s.Calls()), 0)
}

// A recorder has no connection to break; the handler is aborted instead.
func TestBreakingWithoutAConnection(t *testing.T) {
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("got panic %v, want http.ErrAbortHandler", got)
		}
	}()
	breakOff(httptest.NewRecorder(), Close)
}
