package host

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// A Stack is one that was deployed.
type Stack struct {
	Name, Status string
	Outputs      map[string]string
	Resources    map[string]string // physical ids by logical id
}

// Stack looks at a stack as CloudFormation knows it.
func (r Reach) Stack(ctx context.Context, home Home, name string) (s Stack, err error) {
	client := cloudformation.NewFromConfig(r.AWS(home))
	described, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return s, fmt.Errorf("describe stack %s: %w", name, err)
	}
	s = Stack{Name: name, Status: string(described.Stacks[0].StackStatus), Outputs: map[string]string{}, Resources: map[string]string{}}
	for _, o := range described.Stacks[0].Outputs {
		s.Outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	resources, err := client.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: &name})
	if err != nil {
		return s, fmt.Errorf("describe the resources of stack %s: %w", name, err)
	}
	for _, r := range resources.StackResources {
		s.Resources[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
	}
	return s, nil
}
