package awstest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// wake is a request for a schedule as Mulligan makes it, in an hour.
func wake(name string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: &name, GroupName: aws.String("mulligan"), ClientToken: aws.String("token-" + name[:1]),
		ScheduleExpression: aws.String("at(2026-03-01T10:00:00)"), ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:    &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target: &types.Target{
			Arn: aws.String("arn:aws:lambda:us-east-1:123456789012:function:retrier:live"), RoleArn: aws.String("arn:aws:iam::123456789012:role/wakes"),
			Input: aws.String(`{"name":"` + name + `"}`), RetryPolicy: &types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(3600), MaximumRetryAttempts: aws.Int32(5)},
			DeadLetterConfig: &types.DeadLetterConfig{Arn: aws.String("arn:aws:sqs:us-east-1:123456789012:dead-letters")},
		},
	}
}

func (s *scene) create(in *scheduler.CreateScheduleInput) error {
	_, err := s.scheduler.CreateSchedule(s.t.Context(), in)
	return err
}

func openScheduler(t *testing.T, c Config) *scene {
	t.Helper()
	c.Groups = append(c.Groups, "mulligan")
	return open(t, c)
}

func TestAScheduleIsMadeReadAndDeleted(t *testing.T) {
	s := openScheduler(t, Config{})
	in := wake("a.wake_1-x")
	made, err := s.scheduler.CreateSchedule(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "ARN", *made.ScheduleArn, "arn:aws:scheduler:us-east-1:123456789012:schedule/mulligan/a.wake_1-x")
	got, err := s.scheduler.GetSchedule(t.Context(), &scheduler.GetScheduleInput{Name: in.Name, GroupName: in.GroupName})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "expression", *got.ScheduleExpression, *in.ScheduleExpression)
	equal(t, "input", *got.Target.Input, *in.Target.Input)
	equal(t, "dead letters", *got.Target.DeadLetterConfig.Arn, *in.Target.DeadLetterConfig.Arn)
	equal(t, "event age", *got.Target.RetryPolicy.MaximumEventAgeInSeconds, 3600)
	equal(t, "state", got.State, types.ScheduleStateEnabled)
	equal(t, "action", got.ActionAfterCompletion, types.ActionAfterCompletionDelete)
	equal(t, "created", got.CreationDate.UTC(), start)
	gone := &scheduler.DeleteScheduleInput{Name: in.Name, GroupName: in.GroupName, ClientToken: aws.String("t")}
	if _, err := s.scheduler.DeleteSchedule(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	_, err = s.scheduler.DeleteSchedule(t.Context(), gone)
	wantMessage[*types.ResourceNotFoundException](t, err, "Schedule a.wake_1-x does not exist.")
	s.clean()
}

func TestTheSameNameAgain(t *testing.T) {
	s := openScheduler(t, Config{})
	wantCode(t, "first", s.create(wake("a")), "")
	wantCode(t, "the very same", s.create(wake("a")), "")
	other := wake("a")
	other.ClientToken = aws.String("other")
	wantMessage[*types.ConflictException](t, s.create(other), "Schedule a already exists.")
	later := wake("a")
	later.ScheduleExpression = aws.String("at(2026-03-01T11:00:00)")
	wantCode(t, "same token, another time", s.create(later), "ConflictException")
	equal(t, "schedules", len(s.Schedules()), 1)
	equal(t, "effects", fmt.Sprint(s.Calls()[0].Effective, s.Calls()[1].Effective), "true false")
	s.clean()
}

func TestWhatCreateScheduleRefuses(t *testing.T) {
	cases := map[string]func(*scheduler.CreateScheduleInput){
		"name of 65":        func(in *scheduler.CreateScheduleInput) { in.Name = aws.String(strings.Repeat("n", 65)) },
		"name with a colon": func(in *scheduler.CreateScheduleInput) { in.Name = aws.String("a:b") },
		"token of 65":       func(in *scheduler.CreateScheduleInput) { in.ClientToken = aws.String(strings.Repeat("t", 65)) },
		"no seconds":        func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = aws.String("at(2026-03-01T10:00)") },
		"a zone in it": func(in *scheduler.CreateScheduleInput) {
			in.ScheduleExpression = aws.String("at(2026-03-01T10:00:00Z)")
		},
		"fractions": func(in *scheduler.CreateScheduleInput) {
			in.ScheduleExpression = aws.String("at(2026-03-01T10:00:00.5)")
		},
		"no such day":       func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = aws.String("at(2026-02-30T10:00:00)") },
		"a rate":            func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = aws.String("rate(5 minutes)") },
		"no such zone":      func(in *scheduler.CreateScheduleInput) { in.ScheduleExpressionTimezone = aws.String("Mars/Olympus") },
		"no window for OFF": func(in *scheduler.CreateScheduleInput) { in.FlexibleTimeWindow.MaximumWindowInMinutes = aws.Int32(5) },
		"no width for FLEXIBLE": func(in *scheduler.CreateScheduleInput) {
			in.FlexibleTimeWindow.Mode = types.FlexibleTimeWindowModeFlexible
		},
		"another mode":   func(in *scheduler.CreateScheduleInput) { in.FlexibleTimeWindow.Mode = "SOON" },
		"another action": func(in *scheduler.CreateScheduleInput) { in.ActionAfterCompletion = "KEEP" },
		"target":         func(in *scheduler.CreateScheduleInput) { in.Target.Arn = aws.String("retrier") },
		"role": func(in *scheduler.CreateScheduleInput) {
			in.Target.RoleArn = aws.String("arn:aws:iam::123456789012:user/x")
		},
		"input":        func(in *scheduler.CreateScheduleInput) { in.Target.Input = aws.String("hello") },
		"186 attempts": func(in *scheduler.CreateScheduleInput) { in.Target.RetryPolicy.MaximumRetryAttempts = aws.Int32(186) },
		"59 seconds": func(in *scheduler.CreateScheduleInput) {
			in.Target.RetryPolicy.MaximumEventAgeInSeconds = aws.Int32(59)
		},
		"86401 seconds": func(in *scheduler.CreateScheduleInput) {
			in.Target.RetryPolicy.MaximumEventAgeInSeconds = aws.Int32(86401)
		},
		"dead letters": func(in *scheduler.CreateScheduleInput) {
			in.Target.DeadLetterConfig.Arn = aws.String("arn:aws:sns:us-east-1:123456789012:x")
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			s := openScheduler(t, Config{})
			in := wake("a")
			spoil(in)
			wantMessagePart(t, s.create(in))
			equal(t, "schedules", len(s.Schedules()), 0)
			equal(t, "violations", len(s.Violations()), 1)
		})
	}
}

func wantMessagePart(t *testing.T, err error) {
	t.Helper()
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) || invalid.ErrorMessage() == "" {
		t.Errorf("got %v, want a ValidationException with a message", err)
	}
}

func TestAnUnknownGroup(t *testing.T) {
	s := open(t, Config{})
	wantMessage[*types.ResourceNotFoundException](t, s.create(wake("a")), "Schedule group mulligan does not exist.")
	s.Configure(func(c *Config) { c.Groups = []string{"mulligan"} })
	wantCode(t, "made meanwhile", s.create(wake("a")), "")
}

func TestSchedulerRefusesOnDemand(t *testing.T) {
	s := openScheduler(t, Config{})
	for code, status := range map[string]int{"ServiceQuotaExceededException": 402, "ThrottlingException": 429, "AccessDeniedException": 403, "InternalServerException": 500} {
		s.FailNext("CreateSchedule", 1, Fault{Code: code})
		wantCode(t, "create", s.create(wake("a")), code)
		calls := s.Calls("CreateSchedule")
		equal(t, code, calls[len(calls)-1].Status, status)
	}
	s.FailNext("CreateSchedule", 1, Fault{Break: Close, AfterEffect: true})
	if err := s.create(wake("a")); err == nil {
		t.Error("a lost answer is no error")
	}
	equal(t, "made all the same", len(s.Schedules()), 1)
	wantCode(t, "again", s.create(wake("a")), "")
	s.clean()
}

func TestSchedulesFireWhenTheyAreDue(t *testing.T) {
	due := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		quirks FiringQuirks
		at     time.Time
		want   int
		left   int
	}{
		"too soon":     {FiringQuirks{}, due.Add(-time.Second), 0, 1},
		"due":          {FiringQuirks{}, due, 1, 0},
		"twice":        {FiringQuirks{Twice: true}, due, 2, 0},
		"early":        {FiringQuirks{Early: time.Minute}, due.Add(-time.Minute), 1, 0},
		"lost":         {FiringQuirks{Lost: 1}, due, 0, 0},
		"much too old": {FiringQuirks{}, due.AddDate(1, 0, 0), 1, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := openScheduler(t, Config{Quirks: c.quirks})
			if err := s.create(wake("a")); err != nil {
				t.Fatal(err)
			}
			next, ok := s.NextDue()
			equal(t, "next", next, due.Add(-c.quirks.Early))
			equal(t, "there is one", ok, true)
			var got []string
			count := s.Fire(c.at, func(input []byte) { got = append(got, string(input)) })
			equal(t, "deliveries", len(got), c.want)
			equal(t, "counted", count, c.want)
			equal(t, "left", len(s.Schedules()), c.left)
			for _, input := range got {
				equal(t, "input", input, `{"name":"a"}`)
			}
		})
	}
}

func TestFiringInOrderAndTimeZones(t *testing.T) {
	s := openScheduler(t, Config{})
	later, kept := wake("b"), wake("c")
	later.ScheduleExpression = aws.String("at(2026-03-01T09:30:00)")
	kept.ScheduleExpression = aws.String("at(2026-03-01T10:15:00)") // 09:15 UTC
	kept.ScheduleExpressionTimezone = aws.String("Europe/Berlin")
	kept.ActionAfterCompletion = types.ActionAfterCompletionNone
	asleep := wake("d")
	asleep.State = types.ScheduleStateDisabled
	for _, in := range []*scheduler.CreateScheduleInput{wake("a"), later, kept, asleep} {
		if err := s.create(in); err != nil {
			t.Fatal(err)
		}
	}
	var got strings.Builder
	fire := func() { s.Fire(start.Add(2*time.Hour), func(input []byte) { got.Write(input) }) }
	fire()
	fire() // what has fired stays fired, deleted or not
	equal(t, "in order, once", got.String(), `{"name":"c"}{"name":"b"}{"name":"a"}`)
	equal(t, "left", len(s.Schedules()), 2)
	_, ok := s.NextDue()
	equal(t, "nothing waits", ok, false)
}

// A delivery may make the next schedule; it is not fired by the same call.
func TestADeliveryMayMakeSchedules(t *testing.T) {
	s := openScheduler(t, Config{})
	wantCode(t, "first", s.create(wake("a")), "")
	n := s.Fire(start.Add(2*time.Hour), func([]byte) { wantCode(t, "from the delivery", s.create(wake("b")), "") })
	equal(t, "deliveries", n, 1)
	equal(t, "left", len(s.Due(start.Add(2*time.Hour))), 1)
}

func TestThePast(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		s := openScheduler(t, Config{Unknowns: Unknowns{RefusesPast: refuses}})
		s.clock.pass(2 * time.Hour)
		err := s.create(wake("a"))
		equal(t, "refused", code(err) == "ValidationException", refuses)
		equal(t, "due at once", len(s.Due(s.clock.Now())) == 1, !refuses)
	}
}
