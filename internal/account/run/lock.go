package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// The process that serves holds a lock as long as it lives, and up and down hold
// another while they work: a number in a file may belong to another process by
// now, a lock never does. The folder is made and removed under the second one
// alone.
const (
	serving = "serving" // in the account's folder, with the number of the process
	working = "account.lock"
)

// errLocked is returned by lock where another process holds it.
var errLocked = errors.New("locked by another process")

// lock takes a lock, or fails at once. The process's number is in its file.
func lock(path string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, err
	}
	if err := errors.Join(file.Truncate(0), write(file)); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

func write(file *os.File) error {
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return err
}

// alone lets one up or down at a time work on an account. The lock's file goes
// with it.
func alone(folder string) (release func(), err error) {
	path := filepath.Join(filepath.Dir(folder), working)
	release, err = lock(path)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("another `make account` or `make account-down` is at work here (process %d): wait until it has ended, or end it", holder(path))
	}
	return release, err
}

// holder is the number of the process that holds a lock.
func holder(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}

// server is the process that serves from the folder, 0 if there is none.
func server(folder string) (pid int, err error) {
	path := filepath.Join(folder, serving)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	release, err := lock(path)
	if errors.Is(err, errLocked) {
		return holder(path), nil
	}
	if err != nil {
		return 0, err
	}
	release()
	return 0, nil
}
