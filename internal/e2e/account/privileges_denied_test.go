//go:build e2e

package account

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// What somebody with the function's permissions tries in the account is refused
// there, call by call; what the function does is not (T5, T7). SageMaker, which
// the account has not, is in the simulation alone.
func deniedToWhoeverHasTheFunctionsRole(t *testing.T, s *stack) {
	by := s.principal(t, s.role(t, "RetrierRole").policies)
	t.Run("allowed", func(t *testing.T) { s.duties(t, by).answered(t) })
	for service, tried := range map[string]calls{
		"ledger": s.robsLedger(by), "schedules": s.robsSchedules(t, by), "queue and log": s.hidesTraces(by), "account": s.climbs(t, by),
	} {
		t.Run(service, func(t *testing.T) { tried.answered(t, denied...) })
	}
}

// duties are what the function does, done by hand: the control of the others.
func (s *stack) duties(t *testing.T, by aws.Config) calls {
	transacts := func(ctx context.Context, item types.TransactWriteItem) error {
		_, err := dynamodb.NewFromConfig(by).TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{item}})
		return err
	}
	return calls{
		"dynamodb:BatchGetItem": func(ctx context.Context) error {
			keys := types.KeysAndAttributes{Keys: []map[string]types.AttributeValue{nothing}}
			_, err := dynamodb.NewFromConfig(by).BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{s.Outputs["LedgerTable"]: keys}})
			return err
		},
		"dynamodb:PutItem": func(ctx context.Context) error {
			_, err := dynamodb.NewFromConfig(by).PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Outputs["LedgerTable"]), Item: nothing})
			return err
		},
		"scheduler:CreateSchedule": func(ctx context.Context) error {
			_, err := scheduler.NewFromConfig(by).CreateSchedule(ctx, s.far(t, s.Outputs["ScheduleGroup"], "SchedulerRole"))
			return err
		},
		"dynamodb:UpdateItem in a transaction": func(ctx context.Context) error {
			return transacts(ctx, types.TransactWriteItem{Update: &types.Update{
				TableName: aws.String(s.Outputs["LedgerTable"]), Key: nothing, UpdateExpression: aws.String("REMOVE spare")}})
		},
		"dynamodb:ConditionCheckItem in a transaction": func(ctx context.Context) error {
			return transacts(ctx, types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
				TableName: aws.String(s.Outputs["LedgerTable"]), Key: nothing, ConditionExpression: aws.String("attribute_not_exists(spare)")}})
		},
	}
}

// nothing is the key of no record.
var nothing = map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "probe"}, "sk": &types.AttributeValueMemberS{Value: "probe"}}

// far is a schedule that never fires while tests run.
func (s *stack) far(t *testing.T, group, role string) *scheduler.CreateScheduleInput {
	t.Helper()
	in := soon(group, s.Outputs["RetrierAlias"], s.role(t, role).arn, "{}", s.Resources["DeadLetters"])
	in.ScheduleExpression = aws.String("at(2099-01-01T00:00:00)")
	return in
}

// robsLedger would give spent budgets back (T5), or learn what is in tables.
func (s *stack) robsLedger(by aws.Config) calls {
	client, table := dynamodb.NewFromConfig(by), aws.String(s.Outputs["LedgerTable"])
	return calls{
		"dynamodb:DeleteItem": func(ctx context.Context) error {
			_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: nothing})
			return err
		},
		"dynamodb:DeleteItem in a transaction": func(ctx context.Context) error {
			items := []types.TransactWriteItem{{Delete: &types.Delete{TableName: table, Key: nothing}}}
			_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
			return err
		},
		"dynamodb:DeleteItem in a batch": func(ctx context.Context) error {
			items := map[string][]types.WriteRequest{*table: {{DeleteRequest: &types.DeleteRequest{Key: nothing}}}}
			_, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: items})
			return err
		},
		"dynamodb:Query": func(ctx context.Context) error {
			_, err := client.Query(ctx, &dynamodb.QueryInput{TableName: table, IndexName: aws.String("open"),
				KeyConditionExpression: aws.String("#open = :open"), ExpressionAttributeNames: map[string]string{"#open": "open"},
				ExpressionAttributeValues: map[string]types.AttributeValue{":open": &types.AttributeValueMemberS{Value: "claimed"}}})
			return err
		},
		"dynamodb:Scan": func(ctx context.Context) error {
			_, err := client.Scan(ctx, &dynamodb.ScanInput{TableName: table})
			return err
		},
		"dynamodb:UpdateTimeToLive": func(ctx context.Context) error {
			soon := types.TimeToLiveSpecification{AttributeName: aws.String("full"), Enabled: aws.Bool(true)}
			_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: table, TimeToLiveSpecification: &soon})
			return err
		},
		"dynamodb:UpdateTable": func(ctx context.Context) error {
			_, err := client.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: table, DeletionProtectionEnabled: aws.Bool(false)})
			return err
		},
		"dynamodb:DeleteTable": func(ctx context.Context) error {
			_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table})
			return err
		},
		"dynamodb:PutItem in another table": func(ctx context.Context) error {
			_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: nothing})
			return err
		},
	}
}

// robsSchedules would wake what it likes as whom it likes.
func (s *stack) robsSchedules(t *testing.T, by aws.Config) calls {
	client, group := scheduler.NewFromConfig(by), aws.String(s.Outputs["ScheduleGroup"])
	create := func(group, role string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.CreateSchedule(ctx, s.far(t, group, role))
			return err
		}
	}
	return calls{
		"scheduler:CreateSchedule in the default group": create("default", "SchedulerRole"),
		"scheduler:CreateSchedule in another group":     create(*group+"x", "SchedulerRole"),
		"iam:PassRole of its own role":                  create(*group, "RetrierRole"),
		"scheduler:DeleteSchedule": func(ctx context.Context) error {
			_, err := client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{GroupName: group, Name: aws.String("wake")})
			return err
		},
		"scheduler:UpdateSchedule": func(ctx context.Context) error {
			in := s.far(t, *group, "SchedulerRole")
			_, err := client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
				GroupName: in.GroupName, Name: in.Name, ScheduleExpression: in.ScheduleExpression, FlexibleTimeWindow: in.FlexibleTimeWindow, Target: in.Target,
			})
			return err
		},
		"scheduler:DeleteScheduleGroup": func(ctx context.Context) error {
			_, err := client.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: group})
			return err
		},
	}
}

// hidesTraces would make dead letters and log lines go away, or read others'.
func (s *stack) hidesTraces(by aws.Config) calls {
	queues, logs := sqs.NewFromConfig(by), cloudwatchlogs.NewFromConfig(by)
	queue, group := aws.String(s.Outputs["DeadLettersUrl"]), aws.String(s.Outputs["RetrierLogGroup"])
	other := (*queue)[:strings.LastIndex(*queue, "/")+1] + "orders"
	return calls{
		"sqs:ReceiveMessage": func(ctx context.Context) error {
			_, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue})
			return err
		},
		"sqs:DeleteMessage": func(ctx context.Context) error {
			_, err := queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: aws.String("x")})
			return err
		},
		"sqs:PurgeQueue": func(ctx context.Context) error {
			_, err := queues.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: queue})
			return err
		},
		"sqs:SendMessage to another queue": func(ctx context.Context) error {
			_, err := queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &other, MessageBody: aws.String("x")})
			return err
		},
		"logs:CreateLogGroup": func(ctx context.Context) error {
			_, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("payroll")})
			return err
		},
		"logs:CreateLogStream in another group": func(ctx context.Context) error {
			_, err := logs.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: aws.String("payroll"), LogStreamName: aws.String("x")})
			return err
		},
		"logs:DeleteLogGroup": func(ctx context.Context) error {
			_, err := logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: group})
			return err
		},
	}
}

// climbs would make more of the role than it is (T7).
func (s *stack) climbs(t *testing.T, by aws.Config) calls {
	own, function := s.role(t, "RetrierRole"), aws.String(s.Resources["Retrier"])
	return calls{
		"iam:PutRolePolicy": func(ctx context.Context) error {
			_, err := iam.NewFromConfig(by).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &own.name, PolicyName: aws.String("more"), PolicyDocument: aws.String(anything)})
			return err
		},
		"iam:DeleteRolePermissionsBoundary": func(ctx context.Context) error {
			_, err := iam.NewFromConfig(by).DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &own.name})
			return err
		},
		"sts:AssumeRole": func(ctx context.Context) error {
			_, err := sts.NewFromConfig(by).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(s.role(t, "SchedulerRole").arn), RoleSessionName: aws.String("x")})
			return err
		},
		"lambda:InvokeFunction": func(ctx context.Context) error {
			_, err := lambda.NewFromConfig(by).Invoke(ctx, &lambda.InvokeInput{FunctionName: function, Qualifier: aws.String("live")})
			return err
		},
		"lambda:UpdateFunctionConfiguration": func(ctx context.Context) error {
			_, err := lambda.NewFromConfig(by).UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: function, Timeout: aws.Int32(1)})
			return err
		},
		"events:PutEvents": func(ctx context.Context) error { return s.looks(by)["events:PutEvents"](ctx) },
		"events:DisableRule": func(ctx context.Context) error {
			_, err := eventbridge.NewFromConfig(by).DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String(s.Resources["RetrierPipelineFailed"])})
			return err
		},
		"cloudformation:DeleteStack": func(ctx context.Context) error {
			_, err := cloudformation.NewFromConfig(by).DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &s.Name})
			return err
		},
	}
}
