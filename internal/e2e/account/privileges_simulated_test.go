//go:build e2e

package account

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// apis are the services that the stack is made of, with every operation that
// their SDK knows.
var apis = map[string]reflect.Type{
	"sagemaker": reflect.TypeFor[*sagemaker.Client](), "dynamodb": reflect.TypeFor[*dynamodb.Client](),
	"scheduler": reflect.TypeFor[*scheduler.Client](), "iam": reflect.TypeFor[*iam.Client](),
	"sts": reflect.TypeFor[*sts.Client](), "lambda": reflect.TypeFor[*lambda.Client](),
	"sqs": reflect.TypeFor[*sqs.Client](), "events": reflect.TypeFor[*eventbridge.Client](),
	"logs": reflect.TypeFor[*cloudwatchlogs.Client](), "cloudformation": reflect.TypeFor[*cloudformation.Client](),
}

// further are actions that are no operation of those services, and the worst of
// others.
var further = map[string][]string{
	"iam": {"PassRole"}, "lambda": {"InvokeFunction", "InvokeAsync"}, "dynamodb": {"ConditionCheckItem", "PartiQLDelete", "PartiQLUpdate"},
	"s3": {"GetObject", "PutObject", "DeleteObject", "PutBucketPolicy"}, "kms": {"Decrypt", "CreateGrant", "ScheduleKeyDeletion"},
	"secretsmanager": {"GetSecretValue"}, "ssm": {"GetParameter", "SendCommand"}, "ec2": {"RunInstances", "CreateNetworkInterface"},
	"sns": {"Publish", "Subscribe"}, "cloudwatch": {"PutMetricData", "DeleteAlarms"}, "organizations": {"LeaveOrganization"},
	"cloudtrail": {"StopLogging"}, "states": {"StartExecution"}, "codebuild": {"StartBuild"}, "xray": {"PutTraceSegments"},
}

// services are those with actions here.
func services() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(apis)), maps.Keys(further))
	slices.Sort(all)
	return slices.Compact(all)
}

// actions are all of a service.
func actions(service string) (all []string) {
	if api, ok := apis[service]; ok {
		for i := range api.NumMethod() {
			if name := api.Method(i).Name; name != "Options" {
				all = append(all, service+":"+name)
			}
		}
	}
	for _, name := range further[service] {
		all = append(all, service+":"+name)
	}
	return all
}

// grants are actions and the ARNs on which a role is to be allowed each.
type grants map[string][]string

// Every action of every service is denied to the roles on everything, the
// stack's own and its neighbours, but for what is listed (T5, T7, T9).
func TestRolesAreAllowedThisAndNothingElse(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for id, granted := range map[string]grants{"RetrierRole": s.retrierMay(t), "SweeperRole": s.sweeperMay(t), "SchedulerRole": s.schedulerMay()} {
		t.Run(id, func(t *testing.T) {
			r := s.role(t, id)
			if got, want := r.actions(t), slices.Sorted(maps.Keys(granted)); !slices.Equal(got, want) {
				t.Errorf("actions of the deployed role: got %q, want %q", got, want)
			}
			asked := 0
			for _, service := range services() {
				asked += r.asks(t, service, granted)
			}
			t.Logf("asked IAM %d questions", asked)
		})
	}
}

// asks asks IAM about all actions of a service on all that there is.
func (r role) asks(t *testing.T, service string, granted grants) (asked int) {
	t.Helper()
	things := r.things(t, service)
	wrong, results := 0, r.simulate(t, actions(service), slices.Sorted(maps.Values(things)))
	for _, result := range results {
		action, on := *result.EvalActionName, *result.EvalResourceName
		want := (slices.Contains(granted[action], on) || slices.Contains(granted[action], "*")) && action != "iam:PassRole" // which depends on the service that it is passed to
		if got := result.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed; got != want {
			if wrong++; wrong < 10 {
				t.Errorf("%s on %s: got %s, want allowed %t", action, on, result.EvalDecision, want)
			}
		}
	}
	return len(results)
}

// simulate asks IAM what the role may do: each action on each resource.
func (r role) simulate(t *testing.T, actions, resources []string) (results []types.EvaluationResult) {
	t.Helper()
	pages := iam.NewSimulatePrincipalPolicyPaginator(iam.NewFromConfig(r.AWS(r.home)), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &r.arn, ActionNames: actions, ResourceArns: resources,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, page.EvaluationResults...)
	}
	if want := len(actions) * len(resources); len(results) != want {
		t.Fatalf("asked %d questions, got %d answers", want, len(results))
	}
	return results
}

// The scheduler's role may be handed to the scheduler, and to nobody else; and
// no other role to the scheduler.
func TestPassRole(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	own, other, passed := s.role(t, "RetrierRole").arn, s.role(t, "SweeperRole").arn, s.role(t, "SchedulerRole").arn
	admin := fmt.Sprintf("arn:aws:iam::%s:role/admin", s.home.Number)
	for _, c := range []struct {
		role, to string
		want     types.PolicyEvaluationDecisionType
	}{
		{passed, "scheduler.amazonaws.com", types.PolicyEvaluationDecisionTypeAllowed},
		{passed, "lambda.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{passed, "sagemaker.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{passed, "ec2.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{own, "scheduler.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{other, "scheduler.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{own, "lambda.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
		{admin, "scheduler.amazonaws.com", types.PolicyEvaluationDecisionTypeImplicitDeny},
	} {
		for _, by := range []string{own, other} {
			got, err := s.Simulate(t.Context(), s.home, by, "iam:PassRole", c.role, [2]string{"iam:PassedToService", c.to})
			if err != nil || got != c.want {
				t.Errorf("pass %s to %s by %s: got %s, %v, want %s", c.role, c.to, by, got, err, c.want)
			}
		}
	}
}
