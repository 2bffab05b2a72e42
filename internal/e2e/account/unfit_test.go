//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"mulligan/internal/retry"
)

// A function that cannot start, has no table, no room or no permission to be
// called ends in DeadLetters and is taken up from there (scenarios 24, 25, 48,
// 61). One that is short of room takes longer (61).
func TestFunctionIsUnfit(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, parameters{"LogRetentionDays": "7"})
	elsewhere := "arn:aws:dynamodb:" + s.home.Region + ":" + s.home.Number + ":table/Nowhere"
	for _, b := range []broken{
		{"a variable is missing", retriedAtOnce, withVariables(map[string]string{"LEDGER_TABLE": ""}), nil, nil, retry.Unseen, 0, false},
		{"a variable is faulty", retriedAtOnce, withVariables(map[string]string{"BACKOFF_INTERVAL": "5m"}), nil, nil, retry.Unseen, 0, false},
		{"the table is of others", retriedAtOnce, withVariables(map[string]string{"LEDGER_TABLE": "Nowhere"}), []string{"table Nowhere", "not allowed"}, readsLedger, retry.Unseen, 0, false},
		{"the table is missing", retriedAtOnce, both(withVariables(map[string]string{"LEDGER_TABLE": "Nowhere"}), withTable(elsewhere)),
			[]string{"table Nowhere does not exist"}, readsLedger, retry.Unseen, 0, false},
		{"no concurrency is left to it", retriedAtOnce, withConcurrency(0), nil, nil, retry.Unseen, 0, false},
		{"the rule may not call it", retriedAtOnce, uncallable, nil, nil, retry.Unseen, 0, false},
	} {
		t.Run(b.name, func(t *testing.T) { s.breaks(t, b) })
	}
	t.Run("it is killed while it starts", s.killedWhileStarting)
	t.Run("it has room for five", s.roomForFive)
	t.Run("it has room for none, and many come", s.roomForNone)
}

func both(first, second func(*testing.T, *stack) func()) func(*testing.T, *stack) func() {
	return func(t *testing.T, s *stack) func() {
		mendFirst, mendSecond := first(t, s), second(t, s)
		return func() {
			mendSecond()
			mendFirst()
		}
	}
}

// withVariables publishes a version of the function whose environment differs,
// an empty value being none, and leads the alias to it.
func withVariables(over map[string]string) func(*testing.T, *stack) func() {
	return func(t *testing.T, s *stack) func() {
		client, name := s.lambda(), aws.String(s.Resources["Retrier"])
		was, err := client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: name, Qualifier: aws.String("live")})
		if err != nil {
			t.Fatal(err)
		}
		set := maps.Clone(was.Environment.Variables)
		for variable, value := range over {
			if set[variable] = value; value == "" {
				delete(set, variable)
			}
		}
		s.leads(t, s.publishes(t, set))
		return func() {
			s.publishes(t, was.Environment.Variables)
			s.leads(t, *was.Version)
		}
	}
}

// publishes makes a version with that environment. It works at a test's end too.
func (s *stack) publishes(t *testing.T, variables map[string]string) (version string) {
	t.Helper()
	client, name := s.lambda(), aws.String(s.Resources["Retrier"])
	if _, err := client.UpdateFunctionConfiguration(context.Background(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: name, Environment: &types.Environment{Variables: variables},
	}); err != nil {
		t.Fatal(err)
	}
	out, err := client.PublishVersion(context.Background(), &lambda.PublishVersionInput{FunctionName: name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Version
}

// leads leads the alias to a version.
func (s *stack) leads(t *testing.T, version string) {
	t.Helper()
	if _, err := s.lambda().UpdateAlias(context.Background(), &lambda.UpdateAliasInput{
		FunctionName: aws.String(s.Resources["Retrier"]), Name: aws.String("live"), FunctionVersion: &version,
	}); err != nil {
		t.Fatal(err)
	}
}

// withTable lets the function use a table that is not there.
func withTable(arn string) func(*testing.T, *stack) func() {
	return func(t *testing.T, s *stack) func() {
		s.role(t, "RetrierRole").put(t, "nowhere", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"`+arn+`"}]}`)
		return func() {
			if _, err := iam.NewFromConfig(s.AWS(s.home)).DeleteRolePolicy(context.Background(), &iam.DeleteRolePolicyInput{
				RoleName: aws.String(s.Resources["RetrierRole"]), PolicyName: aws.String("nowhere"),
			}); err != nil {
				t.Error(err)
			}
		}
	}
}

// withConcurrency reserves so many for the function, instead of the five that
// the template says.
func withConcurrency(n int32) func(*testing.T, *stack) func() {
	return func(t *testing.T, s *stack) func() {
		s.reserves(t, n)
		return func() { s.reserves(t, 5) }
	}
}

func (s *stack) reserves(t *testing.T, n int32) {
	t.Helper()
	if _, err := s.lambda().PutFunctionConcurrency(context.Background(), &lambda.PutFunctionConcurrencyInput{
		FunctionName: aws.String(s.Resources["Retrier"]), ReservedConcurrentExecutions: &n,
	}); err != nil {
		t.Fatal(err)
	}
}

// uncallable takes the rule's permission to call the function away.
func uncallable(t *testing.T, s *stack) func() {
	name, alias := aws.String(s.Resources["Retrier"]), aws.String("live")
	got, err := s.lambda().GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: name, Qualifier: alias})
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Statement []struct {
			Sid       string
			Condition map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(*got.Policy), &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("the function's policy: got %s, %v, want one statement", *got.Policy, err)
	}
	sid, rule := policy.Statement[0].Sid, ""
	for key, value := range policy.Statement[0].Condition["ArnLike"] {
		_, rule = key, value
	}
	if _, err := s.lambda().RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: name, Qualifier: alias, StatementId: &sid}); err != nil {
		t.Fatal(err)
	}
	return func() {
		_, err := s.lambda().AddPermission(context.Background(), &lambda.AddPermissionInput{
			FunctionName: name, Qualifier: alias, StatementId: &sid, Action: aws.String("lambda:InvokeFunction"),
			Principal: aws.String("events.amazonaws.com"), SourceArn: &rule,
		})
		if err != nil {
			t.Error(err)
		}
	}
}
