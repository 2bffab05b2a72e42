package config

import (
	"maps"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var good = map[string]string{
	"AWS_REGION": "eu-west-1", "MODE": "enforce", "LEDGER_TABLE": "ledger", "SCHEDULE_GROUP": "schedules", "PIPELINE_NAME_PREFIX": "churn-",
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
	if got.Mode != retry.Enforce || got.Prefix != "churn-" || got.Settings.MaxRetries != 3 || got.Settings.BackoffMaxDelay != time.Hour {
		t.Errorf("got %+v", got)
	}
}

// Each fault alone is named with its value and what was expected instead.
func TestFaults(t *testing.T) {
	for _, test := range []struct{ name, value, says string }{
		{"MODE", "Enforce", `MODE: expected one of enforce, observe, off, got "Enforce"`},
		{"MODE", "", "MODE: expected one of enforce, observe, off, got nothing"},
		{"PIPELINE_NAME_PREFIX", "churn*", `PIPELINE_NAME_PREFIX: expected the beginning of a pipeline's name (letters, digits, dashes, at most 256), or nothing, got "churn*"`},
		{"PIPELINE_NAME_PREFIX", "-churn", "PIPELINE_NAME_PREFIX: expected"},
		{"PIPELINE_NAME_PREFIX", strings.Repeat("x", 257), "PIPELINE_NAME_PREFIX: expected"},
		{"LEDGER_TABLE", "", "LEDGER_TABLE: expected the name of a table (letters, digits, dots, dashes, underscores; 3 to 255 of them), got nothing"},
		{"LEDGER_TABLE", "my table", `LEDGER_TABLE: expected the name of a table (letters, digits, dots, dashes, underscores; 3 to 255 of them), got "my table"`},
		{"LEDGER_TABLE", "xy", "LEDGER_TABLE: expected the name of a table"},
		{"SCHEDULE_GROUP", "a/b", `SCHEDULE_GROUP: expected the name of a schedule group (letters, digits, dots, dashes, underscores; 1 to 64 of them), got "a/b"`},
		{"SCHEDULE_GROUP", strings.Repeat("x", 65), "SCHEDULE_GROUP: expected the name of a schedule group"},
		{"MAX_RETRIES", "-1", `MAX_RETRIES: expected a whole number from 0 to 1000, got "-1"`},
		{"PIPELINE_RETRIES_PER_DAY", "0", `PIPELINE_RETRIES_PER_DAY: expected a whole number from 1 to 100000, got "0"`},
		{"ACCOUNT_RETRIES_PER_HOUR", "1e3", `got "1e3"`},
		{"BACKOFF_INTERVAL", "5m", `BACKOFF_INTERVAL: expected whole seconds from 1 to 2419200, got "5m"`},
		{"BACKOFF_INTERVAL", "300.5", `BACKOFF_INTERVAL: expected whole seconds from 1 to 2419200, got "300.5"`},
		{"BACKOFF_MAX_DELAY", "0", "BACKOFF_MAX_DELAY: expected whole seconds from 1"},
		{"EXPIRE_AFTER", "99999999999999999999", "EXPIRE_AFTER: expected whole seconds"},
		{"FUNCTION_TIMEOUT", "901", "FUNCTION_TIMEOUT: expected whole seconds from 1 to 900"},
		{"AWS_REGION", "", "AWS_REGION: expected a Region, got nothing"},
		{"AWS_REGION", "Dublin", `AWS_REGION: expected a Region, got "Dublin"`},
		{"AWS_REGION", "us-east-1", `SCHEDULE_TARGET_ARN: expected an alias in the Region of AWS_REGION, us-east-1, got "arn:aws:lambda:eu-west-1`},
		{"SCHEDULE_TARGET_ARN", "arn:aws:lambda:eu-west-1:123456789012:function:f", "SCHEDULE_TARGET_ARN: expected the ARN of the function's alias"},
		{"SCHEDULE_TARGET_ARN", "arn:aws:lambda:eu-west-1:1234:function:f:live", "SCHEDULE_TARGET_ARN: expected the ARN of the function's alias"},
		{"SCHEDULE_TARGET_ARN", "live", "SCHEDULE_TARGET_ARN: expected the ARN of the function's alias"},
		{"SCHEDULE_ROLE_ARN", good["DEAD_LETTERS_ARN"], "SCHEDULE_ROLE_ARN: expected the ARN of the scheduler's role"},
		{"SCHEDULE_ROLE_ARN", "arn:aws:iam::123456789012:role/*", "SCHEDULE_ROLE_ARN: expected the ARN of the scheduler's role"},
		{"SCHEDULE_ROLE_ARN", "arn:aws:iam::123456789012:user/r", "SCHEDULE_ROLE_ARN: expected the ARN of the scheduler's role"},
		{"DEAD_LETTERS_ARN", good["SCHEDULE_ROLE_ARN"], "DEAD_LETTERS_ARN: expected the ARN of the dead-letter queue"},
		{"DEAD_LETTERS_ARN", "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "DEAD_LETTERS_ARN: expected the ARN of the dead-letter queue"},
		{"DEAD_LETTERS_ARN", "", "DEAD_LETTERS_ARN: expected the ARN of the dead-letter queue, got nothing"},
		{"AWS_ENDPOINT_URL", "localhost:4566", `AWS_ENDPOINT_URL: expected nothing, or an http or https URL without a user, got "localhost:4566"`},
		{"AWS_ENDPOINT_URL_SAGEMAKER", "http://me:secret@example.com", "AWS_ENDPOINT_URL_SAGEMAKER: expected nothing, or"},
	} {
		env := maps.Clone(good)
		env[test.name] = test.value
		_, err := read(env)
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%q: got %v, want one line that says %q", test.name, test.value, err, test.says)
		}
	}
}

func TestAllFaultsTogether(t *testing.T) {
	spoilt := maps.Clone(good)
	for name := range spoilt {
		spoilt[name] = "\x1b[31m?"
	}
	for name, env := range map[string]map[string]string{"nothing is set": nil, "everything is wrong": spoilt} {
		_, err := read(env)
		if err == nil {
			t.Fatalf("%s: taken", name)
		}
		for variable := range good {
			// An empty prefix means every pipeline.
			named := strings.Contains(err.Error(), variable+": expected")
			if want := variable != "PIPELINE_NAME_PREFIX" || env != nil; named != want {
				t.Errorf("%s: %s named %t, want %t in\n%v", name, variable, named, want, err)
			}
		}
		if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: the value comes out as it went in: %q", name, err)
		}
	}
}

// What may be left out, or looks odd and is right.
func TestTaken(t *testing.T) {
	for _, test := range []struct{ name, value string }{
		{"PIPELINE_NAME_PREFIX", ""}, {"PIPELINE_NAME_PREFIX", "Churn"},
		{"MAX_RETRIES", "0"}, {"BACKOFF_INTERVAL", "7200"}, {"EXPIRE_AFTER", "1"},
		{"AWS_REGION", "EU-WEST-1"},
		{"SCHEDULE_ROLE_ARN", "arn:aws:iam::123456789012:role/ml/platform/r"},
		{"AWS_ENDPOINT_URL", ""}, {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"}, {"AWS_ENDPOINT_URL_SAGEMAKER", "https://api.example.com"},
	} {
		env := maps.Clone(good)
		env[test.name] = test.value
		if _, err := read(env); err != nil {
			t.Errorf("%s=%q: %v", test.name, test.value, err)
		}
	}
}

// The SAM CLI writes every ARN of the template as a function's.
func TestLocalARNs(t *testing.T) {
	env := maps.Clone(good)
	env["SCHEDULE_ROLE_ARN"] = "arn:aws:lambda:us-east-1:123456789012:function:SchedulerRole"
	env["DEAD_LETTERS_ARN"] = "arn:aws:lambda:us-east-1:123456789012:function:DeadLetters"
	if _, err := read(env); err == nil {
		t.Error("taken in an account")
	}
	env["AWS_SAM_LOCAL"] = "true"
	if _, err := read(env); err != nil {
		t.Errorf("on a developer's machine: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	for name, test := range map[string]struct {
		change map[string]string
		want   []string // what each warning begins with
	}{
		"the defaults":              {nil, nil},
		"enforcing nothing":         {map[string]string{"MAX_RETRIES": "0"}, []string{"MODE is enforce and MAX_RETRIES is 0"}},
		"observing nothing":         {map[string]string{"MAX_RETRIES": "0", "MODE": "observe"}, nil},
		"first beyond the longest":  {map[string]string{"BACKOFF_INTERVAL": "7200"}, []string{"BACKOFF_INTERVAL (7200 s) is longer than BACKOFF_MAX_DELAY (3600 s)"}},
		"equal delays":              {map[string]string{"BACKOFF_INTERVAL": "3600"}, nil},
		"too old before it is due":  {map[string]string{"EXPIRE_AFTER": "300"}, []string{"EXPIRE_AFTER (300 s) is no longer than the first delay (300 s)"}},
		"just young enough":         {map[string]string{"EXPIRE_AFTER": "301"}, nil},
		"the cap is what is waited": {map[string]string{"BACKOFF_INTERVAL": "7200", "EXPIRE_AFTER": "3601"}, []string{"BACKOFF_INTERVAL"}},
		"all together": {map[string]string{"MAX_RETRIES": "0", "BACKOFF_INTERVAL": "7200", "EXPIRE_AFTER": "60"},
			[]string{"MODE", "BACKOFF_INTERVAL", "EXPIRE_AFTER"}},
	} {
		env := maps.Clone(good)
		maps.Copy(env, test.change)
		c, err := read(env)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Warnings()
		if len(got) != len(test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(got[i], want) {
				t.Errorf("%s: got %q, want %q", name, got[i], want)
			}
		}
	}
}
