//go:build e2e

package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// variableLine finds the variables that template.yaml sets in the functions'
// environment; the endpoints are there for local runs alone, and without a
// prefix every pipeline is handled.
var variableLine = regexp.MustCompile(`(?m)^        ([A-Z_]+): !`)

// A faulty environment keeps the function from starting, and every fault of it
// is told at once.
func TestFaultyEnvironment(t *testing.T) {
	template, err := os.ReadFile(root + "/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	missing := []string{"AWS_REGION"}
	for _, variable := range variableLine.FindAllStringSubmatch(string(template), -1) {
		if !strings.HasPrefix(variable[1], "AWS_ENDPOINT_URL") && variable[1] != "PIPELINE_NAME_PREFIX" {
			missing = append(missing, variable[1])
		}
	}
	if len(missing) < 10 {
		t.Fatalf("found few variables in template.yaml: %v", missing)
	}
	t.Run("nothing is set", func(t *testing.T) { startsNot(t, nil, missing...) })
	t.Run("some are wrong", func(t *testing.T) {
		w := newWorld(t, "Faulty")
		variables := w.environment()
		variables["MODE"], variables["BACKOFF_INTERVAL"], variables["MAX_RETRIES"] = "Enforce", "5m", "-1"
		delete(variables, "LEDGER_TABLE")
		var environment []string
		for name, value := range variables {
			environment = append(environment, name+"="+value)
		}
		startsNot(t, environment, "MODE", "BACKOFF_INTERVAL", "MAX_RETRIES", "LEDGER_TABLE")
		w.sameCalls(t)
	})
}

// startsNot asserts that the program ends with an error that names exactly these
// variables, a line each.
func startsNot(t *testing.T, environment []string, faulty ...string) {
	t.Helper()
	p := launch(t, environment)
	if p.WaitReady() {
		t.Fatal("it asked for an event")
	}
	code, stderr, ended := p.Exited()
	if !ended || code == 0 {
		t.Fatalf("ended %t, exit code %d; want it to fail", ended, code)
	}
	var named []string
	for _, fault := range regexp.MustCompile(`(?m)^([A-Z_]+): expected `).FindAllStringSubmatch(stderr, -1) {
		named = append(named, fault[1])
	}
	sameNames(t, "variables named in\n"+stderr, named, faulty)
}

// Whatever is not allowed or not there ends in an error that names it, before a
// retry; mended, the same event is retried once, for one unit.
func TestRefused(t *testing.T) {
	denied := awstest.Fault{Code: "AccessDeniedException", Message: "User: arn:aws:sts::123456789012:assumed-role/retrier is not authorized"}
	for name, test := range map[string]struct {
		reason string
		spoil  func(*world)
		want   []string // what the error names
		again  string   // the answer once it is mended
	}{
		"reading the ledger": {
			reason: awstest.ReasonInternal,
			spoil: func(w *world) {
				w.refuse("BatchGetItem", 1, "AccessDeniedException", "User is not authorized to perform: dynamodb:BatchGetItem")
			},
			want: []string{"dynamodb:BatchGetItem", "table Refused", "not allowed"}, again: "retry, retryable",
		},
		"writing the ledger": {
			reason: awstest.ReasonInternal,
			spoil: func(w *world) {
				w.refuse("TransactWriteItems", 1, "AccessDeniedException", "User is not authorized to perform: dynamodb:PutItem")
			},
			want: []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "table Refused", "not allowed"}, again: "retry, retryable",
		},
		"expired credentials": {
			reason: awstest.ReasonInternal,
			spoil: func(w *world) {
				w.refuse("BatchGetItem", 1, "ExpiredTokenException", "The security token included in the request is expired")
			},
			want: []string{"dynamodb:BatchGetItem", "not with these credentials"}, again: "retry, retryable",
		},
		"describing": {
			reason: awstest.ReasonInternal,
			spoil:  func(w *world) { w.FailNext("DescribePipelineExecution", 1, denied) },
			want:   []string{"sagemaker:DescribePipelineExecution", "pipeline/churn/execution/", "not allowed"}, again: "retry, retryable",
		},
		"listing the steps": {
			reason: awstest.ReasonInternal,
			spoil:  func(w *world) { w.FailNext("ListPipelineExecutionSteps", 1, denied) },
			want:   []string{"sagemaker:ListPipelineExecutionSteps", "pipeline/churn/execution/", "not allowed"}, again: "retry, retryable",
		},
		"retrying": {
			reason: awstest.ReasonInternal,
			spoil:  func(w *world) { w.FailNext("RetryPipelineExecution", 1, denied) },
			want:   []string{"sagemaker:RetryPipelineExecution", "pipeline/churn/execution/", "not allowed"}, again: "retry, retryable",
		},
		"scheduling": {
			reason: awstest.ReasonCapacity,
			spoil:  func(w *world) { w.FailNext("CreateSchedule", 1, denied) },
			want:   []string{"scheduler:CreateSchedule", "Schedules/", "not allowed"}, again: "wait, backing_off",
		},
		"schedule group missing": {
			reason: awstest.ReasonCapacity,
			spoil: func(w *world) {
				w.FailNext("CreateSchedule", 1, awstest.Fault{Code: "ResourceNotFoundException", Message: "Schedule group Schedules does not exist."})
			},
			want: []string{"scheduler:CreateSchedule", "Schedules/", "does not exist"}, again: "wait, backing_off",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "Refused")
			arn, failed := w.fails(t, test.reason)
			test.spoil(w)
			p := w.instance(t, nil)
			names(t, refused(t, p.Invoke(failed.JSON(), remaining)), test.want)
			same(t, "effective retries meanwhile", len(w.Retries(arn)), 0)

			same(t, "once mended", said(t, p.Invoke(failed.JSON(), remaining)).words(), test.again)
			r, _ := w.read(t, recordKey(arn))
			same(t, "units", r.Used, 1)
		})
	}
}

func names(t *testing.T, message string, want []string) {
	t.Helper()
	for _, word := range want {
		if !strings.Contains(message, word) {
			t.Errorf("error %q does not say %q", message, word)
		}
	}
}

// A table that is not there: an error that names it, on both ways to run the
// function, and SageMaker is not even asked.
func TestMissingTable(t *testing.T) {
	w := newWorld(t, "MissingTable")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	elsewhere := map[string]string{"LEDGER_TABLE": "Nowhere"}
	want := []string{"dynamodb:BatchGetItem", "table Nowhere does not exist"}
	names(t, refused(t, w.instance(t, elsewhere).Invoke(failed.JSON(), remaining)), want)
	names(t, refused(t, w.samInvoke(t, write(t, "event.json", failed.JSON()), elsewhere)), want)
	w.sameCalls(t, "BatchGetItem", "BatchGetItem")
	same(t, "effective retries", len(w.Retries(arn)), 0)
}

// An invocation that may end at any moment starts no call. It says so, and the
// next one does everything.
func TestNoTimeLeft(t *testing.T) {
	w := newWorld(t, "NoTime")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	p := w.instance(t, nil)
	for _, left := range []time.Duration{2 * time.Second, 0, -time.Second} {
		names(t, refused(t, p.Invoke(failed.JSON(), left)), []string{"not enough time left"})
	}
	w.sameCalls(t)
	same(t, "the next delivery", said(t, p.Invoke(failed.JSON(), remaining)).words(), "retry, retryable")
	same(t, "effective retries", len(w.Retries(arn)), 1)
}
