package host

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"mulligan/internal/awstest"
)

// askLimit is for one question to IAM, on a busy machine.
const askLimit = 30 * time.Second

// authorize is IAM for the stand-in: MiniStack has no SageMaker, but it can say
// what the role or user that calls may do. Root may do everything. Nil without
// IAM.
func (h *Host) authorize(home Home) func(awstest.Caller, string, string) error {
	if !h.options.IAM {
		return nil
	}
	return func(caller awstest.Caller, action, resource string) error {
		if caller.AccessKey == rootKey || caller.AccessKey == home.Number {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), askLimit)
		defer cancel()
		principal, err := h.principal(ctx, home, caller.AccessKey)
		if err != nil {
			return err
		}
		decision, err := h.Simulate(ctx, home, principal, action, resource)
		if err != nil {
			return err
		}
		if decision != types.PolicyEvaluationDecisionTypeAllowed {
			return &awstest.Refusal{Principal: principal}
		}
		return nil
	}
}

// Simulate asks IAM what a role or user may do: allowed, explicitDeny or implicitDeny.
// Each of conditions is a context key and its value, as in
// "iam:PassedToService", "scheduler.amazonaws.com".
func (r Reach) Simulate(ctx context.Context, home Home, role, action, resource string, conditions ...[2]string) (types.PolicyEvaluationDecisionType, error) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &role, ActionNames: []string{action}, ResourceArns: []string{resource}}
	for _, c := range conditions {
		in.ContextEntries = append(in.ContextEntries, types.ContextEntry{
			ContextKeyName: &c[0], ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{c[1]},
		})
	}
	out, err := iam.NewFromConfig(r.AWS(home)).SimulatePrincipalPolicy(ctx, in)
	if err != nil {
		return "", fmt.Errorf("ask IAM what %s may do: %w", role, err)
	}
	if len(out.EvaluationResults) != 1 {
		return "", fmt.Errorf("ask IAM what %s may do: %d answers to one question", role, len(out.EvaluationResults))
	}
	return out.EvaluationResults[0].EvalDecision, nil
}

// principal is the role of the function, or the user, that an access key is of.
// Of sessions that people have of a role, MiniStack tells nobody: theirs is an
// awstest.ErrUnknownKey, as any other.
func (r Reach) principal(ctx context.Context, home Home, accessKey string) (arn string, err error) {
	if arn, err = r.role(accessKey); !errors.Is(err, awstest.ErrUnknownKey) {
		return arn, err
	}
	client, unknown := iam.NewFromConfig(r.AWS(home)), err
	key, err := client.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &accessKey})
	if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "NoSuchEntity" {
		return "", unknown
	}
	if err != nil {
		return "", fmt.Errorf("whose access key %s is: %w", accessKey, err)
	}
	return "arn:aws:iam::" + home.Number + ":user/" + aws.ToString(key.UserName), nil
}

// role is the role behind a function's access key, from what the launcher notes
// when it makes one. The error is awstest.ErrUnknownKey where it made none.
func (r Reach) role(accessKey string) (string, error) {
	file, err := os.Open(filepath.Join(r.Folder, sessionsFile))
	if errors.Is(err, fs.ErrNotExist) { // no function has run yet
		return "", fmt.Errorf("%w: %s", awstest.ErrUnknownKey, accessKey)
	}
	if err != nil {
		return "", fmt.Errorf("whose access key %s is: %w", accessKey, err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var session struct{ Key, Role string }
		if err := json.Unmarshal(lines.Bytes(), &session); err == nil && session.Key == accessKey {
			return session.Role, nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("whose access key %s is: %w", accessKey, err)
	}
	return "", fmt.Errorf("%w: %s", awstest.ErrUnknownKey, accessKey)
}
