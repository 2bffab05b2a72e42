package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// downLimit is more than everything in the account may take to end.
const downLimit = time.Minute

// down ends the account and removes what it left.
func down(folder string, say func(string, ...any)) error {
	release, err := alone(folder)
	if err != nil {
		return err
	}
	defer release()
	pid, err := server(folder)
	if err != nil {
		return err
	}
	if pid == 0 {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			say("none is up here")
			return nil
		}
		say("none is up here; removing what one left")
		return clearAway(folder)
	}
	say("ending process %d and what it started ...", pid)
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("end process %d: %w", pid, err)
	}
	for end := time.Now().Add(downLimit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if left, err := server(folder); err != nil || left == 0 {
			if err != nil {
				return err
			}
			say("it has ended")
			return clearAway(folder)
		}
	}
	return fmt.Errorf("process %d is still running after %s: see %s/serve.log", pid, downLimit, folder)
}
