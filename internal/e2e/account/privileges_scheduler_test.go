//go:build e2e

package account

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Who may be which role: Scheduler for the schedules of the one group, Lambda,
// and nobody else (the confused deputy, T3).
func TestTrustOfRoles(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	function := statement{Effect: "Allow", Action: list{"sts:AssumeRole"}, Principal: json.RawMessage(`{"Service":"lambda.amazonaws.com"}`)}
	for id, want := range map[string]statement{
		"RetrierRole": function, "SweeperRole": function,
		"SchedulerRole": {
			Effect: "Allow", Action: list{"sts:AssumeRole"}, Principal: json.RawMessage(`{"Service":"scheduler.amazonaws.com"}`),
			Condition: map[string]map[string]list{
				"StringEquals": {"aws:SourceAccount": {s.home.Number}},
				"ArnEquals":    {"aws:SourceArn": {s.own(t, "scheduler")["group"]}},
			},
		},
	} {
		got := s.role(t, id).trust.Statement
		if len(got) != 1 || !reflect.DeepEqual(spaceless(t, got[0]), want) {
			t.Errorf("trust of %s: got %+v, want %+v", id, got, want)
		}
	}
}

// spaceless is a statement whose principal is written like a wanted one.
func spaceless(t *testing.T, s statement) statement {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, s.Principal); err != nil {
		t.Fatal(err)
	}
	s.Principal = b.Bytes()
	return s
}

// Nobody else gets the scheduler's role: no schedule of another group, no
// function, no person.
func TestSchedulerRoleIsForTheGroupAlone(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	role, far := s.role(t, "SchedulerRole").arn, s.far(t, "default", "SchedulerRole")
	calls{
		"a schedule of the default group": func(ctx context.Context) error {
			_, err := scheduler.NewFromConfig(s.AWS(s.home)).CreateSchedule(ctx, far)
			return err
		},
	}.answered(t, "ValidationException")
	calls{
		"a function": func(ctx context.Context) error {
			_, err := s.lambda().CreateFunction(ctx, &lambda.CreateFunctionInput{
				FunctionName: aws.String("thief"), Role: &role, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
				Code: &types.FunctionCode{ZipFile: bootstrap(t)},
			})
			return err
		},
	}.answered(t, "InvalidParameterValueException")
	calls{
		"a person": func(ctx context.Context) error {
			_, err := sts.NewFromConfig(s.AWS(s.home)).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("thief")})
			return err
		},
	}.answered(t, denied...)
}

// bootstrap is a package with a program that does nothing.
func bootstrap(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write([]byte("#!/bin/sh\n"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A schedule of the group reaches the alias, and by no other name: not the
// function as such, not $LATEST, not a version, not another function. What it
// does not reach is a dead letter with the reason.
func TestSchedulerReachesTheAliasAlone(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	alias := s.Outputs["RetrierAlias"]
	function := strings.TrimSuffix(alias, ":live")
	reached := s.running(t)
	reached.schedule(s.Outputs["ScheduleGroup"], alias, reached.lastEvent())
	kept := map[string]*story{}
	for _, target := range []string{function, function + ":$LATEST", function + ":1", function + "x", function + "x:live"} {
		kept[target] = s.running(t)
		kept[target].schedule(s.Outputs["ScheduleGroup"], target, kept[target].lastEvent())
	}
	reached.until("the function to be invoked", func() bool { return len(s.log.of(reached.arn)) == 1 })
	for target, st := range kept {
		st.until("a dead letter of the schedule for "+target, st.isDead)
		if l := st.lettersAbout()[0]; !strings.Contains(l.attributes["ERROR_MESSAGE"], "lambda:InvokeFunction on resource: "+target) || l.attributes["TARGET_ARN"] != target {
			t.Errorf("the dead letter of %s has %v", target, l.attributes)
		}
		if lines := s.log.of(st.arn); len(lines) != 0 {
			t.Errorf("a schedule for %s reached the function: %v", target, lines)
		}
	}
}

// A schedule of another group, made while the role still trusted it, does not
// fire with the role; one of the stack's group does.
func otherGroupDoesNotFire(t *testing.T, s *stack) {
	r := s.role(t, "SchedulerRole")
	careless := r.trust
	careless.Statement = append([]statement{}, r.trust.Statement...)
	careless.Statement[0].Condition = nil
	t.Cleanup(func() { r.trusts(t, r.trust) })
	r.trusts(t, careless)
	other := act{s.running(t), len(s.said(t, 0))}
	other.schedule("default", s.Outputs["RetrierAlias"], other.lastEvent())
	r.trusts(t, r.trust)
	own := s.plays(t, woken)
	own.until("the schedule of the group", func() bool { return woken.works(own.story) })
	other.until("the other group's schedule to be refused its role", func() bool {
		return other.says("schedule/default/", "is lost", r.arn)
	})
	if lines := s.log.of(other.arn); len(lines) != 0 || other.isDead() {
		t.Errorf("the other group's schedule did something: %s", other)
	}
}

// trusts changes who may be the role.
func (r role) trusts(t *testing.T, d document) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	in := &iam.UpdateAssumeRolePolicyInput{RoleName: &r.name, PolicyDocument: aws.String(d.text(t))}
	if _, err := iam.NewFromConfig(r.AWS(r.home)).UpdateAssumeRolePolicy(ctx, in); err != nil {
		t.Error(err)
	}
}
