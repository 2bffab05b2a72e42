package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"mulligan/internal/awscall"
	"mulligan/internal/event"
	"mulligan/internal/retry"
)

// Target is where schedules go and under which role.
type Target struct {
	Group       string // schedule group
	FunctionARN string // the retrier's alias
	RoleARN     string // what Scheduler invokes it as
	DeadLetters string // queue ARN for wakes that cannot be delivered
}

// limit bounds one CreateSchedule, all its attempts together.
const limit = 4 * time.Second

// The delivery of a wake is tried for a day, the bounds of the service
// (API_RetryPolicy); then it is a dead letter.
const (
	deliveryAttempts = 185
	deliveryAge      = 24 * 60 * 60 // seconds
)

// Scheduler implements retry.Schedules.
type Scheduler struct {
	client *scheduler.Client
	target Target
	now    func() time.Time
}

// New makes the adapter with a client of its own: three attempts, which the
// name makes one.
func New(cfg aws.Config, target Target, now func() time.Time) *Scheduler {
	client := scheduler.NewFromConfig(cfg, func(o *scheduler.Options) { o.Retryer = awscall.Attempts(3) })
	return &Scheduler{client, target, now}
}

// Ensure makes the wake's schedule, or finds that it is there.
func (s *Scheduler) Ensure(ctx context.Context, w retry.Wake, n retry.Notice) error {
	input, err := event.WakePayload(w, n)
	if err != nil {
		return err
	}
	bounded, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return err
	}
	defer cancel()
	_, err = s.client.CreateSchedule(bounded, s.request(w, string(input)))
	if err != nil && awscall.KindOf(err) != awscall.Conflicting {
		return awscall.Explain(err, "scheduler:CreateSchedule", s.target.Group+"/"+w.Name)
	}
	return nil
}

// request is one schedule. Its name makes the call idempotent. The ClientToken is
// left to the SDK: a name may recur after its schedule has fired and deleted
// itself, and a token that the service still remembers would make none.
func (s *Scheduler) request(w retry.Wake, input string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: aws.String(w.Name), GroupName: aws.String(s.target.Group),
		ScheduleExpression:         aws.String("at(" + s.at(w.Due).Format("2006-01-02T15:04:05") + ")"),
		ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion:      types.ActionAfterCompletionDelete,
		Description:                aws.String(fmt.Sprintf("Mulligan: brings a waiting failure back (%d)", w.Again)),
		Target: &types.Target{
			Arn: aws.String(s.target.FunctionARN), RoleArn: aws.String(s.target.RoleARN), Input: aws.String(input),
			DeadLetterConfig: &types.DeadLetterConfig{Arn: aws.String(s.target.DeadLetters)},
			RetryPolicy: &types.RetryPolicy{
				MaximumRetryAttempts: aws.Int32(deliveryAttempts), MaximumEventAgeInSeconds: aws.Int32(deliveryAge),
			},
		},
	}
}

// soonest keeps a schedule out of the past, where it might never fire: a wait
// can come due while its schedule is being made.
const soonest = 2 * time.Second

func (s *Scheduler) at(due time.Time) time.Time {
	if first := s.now().Add(soonest); due.Before(first) {
		due = retry.WholeSecond(first)
	}
	return due.UTC()
}
