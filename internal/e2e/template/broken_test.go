//go:build e2e

package template

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A break is one thing broken: the node at a path of the template becomes this
// JSON, or goes where that is empty. Exactly these checks have to find it.
type broken struct {
	path, becomes string
	found         []string
}

func (b broken) of(t tree) tree {
	t = clone(t)
	var value any
	if b.becomes != "" {
		if err := json.Unmarshal([]byte(b.becomes), &value); err != nil {
			panic(b.becomes)
		}
	}
	put(t, strings.ReplaceAll(b.path, "VERSION", versionOf(t)), value)
	return t
}

func TestBroken(t *testing.T) {
	template := expanded(t)
	proven := map[string]bool{}
	for _, b := range slices.Concat(brokenPermissions, brokenDeputies, brokenStorage, brokenDelivery, brokenAlarms, brokenEnvironment, brokenParameters, brokenAccount, brokenSweeper) {
		t.Run(strings.TrimPrefix(b.path, "Resources.")+" "+b.becomes, func(t *testing.T) {
			found := failing(b.of(template))
			slices.Sort(b.found)
			if !slices.Equal(sorted(found), b.found) {
				t.Errorf("found by %q, want %q\n%q", sorted(found), b.found, found)
			}
		})
		for _, name := range b.found {
			proven[name] = true
		}
	}
	for _, c := range checks {
		if !proven[c.name] {
			t.Errorf("nothing broken proves that the check %q can fail", c.name)
		}
	}
}

func on(checks ...string) []string { return checks }

const (
	retrierPolicy   = "Resources.RetrierRole.Properties.Policies.0.PolicyDocument.Statement."
	retrierOwn      = "Resources.RetrierRole.Properties.Policies.1.PolicyDocument.Statement."
	schedulerPolicy = "Resources.SchedulerRole.Properties.Policies.0.PolicyDocument.Statement."
)

var brokenPermissions = []broken{
	{retrierPolicy + "0.Action.2", ``, on("actions", "one corridor")},
	{retrierPolicy + "0.Action.2", `"sagemaker:*"`, on("one corridor", "actions", "wildcards")},
	{retrierPolicy + "0.Action.2", `"sagemaker:StartPipelineExecution"`, on("one corridor", "actions")},
	{retrierPolicy + "0.Action", `"*"`, on("one corridor", "actions", "wildcards")},
	{retrierPolicy + "0.Resource", `"*"`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "0.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/*/execution/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "0.Resource", `{"Fn::Sub":"arn:aws:sagemaker:*:*:pipeline/${PipelineNamePrefix}*/execution/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "1", ``, on("one corridor", "actions")},
	{retrierPolicy + "1.Action", `"sagemaker:List*"`, on("one corridor", "actions", "wildcards")},
	{retrierPolicy + "1.Action", `["sagemaker:ListPipelineExecutions","sagemaker:StartPipelineExecution"]`, on("one corridor", "actions")},
	{retrierPolicy + "1.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "2.Action.1", ``, on("one corridor", "actions")},
	{retrierPolicy + "2.Action", `"sagemaker:Describe*"`, on("one corridor", "actions", "wildcards")},
	{retrierPolicy + "2.Resource", `"*"`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "2.Resource.0", `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:*:*:processing-job/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "2.Resource.2", ``, on("one corridor", "resources")},
	{retrierPolicy + "3.Action", `["dynamodb:BatchGetItem","dynamodb:ConditionCheckItem","dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem"]`, on("one corridor", "actions")},
	{retrierPolicy + "3.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "3.Resource", `[{"Fn::GetAtt":["Ledger","Arn"]},{"Fn::Sub":"${Ledger.Arn}/index/*"}]`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "3.Resource", `{"Fn::GetAtt":["Ledger","Arn"]}`, on("one corridor", "resources")}, // Not of the kept one.
	{retrierPolicy + "4.Action", `["scheduler:CreateSchedule","scheduler:DeleteSchedule"]`, on("one corridor", "actions")},
	{retrierPolicy + "4.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/*/*"}`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "5.Resource", `"*"`, on("one corridor", "resources", "wildcards")},
	{retrierPolicy + "5.Resource", `{"Fn::GetAtt":["RetrierRole","Arn"]}`, on("one corridor", "resources")},
	{retrierPolicy + "5.Condition", ``, on("one corridor", "conditions")},
	{retrierPolicy + "5.Condition.StringEquals.iam:PassedToService", `["scheduler.amazonaws.com","lambda.amazonaws.com"]`, on("one corridor", "conditions")},
	{retrierOwn + "0", ``, on("actions")},
	{retrierOwn + "1.Action", `["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]`, on("actions")},
	{retrierOwn + "1", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, on("actions", "wildcards")},
	{schedulerPolicy + "0.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*"}`, on("resources", "wildcards")},
	{schedulerPolicy + "0.Resource", `{"Fn::GetAtt":["Retrier","Arn"]}`, on("resources")},
	{schedulerPolicy + "0.Action", `["lambda:InvokeFunction","lambda:UpdateFunctionCode"]`, on("actions")},
	{schedulerPolicy + "1", ``, on("actions")},
	{"Resources.RetrierRole.Properties.ManagedPolicyArns", `["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]`, on("nothing but inline policies")},
	{"Resources.RetrierRole.Properties.PermissionsBoundary", ``, on("boundary and path")},
	{"Resources.SchedulerRole.Properties.PermissionsBoundary", ``, on("boundary and path")},
	{"Resources.SchedulerRole.Properties.Path", ``, on("boundary and path")},
	{"Resources.SchedulerRole.Properties.Path", `"/"`, on("boundary and path")},
	{"Resources.RetrierRole.Properties.RoleName", `"mulligan"`, on("boundary and path")},
	{"Resources.More", `{"Type":"AWS::IAM::Policy","Properties":{"Roles":[{"Ref":"RetrierRole"}],"PolicyDocument":{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}}`,
		on("no policies elsewhere", "wildcards", "tags")},
	{"Resources.More", `{"Type":"AWS::IAM::Role","Properties":{"AssumeRolePolicyDocument":{"Version":"2012-10-17"}}}`, on("actions", "boundary and path", "tags")},
}

var brokenDeputies = []broken{
	{"Resources.RetrierRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal", `{"AWS":"*"}`, on("trust in the function's role")},
	{"Resources.RetrierRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.Service", `["lambda.amazonaws.com","ec2.amazonaws.com"]`, on("trust in the function's role")},
	{"Resources.SchedulerRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition", ``, on("trust in the scheduler's role")},
	{"Resources.SchedulerRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition.ArnEquals", ``, on("trust in the scheduler's role")},
	{"Resources.SchedulerRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition.StringEquals", ``, on("trust in the scheduler's role")},
	{"Resources.SchedulerRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition.ArnEquals.aws:SourceArn",
		`{"Fn::Sub":"arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/*"}`, on("trust in the scheduler's role")},
	{"Resources.RetrierPipelineFailedPermission.Properties.SourceArn", ``, on("who invokes the functions")},
	{"Resources.RetrierPipelineFailedPermission.Properties.Principal", `"*"`, on("who invokes the functions")},
	{"Resources.RetrierPipelineFailedPermission.Properties.FunctionName", `{"Ref":"Retrier"}`, on("who invokes the functions")},
	{"Resources.RetrierPipelineFailedPermission", ``, on("who invokes the functions", "every store has a policy")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.0.Condition", ``, on("who sends to the queue")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.0.Principal", `"*"`, on("who sends to the queue", "wildcards")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.0.Action", `"sqs:*"`, on("who sends to the queue", "wildcards")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.1", ``, on("TLS to the queue")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.1.Action", `"sqs:SendMessage"`, on("TLS to the queue")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.1.Condition.Bool.aws:SecureTransport", `"true"`, on("TLS to the queue")},
	{"Resources.DeadLettersPolicy.Properties.PolicyDocument.Statement.1.Effect", `"Allow"`, on("TLS to the queue", "who sends to the queue", "wildcards")},
	{"Resources.DeadLettersPolicy.Properties.Queues", `[]`, on("where policies apply")},
	{"Resources.Ledger.Properties.ResourcePolicy", ``, on("TLS to the table", "where policies apply")},
	{"Resources.Ledger.Properties.ResourcePolicy.PolicyDocument.Statement.0.Principal", `{"AWS":"arn:aws:iam::123456789012:root"}`, on("TLS to the table")},
	{"Resources.Ledger.Properties.ResourcePolicy.PolicyDocument.Statement.0.Effect", `"Allow"`, on("TLS to the table", "who is allowed on the table", "wildcards")},
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.1", ``, on("TLS to the topic")},
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.1.Action", `"sns:Publish"`, on("TLS to the topic")},
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.1.Action", `"sns:*"`, on("TLS to the topic", "wildcards")}, // SNS refuses it there.
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.0.Condition.ArnLike", ``, on("who publishes to the topic")},
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.0.Condition.StringEquals", ``, on("who publishes to the topic")},
	{"Resources.AlarmTopicPolicy.Properties.PolicyDocument.Statement.0", ``, on("who publishes to the topic")},
	{"Resources.AlarmKey.Properties.KeyPolicy.Statement.1", ``, on("who uses the key")},
	{"Resources.AlarmKey.Properties.KeyPolicy.Statement.1.Condition", ``, on("who uses the key")},
	{"Resources.AlarmKey.Properties.KeyPolicy.Statement.1.Principal", `"*"`, on("who uses the key", "wildcards")},
	{"Resources.More", `{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"MessageRetentionPeriod":1209600,"Tags":[{"Key":"mulligan:stack","Value":{"Ref":"AWS::StackName"}}]}}`,
		on("every store has a policy")},
}

var brokenStorage = []broken{
	{"Resources.DeadLetters.Properties.SqsManagedSseEnabled", ``, on("encryption")},
	{"Resources.DeadLetters.Properties.SqsManagedSseEnabled", `false`, on("encryption")},
	{"Resources.Ledger.Properties.SSESpecification", ``, on("encryption")},
	{"Resources.Ledger.Properties.SSESpecification.SSEEnabled", `false`, on("encryption")},
	{"Resources.AlarmTopic.Properties.KmsMasterKeyId", ``, on("encryption")},
	{"Resources.AlarmTopic.Properties.KmsMasterKeyId", `"alias/aws/sns"`, on("encryption")}, // Alarms cannot use it.
	{"Resources.AlarmKey.Properties.EnableKeyRotation", ``, on("encryption")},
	{"Resources.Ledger.Properties.PointInTimeRecoverySpecification", ``, on("point-in-time recovery")},
	{"Resources.Ledger.Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", `false`, on("point-in-time recovery")},
	{"Resources.RetrierLogs.Properties.RetentionInDays", ``, on("retention")},
	{"Resources.More", `{"Type":"AWS::Logs::LogGroup","DeletionPolicy":"RetainExceptOnCreate","UpdateReplacePolicy":"Retain","Properties":{"Tags":[{"Key":"mulligan:stack","Value":{"Ref":"AWS::StackName"}}]}}`, on("retention")},
	{"Resources.DeadLetters.Properties.MessageRetentionPeriod", ``, on("retention")},
	{"Resources.Ledger.DeletionPolicy", ``, on("what outlives the stack")},
	{"Resources.Ledger.DeletionPolicy", `"Delete"`, on("what outlives the stack")},
	{"Resources.Ledger.UpdateReplacePolicy", ``, on("what outlives the stack")},
	{"Resources.Ledger.Properties.DeletionProtectionEnabled", ``, on("what outlives the stack")},
	{"Resources.RetrierLogs.DeletionPolicy", ``, on("what outlives the stack")},
	{"Resources.SchedulerRole.UpdateReplacePolicy", ``, on("what outlives the stack")},
	{"Resources.Ledger.Properties.TimeToLiveSpecification", ``, on("the ledger's shape")},
	{"Resources.Ledger.Properties.BillingMode", ``, on("the ledger's shape")},
	{"Resources.Ledger.Properties.TableName", `"ledger"`, on("the ledger's shape")},
	{"Resources.Ledger.Condition", ``, on("the ledger's shape")},
}

var brokenDelivery = []broken{
	{"Resources.RetrierPipelineFailed.Properties.EventPattern.account", ``, on("what the rule matches")},
	{"Resources.RetrierPipelineFailed.Properties.EventPattern.source", ``, on("what the rule matches")},
	{"Resources.RetrierPipelineFailed.Properties.EventPattern.detail", ``, on("what the rule matches")},
	{"Resources.RetrierPipelineFailed.Properties.State", `"DISABLED"`, on("what the rule matches")},
	{"Resources.RetrierPipelineFailed.Properties.Targets.0.DeadLetterConfig", ``, on("dead letters of the rule")},
	{"Resources.RetrierPipelineFailed.Properties.Targets.0.RetryPolicy.MaximumRetryAttempts", `0`, on("dead letters of the rule")},
	{"Resources.RetrierPipelineFailed.Properties.Targets.0.Arn", `{"Fn::GetAtt":["Retrier","Arn"]}`, on("dead letters of the rule")},
	{"Resources.RetrierPipelineFailed.Properties.Targets", `[]`, on("dead letters of the rule")},
	{"Resources.Retrier.Properties.Environment.Variables.DEAD_LETTERS_ARN", ``, on("dead letters of the schedules", "variables")},
	{"Resources.Retrier.Properties.Environment.Variables.SCHEDULE_ROLE_ARN", `{"Fn::GetAtt":["RetrierRole","Arn"]}`, on("dead letters of the schedules", "variables")},
	{"Resources.More", `{"Type":"AWS::Scheduler::Schedule"}`, on("no schedule in the template", "tags")},
	{"Resources.RetrierEventInvokeConfig.Properties.DestinationConfig", ``, on("dead letters of the function")},
	{"Resources.RetrierEventInvokeConfig.Properties.Qualifier", `"$LATEST"`, on("dead letters of the function")},
	{"Resources.RetrierEventInvokeConfig.Properties.MaximumRetryAttempts", `0`, on("dead letters of the function")},
	{"Resources.RetrierEventInvokeConfig", ``, on("dead letters of the function")},
	{"Resources.RetrierAliaslive.Properties.Name", `"prod"`, on("the one alias")},
	{"Resources.Retrier.Properties.Environment.Variables.SCHEDULE_TARGET_ARN", `{"Fn::Sub":"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-retrier"}`, on("the one alias", "variables")},
	{"Resources.RetrierAliaslive.Properties.FunctionVersion", `"$LATEST"`, on("the alias' version")},
	{"Resources.DeadLetters.Properties.VisibilityTimeout", `30`, on("a queue's visibility")},
	{"Mappings.Retrier.Timeout.Seconds", `"60"`, on("a queue's visibility", "mappings")},
}

var brokenAlarms = []broken{
	{"Resources.DeadLettersAlarm", ``, on("what is watched")},
	{"Resources.ErrorsAlarm", ``, on("what is watched")},
	{"Resources.ThrottlesAlarm", ``, on("what is watched")},
	{"Resources.DeadLettersAlarm.Properties.Dimensions.0.Value", `"other"`, on("what is watched")},
	{"Resources.DeadLettersAlarm.Properties.MetricName", `"NumberOfMessagesSent"`, on("what is watched")}, // Counts none that SQS moved there itself.
	{"Resources.ErrorsAlarm.Properties.Threshold", `100`, on("what is watched")},
	{"Resources.ErrorsAlarm.Properties.TreatMissingData", ``, on("silence is no alarm, but that of the sweep")},
	{"Resources.ErrorsAlarm.Properties.TreatMissingData", `"breaching"`, on("silence is no alarm, but that of the sweep")},
	{"Resources.ThrottlesAlarm.Properties.ComparisonOperator", `"LessThanThreshold"`, on("alarms compare alike")},
	{"Resources.DeadLettersAlarm.Properties.AlarmActions", ``, on("alarms tell the topic")},
	{"Resources.DeadLettersAlarm.Properties.AlarmActions", `[]`, on("alarms tell the topic")},
	{"Resources.DeadLettersAlarm.Properties.OKActions", ``, on("alarms tell the topic")},
	{"Resources.DeadLettersAlarm.Properties.ActionsEnabled", `false`, on("alarms tell the topic")},
	{"Resources.DeadLettersAlarm.Properties.AlarmDescription", `"Dead letters"`, on("alarms say what to do")},
	{"Resources.AlarmTopic.Condition", ``, on("topic made or given")},
	{"Resources.AlarmTopic.Properties.TopicName", `"alarms"`, on("topic made or given")},
}

var brokenEnvironment = []broken{
	{"Resources.Retrier.Properties.Environment.Variables.WEBHOOK_TOKEN", `"xyz"`, on("no secret in the environment", "variables")},
	{"Resources.Retrier.Properties.Environment.Variables.MODE", `"{{resolve:ssm:mode}}"`, on("no secret in the environment", "variables")},
	{"Resources.Retrier.Properties.Environment.Variables.MODE", `{"Ref":"Password"}`, on("no secret in the environment", "variables")},
	{"Parameters.Mode.NoEcho", `true`, on("no secret in the environment", "parameters")},
	{"Resources.Retrier.Properties.Environment.Variables.PIPELINE_NAME_PREFIX", ``, on("variables")},
	{"Resources.Retrier.Properties.Environment.Variables.AWS_ENDPOINT_URL", `"http://example.com"`, on("variables")},
	{"Resources.Retrier.Properties.Environment.Variables.KEEP", `{"Ref":"LogRetentionDays"}`, on("variables", "a version for every change")},
	{"Resources.VERSION.Properties.Description", ``, on("a version for every change")},
	{"Resources.VERSION.Properties.Description.Fn::Sub.0", `"${Mode} ${MaxRetries} ${PipelineRetriesPerDay} ${AccountRetriesPerHour} ${BackoffInterval} ${BackoffMaxDelay} ${ExpireAfter} ${Timeout} ${Architecture} ${PipelineNamePrefix} ${Table}"`, on("a version for every change")},
	{"Resources.VERSION.Properties.Description.Fn::Sub.0", `"${Mode} ${MaxRetries} ${PipelineRetriesPerDay} ${AccountRetriesPerHour} ${BackoffInterval} ${BackoffMaxDelay} ${ExpireAfter} ${Architecture} ${PipelineNamePrefix} ${Table}${RolePath}"`, on("a version for every change")},
	{"Resources.VERSION.Properties.Description.Fn::Sub.1.Table", `{"Ref":"KeptLedger"}`, on("a version for every change")}, // The stack's own would be published again, which Lambda refuses.
	{"Resources.VERSION.Properties.Description.Fn::Sub.1.Timeout", `"20"`, on("a version for every change")},
	{"Parameters.PipelineNamePrefix.MaxLength", `256`, on("a version for every change", "parameters")},
	{"Parameters.RolePath.MaxLength", ``, on("a version for every change", "parameters")},
	{"Resources.Retrier.Properties.RecursiveLoop", `"Terminate"`, on("how it runs")}, // Some Regions do not know it.
	{"Resources.Retrier.Properties.RecursiveLoop", `"Allow"`, on("how it runs")},
	{"Resources.Retrier.Properties.Timeout", `900`, on("how it runs")},
	{"Resources.Retrier.Properties.LoggingConfig", ``, on("how it runs")}, // Its log group would be made by Lambda, and kept for ever.
	{"Resources.Retrier.Properties.LoggingConfig.LogGroup", ``, on("how it runs")},
	{"Resources.Retrier.Properties.LoggingConfig.ApplicationLogLevel", `"ERROR"`, on("how it runs")},
	{"Resources.Retrier.Properties.ReservedConcurrentExecutions", ``, on("reserved concurrency")},
	{"Resources.Retrier.Properties.ReservedConcurrentExecutions", `{"Ref":"ReservedConcurrency"}`, on("reserved concurrency")}, // 0 would keep it from running at all.
}

var brokenParameters = []broken{
	{"Parameters.Mode.AllowedValues", ``, on("parameters", "a version for every change")},
	{"Parameters.Mode.AllowedValues", `["enforce","observe","off","never"]`, on("parameters", "what the function takes too")},
	{"Parameters.PipelineNamePrefix.AllowedPattern", `".*"`, on("parameters", "patterns")},
	{"Parameters.MaxRetries.AllowedPattern", `"([0-9]|[1-9][0-9]{1,3})"`, on("parameters", "numbers", "what the function takes too")},
	{"Parameters.MaxRetries.MaxLength", ``, on("parameters", "a version for every change")},
	{"Parameters.MaxRetries", `{"Type":"Number","Default":3,"MinValue":0,"MaxValue":1000}`, on("parameters", "numbers", "what the function takes too", "a version for every change")},
	{"Parameters.PipelineRetriesPerDay.AllowedPattern", `"[0-9]{1,5}|100000"`, on("parameters", "numbers", "what the function takes too")},
	{"Parameters.AccountRetriesPerHour.AllowedPattern", `"([1-9][0-9]{0,4})"`, on("parameters", "numbers", "what the function takes too")},
	{"Parameters.BackoffInterval.AllowedPattern", `"[1-9][0-9]{0,6}([.][0-9]+)?"`, on("parameters", "numbers", "what the function takes too")},
	{"Parameters.BackoffMaxDelay.AllowedPattern", `"[0-9]{1,7}"`, on("parameters", "numbers", "what the function takes too")},
	{"Parameters.ExpireAfter.ConstraintDescription", ``, on("parameters", "numbers")},
	{"Parameters.Architecture.Default", `"x86_64"`, on("parameters")},
	{"Parameters.ReservedConcurrency.Default", `"0"`, on("parameters")},
	{"Parameters.ReservedConcurrency.Description", `"Failures dealt with at the same time, at most, 1 to 1000."`, on("numbers")},
	{"Parameters.ReservedConcurrency.AllowedPattern", `"([0-9]+)"`, on("parameters", "numbers")}, // "00" would reserve nothing, and keep it from running.
	{"Parameters.LogRetentionDays.Default", ``, on("parameters")},
	{"Parameters.LogRetentionDays.AllowedValues.0", `"0"`, on("parameters")},
	{"Parameters.ProtectLedger.Default", `"false"`, on("parameters")},
	{"Parameters.KeptLedger.MaxLength", `255`, on("a version for every change", "parameters")},
	{"Parameters.PermissionsBoundary.AllowedPattern", `"(arn:.*)?"`, on("parameters", "patterns")},
	{"Parameters.RolePath.AllowedPattern", ``, on("parameters", "patterns")},
	{"Parameters.AlarmTopicArn.Description", ``, on("parameters")},
	{"Parameters.More", `{"Type":"String","Default":"","Description":"Something that nobody has thought of."}`, on("parameters")},
}

var brokenAccount = []broken{
	{"Resources.Ledger.Properties.Tags", ``, on("tags")},
	{"Resources.RetrierPipelineFailed.Properties.Tags", ``, on("tags")},
	{"Resources.Retrier.Properties.Tags", `[]`, on("tags")},
	{"Resources.Schedules.Properties.Tags.0.Value", `"mulligan"`, on("tags")},
	{"Resources.More", `{"Type":"AWS::S3::Bucket"}`, on("tags")},
	{"Rules", ``, on("contradictions")},
	{"Rules.EnforcingNeedsRetries.Assertions.0.AssertDescription", ``, on("contradictions")},
	{"Rules.EnforcingNeedsRetries.RuleCondition", ``, on("contradictions")},
	{"Rules.KeptLedgerKeepsItsProtection", ``, on("contradictions")},
	{"Mappings.Retrier.Timeout.Seconds", `20`, on("mappings", "what the function takes too")}, // A value in a mapping is text.
	{"Conditions.ReservesConcurrency.Fn::Not.0.Fn::Equals.1", `0`, on("conditions of the template")},
	{"Conditions.ReservesConcurrency", `{"Fn::Equals":["a","a"]}`, on("conditions of the template")},
	{"Outputs.DeadLettersUrl", ``, on("outputs")},
	{"Outputs.LedgerTable.Value", `{"Fn::GetAtt":["Ledger","Arn"]}`, on("outputs")},
}
