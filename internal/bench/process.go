package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/runtimeapi"
)

// lab is what all measurements share.
type lab struct {
	trust trust
	share share
}

// The function as the Runtime API names it to the process.
const functionARN = "arn:aws:lambda:" + region + ":" + accountNumber + ":function:mulligan-retrier:live"

// timeLeft is what an invocation is given, as in the template.
const timeLeft = 30 * time.Second

// patience is how long a process may take for anything that it is waited for.
const patience = 30 * time.Second

// process is one binary that runs as a function does.
type process struct {
	cmd    *exec.Cmd
	api    *runtimeapi.API
	cloud  *cloud
	ready  time.Duration // from exec to the first GET next
	ended  chan struct{}
	stderr bytes.Buffer
}

// start runs a binary until it asks for its first event.
func (l *lab) start(ctx context.Context, s subject) (*process, error) {
	c, err := newCloud(l.trust.server)
	if err != nil {
		return nil, err
	}
	p := &process{api: runtimeapi.New(functionARN, timeLeft), cloud: c, ended: make(chan struct{})}
	address, err := c.serve(p.api, nil)
	if err != nil {
		c.close()
		return nil, err
	}
	p.cmd = exec.CommandContext(ctx, s.path)
	p.cmd.Env = append(append(append(environment(), "AWS_LAMBDA_RUNTIME_API="+address), c.env...), l.trust.env...)
	p.cmd.Stderr = &p.stderr
	begun := time.Now()
	if err := p.cmd.Start(); err != nil {
		c.close()
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // that it ended at all is what matters
		close(p.ended)
	}()
	asked, err := await(p, p.api.Asked)
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not ask for an event: %w", s.name, err)
	}
	p.ready = asked.Sub(begun)
	return p, nil
}

// environment is that of the template, with room enough for any number of events.
func environment() []string {
	return []string{
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=AKIDBENCH", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_LAMBDA_FUNCTION_NAME=mulligan-retrier", "HOME=/nonexistent",
		"MODE=enforce", "LEDGER_TABLE=ledger", "SCHEDULE_GROUP=" + group, "SCHEDULE_TARGET_ARN=" + functionARN,
		"SCHEDULE_ROLE_ARN=arn:aws:iam::" + accountNumber + ":role/scheduler",
		"DEAD_LETTERS_ARN=arn:aws:sqs:" + region + ":" + accountNumber + ":dead-letters",
		"MAX_RETRIES=3", "PIPELINE_RETRIES_PER_DAY=100000", "ACCOUNT_RETRIES_PER_HOUR=100000",
		"BACKOFF_INTERVAL=300", "BACKOFF_MAX_DELAY=3600", "EXPIRE_AFTER=86400", "FUNCTION_TIMEOUT=30",
	}
}

// invoke hands out one event and waits until the process asks for the next.
func (p *process) invoke(event []byte) (runtimeapi.Answer, error) {
	select {
	case p.api.Events <- event:
	case <-p.ended:
		return runtimeapi.Answer{}, p.gone()
	}
	a, err := await(p, p.api.Answers)
	if err != nil {
		return runtimeapi.Answer{}, err
	}
	_, err = await(p, p.api.Asked)
	return a, err
}

// await waits for something that the process does.
func await[T any](p *process, what <-chan T) (got T, err error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case got = <-what:
		return got, nil
	case <-p.ended:
		return got, p.gone()
	case <-late.C:
		return got, fmt.Errorf("nothing came of it within %s", patience)
	}
}

func (p *process) gone() error {
	return errors.New("the process ended: " + strings.TrimSpace(p.stderr.String()))
}

// stop kills the process, waits for its end, and closes what it talked to.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cloud.close()
}

// peak is the most memory that the process has had resident, in bytes. What
// wait4 reports will not do: it counts the parent's memory before exec.
func (p *process) peak() (int64, error) {
	status, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kilobytes, err := strconv.ParseInt(f[1], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("the kernel does not tell VmHWM")
}

// cpu is the CPU time of the process so far, all its threads together.
func (p *process) cpu() (total time.Duration, err error) {
	threads, err := filepath.Glob(p.proc("task/*/schedstat"))
	if err != nil || len(threads) == 0 {
		return 0, errors.New("the kernel does not tell CPU times: no schedstat")
	}
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		onCPU, _, _ := strings.Cut(string(text), " ") // nanoseconds, before two other numbers
		n, err := strconv.ParseInt(onCPU, 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(n)
	}
	return total, nil
}

func (p *process) proc(file string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file)
}
