//go:build e2e

package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// principal makes a role with those inline policies that people of the account
// may assume, and returns what its sessions sign with. So a test calls AWS with
// a deployed role's permissions, which only a service may assume.
func (s *stack) principal(t *testing.T, policies map[string]string) aws.Config {
	t.Helper()
	ctx, client := t.Context(), iam.NewFromConfig(s.AWS(s.home))
	name := fmt.Sprintf("probe-%d", plays.Add(1))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::` + s.home.Number + `:root"}}]}`
	made, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	for policy, text := range policies {
		if _, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: &policy, PolicyDocument: &text}); err != nil {
			t.Fatal(err)
		}
	}
	session, err := sts.NewFromConfig(s.AWS(s.home)).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("test")})
	if err != nil {
		t.Fatal(err)
	}
	c := session.Credentials
	return s.signedBy(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

func (s *stack) signedBy(key, secret, token string) aws.Config {
	cfg := s.AWS(s.home)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
	return cfg
}

// calls are requests by what they are called in IAM, and on what.
type calls map[string]func(context.Context) error

// answered makes the calls, in the order of their names, and compares what
// becomes of each with the codes that it may be answered; none is success.
func (c calls) answered(t *testing.T, codes ...string) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(c)) {
		got := "success"
		err := c[what](t.Context())
		if api, ok := errors.AsType[smithy.APIError](err); ok {
			got = api.ErrorCode()
		} else if err != nil {
			got = err.Error()
		}
		if want := append(codes, "success")[:max(1, len(codes))]; !slices.Contains(want, got) {
			t.Errorf("%s: got %s (%v), want %s", what, got, err, strings.Join(want, " or "))
		}
	}
}

// Services spell IAM's refusal in two ways.
var denied = []string{"AccessDeniedException", "AccessDenied"}
