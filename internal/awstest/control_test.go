package awstest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// controlled is an account and its control side, over HTTP on loopback.
func controlled(t *testing.T) (*scene, string) {
	t.Helper()
	s := open(t, Config{})
	server := httptest.NewServer(s.Control())
	t.Cleanup(server.Close)
	return s, server.URL
}

// ask sends one request to the control side.
func ask(t *testing.T, method, url, body string, header ...string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	out, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, method+" "+url+": content type", out.Header.Get("Content-Type"), "application/json")
	return out.StatusCode, strings.TrimSpace(string(text))
}

func decoded[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// An order becomes an execution that fails as often as was asked for, of what
// was asked for, and then succeeds.
func TestControlFails(t *testing.T) {
	s, url := controlled(t)
	status, text := ask(t, "POST", url+"/executions", `{"pipeline":"nightly","class":"quota_zero","step":"Prepare","fails":2,"lasts":1.5}`)
	equal(t, "status", status, http.StatusCreated)
	made := decoded[Execution](t, text)
	equal(t, "pipeline", made.Pipeline, "nightly")
	equal(t, "at first", made.Status, Executing)
	for run, want := range []Status{Failed, Failed, Succeeded} {
		if run > 0 {
			if err := s.HumanRetry(made.ARN); err != nil {
				t.Fatal(err)
			}
		}
		s.clock.pass(1499 * time.Millisecond)
		equal(t, "before its time", s.Execution(made.ARN).Status, Executing)
		s.clock.pass(time.Millisecond)
		_, text := ask(t, "GET", url+"/executions?arn="+strings.ToUpper(made.ARN), "")
		now := decoded[Execution](t, text)
		equal(t, "status", now.Status, want)
		equal(t, "run", now.Run, run+1)
		equal(t, "step", now.Steps[0].Name, "Prepare")
		if want == Failed {
			equal(t, "reason", now.Steps[0].Reason, ReasonQuotaZero())
		}
	}
}

func TestControlTells(t *testing.T) {
	s, url := controlled(t)
	status, text := ask(t, "POST", url+"/executions", `{"reason":"in these words"}`)
	equal(t, "status", status, http.StatusCreated)
	made := decoded[Execution](t, text)
	equal(t, "pipeline", made.Pipeline, "churn")
	equal(t, "reason", made.Steps[0].Reason, "in these words")
	equal(t, "without lasts", made.Status, Failed)
	other := s.Add(Script{})
	_, text = ask(t, "GET", url+"/executions?arn="+other, "")
	equal(t, "the other", decoded[Execution](t, text).ARN, other)
}

// A step can leave it to its job to say why it failed.
func TestControlHasTheJobTell(t *testing.T) {
	s, url := controlled(t)
	for _, c := range []struct{ order, reason, says, secondary string }{
		{`{"job_reason":"CapacityError: none"}`, ReasonSeeJobLogs, "CapacityError: none", "Failed"},
		{`{"job_secondary":"MaxRuntimeExceeded","reason":"a stop"}`, "a stop", "", "MaxRuntimeExceeded"},
		{`{"class":"service_fault"}`, ReasonInternal, ReasonInternal, "Failed"},
	} {
		_, text := ask(t, "POST", url+"/executions", c.order)
		row := s.steps(decoded[Execution](t, text).ARN)[0]
		equal(t, c.order+": the step", *row.FailureReason, c.reason)
		job, err := s.training(named(row.Metadata.TrainingJob.Arn))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.order+": the job", aws.ToString(job.FailureReason), c.says)
		equal(t, c.order+": its state", string(job.SecondaryStatus), c.secondary)
	}
}

// What was refused to one order is not left to the next, and is in place when
// the execution fails at once.
func TestControlRefusesRetries(t *testing.T) {
	s, url := controlled(t)
	var atOnce error
	s.Configure(func(c *Config) {
		c.OnEvent = func(e Event) {
			if e.Status == Failed {
				atOnce = s.retry(e.ARN, "at once")
			}
		}
	})
	for _, bad := range []string{`{"class":"gremlins","refusals":3}`, `{"class":"capacity","refusals":3,"lasts":-1}`} {
		status, _ := ask(t, "POST", url+"/executions", bad)
		equal(t, bad, status, http.StatusBadRequest)
	}
	status, text := ask(t, "POST", url+"/executions", `{"class":"throttling","refusals":2}`)
	equal(t, "status", status, http.StatusCreated)
	wantCode(t, "the first retry", atOnce, codeResourceLimit)
	arn := decoded[Execution](t, text).ARN
	wantCode(t, "the second retry", s.retry(arn, "b"), codeResourceLimit)
	wantCode(t, "the third retry", s.retry(arn, "c"), "")
}

// A fault names the field and what was expected, and changes nothing.
func TestControlRefusesOrders(t *testing.T) {
	s, url := controlled(t)
	const fail = "/executions"
	long := strings.Repeat("x", 1025)
	tests := []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"no class", fail, `{}`, 400, "class: expected it, or reason"},
		{"both", fail, `{"class":"capacity","reason":"x"}`, 400, "not both"},
		{"job's reason", fail, `{"job_reason":"` + long + `"}`, 400, "job_reason: expected at most 1024"},
		{"job's state", fail, `{"job_secondary":"Lost"}`, 400, "job_secondary: expected one of Failed, Interrupted, "},
		{"both, with a job", fail, `{"class":"capacity","reason":"x","job_reason":"y"}`, 400, "not both"},
		{"unknown class", fail, `{"class":"gremlins"}`, 400, "class: expected one of access_denied, capacity, "},
		{"pipeline", fail, `{"class":"capacity","pipeline":"-x"}`, 400, "pipeline: expected 1 to 256"},
		{"empty pipeline", fail, `{"class":"capacity","pipeline":""}`, 400, "pipeline: expected 1 to 256"},
		{"step", fail, `{"class":"capacity","step":"a b"}`, 400, "step: expected 1 to 64"},
		{"no failure", fail, `{"class":"capacity","fails":0}`, 400, "fails: expected a whole number from 1 to 1000, got 0"},
		{"many failures", fail, `{"class":"capacity","fails":1001}`, 400, "fails: expected a whole number from 1 to 1000, got 1001"},
		{"half a failure", fail, `{"class":"capacity","fails":1.5}`, 400, "fails: expected a whole number, got number 1.5"},
		{"failures in words", fail, `{"class":"capacity","fails":"once"}`, 400, "fails: expected a whole number, got string"},
		{"lasts", fail, `{"class":"capacity","lasts":-1}`, 400, "lasts: expected seconds from 0 to 86400, got -1"},
		{"lasts in words", fail, `{"class":"capacity","lasts":"1s"}`, 400, "lasts: expected a number, got string"},
		{"class as a number", fail, `{"class":7}`, 400, "class: expected a string, got number"},
		{"reason", fail, `{"reason":"` + long + `"}`, 400, "reason: expected at most 1024"},
		{"unknown field", fail, `{"klass":"capacity"}`, 400, `unknown field "klass"`},
		{"a list", fail, `[]`, 400, "body: expected an object, got array"},
		{"two objects", fail, `{"class":"capacity"}{}`, 400, "body: expected one JSON object, got more"},
		{"not JSON", fail, `class=capacity`, 400, "body: expected one JSON object"},
		{"too large", fail, `{"reason":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "body: expected at most 65536 bytes"},
		{"refused less than never", fail, `{"class":"capacity","refusals":-1}`, 400, "refusals: expected a whole number from 0 to 1000, got -1"},
		{"refused too often", fail, `{"class":"capacity","refusals":1001}`, 400, "refusals: expected a whole number from 0 to 1000, got 1001"},
		{"elsewhere", "/pipelines", `{}`, 404, "expected POST or GET /executions"},
	}
	for _, test := range tests {
		status, text := ask(t, "POST", url+test.path, test.body)
		got := decoded[map[string]string](t, text)["error"]
		if status != test.status || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %d %q, want %d %q", test.name, status, got, test.status, test.want)
		}
	}
	for _, query := range []string{"?arn=arn:none", "?arn=", ""} {
		status, text := ask(t, "GET", url+"/executions"+query, "")
		if status != http.StatusNotFound || !strings.Contains(text, "arn: expected") {
			t.Errorf("no such execution, %q: got %d %s", query, status, text)
		}
	}
	equal(t, "executions", len(s.Executions()), 0)
}

// No web page may drive it, whatever name it reached this machine by.
func TestControlKeepsBrowsersOut(t *testing.T) {
	s, url := controlled(t)
	const order = `{"class":"capacity"}`
	path := "/executions?arn=" + s.Add(Script{})
	tests := []struct {
		name, method, body string
		header             []string
		want               int
	}{
		{"a rebound name", "POST", order, []string{"Host", "pages.example:4567"}, 403},
		{"a rebound name reads", "GET", "", []string{"Host", "pages.example"}, 403},
		{"a name like ours", "GET", "", []string{"Host", "localhost.pages.example"}, 403},
		{"another address", "GET", "", []string{"Host", "192.0.2.7:80"}, 403},
		{"a page", "POST", order, []string{"Origin", "http://localhost:3000"}, 403},
		{"a form", "POST", order, []string{"Content-Type", "text/plain"}, 415},
		{"no type", "POST", order, []string{"Content-Type", ""}, 415},
		{"localhost", "GET", "", []string{"Host", "LOCALHOST:1"}, 200},
		{"IPv6", "GET", "", []string{"Host", "[::1]:1"}, 200},
		{"IPv6 without a port", "GET", "", []string{"Host", "[::1]"}, 200},
		{"all of 127", "GET", "", []string{"Host", "127.8.0.1"}, 200},
		{"with a charset", "POST", order, []string{"Content-Type", "application/json; charset=utf-8"}, 201},
	}
	for _, test := range tests {
		if got, text := ask(t, test.method, url+path, test.body, test.header...); got != test.want {
			t.Errorf("%s: got %d %s, want %d", test.name, got, text, test.want)
		}
	}
	equal(t, "executions", len(s.Executions()), 2)
}
