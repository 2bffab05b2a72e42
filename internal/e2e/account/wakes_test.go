//go:build e2e

package account

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"mulligan/internal/retry"
)

// waits lets an execution fail that has to wait, and returns when its schedule
// is there, which is named after the token of the claim.
func (s *stack) waits(t *testing.T, words string, plan func(*ailing)) (a *ailing, planned *scheduler.GetScheduleOutput) {
	t.Helper()
	a = s.ails(t, waitsFirst, words, plan)
	a.awaits("wait", "backing_off")
	planned, err := a.scheduler().GetSchedule(t.Context(), &scheduler.GetScheduleInput{
		GroupName: aws.String(a.Outputs["ScheduleGroup"]), Name: aws.String(a.now().Claim.Token),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, planned
}

func (s *stack) scheduler() *scheduler.Client { return scheduler.NewFromConfig(s.AWS(s.home)) }

// loses deletes the schedule of a wait as soon as it is made.
func (a *ailing) loses() {
	a.at(moment{op: "CreateSchedule", nth: 1, after: true}, func(_ http.ResponseWriter, p passage) bool {
		_, err := a.scheduler().DeleteSchedule(a.t.Context(), &scheduler.DeleteScheduleInput{
			GroupName: aws.String(a.Outputs["ScheduleGroup"]), Name: aws.String(a.now().Claim.Token),
		})
		if err != nil {
			a.t.Error(err)
		}
		return true
	})
}

// A schedule that is lost before it fires: the claim stays open and can be seen,
// due in the past, and nobody calls. The event sent once more, whenever that is,
// makes sure of the schedule or, when the retry is due, makes it. Nothing looks
// for such claims by itself yet (22 and 64, without a sweep).
func TestScheduleIsLost(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	early := s.ails(t, waitsFirst, "event sent early", (*ailing).loses)
	late := s.ails(t, waitsFirst, "event sent late", (*ailing).loses)
	early.awaits("wait", "backing_off")
	late.awaits("wait", "backing_off")
	early.again()
	early.ends(3, 1) // the event, the event again, the wake
	if answers := early.answered(); !answers[1].is("wait", "backing_off") || answers[2].Door != "wake" {
		t.Errorf("answers: got %v, want two waits, and a retry at the wake", answers)
	}

	// As one that was made later fires, this one would have fired long since.
	control, _ := s.waits(t, "control", nil)
	control.ends(2, 1)
	late.stands(retry.Claimed, 1)
	if due := late.now().Claim.Due; due.After(time.Now()) || len(late.answered()) != 1 {
		t.Errorf("due at %s, answered %d times, want it to be past due and answered once\n%s", due, len(late.answered()), late)
	}
	late.again()
	late.ends(2, 1)
	for _, a := range []*ailing{early, late} {
		a.unharmed()
	}
}

// A wake that comes more than once, at the same time and afterwards, leads to one
// retry; the others find that it is done (63).
func TestWakeComesOftener(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	a, planned := s.waits(t, "often", nil)
	wake := json.RawMessage(*planned.Target.Input)
	a.gate.at(moment{about: a.id, op: "BatchGetItem", nth: 1}, func(http.ResponseWriter, passage) bool {
		for range 3 {
			a.replay(wake)
		}
		return true
	})
	a.ends(5, 1)
	a.replay(wake)
	a.ends(6, 1)
	if last := a.answered()[5]; !last.is("ignore", "duplicate") {
		t.Errorf("a wake after the retry is answered %s, want ignore duplicate", last)
	}
	a.unharmed()
}

// A schedule that fires before its time: nothing is called, and another schedule
// is made, which fires in time (63).
func TestWakeComesEarly(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	a, planned := s.waits(t, "early", nil)
	_, err := a.scheduler().UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{
		GroupName: planned.GroupName, Name: planned.Name, Target: planned.Target, FlexibleTimeWindow: planned.FlexibleTimeWindow,
		ActionAfterCompletion: planned.ActionAfterCompletion, ScheduleExpressionTimezone: planned.ScheduleExpressionTimezone,
		ScheduleExpression: aws.String("at(" + time.Now().UTC().Add(-time.Second).Format("2006-01-02T15:04:05") + ")"),
	})
	if err != nil {
		t.Fatal(err)
	}
	due := a.now().Claim.Due
	a.ends(3, 1)
	doors := []string{}
	for _, l := range a.answered() {
		doors = append(doors, l.Door+" "+l.String())
	}
	if want := []string{"event wait backing_off", "wake wait backing_off", "wake retry retryable"}; !slices.Equal(doors, want) {
		t.Errorf("answers: got %q, want %q", doors, want)
	}
	if at := a.standIn().Retries(a.arn)[0].At; at.Before(due) {
		t.Errorf("retried at %s, before it was due at %s", at, due)
	}
	a.unharmed()
}
