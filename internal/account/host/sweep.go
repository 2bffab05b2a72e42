package host

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sweepLimit is for killed processes to be gone, on a busy machine.
const sweepLimit = 10 * time.Second

// Sweep kills what an account in that folder (Options.Folder) has left running:
// MiniStack and its functions, each of which is a process group of its own. It
// returns when they are gone, and is to be called while no account runs there,
// before the folder is removed. Without /proc, that is anywhere but on Linux, it
// does nothing: a number alone may be another process's by now.
func Sweep(folder string) error {
	noted, err := notedGroups(folder)
	if err != nil {
		return err
	}
	if err := killAll(noted, spellings(filepath.Join(folder, "tmp"))); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, processesFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// killAll kills those of the groups that work in a temporary folder, and returns
// when they are gone.
func killAll(noted []int, temp []string) error {
	for end := time.Now().Add(sweepLimit); ; time.Sleep(20 * time.Millisecond) {
		left := living(noted, temp)
		switch {
		case len(left) == 0:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("process groups %v of a local account live on %s after they were killed", left, sweepLimit)
		}
		for _, group := range left {
			if err := syscall.Kill(-group, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("end process group %d of a local account: %w", group, err)
			}
		}
	}
}

// spellings are a path as it is given to processes, and as /proc shows it, which
// knows no symbolic links.
func spellings(path string) []string {
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		return []string{path, real}
	}
	return []string{path}
}

// noteGroup adds to what the launcher notes.
func noteGroup(folder string, group int) error {
	file, err := os.OpenFile(filepath.Join(folder, processesFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, group)
	return errors.Join(err, file.Close())
}

// notedGroups are those of processesFile. A line that was not written to its
// end is passed over or names a wrong group, which is not ours then.
func notedGroups(folder string) (groups []int, err error) {
	text, err := os.ReadFile(filepath.Join(folder, processesFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("what a local account has left running: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if group, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && group > 1 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// living are those of the groups that have a process of the account's. All of a
// group is the account's then: no process joins the group of another session.
func living(noted []int, temp []string) (groups []int) {
	processes, _ := filepath.Glob("/proc/[0-9]*") // the only error is in the pattern
	for _, dir := range processes {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		group, err := syscall.Getpgid(pid)
		if err == nil && slices.Contains(noted, group) && !slices.Contains(groups, group) && lives(dir, temp) {
			groups = append(groups, group)
		}
	}
	return groups
}

// lives tells whether a process, by its folder in /proc, works in a temporary
// folder: by the TMPDIR that it was started with, its program or its working
// directory. What has ended, or is another user's, shows none of them.
func lives(process string, temp []string) bool {
	within := func(path string) bool {
		return slices.ContainsFunc(temp, func(t string) bool { return path == t || strings.HasPrefix(path, t+"/") })
	}
	environment, _ := os.ReadFile(filepath.Join(process, "environ"))
	for setting := range bytes.SplitSeq(environment, []byte{0}) {
		if path, ok := strings.CutPrefix(string(setting), "TMPDIR="); ok && within(path) {
			return true
		}
	}
	program, _ := os.Readlink(filepath.Join(process, "exe"))
	directory, _ := os.Readlink(filepath.Join(process, "cwd"))
	return within(program) || within(directory)
}
