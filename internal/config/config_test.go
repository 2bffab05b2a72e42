package config

import (
	"maps"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var good = map[string]string{
	"AWS_REGION": "eu-west-1", "MODE": "enforce", "LEDGER_TABLE": "ledger", "SCHEDULE_GROUP": "schedules",
	"SCHEDULE_TARGET_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live",
	"SCHEDULE_ROLE_ARN":   "arn:aws:iam::123456789012:role/r", "DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-1:123456789012:q",
	"MAX_RETRIES": "3", "PIPELINE_RETRIES_PER_DAY": "20", "ACCOUNT_RETRIES_PER_HOUR": "60",
	"BACKOFF_INTERVAL": "300", "BACKOFF_MAX_DELAY": "3600", "EXPIRE_AFTER": "86400", "FUNCTION_TIMEOUT": "20",
}

func read(env map[string]string) (Config, error) {
	return Read(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestRead(t *testing.T) {
	got, err := read(good)
	if err != nil {
		t.Fatal(err)
	}
	if want := (retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}); got.Home != want {
		t.Errorf("got home %+v, want %+v", got.Home, want)
	}
	if got.Mode != retry.Enforce || got.Settings.MaxRetries != 3 || got.Settings.BackoffMaxDelay != time.Hour {
		t.Errorf("got %+v", got)
	}
}

// Each fault alone is named with its value and what was expected instead.
func TestFaults(t *testing.T) {
	for _, test := range []struct{ name, value, says string }{
		{"MODE", "Enforce", `MODE: expected one of enforce, observe, off, got "Enforce"`},
		{"MODE", "", "MODE: expected one of enforce, observe, off, got nothing"},
		{"LEDGER_TABLE", "", "LEDGER_TABLE: expected a value, got nothing"},
		{"MAX_RETRIES", "-1", `MAX_RETRIES: expected a whole number from 0 to 1000, got "-1"`},
		{"PIPELINE_RETRIES_PER_DAY", "0", `PIPELINE_RETRIES_PER_DAY: expected a whole number from 1 to 100000, got "0"`},
		{"ACCOUNT_RETRIES_PER_HOUR", "1e3", `got "1e3"`},
		{"BACKOFF_INTERVAL", "5m", `BACKOFF_INTERVAL: expected whole seconds from 1 to 2419200, got "5m"`},
		{"EXPIRE_AFTER", "99999999999999999999", "EXPIRE_AFTER: expected whole seconds"},
		{"FUNCTION_TIMEOUT", "901", "FUNCTION_TIMEOUT: expected whole seconds from 1 to 900"},
		{"SCHEDULE_TARGET_ARN", "arn:aws:lambda:eu-west-1:123456789012:function:f", "SCHEDULE_TARGET_ARN: expected the ARN of the function's alias"},
		{"DEAD_LETTERS_ARN", "", "DEAD_LETTERS_ARN: expected a value"},
	} {
		env := maps.Clone(good)
		env[test.name] = test.value
		if _, err := read(env); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s=%q: got %v, want it to say %q", test.name, test.value, err, test.says)
		}
	}
}

func TestAllFaultsTogether(t *testing.T) {
	_, err := read(nil)
	if err == nil {
		t.Fatal("an empty environment was taken")
	}
	for name := range good {
		if !strings.Contains(err.Error(), name+": expected") {
			t.Errorf("%s is missing in\n%v", name, err)
		}
	}
}
