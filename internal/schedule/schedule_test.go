package schedule_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/event"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

var (
	now    = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	home   = retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
	target = schedule.Target{
		Group:       "mulligan",
		FunctionARN: "arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live",
		RoleARN:     "arn:aws:iam::123456789012:role/mulligan-scheduler",
		DeadLetters: "arn:aws:sqs:eu-west-1:123456789012:mulligan-dead-letters",
	}
	notice = retry.Notice{
		Door: retry.DoorEvent, EventID: "e-1", Ended: "2026-03-01T08:59:59Z",
		EndedAt:   time.Date(2026, 3, 1, 8, 59, 59, 0, time.UTC),
		Execution: retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "Churn", ID: "abc"},
	}
	wait = strings.Repeat("a", 64)
	wake = retry.Wake{Name: wait, Wait: wait, Due: now.Add(5 * time.Minute)}
)

func stand(t *testing.T, groups ...string) (*awstest.Account, *schedule.Scheduler) {
	t.Helper()
	account := awstest.New(awstest.Config{Region: "eu-west-1", Groups: groups, Now: func() time.Time { return now }})
	url, stop := account.Serve()
	t.Cleanup(stop)
	return account, schedule.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(url), HTTPClient: awscall.Client(http.DefaultTransport),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}, target, func() time.Time { return now })
}

func TestEnsure(t *testing.T) {
	account, scheduler := stand(t, "mulligan")
	for range 3 {
		if err := scheduler.Ensure(t.Context(), wake, notice); err != nil {
			t.Fatal(err)
		}
	}
	made := account.Schedules()
	if len(made) != 1 {
		t.Fatalf("got %d schedules, want one however often it is ensured", len(made))
	}
	got := made[0]
	if got.Group != "mulligan" || got.Name != wait || !got.Due.Equal(wake.Due) || !got.DeletesItself || got.TargetARN != target.FunctionARN {
		t.Errorf("got %+v", got)
	}
	back, problem := event.Parse([]byte(got.Input), home)
	if problem != nil || back.EventID != notice.EventID || back.Execution != notice.Execution || back.Wake.Wait != wait {
		t.Errorf("the input reads %+v, %+v; want the notice back", back, problem)
	}
	if v := account.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// A due time that is past or all but there must not become a schedule that
// never fires.
func TestNeverInThePast(t *testing.T) {
	for _, due := range []time.Time{now.Add(-time.Hour), now, now.Add(1500 * time.Millisecond)} {
		account, scheduler := stand(t, "mulligan")
		w := wake
		w.Due = due
		if err := scheduler.Ensure(t.Context(), w, notice); err != nil {
			t.Fatal(err)
		}
		if got := account.Schedules()[0].Due; got.Before(now.Add(time.Second)) || got.After(now.Add(4*time.Second)) {
			t.Errorf("due %s: scheduled at %s, want a moment from now", due, got)
		}
	}
}

func TestTrouble(t *testing.T) {
	tests := []struct {
		name  string
		times int
		fault awstest.Fault
		says  string // empty: no error
	}{
		{"made, and the answer lost", 1, awstest.Fault{Break: awstest.Close, AfterEffect: true}, ""},
		{"there already", 1, awstest.Fault{Code: "ConflictException"}, ""},
		{"throttled twice", 2, awstest.Fault{Code: "ThrottlingException"}, ""},
		{"throttled for good", 3, awstest.Fault{Code: "ThrottlingException"}, "scheduler:CreateSchedule on mulligan/aaa"},
		{"over the quota", 3, awstest.Fault{Code: "ServiceQuotaExceededException"}, "ServiceQuotaExceeded"},
		{"denied", 1, awstest.Fault{Code: "AccessDeniedException"}, "scheduler:CreateSchedule on mulligan/aaa"},
		{"broken", 3, awstest.Fault{Status: 503}, "scheduler:CreateSchedule"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			account, scheduler := stand(t, "mulligan")
			account.FailNext("CreateSchedule", test.times, test.fault)
			err := scheduler.Ensure(t.Context(), wake, notice)
			if test.says == "" && err != nil {
				t.Errorf("got %v, want none", err)
			}
			if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
		})
	}
}

func TestMissingGroup(t *testing.T) {
	_, scheduler := stand(t)
	err := scheduler.Ensure(t.Context(), wake, notice)
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v, want it to say that the group does not exist", err)
	}
}

func TestNotTooLate(t *testing.T) {
	account, scheduler := stand(t, "mulligan")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := scheduler.Ensure(ctx, wake, notice); !errors.Is(err, awscall.ErrNoTime) || len(account.Calls()) != 0 {
		t.Errorf("got %v after %d calls, want ErrNoTime after none", err, len(account.Calls()))
	}
}
