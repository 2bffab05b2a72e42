//go:build e2e

package account

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// That the suite passes says that the roles suffice, if IAM is asked at all.
// This is the control: whoever has no permission gets nothing, and whoever
// cannot prove who he is does not even get that far.
func TestIAMIsEnforced(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	t.Run("no permission", func(t *testing.T) { s.looks(s.principal(t, nil)).answered(t, denied...) })
	t.Run("unknown key", func(t *testing.T) {
		s.looks(s.signedBy("AKIAIOSFODNN7EXAMPLE", "secret", "")).answered(t, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId")
	})
	t.Run("wrong secret", func(t *testing.T) {
		key, err := s.principal(t, nil).Credentials.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.looks(s.signedBy(key.AccessKeyID, "secret", key.SessionToken)).answered(t, "SignatureDoesNotMatch", "InvalidSignatureException")
	})
	t.Run("root", func(t *testing.T) { s.looks(s.AWS(s.home)).answered(t) })
}

// looks are harmless calls to every service that the stack is made of.
func (s *stack) looks(by aws.Config) calls {
	return calls{
		"dynamodb:Scan": func(ctx context.Context) error {
			_, err := dynamodb.NewFromConfig(by).Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(s.Outputs["LedgerTable"]), Limit: aws.Int32(1)})
			return err
		},
		"sqs:GetQueueAttributes": func(ctx context.Context) error {
			_, err := sqs.NewFromConfig(by).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(s.Outputs["DeadLettersUrl"])})
			return err
		},
		"scheduler:ListSchedules": func(ctx context.Context) error {
			_, err := scheduler.NewFromConfig(by).ListSchedules(ctx, &scheduler.ListSchedulesInput{GroupName: aws.String(s.Outputs["ScheduleGroup"])})
			return err
		},
		"lambda:GetFunction": func(ctx context.Context) error {
			_, err := lambda.NewFromConfig(by).GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(s.Resources["Retrier"])})
			return err
		},
		"events:PutEvents": func(ctx context.Context) error {
			_, err := eventbridge.NewFromConfig(by).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
				{Source: aws.String("nobody"), DetailType: aws.String("nothing"), Detail: aws.String("{}")},
			}})
			return err
		},
		"iam:ListRoles": func(ctx context.Context) error {
			_, err := iam.NewFromConfig(by).ListRoles(ctx, &iam.ListRolesInput{})
			return err
		},
	}
}

// The stand-in for SageMaker asks IAM about the functions' roles and about
// users, lets root do everything, and knows no other key.
func TestSageMakerAsksWhoCalls(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.running(t)
	allowed := document{Version: "2012-10-17", Statement: []statement{
		{Effect: "Allow", Action: list{"sagemaker:DescribePipelineExecution"}, Resource: list{st.arn}},
	}}
	for who, test := range map[string]struct {
		by    aws.Config
		codes []string // none is success
	}{
		"root":              {s.AWS(s.home), nil},
		"an unknown key":    {s.signedBy("AKIAIOSFODNN7EXAMPLE", "secret", ""), []string{"UnrecognizedClientException"}},
		"a session of ours": {s.principal(t, nil), []string{"UnrecognizedClientException"}},
		"no permission":     {s.user(t, document{}), denied},
		"a permission":      {s.user(t, allowed), nil},
	} {
		test.by.BaseEndpoint = aws.String(s.SageMaker)
		client := sagemaker.NewFromConfig(test.by, func(o *sagemaker.Options) { o.Retryer = aws.NopRetryer{} })
		t.Run(who, func(t *testing.T) {
			calls{"sagemaker:DescribePipelineExecution": func(ctx context.Context) error {
				_, err := client.DescribePipelineExecution(ctx, &sagemaker.DescribePipelineExecutionInput{PipelineExecutionArn: &st.arn})
				return err
			}}.answered(t, test.codes...)
		})
	}
}
