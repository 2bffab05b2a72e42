package awstest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

func failing(s *scene, runs ...Run) string {
	return s.Add(Script{Runs: append([]Run{FailsAt("Train", ReasonCapacity)}, runs...)})
}

func TestTheSameTokenHasOneEffect(t *testing.T) {
	s := open(t, Config{})
	arn := failing(s)
	for n := range 3 { // it fails again at once, so the status would allow more
		if err := s.retry(arn, "same"); err != nil {
			t.Fatalf("call %d: %v", n+1, err)
		}
	}
	calls := s.Calls("RetryPipelineExecution")
	equal(t, "calls", len(calls), 3)
	equal(t, "effect of the first", calls[0].Effective, true)
	equal(t, "effect of the third", calls[2].Effective, false)
	retries := s.Retries(arn)
	equal(t, "effective retries", len(retries), 1)
	equal(t, "token", retries[0].Token, token("same"))
	equal(t, "runs", s.Execution(arn).Run, 2)
	s.clean()
}

func TestTwentyAtOnceWithTokensOfTheirOwn(t *testing.T) {
	s := open(t, Config{})
	arn := failing(s, KeepsRunning())
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() { s.retry(arn, fmt.Sprint("t", n)) })
	}
	wg.Wait()
	equal(t, "calls", s.Count("RetryPipelineExecution"), 20)
	equal(t, "effective retries", len(s.Retries(arn)), 1)
}

func TestATokenComesWithItsParameters(t *testing.T) {
	for want, unknowns := range map[string]Unknowns{
		"ConflictException":   {},
		"ValidationException": {TokenMismatchCode: "ValidationException"},
	} {
		t.Run(want, func(t *testing.T) {
			s := open(t, Config{Unknowns: unknowns})
			arn := failing(s)
			if err := s.retry(arn, "same"); err != nil {
				t.Fatal(err)
			}
			_, err := s.sagemaker.RetryPipelineExecution(t.Context(), &sagemaker.RetryPipelineExecutionInput{
				PipelineExecutionArn: &arn, ClientRequestToken: aws.String(token("same")),
				ParallelismConfiguration: &types.ParallelismConfiguration{MaxParallelExecutionSteps: aws.Int32(2)},
			})
			wantCode(t, "other parallelism", err, want)
			wantCode(t, "other execution", s.retry(failing(s), "same"), want)
			equal(t, "violations", len(s.Violations()), 2)
		})
	}
}

func TestTokenMemoryEnds(t *testing.T) {
	s := open(t, Config{Unknowns: Unknowns{TokenMemory: time.Minute}})
	arn := failing(s)
	for range 2 {
		if err := s.retry(arn, "same"); err != nil {
			t.Fatal(err)
		}
		s.clock.pass(time.Minute)
	}
	equal(t, "effective retries", len(s.Retries(arn)), 2)
}

func TestOnlyFailedExecutionsAreRetried(t *testing.T) {
	cases := map[string]struct {
		run      Run
		unknowns Unknowns
		want     string
	}{
		"succeeded":            {run: Succeeds(), want: "ValidationException"},
		"executing":            {run: KeepsRunning(), want: "ValidationException"},
		"stopped":              {run: Run{Ends: Stopped}, want: "ValidationException"},
		"stopped, resumable":   {run: Run{Ends: Stopped}, unknowns: Unknowns{RetryResumesStopped: true}},
		"executing, conflict":  {run: KeepsRunning(), unknowns: Unknowns{WrongStatusCode: "ConflictException"}, want: "ConflictException"},
		"ended by a Fail step": {run: Fails(Step{Name: "Gate", Kind: FailStep, Reason: "accuracy too low"}), want: "ValidationException"},
		"failed":               {run: FailsAt("Train", ReasonCapacity)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{Unknowns: c.unknowns})
			arn := s.Add(Script{Runs: []Run{c.run, KeepsRunning()}})
			wantCode(t, "retry", s.retry(arn, "a"), c.want)
			equal(t, "accepted", len(s.Retries(arn)) == 1, c.want == "")
			s.clean()
		})
	}
}

func TestRunningLimitAndBurntTokens(t *testing.T) {
	for _, burns := range []bool{false, true} {
		t.Run(fmt.Sprintf("burns %v", burns), func(t *testing.T) {
			s := open(t, Config{RunningLimit: 1, Unknowns: Unknowns{BurnsRefusedTokens: burns}})
			busy := s.Add(Script{Runs: []Run{KeepsRunning()}})
			arn := failing(s)
			err := s.retry(arn, "a")
			wantCode(t, "no room", err, "ResourceLimitExceeded")
			s.Succeed(busy)
			again := s.retry(arn, "a")
			if burns {
				wantCode(t, "the burnt token", again, "ResourceLimitExceeded")
				again = s.retry(arn, "b")
			}
			wantCode(t, "with room", again, "")
			equal(t, "effective retries", len(s.Retries(arn)), 1)
			s.clean()
		})
	}
}

func TestTheStepListAfterARetry(t *testing.T) {
	cases := map[string]struct {
		unknowns       Unknowns
		rows, attempts int
	}{
		"replaced in place": {Unknowns{}, 1, 1},
		"attempts counted":  {Unknowns{CountsAttempts: true}, 1, 2},
		"rows appended":     {Unknowns{AppendsRows: true}, 2, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{Unknowns: c.unknowns})
			arn := failing(s, FailsAt("Train", ReasonInternal))
			s.clock.pass(time.Minute)
			if err := s.retry(arn, "a"); err != nil {
				t.Fatal(err)
			}
			rows := s.steps(arn)
			equal(t, "rows", len(rows), c.rows)
			last := rows[len(rows)-1]
			equal(t, "attempts", int(*last.AttemptCount), c.attempts)
			equal(t, "reason", *last.FailureReason, ReasonInternal)
			equal(t, "later round", last.EndTime.After(start.Add(30*time.Second)), true)
			if err := s.retry(arn, "b"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestReadsLag(t *testing.T) {
	s := open(t, Config{Unknowns: Unknowns{DescribeLag: 10 * time.Second, StepLag: 20 * time.Second}})
	arn := s.Add(Script{Runs: []Run{FailsAt("Train", ReasonCapacity).After(time.Minute), KeepsRunning()}})
	s.clock.pass(time.Minute)
	seen := func(want string) {
		t.Helper()
		equal(t, "describe, steps", fmt.Sprint(s.describe(arn).PipelineExecutionStatus, " ", s.steps(arn)[0].StepStatus), want)
	}
	seen("Executing Executing")
	s.clock.pass(10 * time.Second)
	seen("Failed Executing")
	s.clock.pass(10 * time.Second)
	seen("Failed Failed")
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	seen("Failed Failed")
	wantCode(t, "the truth decides", s.retry(arn, "b"), "ValidationException")
}

// Whatever AWS turns out to do, a client that waits for each failure and takes
// a new token for it has one effect per call.
func TestUnderEveryVariation(t *testing.T) {
	for name, unknowns := range Variations() {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{Unknowns: unknowns})
			arn := failing(s, FailsAt("Train", ReasonQuotaZero()).After(time.Minute), Succeeds())
			for n := range 2 {
				if err := s.retry(arn, fmt.Sprint("r", n)); err != nil {
					t.Fatal(err)
				}
				s.clock.pass(2 * time.Minute)
			}
			equal(t, "effective retries", len(s.Retries(arn)), 2)
			equal(t, "status", s.describe(arn).PipelineExecutionStatus, types.PipelineExecutionStatusSucceeded)
			for _, r := range s.steps(arn)[len(s.steps(arn))-1:] {
				equal(t, "the last row", r.StepStatus, types.StepStatusSucceeded)
			}
			s.clean()
		})
	}
}
