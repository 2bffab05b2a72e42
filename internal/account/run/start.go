package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mulligan/internal/account"
)

// stateLimit is how long an account that is starting may take: longer than
// MiniStack is given.
const stateLimit = 2 * time.Minute

// start runs serve as a process that outlives this one.
func (u up) start(ctx context.Context, port int) (s account.State, err error) {
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
	serve := exec.Command(program, "serve", "--port", strconv.Itoa(port))
	serve.Dir, serve.Stdout, serve.Stderr = u.root, log, log
	serve.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := serve.Start(); err != nil {
		return s, err
	}
	ended := make(chan struct{})
	go func() {
		_ = serve.Wait() // why it ended is in its log
		close(ended)
	}()
	s, err = awaitState(ctx, u.folder, ended)
	if err != nil {
		_ = serve.Process.Signal(syscall.SIGTERM) // it may have ended
		<-ended
	}
	switch {
	case ctx.Err() != nil:
		return s, errors.New("interrupted: the account was not started")
	case errors.Is(err, errEnded):
		return s, fmt.Errorf("the account did not start: %s", words(log.Name()))
	}
	return s, err
}

var errEnded = errors.New("the process that serves has ended")

// awaitState reads the state when it is written. ended is closed when the
// process that writes it has ended; nil is for one that is not ours.
func awaitState(ctx context.Context, folder string, ended <-chan struct{}) (s account.State, err error) {
	ctx, cancel := context.WithTimeout(ctx, stateLimit)
	defer cancel()
	for {
		s, err = account.Read(folder)
		if !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
		select {
		case <-ended:
			return s, errEnded
		case <-ctx.Done():
			return s, fmt.Errorf("the account does not say where it is: %w; end it with `make account-down`", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// words are what serve wrote, which is little.
func words(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(strings.TrimSpace(string(text)), "account: ")
}
