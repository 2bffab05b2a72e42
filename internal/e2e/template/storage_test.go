//go:build e2e

package template

// theLedger is the table, made or kept.
const theLedger = `{"Fn::If":["MakesLedger",{"Ref":"Ledger"},{"Ref":"KeptLedger"}]}`

// What is kept, for how long, and how it is locked away.
var storage = []check{
	holds("encryption",
		row{"AWS::SQS::Queue", "Properties.SqsManagedSseEnabled", "true"},
		row{"AWS::DynamoDB::Table", "Properties.SSESpecification", `{"SSEEnabled":true}`},
		row{"AWS::SNS::Topic", "Properties.KmsMasterKeyId", `{"Ref":"AlarmKey"}`},
		row{"AWS::KMS::Key", "Properties.EnableKeyRotation", "true"},
	),
	holds("point-in-time recovery",
		row{"AWS::DynamoDB::Table", "Properties.PointInTimeRecoverySpecification", `{"PointInTimeRecoveryEnabled":true}`},
	),
	holds("retention",
		row{"AWS::Logs::LogGroup", "Properties.RetentionInDays", `{"Ref":"LogRetentionDays"}`},
		row{"RetrierLogs", "Type", `"AWS::Logs::LogGroup"`},
		row{"SweeperLogs", "Type", `"AWS::Logs::LogGroup"`},
		row{"AWS::SQS::Queue", "Properties.MessageRetentionPeriod", "1209600"}, // fourteen days, all that SQS has
		row{"AWS::KMS::Key", "Properties.PendingWindowInDays", "7"},
	),
	holds("what outlives the stack",
		row{"AWS::DynamoDB::Table", "DeletionPolicy", `"Retain"`},
		row{"AWS::DynamoDB::Table", "UpdateReplacePolicy", `"Retain"`},
		row{"AWS::DynamoDB::Table", "Properties.DeletionProtectionEnabled", `{"Ref":"ProtectLedger"}`},
		row{"AWS::Logs::LogGroup", "DeletionPolicy", `"RetainExceptOnCreate"`},
		row{"AWS::Logs::LogGroup", "UpdateReplacePolicy", `"Retain"`},
		row{"DeadLetters", "DeletionPolicy", `"Delete"`},
		row{"DeadLetters", "UpdateReplacePolicy", `"Retain"`},
		row{"SchedulerRole", "DeletionPolicy", `"Delete"`},
		row{"SchedulerRole", "UpdateReplacePolicy", `"Retain"`}, // for the schedules that were made under it
		row{"AWS::Lambda::Version", "DeletionPolicy", `"Retain"`},
	),
	holds("the ledger's shape",
		row{"Ledger", "Condition", `"MakesLedger"`},
		row{"Ledger", "Properties.KeySchema", `[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]`},
		row{"Ledger", "Properties.AttributeDefinitions", `[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},` +
			`{"AttributeName":"open","AttributeType":"S"},{"AttributeName":"open_order","AttributeType":"S"}]`},
		row{"Ledger", "Properties.GlobalSecondaryIndexes", `[{"IndexName":"open","KeySchema":[{"AttributeName":"open","KeyType":"HASH"},` +
			`{"AttributeName":"open_order","KeyType":"RANGE"}],"Projection":{"NonKeyAttributes":["open_due","open_for","open_execution"],"ProjectionType":"INCLUDE"}}]`},
		row{"Ledger", "Properties.LocalSecondaryIndexes", "null"},
		row{"Ledger", "Properties.TimeToLiveSpecification", `{"AttributeName":"ttl","Enabled":true}`},
		row{"Ledger", "Properties.BillingMode", `"PAY_PER_REQUEST"`},
		row{"Ledger", "Properties.TableName", "null"}, // A fixed name could not be replaced, nor deployed twice.
	),
}
