package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// The process that serves holds a lock as long as it lives: a number in a file
// may belong to another process by now, a lock never does.
func lock(folder string) (release func(), err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errRuns
		}
		return nil, err
	}
	return func() { file.Close() }, nil
}

var errRuns = errors.New("a local account runs here already")

// runs tells whether a process serves from the folder.
func runs(folder string) (bool, error) {
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	release, err := lock(folder)
	if errors.Is(err, errRuns) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	release()
	return false, nil
}
