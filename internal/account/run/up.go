package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mulligan/internal/account"
	"mulligan/internal/account/host"
)

type up struct {
	root, folder string
	port         int
	parameters   map[string]string
	say          func(string, ...any)
}

// run brings the account up, where it is not, and deploys into it.
func (u up) run(ctx context.Context) error {
	state, err := u.running(ctx)
	if err != nil {
		return err
	}
	reach := host.Reach{Root: u.root, Folder: u.folder, Endpoint: state.Endpoint, IAM: true}
	u.say("sam build ...")
	if _, err := reach.Build(ctx); err != nil {
		return u.stays(err)
	}
	u.say("sam deploy of template.yaml as stack %q ...", stack)
	if _, err := reach.Deploy(ctx, home, host.Deployment{Stack: stack, Parameters: u.parameters}); err != nil {
		return u.stays(err)
	}
	deployed, err := reach.Stack(ctx, home, stack)
	if err != nil {
		return u.stays(err)
	}
	state.Stack, state.LogGroup = stack, deployed.Outputs["RetrierLogGroup"]
	if err := state.Write(u.folder); err != nil {
		return err
	}
	u.say("%s", deployed.Status)
	fmt.Printf(next, stack, state.Number, state.Region, state.Endpoint)
	return nil
}

// stays adds to what failed in an account that is up what to do about it.
func (u up) stays(err error) error {
	var sam *host.SAMError
	if errors.As(err, &sam) {
		err = errors.New(sam.Short())
	}
	return fmt.Errorf("%w\n\nThe account is up, without what failed. Mend it and run `make account` again, or end it with `make account-down`.", err)
}

// running returns the state of the account that runs here, after starting one
// where there is none.
func (u up) running(ctx context.Context) (account.State, error) {
	there, err := runs(u.folder)
	if err != nil {
		return account.State{}, err
	}
	if there {
		u.say("the account is up already")
		return account.Read(u.folder)
	}
	// One that was killed left its state behind.
	if err := os.RemoveAll(u.folder); err != nil {
		return account.State{}, err
	}
	if err := u.portIsFree(); err != nil {
		return account.State{}, err
	}
	u.say("MiniStack with IAM enforced, and the stand-in for SageMaker ...")
	return u.start(ctx)
}

func (u up) portIsFree() error {
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(u.port))
	if err != nil {
		return fmt.Errorf("port %d cannot be used: %w\nEnd the program that uses it, or choose another one: make account PORT=%d", u.port, err, u.port+1)
	}
	return listener.Close()
}

// start runs serve as a process that outlives this one.
func (u up) start(ctx context.Context) (s account.State, err error) {
	program, err := os.Executable()
	if err != nil {
		return s, err
	}
	if err := os.MkdirAll(u.folder, 0o700); err != nil {
		return s, err
	}
	log, err := os.Create(filepath.Join(u.folder, "serve.log"))
	if err != nil {
		return s, err
	}
	defer log.Close()
	serve := exec.Command(program, "serve", "--port", strconv.Itoa(u.port))
	serve.Dir, serve.Stdout, serve.Stderr = u.root, log, log
	serve.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := serve.Start(); err != nil {
		return s, err
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	for {
		s, err = account.Read(u.folder)
		if !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
		select {
		case <-ended:
			return s, fmt.Errorf("the account did not start: %s", lastWords(log.Name()))
		case <-ctx.Done():
			return s, errors.Join(ctx.Err(), serve.Process.Signal(syscall.SIGTERM), <-ended)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func lastWords(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(strings.TrimSpace(string(text)), "account: ")
}
