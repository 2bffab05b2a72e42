package main

import (
	"errors"
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
const serving = "serving" // in the account's folder, with the number of the process

// errLocked is returned by lock where another process holds it.
var errLocked = errors.New("locked by another process")

// lock takes a lock, or fails at once. The process's number is in its file.
func lock(path string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(file); err != nil {
		return nil, err
	}
	if err := errors.Join(file.Truncate(0), write(file)); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// flock takes the lock on an open file, or closes it.
func flock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		file.Close()
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

func write(file *os.File) error {
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return err
}

// alone lets one up or down at a time work on an account. It locks the folder
// above the account's, which stays.
func alone(folder string) (release func(), err error) {
	above := filepath.Dir(folder)
	if err := os.MkdirAll(above, 0o755); err != nil {
		return nil, err
	}
	file, err := os.Open(above)
	if err != nil {
		return nil, err
	}
	if err := flock(file); err != nil {
		if errors.Is(err, errLocked) {
			err = errors.New("another `make account` or `make account-down` is at work here: wait until it has ended, or end it")
		}
		return nil, err
	}
	return func() { file.Close() }, nil
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
