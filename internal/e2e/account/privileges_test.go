//go:build e2e

package account

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const anything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// What changes a role has a stack of its own, with a permissions boundary and a
// path (7), and is done one thing after another.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	boundary := shared.boundary(t, "mulligan-boundary", anything)
	s := shared.stack(t, parameters{
		"PermissionsBoundary": boundary, "RolePath": "/ml-platform/",
		// What waits comes due only after Lambda has given up on it, or another try would find it due and retry.
		"BackoffInterval": "60", "BackoffMaxDelay": "60",
	})
	t.Run("boundary", func(t *testing.T) { boundaryBinds(t, s, boundary) })
	t.Run("denied", func(t *testing.T) { deniedToWhoeverHasTheFunctionsRole(t, s) })
	t.Run("other group", func(t *testing.T) { otherGroupDoesNotFire(t, s) })
	t.Run("outside the prefix", func(t *testing.T) { pipelinesOutsideAreRefused(t, s) })
	t.Run("necessary", func(t *testing.T) { everyActionIsNecessary(t, s) })
}

// boundary is a managed policy with that text, made if it is not there.
func (p *place) boundary(t *testing.T, name, text string) (arn string) {
	t.Helper()
	_, err := iam.NewFromConfig(p.AWS(p.Home())).CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &text})
	if exists := new(types.EntityAlreadyExistsException); err != nil && !errors.As(err, &exists) {
		t.Fatal(err)
	}
	return "arn:aws:iam::" + p.Home().Number + ":policy/" + name
}

// rebound changes what a boundary says, as its owners may at any time. The
// version before goes: IAM keeps five.
func (p *place) rebound(t *testing.T, arn, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	client := iam.NewFromConfig(p.AWS(p.Home()))
	before, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err == nil {
		_, err = client.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: &text, SetAsDefault: true})
	}
	if err == nil {
		_, err = client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: before.Policy.DefaultVersionId})
	}
	if err != nil {
		t.Error(err)
	}
}

// The boundary and the path arrived on all roles, and what the boundary does
// not allow is refused, though the role's own policy allows it.
func boundaryBinds(t *testing.T, s *stack, boundary string) {
	client := iam.NewFromConfig(s.AWS(s.home))
	for _, id := range []string{"RetrierRole", "SweeperRole", "SchedulerRole"} {
		name := s.Resources[id]
		got, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			t.Fatal(err)
		}
		if b := got.Role.PermissionsBoundary; b == nil || aws.ToString(b.PermissionsBoundaryArn) != boundary {
			t.Errorf("boundary of %s: got %+v, want %s", id, b, boundary)
		}
		if path, want := aws.ToString(got.Role.Path), "/ml-platform/"; path != want {
			t.Errorf("path of %s: got %s, want %s", id, path, want)
		}
	}
	t.Cleanup(func() { s.rebound(t, boundary, anything) })
	s.rebound(t, boundary, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},`+
		`{"Effect":"Deny","Action":"sagemaker:RetryPipelineExecution","Resource":"*"}]}`)
	refused := s.plays(t, atOnce)
	refused.until("the boundary's refusal", func() bool { return refusedAndKept(refused, "sagemaker:RetryPipelineExecution") })
	s.rebound(t, boundary, anything)
	allowed := s.plays(t, atOnce)
	allowed.until("the retry", func() bool { return allowed.isRetried() })
}
