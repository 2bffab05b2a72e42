package awstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// routeSchedule finds Scheduler's operation by method and path. Operations of
// the real service that Mulligan has no use for are unknown.
func routeSchedule(r *http.Request) (in request, refused *answer) {
	in.protocol = restJSON
	name, ok := strings.CutPrefix(r.URL.Path, "/schedules/")
	op := map[string]string{http.MethodPost: "CreateSchedule", http.MethodGet: "GetSchedule", http.MethodDelete: "DeleteSchedule"}[r.Method]
	in.Op = or(op, "?")
	if !ok || op == "" {
		in.Op = "?"
		return in, in.refuse(codeUnknownOp, fmt.Sprintf("the stand-in does not know %s %s", r.Method, r.URL.Path))
	}
	in.Name, in.Group = name, "default"
	for key, values := range r.URL.Query() {
		switch {
		case key == "groupName" && op != "CreateSchedule":
			in.Group = values[0]
		case key == "clientToken" && op == "DeleteSchedule":
			in.Token = values[0]
		default:
			return in, in.refuse(codeValidation, fmt.Sprintf("%s has no query parameter %q", op, key))
		}
	}
	return in, nil
}

// The constraints of CreateSchedule's members, from its API reference.
var (
	scheduleName  = regexp.MustCompile(`^[0-9a-zA-Z_.-]{1,64}$`)
	scheduleToken = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	roleARN       = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	queueARN      = regexp.MustCompile(`^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9_-]+$`)
)

// checkName holds the path and query of every operation to their constraints.
func (in request) checkName() *answer {
	if in.protocol != restJSON {
		return nil
	}
	if !scheduleName.MatchString(in.Name) {
		return in.refuse(codeValidation, outOfBounds("name", in.Name, "Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$").Error())
	}
	if !scheduleName.MatchString(in.Group) {
		return in.refuse(codeValidation, outOfBounds("groupName", in.Group, "Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$").Error())
	}
	return nil
}

type createScheduleInput struct {
	ActionAfterCompletion      *string
	ClientToken                *string
	Description                *string
	FlexibleTimeWindow         *flexibleWindow
	GroupName                  *string
	ScheduleExpression         *string
	ScheduleExpressionTimezone *string
	State                      *string
	Target                     *target
}

type flexibleWindow struct {
	Mode                   string
	MaximumWindowInMinutes *int `json:",omitempty"`
}

type target struct {
	Arn, RoleArn     string
	Input            *string           `json:",omitempty"`
	RetryPolicy      *retryPolicy      `json:",omitempty"`
	DeadLetterConfig *deadLetterConfig `json:",omitempty"`
}

type retryPolicy struct {
	MaximumEventAgeInSeconds *int `json:",omitempty"`
	MaximumRetryAttempts     *int `json:",omitempty"`
}

type deadLetterConfig struct {
	Arn *string `json:",omitempty"`
}

func (i *createScheduleInput) tell(r *Request) {
	r.Token = deref(i.ClientToken)
	if i.GroupName != nil {
		r.Group = *i.GroupName
	}
}

func (i *createScheduleInput) check() error {
	switch {
	case i.FlexibleTimeWindow == nil:
		return outOfBounds("flexibleTimeWindow", "null", "Member must not be null")
	case i.Target == nil:
		return outOfBounds("target", "null", "Member must not be null")
	case i.ClientToken != nil && !scheduleToken.MatchString(*i.ClientToken):
		return outOfBounds("clientToken", *i.ClientToken, "Member must satisfy regular expression pattern: ^[a-zA-Z0-9-_]+$, length 1 to 64")
	case len(deref(i.Description)) > 512:
		return outOfBounds("description", "...", "Member must have length less than or equal to 512")
	}
	for _, enum := range []struct {
		member  string
		value   *string
		allowed []string
	}{
		{"actionAfterCompletion", i.ActionAfterCompletion, []string{"NONE", "DELETE"}},
		{"state", i.State, []string{"ENABLED", "DISABLED"}},
		{"flexibleTimeWindow.mode", &i.FlexibleTimeWindow.Mode, []string{"OFF", "FLEXIBLE"}},
	} {
		if enum.value != nil && !slices.Contains(enum.allowed, *enum.value) {
			return outOfBounds(enum.member, *enum.value, fmt.Sprintf("Member must satisfy enum value set: %v", enum.allowed))
		}
	}
	if err := i.FlexibleTimeWindow.check(); err != nil {
		return err
	}
	if _, err := i.due(); err != nil {
		return err
	}
	return i.Target.check()
}

func (w flexibleWindow) check() error {
	minutes := deref(w.MaximumWindowInMinutes)
	if w.Mode == "OFF" && w.MaximumWindowInMinutes == nil || w.Mode == "FLEXIBLE" && minutes >= 1 && minutes <= 1440 {
		return nil
	}
	return outOfBounds("flexibleTimeWindow.maximumWindowInMinutes", fmt.Sprint(minutes), "Member must be between 1 and 1440 with mode FLEXIBLE, and absent with OFF")
}

// check holds a target to its bounds. Input has to be JSON where the target is
// a Lambda function, which it is for Mulligan.
func (t *target) check() error {
	switch policy := deref(t.RetryPolicy); {
	case t.Arn == "" || len(t.Arn) > 1600 || !strings.HasPrefix(t.Arn, "arn:"):
		return outOfBounds("target.arn", t.Arn, "Member must be an ARN of 1 to 1600 characters")
	case len(t.RoleArn) > 1600 || !roleARN.MatchString(t.RoleArn):
		return outOfBounds("target.roleArn", t.RoleArn, "Member must satisfy regular expression pattern: "+roleARN.String())
	case t.Input != nil && !json.Valid([]byte(*t.Input)):
		return outOfBounds("target.input", *t.Input, "Member must be valid JSON")
	case outside(policy.MaximumRetryAttempts, 0, 185):
		return outOfBounds("target.retryPolicy.maximumRetryAttempts", fmt.Sprint(*policy.MaximumRetryAttempts), "Member must have value between 0 and 185")
	case outside(policy.MaximumEventAgeInSeconds, 60, 86400):
		return outOfBounds("target.retryPolicy.maximumEventAgeInSeconds", fmt.Sprint(*policy.MaximumEventAgeInSeconds), "Member must have value between 60 and 86400")
	case t.DeadLetterConfig != nil && t.DeadLetterConfig.Arn != nil && !queueARN.MatchString(*t.DeadLetterConfig.Arn):
		return outOfBounds("target.deadLetterConfig.arn", *t.DeadLetterConfig.Arn, "Member must satisfy regular expression pattern: "+queueARN.String())
	}
	return nil
}

func outside(n *int, least, most int) bool { return n != nil && (*n < least || *n > most) }

// due reads the one form of ScheduleExpression that is stood in for: a
// one-time at(yyyy-mm-ddThh:mm:ss), in the schedule's time zone, else UTC.
func (i *createScheduleInput) due() (time.Time, error) {
	expression, zone := deref(i.ScheduleExpression), or(deref(i.ScheduleExpressionTimezone), "UTC")
	location, err := time.LoadLocation(zone)
	if err != nil || len(zone) > 50 || zone == "Local" {
		return time.Time{}, outOfBounds("scheduleExpressionTimezone", zone, "Member must be a time zone")
	}
	inner, ok := strings.CutPrefix(expression, "at(")
	inner, closed := strings.CutSuffix(inner, ")")
	at, err := time.ParseInLocation("2006-01-02T15:04:05", inner, location)
	// time.Parse takes fractions of a second that the layout does not have
	if !ok || !closed || err != nil || len(inner) != len("2006-01-02T15:04:05") {
		service := "Invalid Schedule Expression " + expression + "." // the service's words
		return time.Time{}, errors.New(service)
	}
	return at, nil
}
