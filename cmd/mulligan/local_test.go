package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"mulligan/internal/account"
	"mulligan/internal/awstest"
)

// scene is a local account without the emulator: the real stand-in and control
// side, a log in memory, and a function that decides what the test says.
type scene struct {
	aws   *awstest.Account
	url   string
	group string
	mu    sync.Mutex
	lines []string
}

// handler is the function: it gets each failure, and answers with log lines.
type handler func(s *scene, arn string)

var midnight = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func newScene(t *testing.T, function handler) *scene {
	t.Helper()
	s := &scene{group: "logs"}
	s.aws = awstest.New(awstest.Config{
		Now: func() time.Time { return midnight },
		OnEvent: func(e awstest.Event) {
			if e.Status == awstest.Failed {
				function(s, e.ARN)
			}
		},
	})
	server := httptest.NewServer(s.aws.Control())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// says logs a line about an execution.
func (s *scene) says(arn string, second int, rest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(`{"time":"2026-03-01T00:00:%02dZ","execution":%q,%s}`, second, arn, rest))
}

func (s *scene) FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	for _, line := range s.lines {
		out.Events = append(out.Events, types.FilteredLogEvent{Timestamp: aws.Int64(midnight.UnixMilli()), Message: aws.String(line)})
	}
	return out, nil
}

// run types a command and returns what it wrote, and its exit code.
func (s *scene) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := root(local{
		find: func() (account.State, error) { return account.State{Control: s.url, LogGroup: s.group}, nil },
		sources: func(state account.State) account.Sources {
			return account.Sources{Logs: s, Group: state.LogGroup, Executions: account.Remote{URL: state.Control}, Every: time.Millisecond}
		},
		zone: time.UTC,
	})
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetArgs(args)
	code = exitCode(cmd.ExecuteContext(t.Context()))
	return out.String(), problems.String(), code
}

// retries is a function that waits and has the execution run again.
func retries(s *scene, arn string) {
	s.says(arn, 1, `"verdict":"wait","reason":"backing_off","class":"capacity","retry":1,"due":"2026-03-01T00:00:02Z"`)
	if err := s.aws.HumanRetry(arn); err != nil {
		panic(err)
	}
	s.says(arn, 2, `"verdict":"retry","reason":"retryable","class":"capacity","retry":1`)
}

func stops(s *scene, arn string) {
	s.says(arn, 1, `"verdict":"stop","reason":"unknown_cause","class":"unknown"`)
}

func ignores(*scene, string) {}

func TestFail(t *testing.T) {
	tests := []struct {
		name     string
		function handler
		args     string
		want     string
	}{
		{"followed to its end", retries, "--class capacity --refuse 2 --lasts 0s", `churn/a10000000001 has started. Its first run fails at Train, after 0s; a retry would succeed.
  CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.
SageMaker refuses the next calls of RetryPipelineExecution (2) with ResourceLimitExceeded.
00:00:00  SageMaker: Succeeded (run 2)
00:00:01  wait   backing_off  capacity, retry 1, due 00:00:02
00:00:02  retry  retryable    capacity, retry 1
That is its end: Succeeded in run 2.
`},
		{"stopped", stops, "--reason strange\twords --lasts 0s --times 2 --step Prepare --pipeline nightly", `nightly/a10000000001 has started. Its first 2 runs fail at Prepare, after 0s; retry 2 would succeed.
  strange words
00:00:00  SageMaker: Failed (run 1)
00:00:01  stop   unknown_cause  unknown
That is its end: Failed in run 1.
`},
		{"not followed", ignores, "--class network --lasts 0s --no-follow", `churn/a10000000001 has started. Its first run fails at Train, after 0s; a retry would succeed.
  ClientError: Data download failed:Unable to download data from s3://churn-data/train. ConnectionResetError: [Errno 104] Connection reset by peer
` + "`mulligan log --follow` shows what becomes of it.\n"},
	}
	for _, test := range tests {
		s := newScene(t, test.function)
		out, problems, code := s.run(t, append([]string{"fail"}, strings.Split(test.args, " ")...)...)
		if out != test.want || problems != "" || code != 0 {
			t.Errorf("%s: exit %d %s\n%s\nwant\n%s", test.name, code, problems, out, test.want)
		}
	}
}

// Orders go to the stand-in as they were typed.
func TestFailOrders(t *testing.T) {
	s := newScene(t, ignores)
	s.run(t, "fail", "--class", "disk_full", "--times", "2", "--step", "Prepare", "--pipeline", "nightly", "--lasts", "0s", "--no-follow")
	all := s.aws.Executions()
	if len(all) != 1 {
		t.Fatalf("%d executions, want one", len(all))
	}
	reason, _ := awstest.ReasonFor("disk_full")
	if e := all[0]; e.Pipeline != "nightly" || e.Steps[0].Name != "Prepare" || e.Steps[0].Reason != reason {
		t.Errorf("got %+v", e)
	}
	for _, want := range []awstest.Status{awstest.Failed, awstest.Succeeded} {
		if err := s.aws.HumanRetry(all[0].ARN); err != nil {
			t.Fatal(err)
		}
		if got := s.aws.Execution(all[0].ARN).Status; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestFailErrors(t *testing.T) {
	tests := []struct {
		name, args, want string
		code             int
	}{
		{"unknown class", "--class gremlins --refuse 3", "Error: --class: expected one of access_denied, capacity, ", exitError},
		{"neither class nor reason", "", "Error: expected --class or --reason, one of them; classes are access_denied, ", exitError},
		{"both", "--class capacity --reason x", "Error: expected --class or --reason, one of them", exitError},
		{"step", "--class capacity --step a/b", "Error: --step: expected 1 to 64", exitError},
		{"pipeline", "--class capacity --pipeline -x-", "Error: --pipeline: expected 1 to 256", exitError},
		{"reason", "--reason " + strings.Repeat("x", 1025), "Error: --reason: expected at most 1024", exitError},
		{"before it began", "--class capacity --lasts -2s", "Error: --lasts: expected a time from 0s to 24h0m0s, got -2s", exitError},
		{"for days", "--class capacity --lasts 25h", "Error: --lasts: expected a time from 0s", exitError},
		{"never", "--class capacity --times 0", "--times: expected 1 or more, got 0", exitError},
		{"too often", "--class capacity --times 1001", "Error: --times: expected a whole number from 1 to 1000", exitError},
		{"refused less than never", "--class capacity --refuse -1", "Error: --refuse: expected a whole number from 0 to 1000, got -1", exitError},
		{"no time", "--class capacity --for 0s", "--for: expected a time above zero", exitError},
		{"an argument", "capacity", `got "capacity"`, exitError},
		{"no end", "--class capacity --lasts 0s --for 100ms", "the story has not ended after 100ms", exitTimedOut},
	}
	for _, test := range tests {
		s := newScene(t, ignores)
		_, problems, code := s.run(t, append([]string{"fail"}, strings.Fields(test.args)...)...)
		if !strings.Contains(problems, test.want) || code != test.code {
			t.Errorf("%s: exit %d, %q, want %d, %q", test.name, code, problems, test.code, test.want)
		}
	}
	s := newScene(t, ignores)
	s.group = ""
	for _, command := range []string{"fail --class capacity", "log"} {
		if _, problems, code := s.run(t, strings.Fields(command)...); !strings.Contains(problems, "`make account` does it") || code != exitError {
			t.Errorf("%s, nothing deployed: exit %d, %q", command, code, problems)
		}
	}
	if n := len(s.aws.Executions()); n != 0 {
		t.Errorf("%d executions although nothing is deployed", n)
	}
}

func TestNoLocalAccount(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, command := range []string{"fail --class capacity", "log"} {
		cmd := root(here())
		var problems bytes.Buffer
		cmd.SetErr(&problems)
		cmd.SetArgs(strings.Fields(command))
		if code := exitCode(cmd.Execute()); code != exitError || problems.String() != "Error: no local account is running here: start one with `make account`\n" {
			t.Errorf("%s: exit %d, %q", command, code, problems.String())
		}
	}
}

func TestLog(t *testing.T) {
	s := newScene(t, stops)
	s.run(t, "fail", "--class", "capacity", "--lasts", "0s", "--no-follow")
	out, _, code := s.run(t, "log")
	if want := "00:00:01  stop   unknown_cause  unknown  [churn/a10000000001]\n"; out != want || code != 0 {
		t.Errorf("exit %d, %q, want %q", code, out, want)
	}
	if out, _, code = s.run(t, "log", "--json"); out != s.lines[0]+"\n" || code != 0 {
		t.Errorf("--json: exit %d, %q, want %q", code, out, s.lines[0])
	}
}
