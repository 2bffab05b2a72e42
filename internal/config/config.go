package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

// Config is what a deployment sets. The template's Environment names each.
type Config struct {
	Home     retry.Home
	Mode     retry.Mode
	Table    string
	Target   schedule.Target
	Settings policy.Settings
}

// Read reads the environment through lookup (os.LookupEnv). Its error lists
// every fault, one a line.
func Read(lookup func(string) (string, bool)) (Config, error) {
	e := env{lookup: lookup}
	c := Config{
		Mode:  retry.Mode(e.oneOf("MODE", string(retry.Enforce), string(retry.Observe), string(retry.ModeOff))),
		Table: e.text("LEDGER_TABLE"),
		Target: schedule.Target{
			Group: e.text("SCHEDULE_GROUP"), FunctionARN: e.text("SCHEDULE_TARGET_ARN"),
			RoleARN: e.text("SCHEDULE_ROLE_ARN"), DeadLetters: e.text("DEAD_LETTERS_ARN"),
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
	c.Home = e.home("SCHEDULE_TARGET_ARN", c.Target.FunctionARN)
	return c, errors.Join(e.faults...)
}

// maxSeconds is 28 days, as long as an execution can live (SageMaker quota
// "pipeline execution timeout", 672 hours).
const maxSeconds = 28 * 24 * 60 * 60

// env gathers faults while it reads.
type env struct {
	lookup func(string) (string, bool)
	faults []error
}

func (e *env) fault(name, value, expected string) {
	got := "nothing"
	if value != "" {
		got = fmt.Sprintf("%+.100q", value)
	}
	e.faults = append(e.faults, fmt.Errorf("%s: expected %s, got %s", name, expected, got))
}

func (e *env) text(name string) string {
	value, _ := e.lookup(name)
	if value == "" {
		e.fault(name, value, "a value")
	}
	return value
}

func (e *env) oneOf(name string, allowed ...string) string {
	value, _ := e.lookup(name)
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	e.fault(name, value, "one of "+strings.Join(allowed, ", "))
	return ""
}

func (e *env) number(name string, least, most int) int {
	value, _ := e.lookup(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		e.fault(name, value, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (e *env) seconds(name string, least, most int) time.Duration {
	value, _ := e.lookup(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		e.fault(name, value, fmt.Sprintf("whole seconds from %d to %d", least, most))
		return 0
	}
	return time.Duration(n) * time.Second
}

// home is the account and Region that Mulligan acts for: the Region is the one
// that Lambda runs it in, the account that of the function's own alias.
func (e *env) home(name, arn string) retry.Home {
	home := retry.Home{Region: strings.ToLower(e.text("AWS_REGION"))}
	part := strings.Split(arn, ":")
	if len(part) != 8 || part[0] != "arn" || part[2] != "lambda" || part[5] != "function" {
		if arn != "" {
			e.fault(name, arn, "the ARN of the function's alias")
		}
		return home
	}
	home.Partition, home.Account = part[1], part[4]
	return home
}
