package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"mulligan/internal/account"
)

// downLimit is more than everything in the account may take to end.
const downLimit = time.Minute

// down ends the account and removes what it left.
func down(folder string, say func(string, ...any)) error {
	there, err := runs(folder)
	if err != nil {
		return err
	}
	if !there {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			say("none is up here")
			return nil
		}
		say("none is up here; removing what one left")
		return os.RemoveAll(folder)
	}
	state, err := account.Read(folder)
	if err != nil {
		return fmt.Errorf("an account runs here, and where it is cannot be read: %w", err)
	}
	say("ending process %d and what it started ...", state.PID)
	if err := syscall.Kill(state.PID, syscall.SIGTERM); err != nil {
		return fmt.Errorf("end process %d: %w", state.PID, err)
	}
	for end := time.Now().Add(downLimit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if there, err := runs(folder); err != nil || !there {
			if err != nil {
				return err
			}
			say("it has ended")
			return os.RemoveAll(folder)
		}
	}
	return fmt.Errorf("process %d is still running after %s: see %s/serve.log", state.PID, downLimit, folder)
}
