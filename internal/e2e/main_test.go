//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulligan/internal/dynamodblocal"
)

// root is the project's folder, seen from a test of this package.
const root = "../.."

// What the tests share: the address at which containers and the machine meet,
// DynamoDB Local there, and the program that `sam build` made.
var (
	bridge      string
	dynamoDBURL string
	program     string
)

// TestMain starts DynamoDB Local and ends it. What is missing, it names: all of
// it is there under `make e2e`.
func TestMain(m *testing.M) {
	stop, err := start()
	if err != nil {
		fmt.Fprintf(os.Stderr, "internal/e2e: %v\nRun `make e2e`, which installs, starts and builds what these tests need.\n", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "internal/e2e:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func start() (stop func() error, err error) {
	if program, err = filepath.Abs(root + "/.aws-sam/build/Retrier/bootstrap"); err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("the function is not built: %w", err)
	}
	gateway, err := exec.Command("docker", "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}").Output()
	if err != nil {
		return nil, fmt.Errorf("ask Docker for the address of its bridge: %w", err)
	}
	bridge = strings.TrimSpace(string(gateway))
	dynamoDBURL, stop, err = dynamodblocal.Start(root, bridge)
	return stop, err
}

// samLimit is how long one `sam local invoke` may take; usually two seconds.
const samLimit = time.Minute

// sam runs the local SAM CLI without anything of the caller's own AWS account,
// and returns what it wrote.
func sam(ctx context.Context, arguments ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, samLimit)
	defer cancel()
	run := exec.CommandContext(ctx, "infra/local/sam", arguments...)
	run.Dir = root
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			run.Env = append(run.Env, variable)
		}
	}
	// Interrupted, it removes its container; killed, it could not.
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	var out, errs strings.Builder
	run.Stdout, run.Stderr = &out, &errs
	err = run.Run()
	return out.String(), errs.String(), err
}
