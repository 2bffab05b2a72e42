package awstest

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
)

// Orders change what they name, and leave the rest.
func TestControlSets(t *testing.T) {
	s, url := controlled(t)
	url += "/settings"
	const untouched = `{"quotas":{},"running_limit":0,"denied":[],"search_lag":0,"search_refuses_filter":false,"lose_events":0}`
	status, text := ask(t, "GET", url, "")
	equal(t, "status", status, http.StatusOK)
	equal(t, "at first", text, untouched)
	want := Settings{Quotas: map[string]int{gpus: 4}, RunningLimit: 7, Denied: []string{"Search"}, SearchLag: 1.5, SearchRefusesFilter: true, LoseEvents: 3}
	for _, order := range []string{
		`{"quotas":{"` + gpus + `":4,"gone":1}}`, `{"running_limit":7,"denied":["ListPipelines"]}`, `{"denied":["Search"],"search_lag":1.5}`,
		`{"search_refuses_filter":true,"lose_events":3}`, `{"quotas":{"` + gpus + `":4}}`, `{}`,
	} {
		if status, text = ask(t, "POST", url, order); status != http.StatusOK {
			t.Fatalf("%s: got %d %s", order, status, text)
		}
	}
	for what, got := range map[string]Settings{"answered": decoded[Settings](t, text), "in force": s.Settings()} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", what, got, want)
		}
	}
	in := where("PipelineExecutionStatus", "Equals", "Failed")
	_, err := s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "denied", err, codeAccessDenied)
	ask(t, "POST", url, `{"denied":[]}`)
	_, err = s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "its filter refused", err, codeValidation)
	ask(t, "POST", url, `{"search_refuses_filter":false}`)
	arn := s.Add(Script{})
	equal(t, "lags", s.search(sagemaker.SearchInput{Resource: "PipelineExecution"}), "")
	s.clock.pass(1500 * time.Millisecond)
	equal(t, "behind", s.search(sagemaker.SearchInput{Resource: "PipelineExecution"}), s.Execution(arn).ID)
	ask(t, "POST", url, `{"quotas":{},"running_limit":0,"search_lag":0,"lose_events":0}`)
	_, text = ask(t, "GET", url, "")
	equal(t, "at last", text, untouched)
}

func TestControlRefusesSettings(t *testing.T) {
	s, url := controlled(t)
	for order, want := range map[string]string{
		`{"quotas":{"x":-1}}`:             `quotas: expected names of 1 to 256 characters with a whole number that is not negative, got "x": -1`,
		`{"quotas":{"":1}}`:               "quotas: expected names",
		`{"quotas":{"x":1.5}}`:            "quotas: expected a whole number, got number 1.5",
		`{"quotas":["x"]}`:                "quotas: expected an object, got array",
		`{"running_limit":-1}`:            "running_limit: expected a whole number that is not negative, got -1",
		`{"lose_events":-2}`:              "lose_events: expected a whole number that is not negative, got -2",
		`{"denied":["CreateSchedule"]}`:   "denied: expected operations of SageMaker, such as Search, got \"CreateSchedule\"",
		`{"denied":["sagemaker:Search"]}`: "denied: expected operations",
		`{"denied":"Search"}`:             "denied: expected a list, got string",
		`{"search_lag":-1}`:               "search_lag: expected seconds from 0 to 86400, got -1",
		`{"search_refuses_filter":1}`:     "search_refuses_filter: expected true or false, got number",
		`{"search_lags":1}`:               `unknown field "search_lags"`,
	} {
		status, text := ask(t, "POST", url+"/settings", order)
		if got := decoded[map[string]string](t, text)["error"]; status != http.StatusBadRequest || !strings.Contains(got, want) {
			t.Errorf("%s: got %d %q, want %q", order, status, got, want)
		}
	}
	equal(t, "lost events", s.Settings().LoseEvents, 0)
}

// What a script can, an order from another process can.
func TestControlFailsInSilence(t *testing.T) {
	s, url := controlled(t)
	_, text := ask(t, "POST", url+"/executions", `{"class":"capacity","silent":1,"ignores_retries":1,"instance":"ml.g5.xlarge"}`)
	arn := decoded[Execution](t, text).ARN
	equal(t, "instance", s.Execution(arn).Steps[0].Instance, "ml.g5.xlarge")
	equal(t, "events", len(s.Events()), 0)
	for _, want := range []string{`{"sent":2}`, `{"sent":0}`} {
		status, text := ask(t, "POST", url+"/events", `{"arn":"`+strings.ToUpper(arn[:3])+arn[3:]+`"}`)
		if status == http.StatusOK {
			t.Errorf("an ARN that is none: got %s", text)
		}
		_, text = ask(t, "POST", url+"/events", `{"arn":"`+arn+`"}`)
		equal(t, "sent", text, want)
	}
	wantStatuses(t, s.Events(), ">Executing", "Executing>Failed")
	for i, want := range []Status{Failed, Succeeded} {
		if err := s.retry(arn, string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
		equal(t, "after a retry", s.Execution(arn).Status, want)
	}
}

func TestControlFailsOfAQuota(t *testing.T) {
	s, url := controlled(t)
	ask(t, "POST", url+"/settings", `{"quotas":{"`+gpus+`":1}}`)
	var arns []string
	for range 2 {
		_, text := ask(t, "POST", url+"/executions", `{"quota":"`+gpus+`","lasts":60}`)
		arns = append(arns, decoded[Execution](t, text).ARN)
	}
	s.clock.pass(2 * time.Second)
	equal(t, "with an instance", s.Execution(arns[0]).Status, Executing)
	equal(t, "without one", s.Execution(arns[1]).Status, Failed)
	equal(t, "the step", s.Execution(arns[1]).Steps[0].Name, "Train")
	s.clock.pass(time.Minute)
	if err := s.retry(arns[1], "a"); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(time.Minute)
	equal(t, "with one at last", s.Execution(arns[1]).Status, Succeeded)
	for order, want := range map[string]string{
		`{"quota":"x","class":"capacity"}`:             "quota: expected it in place of class",
		`{"quota":"` + strings.Repeat("x", 257) + `"}`: "quota: expected at most 256 characters",
		`{"class":"capacity","instance":"g5"}`:         "instance: expected an instance type such as ml.m5.large",
		`{"class":"capacity","silent":-1}`:             "silent: expected a whole number from 0 to 1000, got -1",
		`{"class":"capacity","ignores_retries":1001}`:  "ignores_retries: expected a whole number from 0 to 1000, got 1001",
	} {
		if status, text := ask(t, "POST", url+"/executions", order); status != http.StatusBadRequest || !strings.Contains(text, want) {
			t.Errorf("%s: got %d %s, want %q", order, status, text, want)
		}
	}
}
