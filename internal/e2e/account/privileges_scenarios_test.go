//go:build e2e

package account

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"mulligan/internal/awstest"
)

// A scenario works with the stack's roles as they are deployed. Taking from a
// role what it needs is seen.
type scenario struct {
	play  func(*testing.T, *stack) *story
	works func(*story) bool
}

// An act is a scenario that was played, and how long the emulator's log was
// when it began.
type act struct {
	*story
	mark int
}

func (s *stack) plays(t *testing.T, sc scenario) act {
	t.Helper()
	mark := len(s.said(t, 0))
	return act{sc.play(t, s), mark}
}

// The scenarios that need permissions.
var (
	atOnce = scenario{failing(awstest.ReasonThrottled), (*story).isRetried}
	// A wait is told when its schedule is made.
	later  = scenario{failing(awstest.ReasonCapacity), (*story).isWaiting}
	logged = scenario{failing(awstest.ReasonThrottled), func(st *story) bool { return len(st.log.of(st.arn)) > 0 }}
	// What the function cannot deal with is handed on when Lambda gives up.
	poison = scenario{refusedForGood, (*story).isDead}
	// What the scheduler cannot deliver is handed on too.
	astray = scenario{sentAstray, (*story).isDead}
	woken  = scenario{sentByScheduler, func(st *story) bool { return len(st.log.of(st.arn)) > 0 }}
	// Whether a newer execution has succeeded is asked before a retry.
	replaced = scenario{overtaken, (*story).isReplaced}
)

// jobTells is a step that says nothing of its cause, where its job says that
// another try can help at once.
func jobTells(kind awstest.Kind) scenario {
	return scenario{failingAt(awstest.Step{
		Name: "Bare", Kind: kind, Reason: awstest.ReasonSeeJobLogs, Job: &awstest.Job{Reason: awstest.ReasonInternal},
	}), (*story).isRetried}
}

var plays atomic.Int64

// failing fails by itself and, retried, runs on: one retry is all there will be.
func failing(reason string) func(*testing.T, *stack) *story {
	return failingAt(awstest.Step{Name: "Train", Reason: reason})
}

func failingAt(step awstest.Step) func(*testing.T, *stack) *story {
	return func(t *testing.T, s *stack) *story {
		t.Helper()
		return s.fails(t, awstest.Script{
			Pipeline: fmt.Sprintf("p%d", plays.Add(1)),
			Runs:     []awstest.Run{awstest.Fails(step), awstest.KeepsRunning()},
		})
	}
}

// overtaken fails, and before the function looks at it an execution of the same
// pipeline that was started after it has succeeded.
func overtaken(t *testing.T, s *stack) *story {
	t.Helper()
	name := fmt.Sprintf("p%d", plays.Add(1))
	s.gate.at(moment{about: "/" + s.prefix + name + "/", op: "DescribePipelineExecution", nth: 1}, func(http.ResponseWriter, passage) bool {
		s.fails(t, awstest.Script{Pipeline: name, Runs: []awstest.Run{awstest.Succeeds()}})
		return true
	})
	return s.fails(t, awstest.Script{
		Pipeline: name, Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.KeepsRunning()},
	})
}

// refusedForGood has the ledger refuse every delivery.
func refusedForGood(t *testing.T, s *stack) *story {
	t.Helper()
	name := fmt.Sprintf("poison%d", plays.Add(1))
	for nth := 1; nth <= 3; nth++ { // which Lambda tries
		s.gate.at(moment{about: "/" + s.prefix + name + "/", op: "BatchGetItem", nth: nth},
			refuse(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found"))
	}
	return s.fails(t, awstest.Script{Pipeline: name, Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled)}})
}

// sentAstray is a schedule of the group, under its role, for the version behind
// the alias, which that role may not invoke.
func sentAstray(t *testing.T, s *stack) *story {
	t.Helper()
	st := s.running(t)
	st.schedule(s.Outputs["ScheduleGroup"], strings.TrimSuffix(s.Outputs["RetrierAlias"], "live")+"1", st.lastEvent())
	return st
}

// sentByScheduler is a schedule of the group, under its role, for the alias. It
// brings the event of an execution that runs, which the rule does not pass on.
func sentByScheduler(t *testing.T, s *stack) *story {
	t.Helper()
	st := s.running(t)
	st.schedule(s.Outputs["ScheduleGroup"], s.Outputs["RetrierAlias"], st.lastEvent())
	return st
}

// running is an execution that does not end by itself.
func (s *stack) running(t *testing.T) *story {
	t.Helper()
	return s.fails(t, awstest.Script{Pipeline: fmt.Sprintf("runs%d", plays.Add(1)), Runs: []awstest.Run{awstest.KeepsRunning()}})
}

func (st *story) lastEvent() string {
	last, _ := st.standIn().LastEvent(st.arn)
	return string(last.JSON())
}

// schedule makes one that is due in a moment, with the scheduler's role and the
// dead letters of the stack, as the account's root user, who may make any.
func (st *story) schedule(group, target, input string) {
	st.t.Helper()
	role := st.role(st.t, "SchedulerRole").arn
	if _, err := scheduler.NewFromConfig(st.AWS(st.home)).CreateSchedule(st.t.Context(), soon(group, target, role, input, st.Resources["DeadLetters"])); err != nil {
		st.t.Fatal(err)
	}
}

// soon is a one-time schedule.
func soon(group, target, role, input, queueURL string) *scheduler.CreateScheduleInput {
	parts := strings.Split(target, ":")
	queue := fmt.Sprintf("arn:aws:sqs:%s:%s:%s", parts[3], parts[4], queueURL[strings.LastIndex(queueURL, "/")+1:])
	return &scheduler.CreateScheduleInput{
		GroupName: &group, Name: aws.String(fmt.Sprintf("probe-%d", plays.Add(1))),
		ScheduleExpression:    aws.String("at(" + time.Now().UTC().Add(2*time.Second).Format("2006-01-02T15:04:05") + ")"),
		FlexibleTimeWindow:    &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target: &types.Target{
			Arn: &target, RoleArn: &role, Input: &input, DeadLetterConfig: &types.DeadLetterConfig{Arn: &queue},
		},
	}
}

func (st *story) isRetried() bool { return st.retried() == 1 }

func (st *story) isReplaced() bool {
	return slices.ContainsFunc(st.log.of(st.arn), func(l line) bool { return l.is("ignore", "superseded") })
}

func (st *story) isWaiting() bool {
	return slices.ContainsFunc(st.log.of(st.arn), func(l line) bool { return l.is("wait", "backing_off") })
}

// isDead tells whether there is a dead letter about the execution.
func (st *story) isDead() bool { return len(st.lettersAbout()) > 0 }

// lettersAbout are the dead letters about the execution.
func (st *story) lettersAbout() []letter {
	letters, err := st.deadLetters()
	if err != nil {
		st.t.Fatal(err)
	}
	return slices.DeleteFunc(letters, func(l letter) bool { return !strings.Contains(string(l.event()), st.arn) })
}

// said is the emulator's log from a mark on. It tells what AWS tells by
// metrics alone: DestinationDeliveryFailures, InvocationsFailedToBeSentToDlq.
func (p *place) said(t *testing.T, mark int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Folder, "ministack.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text[mark:])
}

// says tells whether one line of the emulator's log has all those words.
func (a act) says(words ...string) bool {
	for line := range strings.Lines(a.said(a.t, a.mark)) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return true
		}
	}
	return false
}
