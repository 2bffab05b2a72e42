//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What template.yaml's names become in `sam local`, and what stands in for the
// two that it cannot make: it takes every GetAtt of an ARN for a function's.
const (
	ledgerTable   = "Ledger"
	scheduleGroup = "Schedules"
	targetARN     = "arn:aws:lambda:eu-west-1:123456789012:function:local-retrier:live"
	roleARN       = "arn:aws:iam::123456789012:role/local-SchedulerRole"
	queueARN      = "arn:aws:sqs:eu-west-1:123456789012:local-DeadLetters"
)

// samInvoke runs one invocation by `sam local invoke`, with the template's own
// settings but for those that are given.
func (w *world) samInvoke(t *testing.T, event string, settings map[string]string) Outcome {
	t.Helper()
	variables := map[string]string{
		"AWS_ENDPOINT_URL": w.sagemaker, "AWS_ENDPOINT_URL_DYNAMODB": w.dynamodb,
		"SCHEDULE_ROLE_ARN": roleARN, "DEAD_LETTERS_ARN": queueARN,
	}
	maps.Copy(variables, settings)
	text, err := json.Marshal(map[string]any{"Retrier": variables})
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, "env.json", text)
	event, err = filepath.Abs(event)
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := sam(t.Context(), "local", "invoke", "Retrier", "--event", event, "--env-vars", file, "--skip-pull-image")
	if err != nil {
		t.Fatalf("sam local invoke: %v\n%s", err, stderr)
	}
	return samOutcome(t, stdout, stderr)
}

// samOutcome reads what `sam local invoke` wrote. It succeeds where the function
// fails, and then shows the error in place of the answer. On a busy machine it
// misses what the container wrote first; the START line tells.
func samOutcome(t *testing.T, stdout, stderr string) (out Outcome) {
	t.Helper()
	out.Lost = !strings.Contains(stderr, "START RequestId: ")
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "{") {
			out.Lines = append(out.Lines, strings.TrimSpace(line))
		}
	}
	var failure FunctionError
	if err := json.Unmarshal([]byte(stdout), &failure); err != nil {
		t.Fatalf("sam local invoke: want JSON, got %q\n%s", stdout, stderr)
	}
	if failure.Type != "" {
		out.Error = &failure
		return out
	}
	out.Answer = []byte(strings.TrimSpace(stdout))
	return out
}

// write puts text into a file of the test's own.
func write(t *testing.T, name string, text []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// remaining is what an invocation has left at its start: the template's Timeout.
const remaining = 20 * time.Second

// environment is what Lambda gives the function under the template's defaults,
// and what stands in for a deployment's names.
func (w *world) environment() map[string]string {
	return map[string]string{
		"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "test",
		"AWS_ENDPOINT_URL": w.sagemaker, "AWS_ENDPOINT_URL_DYNAMODB": w.dynamodb,
		"LEDGER_TABLE": w.table, "SCHEDULE_GROUP": scheduleGroup,
		"SCHEDULE_TARGET_ARN": targetARN, "SCHEDULE_ROLE_ARN": roleARN, "DEAD_LETTERS_ARN": queueARN,
		"MODE": "enforce", "MAX_RETRIES": "3", "PIPELINE_RETRIES_PER_DAY": "20", "ACCOUNT_RETRIES_PER_HOUR": "60",
		"BACKOFF_INTERVAL": "300", "BACKOFF_MAX_DELAY": "3600", "EXPIRE_AFTER": "86400", "FUNCTION_TIMEOUT": "20",
	}
}

// launch starts a process of the function with the world's environment but for
// the settings that are given, and ends it with the test. It may not be ready.
func (w *world) launch(t *testing.T, settings map[string]string) *Process {
	t.Helper()
	variables := w.environment()
	maps.Copy(variables, settings)
	var environment []string
	for name, value := range variables {
		environment = append(environment, name+"="+value)
	}
	return launch(t, environment)
}

func launch(t *testing.T, environment []string) *Process {
	t.Helper()
	p, err := StartProcess(program, t.TempDir(), environment)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// instance is a process that is ready for its first event.
func (w *world) instance(t *testing.T, settings map[string]string) *Process {
	t.Helper()
	p := w.launch(t, settings)
	if !p.WaitReady() {
		_, stderr, _ := p.Exited()
		t.Fatalf("the function did not start:\n%s", stderr)
	}
	return p
}
