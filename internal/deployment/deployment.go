package deployment

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"mulligan/internal/awscall"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// DefaultStack is the stack's name in samconfig.toml.
const DefaultStack = "mulligan"

// Deployment is one deployed Mulligan.
type Deployment struct {
	Stack    string
	Home     retry.Home
	Table    string // the ledger's
	Letters  string // URL of the queue DeadLetters; "" until the stack was made whole
	Alias    string // ARN of the function's alias; "" until then
	Mode     retry.Mode
	Prefix   string // of the names of the pipelines that it handles; "" is all
	Settings policy.Settings
}

// The names in template.yaml.
const (
	ledgerOutput    = "LedgerTable"
	lettersOutput   = "DeadLettersUrl"
	aliasOutput     = "RetrierAlias"
	ledgerResource  = "Ledger"
	ledgerParameter = "KeptLedger"
)

// The actions that a person needs, as IAM spells them.
const (
	describeAction = "cloudformation:DescribeStacks"
	resourceAction = "cloudformation:DescribeStackResource"
)

// Find asks CloudFormation, in the configuration's account and Region, for the
// stack. Errors say what was asked where, and what to do: there is no such stack,
// it is something else's, a permission is missing.
func Find(ctx context.Context, cfg aws.Config, stack string) (Deployment, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := cloudformation.NewFromConfig(cfg)
	answer, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stack})
	switch {
	case isAbsent(err):
		return Deployment{}, absent(ctx, cfg, stack)
	case err != nil:
		return Deployment{}, awscall.Explain(err, describeAction, "stack "+stack)
	case len(answer.Stacks) != 1:
		return Deployment{}, fmt.Errorf("%s: expected one stack named %s, got %d", describeAction, stack, len(answer.Stacks))
	}
	return read(ctx, client, stack, answer.Stacks[0])
}

// isAbsent tells whether the stack does not exist: CloudFormation has no code
// of its own for that (API_DescribeStacks: "If the stack doesn't exist, a
// ValidationError is returned").
func isAbsent(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}

// absent says where was looked. Not all credentials tell the account.
func absent(ctx context.Context, cfg aws.Config, stack string) error {
	where := cfg.Region
	if c, err := cfg.Credentials.Retrieve(ctx); err == nil && c.AccountID != "" {
		where += ", account " + c.AccountID
	} else if err == nil && c.Source != "" {
		where += ", in the account of the credentials from " + inWords(c.Source)
	}
	return fmt.Errorf("there is no stack named %s in %s: name another with --stack, --region or --profile", stack, where)
}

// read takes from a stack what a deployment is.
func read(ctx context.Context, client *cloudformation.Client, name string, s types.Stack) (d Deployment, err error) {
	d.Stack = aws.ToString(s.StackName)
	if d.Home, err = home(aws.ToString(s.StackId)); err != nil {
		return d, fmt.Errorf("stack %s: %w", name, err)
	}
	p := parameters{stack: name, values: map[string]string{}}
	for _, one := range s.Parameters {
		p.values[aws.ToString(one.ParameterKey)] = aws.ToString(one.ParameterValue)
	}
	d.Mode, d.Prefix, d.Settings = p.mode(), p.text("PipelineNamePrefix"), p.settings()
	if p.err != nil {
		return d, p.err
	}
	outputs := map[string]string{}
	for _, o := range s.Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	d.Letters, d.Alias = outputs[lettersOutput], outputs[aliasOutput]
	if d.Table = outputs[ledgerOutput]; d.Table == "" {
		d.Table, err = table(ctx, client, name, s, p)
	}
	return d, err
}

// home is the stack's own account and Region, by its ARN
// arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID.
func home(id string) (retry.Home, error) {
	part := strings.SplitN(id, ":", 6)
	if len(part) != 6 || part[2] != "cloudformation" {
		return retry.Home{}, fmt.Errorf("expected the ARN of a stack as its id, got %.100q", id)
	}
	return retry.Home{Partition: part[1], Region: part[3], Account: part[4]}, nil
}

// table is the ledger's name where no output has it, which a stack has once it was
// made whole: of the resource or the parameter that the output would name.
func table(ctx context.Context, client *cloudformation.Client, name string, s types.Stack, p parameters) (string, error) {
	if kept := p.values[ledgerParameter]; kept != "" {
		return kept, nil
	}
	answer, err := client.DescribeStackResource(ctx, &cloudformation.DescribeStackResourceInput{
		StackName: &name, LogicalResourceId: aws.String(ledgerResource),
	})
	if err != nil {
		return "", awscall.Explain(err, resourceAction, ledgerResource+" of stack "+name)
	}
	if d := answer.StackResourceDetail; d != nil && aws.ToString(d.PhysicalResourceId) != "" {
		return *d.PhysicalResourceId, nil
	}
	return "", fmt.Errorf("stack %s is %s and has no ledger yet: wait until it is made", name, s.StackStatus)
}
