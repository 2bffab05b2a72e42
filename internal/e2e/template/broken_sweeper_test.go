//go:build e2e

package template

const (
	sweeperCorridor = "Resources.SweeperRole.Properties.Policies.0.PolicyDocument.Statement."
	sweeperOwn      = "Resources.SweeperRole.Properties.Policies.1.PolicyDocument.Statement."
	quiet           = "silence is no alarm, but that of the sweep"
)

// What came with the sweep.
var brokenSweeper = []broken{
	{sweeperCorridor + "0.Action.2", ``, on("actions", "one corridor")}, // It would find what it cannot retry.
	{sweeperCorridor + "3.Action", `["dynamodb:BatchGetItem","dynamodb:PutItem","dynamodb:UpdateItem"]`, on("actions", "one corridor")},
	{sweeperCorridor + "3.Resource", `{"Fn::GetAtt":["Ledger","Arn"]}`, on("resources", "one corridor")},
	{sweeperCorridor + "5.Condition", ``, on("conditions", "one corridor")},
	{sweeperCorridor + "0.Sid", `"Another"`, on("one corridor")},
	{sweeperOwn + "0.Action", `"sagemaker:Search"`, on("actions")},
	{sweeperOwn + "0.Action", `["sagemaker:List*","sagemaker:Search"]`, on("actions", "wildcards")},
	{sweeperOwn + "0.Action", `["sagemaker:ListPipelines","sagemaker:Search","sagemaker:DeletePipeline"]`, on("actions")},
	{sweeperOwn + "0.Resource", `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/${PipelineNamePrefix}*"}`, on("resources")}, // Nothing would be allowed by it.
	{sweeperOwn + "1.Resource", `{"Fn::GetAtt":["Ledger","Arn"]}`, on("resources")},                                                                                // The whole table, and not the index.
	{sweeperOwn + "1.Resource", `{"Fn::Sub":"${Ledger.Arn}/index/*"}`, on("resources", "wildcards")},
	{sweeperOwn + "1.Action", `["dynamodb:Query","dynamodb:Scan"]`, on("actions")},
	{sweeperOwn + "2.Resource", `{"Fn::GetAtt":["RetrierLogs","Arn"]}`, on("resources")},
	{"Resources.SweeperRole.Properties.PermissionsBoundary", ``, on("boundary and path")},
	{"Resources.SweeperRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal", `{"AWS":"*"}`, on("trust in the sweeper's role")},
	{"Resources.SweeperEveryPermission.Properties.SourceArn", ``, on("who invokes the functions")},
	{"Resources.SweeperEveryPermission.Properties.SourceArn", `{"Fn::GetAtt":["RetrierPipelineFailed","Arn"]}`, on("who invokes the functions")},
	{"Resources.SweeperEveryPermission", ``, on("who invokes the functions", "every store has a policy")},
	{"Resources.SweeperLogs.Properties.RetentionInDays", ``, on("retention")},
	{"Resources.SweeperLogs.DeletionPolicy", ``, on("what outlives the stack")},
	{"Resources.Ledger.Properties.GlobalSecondaryIndexes", ``, on("the ledger's shape")},
	{"Resources.Ledger.Properties.GlobalSecondaryIndexes.0.Projection.NonKeyAttributes.2", ``, on("the ledger's shape")},
	{"Resources.RetrierPipelineFailed.Properties.EventPattern.detail.currentPipelineExecutionStatus", `["Failed"]`, on("what the rule matches")},
	{"Resources.RetrierPipelineFailed.Properties.EventPattern.detail.currentPipelineExecutionStatus.3", ``, on("what the rule matches")},
	{"Resources.SweeperEvery.Properties.ScheduleExpression", `"rate(1 hour)"`, on("when a sweep begins", "one sweep ends before the next begins")},
	{"Resources.SweeperEvery.Properties.State", `"DISABLED"`, on("what the rule matches")},
	{"Resources.SweeperEvery.Properties.Targets", `[]`, on("when a sweep begins")},
	{"Resources.SweeperEventInvokeConfig", ``, on("when a sweep begins")},
	{"Resources.SweeperEventInvokeConfig.Properties.MaximumRetryAttempts", `2`, on("when a sweep begins")},
	{"Mappings.Sweeper.Timeout.Seconds", `"300"`, on("mappings", "one sweep ends before the next begins")},
	{"Resources.Sweeper.Properties.FunctionName", ``, on("the one alias")},
	{"Resources.Sweeper.Properties.Environment.Variables.PIPELINE_NAME_PREFIX", ``, on("variables")}, // It would take on all pipelines.
	{"Resources.Sweeper.Properties.Environment.Variables.FUNCTION_TIMEOUT", `{"Fn::FindInMap":["Sweeper","Timeout","Seconds"]}`, on("variables")},
	{"Resources.Sweeper.Properties.Environment.Variables.WEBHOOK_TOKEN", `"xyz"`, on("no secret in the environment", "variables")},
	{"Resources.Sweeper.Properties.ReservedConcurrentExecutions", `{"Ref":"ReservedConcurrency"}`, on("reserved concurrency")},
	{"Resources.Sweeper.Properties.LoggingConfig.LogGroup", `{"Ref":"RetrierLogs"}`, on("how it runs")},
	{"Resources.Sweeper.Properties.MemorySize", `64`, on("how it runs")},
	{"Resources.SweeperAlarm", ``, on("what is watched")},
	{"Resources.SweeperAlarm.Properties.TreatMissingData", `"notBreaching"`, on(quiet)}, // No sweep at all would be fine.
	{"Resources.SweeperAlarm.Properties.Statistic", `"Sum"`, on("what is watched")},
	{"Resources.SweeperAlarm.Properties.OKActions", ``, on("alarms tell the topic")},
	{"Resources.BreakerAlarm.Properties.OKActions", `[{"Ref":"AlarmTopic"}]`, on("alarms tell the topic")},
	{"Resources.BreakerAlarm.Properties.AlarmActions", ``, on("alarms tell the topic")},
	{"Resources.BreakerAlarm.Properties.Namespace", `"Mulligan"`, on("what is watched")}, // Two stacks would share it.
	{"Resources.BreakerAlarm.Properties.TreatMissingData", `"breaching"`, on(quiet)},
	{"Resources.RetrierBreakersOpened.Properties.FilterPattern", `"breaker"`, on("breakers are counted in both logs")}, // Whatever mentions one.
	{"Resources.SweeperBreakersOpened", ``, on("breakers are counted in both logs")},
	{"Resources.SweeperBreakersOpened.Properties.LogGroupName", `{"Ref":"RetrierLogs"}`, on("breakers are counted in both logs")},
	{"Resources.SweeperBreakersOpened.Properties.MetricTransformations.0.MetricValue", `"0"`, on("breakers are counted in both logs")},
	{"Outputs.SweeperFunction", ``, on("outputs")},
	{"Outputs.SweeperLogGroup.Value", `{"Ref":"RetrierLogs"}`, on("outputs")},
}
