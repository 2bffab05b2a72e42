package awstest

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func statuses(events []Event) (out []string) {
	for _, e := range events {
		out = append(out, string(e.Previous)+">"+string(e.Status))
	}
	return out
}

func wantStatuses(t *testing.T, got []Event, want ...string) {
	t.Helper()
	if s := statuses(got); !slices.Equal(s, want) {
		t.Errorf("events: got %v, want %v", s, want)
	}
}

// The shape is that of the documented sample, to the byte.
func TestTheEventIsAsDocumented(t *testing.T) {
	s := open(t, Config{})
	arn := s.Add(Script{Pipeline: "myPipeline-123", ID: "p4jn9xou8a8s", DisplayName: "SomeDisplayName", Description: "SomeDescription",
		Runs: []Run{FailsAt("Train", ReasonCapacity).After(time.Minute)}})
	s.clock.pass(2 * time.Minute) // noticed late, but stamped when it was due
	s.Tick()
	last, _ := s.LastEvent(arn)
	last.ID = "315c1398-40ff-a850-213b-158f73kd93ir"
	want := `{"version":"0","id":"315c1398-40ff-a850-213b-158f73kd93ir",` +
		`"detail-type":"SageMaker Model Building Pipeline Execution Status Change","source":"aws.sagemaker","account":"123456789012",` +
		`"time":"2026-03-01T09:01:00Z","region":"us-east-1",` +
		`"resources":["arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123","arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"],` +
		`"detail":{"pipelineExecutionDisplayName":"SomeDisplayName","currentPipelineExecutionStatus":"Failed","previousPipelineExecutionStatus":"Executing",` +
		`"executionStartTime":"2026-03-01T09:00:00Z","executionEndTime":"2026-03-01T09:01:00Z","pipelineExecutionDescription":"SomeDescription",` +
		`"pipelineArn":"arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123",` +
		`"pipelineExecutionArn":"arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"}}`
	equal(t, "event", string(last.JSON()), want)
}

func TestOptionalMembersAreLeftOut(t *testing.T) {
	s := open(t, Config{})
	s.Add(Script{Runs: []Run{KeepsRunning()}})
	body := string(s.Events()[0].JSON())
	for _, member := range []string{"previousPipelineExecutionStatus", "executionEndTime", "pipelineExecutionDisplayName", "pipelineExecutionDescription"} {
		equal(t, member, strings.Contains(body, member), false)
	}
}

func TestEventsOfARetriedExecution(t *testing.T) {
	cases := map[string]struct {
		unknowns Unknowns
		want     []string
	}{
		"as expected":        {Unknowns{}, []string{">Executing", "Executing>Failed", "Failed>Executing", "Executing>Succeeded"}},
		"no executing event": {Unknowns{NoExecutingEvent: true}, []string{">Executing", "Executing>Failed", "Executing>Succeeded"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, Config{Unknowns: c.unknowns})
			if err := s.retry(failing(s, Succeeds()), "a"); err != nil {
				t.Fatal(err)
			}
			wantStatuses(t, s.Events(), c.want...)
			equal(t, "left", len(s.Events()), 0)
		})
	}
}

func TestStartMovesWithARetryOrNot(t *testing.T) {
	for _, moves := range []bool{false, true} {
		s := open(t, Config{Unknowns: Unknowns{RetryMovesStart: moves}})
		arn := failing(s, Succeeds())
		s.clock.pass(time.Hour)
		if err := s.retry(arn, "a"); err != nil {
			t.Fatal(err)
		}
		last, _ := s.LastEvent(arn)
		equal(t, "start moved", last.Start.After(start), moves)
		equal(t, "creation", s.describe(arn).CreationTime.UTC(), start)
	}
}

func TestCopiesHaveIDsOfTheirOwn(t *testing.T) {
	s := open(t, Config{EventCopies: 2})
	failing(s)
	events := s.Events()
	equal(t, "events", len(events), 6)
	ids := map[string]bool{}
	for _, e := range events {
		ids[e.ID] = true
	}
	equal(t, "ids", len(ids), 6)
	equal(t, "same end", events[3].End, events[5].End)
	again := events[3].Again("x")
	equal(t, "sent again, same end", again.End, events[3].End)
	equal(t, "sent again, same id", again.ID == events[3].ID, false)
}

func TestEventsGetLost(t *testing.T) {
	s := open(t, Config{})
	s.LoseEvents(1)
	failing(s)
	wantStatuses(t, s.Events(), "Executing>Failed")
}

func TestAStopThatEndsAsAFailure(t *testing.T) {
	s := open(t, Config{StopTakes: time.Hour})
	arn := s.Add(Script{Runs: []Run{KeepsRunning()}})
	if err := s.Stop(arn); err != nil {
		t.Fatal(err)
	}
	s.Fail(arn, Step{Name: "Train", Reason: ReasonUserCode})
	wantStatuses(t, s.Events(), ">Executing", "Executing>Stopping", "Stopping>Failed")
}

// The receiver may use the account, even to bring about the next event.
func TestOnEventRunsOutsideTheLock(t *testing.T) {
	s := open(t, Config{})
	var got []Event
	s.Configure(func(c *Config) {
		c.OnEvent = func(e Event) {
			got = append(got, e)
			if e.Status == Failed && s.Execution(e.ARN).Run == 1 {
				if err := s.HumanRetry(e.ARN); err != nil {
					t.Error(err)
				}
			}
		}
	})
	failing(s, Succeeds())
	wantStatuses(t, got, ">Executing", "Executing>Failed", "Failed>Executing", "Executing>Succeeded")
	equal(t, "queued", len(s.Events()), 0)
}
