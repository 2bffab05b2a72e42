package host

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Deployment is what `sam deploy` is told.
type Deployment struct {
	Stack      string
	Template   string            // the built one; empty: of Build
	Parameters map[string]string // over the template's defaults
	Tags       map[string]string
}

// Build runs `sam build` into a folder below Options.Folder and returns the
// built template.
func (r Reach) Build(ctx context.Context) (template string, err error) {
	folder := filepath.Join(r.Folder, "build")
	if _, err := r.sam(ctx, Home{Region: "eu-west-1"}, "build", "--build-dir", folder); err != nil {
		return "", err
	}
	return filepath.Join(folder, "template.yaml"), nil
}

// Deploy runs `sam deploy` and returns what it wrote. Where it fails, that is
// in the error. The first one into an account must be alone, as it makes what
// the others share; see [Host.Deploy].
func (r Reach) Deploy(ctx context.Context, home Home, d Deployment) (output string, err error) {
	if d.Template == "" {
		d.Template = filepath.Join(r.Folder, "build", "template.yaml")
	}
	arguments := []string{
		"deploy", "--template-file", d.Template, "--stack-name", d.Stack, "--region", home.Region,
		// `sam delete` takes a stack's code out of the bucket, and another stack that is being deployed may have the same.
		"--s3-prefix", d.Stack,
		"--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
		"--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
	}
	parameters := map[string]string{"Architecture": Architecture()}
	maps.Copy(parameters, d.Parameters)
	arguments = append(arguments, pairs("--parameter-overrides", parameters)...)
	arguments = append(arguments, pairs("--tags", d.Tags)...)
	return r.sam(ctx, home, arguments...)
}

// Delete runs `sam delete` and returns what it wrote.
func (r Reach) Delete(ctx context.Context, home Home, stack string) (output string, err error) {
	return r.sam(ctx, home, "delete", "--no-prompts", "--stack-name", stack, "--region", home.Region)
}

func pairs(option string, of map[string]string) []string {
	if len(of) == 0 {
		return nil
	}
	list := []string{option}
	for key, value := range of {
		if value == "" {
			value = `""` // sam does not take Name= alone
		}
		list = append(list, key+"="+value)
	}
	slices.Sort(list[1:])
	return list
}

// samLimit is for a build that has nothing in its cache yet.
const samLimit = 10 * time.Minute

// buckets lets one sam make the bucket that all deployments of a home share,
// while the others wait; with the bucket there, they go side by side.
type buckets struct {
	sync.Mutex
	made map[Home]bool
}

// with runs a deployment, alone where it is the home's first.
func (b *buckets) with(home Home, deployment func() error) error {
	b.Lock()
	if b.made[home] {
		b.Unlock()
		return deployment()
	}
	defer b.Unlock()
	err := deployment()
	b.made[home] = err == nil
	return err
}

// Deploy is [Reach.Deploy], for any number of deployments at a time.
func (h *Host) Deploy(ctx context.Context, home Home, d Deployment) (output string, err error) {
	err = h.buckets.with(home, func() (err error) {
		output, err = h.Reach.Deploy(ctx, home, d)
		return err
	})
	return output, err
}

// sam runs the pinned SAM CLI against the local account, with nothing of the
// caller's own AWS settings.
func (r Reach) sam(ctx context.Context, home Home, arguments ...string) (output string, err error) {
	ctx, cancel := context.WithTimeout(ctx, samLimit)
	defer cancel()
	run := exec.CommandContext(ctx, filepath.Join(r.Root, "infra/local/sam"), arguments...)
	run.Dir = r.Root
	run.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	run.Env = append(run.Env, "AWS_ACCESS_KEY_ID="+r.accessKey(home), "AWS_SECRET_ACCESS_KEY="+rootSecret,
		"AWS_DEFAULT_REGION="+home.Region, "AWS_ENDPOINT_URL="+r.Endpoint,
		"SAM_CLI_POLL_DELAY=0.5") // seconds; sam's own 5 are for a deployment that takes minutes
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	out, err := run.CombinedOutput()
	if err != nil {
		return string(out), &SAMError{Command: arguments[0], Output: string(out), Err: err}
	}
	return string(out), nil
}

// A SAMError is a sam that failed.
type SAMError struct {
	Command, Output string
	Err             error
}

// Error is all that it wrote.
func (e *SAMError) Error() string {
	return fmt.Sprintf("sam %s: %v\n%s", e.Command, e.Err, e.Output)
}

// Unwrap returns how the process ended.
func (e *SAMError) Unwrap() error { return e.Err }

// Short is the end of what it wrote, from its own "Error" or "Failed" on where
// there is one in the last lines.
func (e *SAMError) Short() string {
	const most = 25
	lines := strings.Split(strings.TrimSpace(e.Output), "\n")
	lines = lines[max(0, len(lines)-most):]
	for i, line := range lines {
		if strings.HasPrefix(line, "Error") || strings.Contains(line, "FAILED") || strings.Contains(line, "Failed") {
			lines = lines[i:]
			break
		}
	}
	return fmt.Sprintf("sam %s failed:\n%s", e.Command, strings.Join(lines, "\n"))
}
