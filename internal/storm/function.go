package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/runtimeapi"
)

// A function is one of the deployment's: a binary, and how it is run.
type function struct {
	name     string
	program  string
	env      []string
	timeLeft time.Duration // that an invocation is told it has, and is ended after
	logs     string        // folder for what it writes; "": nowhere
}

// startLimit is what Lambda gives a function to start.
const startLimit = 10 * time.Second

// process is one instance of a function.
type process struct {
	cmd    *exec.Cmd
	api    *runtimeapi.API
	close  func()
	exited chan struct{}
	stderr *bytes.Buffer
	limit  time.Duration
}

// start runs an instance until it asks for its first event.
func (f *function) start() (*process, error) {
	api := runtimeapi.New(functionARN, f.timeLeft)
	url, stop, err := awstest.Listen("127.0.0.1:0", api)
	if err != nil {
		return nil, fmt.Errorf("open a Runtime API: %w", err)
	}
	p := &process{cmd: exec.Command(f.program), api: api, close: stop, exited: make(chan struct{}), stderr: &bytes.Buffer{}, limit: f.timeLeft}
	p.cmd.Env = append(append([]string{}, f.env...), "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(url, "http://"))
	out, err := f.output()
	if err != nil {
		stop()
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = out, p.stderr
	if err := p.cmd.Start(); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", f.name, err)
	}
	go func() {
		_ = p.cmd.Wait() // that it ended is what matters
		_ = out.Close()
		close(p.exited)
	}()
	if _, err := await(p, api.Asked, startLimit); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not ask for an event: %w", f.name, err)
	}
	return p, nil
}

// output is where an instance's log lines go.
func (f *function) output() (io.WriteCloser, error) {
	if f.logs == "" {
		return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	return os.CreateTemp(f.logs, strings.ReplaceAll(filepath.Base(f.name), " ", "-")+"-*.jsonl")
}

// invoke hands out one event and waits until the instance asks for the next.
func (p *process) invoke(event []byte) (runtimeapi.Answer, error) {
	select {
	case p.api.Events <- event:
	case <-p.exited:
		return runtimeapi.Answer{}, p.gone()
	}
	a, err := await(p, p.api.Answers, p.limit+time.Second)
	if err != nil {
		return a, err
	}
	_, err = await(p, p.api.Asked, p.limit)
	return a, err
}

// await waits for something that the instance does.
func await[T any](p *process, what <-chan T, limit time.Duration) (got T, err error) {
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case got = <-what:
		return got, nil
	case <-p.exited:
		return got, p.gone()
	case <-late.C:
		return got, fmt.Errorf("nothing came of it within %s", limit)
	}
}

func (p *process) gone() error {
	return errors.New("the process ended: " + strings.TrimSpace(p.stderr.String()))
}

// stop kills the instance and waits for its end.
func (p *process) stop() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.exited
	p.close()
}

// serve runs one instance after the other until the context ends, each until an
// invocation does not come back, which counts as an error.
func (f *function) serve(ctx context.Context, q *queue, answered func(runtimeapi.Answer)) error {
	for ctx.Err() == nil {
		p, err := f.start()
		if err != nil {
			return err
		}
		f.work(ctx, p, q, answered)
		p.stop()
	}
	return nil
}

func (f *function) work(ctx context.Context, p *process, q *queue, answered func(runtimeapi.Answer)) {
	for {
		m, ok := q.take(ctx)
		if !ok {
			return
		}
		a, err := p.invoke(m.payload)
		if err != nil {
			a.Failed, a.Body = true, err.Error()
		}
		answered(a)
		q.ended(m, a.Failed, time.Now())
		if err != nil {
			return
		}
	}
}
