package awstest

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Schedule is a one-time schedule as it was created.
type Schedule struct {
	Group, Name, ARN string
	Token            string // its ClientToken
	Expression       string
	Due              time.Time
	Created          time.Time
	TargetARN        string
	Input            string
	DeletesItself    bool // ActionAfterCompletion is DELETE
	Fired            bool // only seen on one that does not delete itself
	asked            *createScheduleInput
}

// FiringQuirks disturbs how schedules fire. Delivery is at least once.
type FiringQuirks struct {
	Twice bool          // each delivery comes twice
	Early time.Duration // it fires that long before it is due
	Lost  int           // so many of the next ones are used up without delivery
}

func (a *Account) noGroup(in request) *answer {
	if a.groups[in.Group] {
		return nil
	}
	return in.refuse(codeNoSuch, "Schedule group "+in.Group+" does not exist.")
}

// createSchedule makes a schedule. The same name again is a conflict, unless
// the request is the same to the last member, its ClientToken included.
func (a *Account) createSchedule(in request) answer {
	ask := in.body.(*createScheduleInput)
	if refused := a.noGroup(in); refused != nil {
		return *refused
	}
	key := in.Group + "/" + in.Name
	if old := a.schedules[key]; old != nil {
		if ask.ClientToken != nil && reflect.DeepEqual(old.asked, ask) {
			return in.rest(map[string]string{"ScheduleArn": old.ARN}, false)
		}
		return *in.refuse(codeConflict, "Schedule "+in.Name+" already exists.")
	}
	due, _ := ask.due() // checked already
	if a.config.Unknowns.RefusesPast && due.Before(in.At) {
		return *in.refuse(codeValidation, "The schedule "+*ask.ScheduleExpression+" lies in the past.")
	}
	s := &Schedule{
		Group: in.Group, Name: in.Name, Token: in.Token, Expression: *ask.ScheduleExpression, Due: due, Created: in.At,
		ARN:       fmt.Sprintf("arn:%s:scheduler:%s:%s:schedule/%s", a.config.Partition, a.config.Region, a.config.Number, key),
		TargetARN: ask.Target.Arn, Input: deref(ask.Target.Input), DeletesItself: deref(ask.ActionAfterCompletion) == "DELETE", asked: ask,
	}
	a.schedules[key] = s
	return in.rest(map[string]string{"ScheduleArn": s.ARN}, true)
}

func (in request) rest(body any, effective bool) answer {
	return answer{status: http.StatusOK, body: body, effective: effective, protocol: restJSON}
}

type getScheduleOutput struct {
	ActionAfterCompletion      string
	Arn                        string
	CreationDate               *epoch
	Description                string `json:",omitempty"`
	FlexibleTimeWindow         *flexibleWindow
	GroupName                  string
	LastModificationDate       *epoch
	Name                       string
	ScheduleExpression         string
	ScheduleExpressionTimezone string
	State                      string
	Target                     *target
}

func (a *Account) getSchedule(in request) answer {
	s, refused := a.schedule(in)
	if refused != nil {
		return *refused
	}
	ask := s.asked
	return in.rest(getScheduleOutput{
		Arn: s.ARN, Name: s.Name, GroupName: s.Group, ScheduleExpression: s.Expression,
		CreationDate: stamp(s.Created), LastModificationDate: stamp(s.Created), Description: deref(ask.Description),
		ActionAfterCompletion: or(deref(ask.ActionAfterCompletion), "NONE"), State: or(deref(ask.State), "ENABLED"),
		ScheduleExpressionTimezone: or(deref(ask.ScheduleExpressionTimezone), "UTC"),
		FlexibleTimeWindow:         ask.FlexibleTimeWindow, Target: ask.Target,
	}, false)
}

func (a *Account) deleteSchedule(in request) answer {
	s, refused := a.schedule(in)
	if refused != nil {
		return *refused
	}
	delete(a.schedules, s.Group+"/"+s.Name)
	return in.rest(struct{}{}, true)
}

func (a *Account) schedule(in request) (*Schedule, *answer) {
	if refused := a.noGroup(in); refused != nil {
		return nil, refused
	}
	s := a.schedules[in.Group+"/"+in.Name]
	if s == nil {
		return nil, in.refuse(codeNoSuch, "Schedule "+in.Name+" does not exist.")
	}
	return s, nil
}

// Schedules are those that exist, the first due first.
func (a *Account) Schedules() []Schedule {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Schedule, 0, len(a.schedules))
	for _, s := range a.schedules {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(x, y Schedule) int {
		return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.Group+"/"+x.Name, y.Group+"/"+y.Name))
	})
	return out
}

// Due are the schedules that fire if Fire is called now, the first due first.
func (a *Account) Due(now time.Time) []Schedule {
	early := a.early()
	return slices.DeleteFunc(a.Schedules(), func(s Schedule) bool { return !s.waits() || s.Due.Add(-early).After(now) })
}

// NextDue tells when the next schedule fires, and whether there is one.
func (a *Account) NextDue() (next time.Time, ok bool) {
	for _, s := range a.Schedules() {
		if s.waits() {
			return s.Due.Add(-a.early()), true
		}
	}
	return time.Time{}, false
}

func (a *Account) early() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.config.Quirks.Early
}

func (s Schedule) waits() bool { return !s.Fired && deref(s.asked.State) != "DISABLED" }

// Fire delivers the Input of every schedule that is due, one after another,
// and tells how many deliveries there were. A schedule that deletes itself is
// gone before its input is delivered; the delivery may make new ones, which
// are not fired by this call.
func (a *Account) Fire(now time.Time, deliver func(input []byte)) (deliveries int) {
	for _, s := range a.Due(now) {
		for range a.take(s) {
			deliver(s.delivery(deliveries))
			deliveries++
		}
	}
	return deliveries
}

// take uses a schedule up and tells how often it is to be delivered: not at all
// where another caller was faster.
func (a *Account) take(s Schedule) (times int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := a.schedules[s.Group+"/"+s.Name]
	if kept == nil || kept.Fired || kept.Token != s.Token {
		return 0
	}
	kept.Fired = true
	if kept.DeletesItself {
		delete(a.schedules, s.Group+"/"+s.Name)
	}
	switch quirks := &a.config.Quirks; {
	case quirks.Lost > 0:
		quirks.Lost--
		return 0
	case quirks.Twice:
		return 2
	}
	return 1
}

// delivery is the Input with Scheduler's context attributes filled in.
func (s Schedule) delivery(nth int) []byte {
	return []byte(strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", s.ARN,
		"<aws.scheduler.scheduled-time>", s.Due.UTC().Format(time.RFC3339),
		"<aws.scheduler.execution-id>", eventID(s.ARN+strconv.Itoa(nth)),
		"<aws.scheduler.attempt-number>", "1",
	).Replace(s.Input))
}
