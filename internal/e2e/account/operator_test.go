//go:build e2e

package account

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// program is the operator's program, built once.
var program = sync.OnceValues(func() (path string, err error) {
	path = filepath.Join(shared.Folder, "bin", "mulligan")
	run := exec.Command("go", "build", "-o", path, "./cmd/mulligan")
	run.Dir = root
	if out, err := run.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/mulligan: %w\n%s", err, out)
	}
	return path, nil
})

// An operator is a person with the program on a machine of their own, and with a
// user of their own in the account.
type operator struct {
	*stack
	t      *testing.T
	by     aws.Config
	folder string
}

// The permissions of people on a stack, as the README and the commands list them:
// for applying policies, for holds and seeing what waits, for having decisions
// explained.
var (
	ofApplying   = list{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"}
	ofExplaining = list{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"}
	ofHolding    = list{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
	ofViewing    = list{"dynamodb:GetItem", "dynamodb:Query"}
	ofLooking    = list{
		"sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps", "sagemaker:ListPipelineExecutions",
		"sagemaker:DescribeTrainingJob", "sagemaker:DescribeProcessingJob", "sagemaker:DescribeTransformJob",
	}
)

// administrator may do everything.
func (s *stack) administrator(t *testing.T) *operator {
	t.Helper()
	return &operator{stack: s, t: t, by: s.AWS(s.home), folder: t.TempDir()}
}

// applier may apply policies to the stack, and nothing else.
func (s *stack) applier(t *testing.T) *operator {
	t.Helper()
	return s.operator(t, statement{Effect: "Allow", Action: ofApplying, Resource: list{s.own(t, "dynamodb")["ledger"]}})
}

// holder may set and release holds on the stack.
func (s *stack) holder(t *testing.T) *operator {
	t.Helper()
	return s.operator(t, statement{Effect: "Allow", Action: ofHolding, Resource: list{s.own(t, "dynamodb")["ledger"]}})
}

// viewer may see what retries of the stack wait for, and what became of them.
func (s *stack) viewer(t *testing.T) *operator {
	t.Helper()
	return s.operator(t, statement{Effect: "Allow", Action: ofViewing, Resource: list{s.own(t, "dynamodb")["ledger"]}})
}

// reader may have the decisions of the stack explained, and write nothing.
func (s *stack) reader(t *testing.T) *operator {
	t.Helper()
	return s.operator(t,
		statement{Effect: "Allow", Action: ofExplaining, Resource: list{s.own(t, "dynamodb")["ledger"]}},
		statement{Effect: "Allow", Action: ofLooking, Resource: list{"*"}})
}

// operator is one that may also look the stack up.
func (s *stack) operator(t *testing.T, may ...statement) *operator {
	t.Helper()
	may = append(may, statement{Effect: "Allow", Action: list{"cloudformation:DescribeStacks"}, Resource: list{s.arnOf("cloudformation", "stack/"+s.Name+"/*")}})
	return &operator{stack: s, t: t, by: s.user(t, document{Version: "2012-10-17", Statement: may}), folder: t.TempDir()}
}

// user makes one with a key and that policy, if it says something.
func (s *stack) user(t *testing.T, may document) aws.Config {
	t.Helper()
	ctx, client := t.Context(), iam.NewFromConfig(s.AWS(s.home))
	name := aws.String(fmt.Sprintf("person-%d", plays.Add(1)))
	_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	if err == nil && len(may.Statement) > 0 {
		_, err = client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("may"), PolicyDocument: aws.String(may.text(t))})
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})
	if err != nil {
		t.Fatal(err)
	}
	return s.signedBy(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
}

// types runs the program, with nothing of the AWS settings of whoever runs the
// suite, and with nobody at the terminal.
func (o *operator) types(args ...string) (stdout, stderr string, code int) {
	o.t.Helper()
	path, err := program()
	if err != nil {
		o.t.Fatal(err)
	}
	if args[0] == "dlq" { // whoever looks at letters hides them from others
		deadLooks.Lock()
		defer deadLooks.Unlock()
	}
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	key, err := o.by.Credentials.Retrieve(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	run := exec.CommandContext(ctx, path, append(args, "--stack", o.Name)...)
	run.Dir = o.folder
	run.Env = []string{
		"HOME=" + o.folder, "TZ=UTC", "AWS_ACCESS_KEY_ID=" + key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + key.SecretAccessKey, "AWS_REGION=" + o.home.Region,
		"AWS_ENDPOINT_URL=" + o.Endpoint, "AWS_ENDPOINT_URL_SAGEMAKER=" + o.SageMaker, "AWS_EC2_METADATA_DISABLED=true",
	}
	var out, problems bytes.Buffer
	run.Stdout, run.Stderr = &out, &problems
	if failed := new(exec.ExitError); errors.As(run.Run(), &failed) {
		code = failed.ExitCode()
	} else if run.ProcessState == nil {
		o.t.Fatalf("%s did not run", path)
	}
	return out.String(), problems.String(), code
}

// gets is what the program writes when it works, which it must.
func (o *operator) gets(args ...string) string {
	o.t.Helper()
	out, problems, code := o.types(args...)
	if code != 0 {
		o.t.Fatalf("mulligan %q: exit %d\n%s%s", args, code, out, problems)
	}
	o.t.Logf("mulligan %q\n%s", args, out)
	return out
}

// applies puts a policy in force.
func (o *operator) applies(source string) (out string) {
	o.t.Helper()
	return o.gets("policy", "apply", o.file("policy.yaml", source), "--yes", "--author", "ada")
}

// file writes one for the program to read.
func (o *operator) file(name, text string) string {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.folder, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return name
}
