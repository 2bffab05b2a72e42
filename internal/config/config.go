package config

import (
	"errors"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

// Config is what a deployment sets. The template's Environment names each.
type Config struct {
	Home     retry.Home
	Mode     retry.Mode
	Prefix   string // of the names of the pipelines to handle; empty is all
	Table    string
	Target   schedule.Target
	Settings policy.Settings
}

// Read reads the environment through lookup (os.LookupEnv). Its error lists
// every fault, one a line.
func Read(lookup func(string) (string, bool)) (Config, error) {
	e := &env{lookup: lookup}
	c := Config{
		Mode:   retry.Mode(e.oneOf("MODE", string(retry.Enforce), string(retry.Observe), string(retry.ModeOff))),
		Prefix: e.prefix("PIPELINE_NAME_PREFIX"),
		Table:  e.name("LEDGER_TABLE", "the name of a table", 3, 255),
		Target: schedule.Target{
			Group:       e.name("SCHEDULE_GROUP", "the name of a schedule group", 1, 64),
			RoleARN:     e.arn("SCHEDULE_ROLE_ARN", "the ARN of the scheduler's role", isRole).text,
			DeadLetters: e.arn("DEAD_LETTERS_ARN", "the ARN of the dead-letter queue", isQueue).text,
		},
		Settings: policy.Settings{
			MaxRetries:            e.number("MAX_RETRIES", 0, 1000),
			PipelineRetriesPerDay: e.number("PIPELINE_RETRIES_PER_DAY", 1, 100_000),
			AccountRetriesPerHour: e.number("ACCOUNT_RETRIES_PER_HOUR", 1, 100_000),
			BackoffInterval:       e.seconds("BACKOFF_INTERVAL", 1, maxSeconds),
			BackoffMaxDelay:       e.seconds("BACKOFF_MAX_DELAY", 1, maxSeconds),
			ExpireAfter:           e.seconds("EXPIRE_AFTER", 1, maxSeconds),
			FunctionTimeout:       e.seconds("FUNCTION_TIMEOUT", 1, 900),
		},
	}
	c.Home, c.Target.FunctionARN = e.home("AWS_REGION", "SCHEDULE_TARGET_ARN")
	for _, name := range endpoints {
		e.endpoint(name)
	}
	return c, errors.Join(e.faults...)
}

// maxSeconds is 28 days, as long as an execution can live (SageMaker quota
// "pipeline execution timeout", 672 hours).
const maxSeconds = 28 * 24 * 60 * 60

// endpoints are the variables by which the AWS SDK is sent elsewhere, of the
// services that are called. None is set in an account.
var endpoints = []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL_SCHEDULER"}
