package host

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// sleeper starts a session with a child in it, like a function that has started
// something. Its first process ends at once if leaderless.
func sleeper(t *testing.T, temp string, leaderless bool) (group int, alive func() bool) {
	t.Helper()
	script := "sleep 600 & echo; wait"
	if leaderless {
		script = "sleep 600 & echo"
	}
	run := exec.Command("sh", "-c", script)
	run.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + temp}
	run.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	group = run.Process.Pid
	if _, err := out.Read(make([]byte, 1)); err != nil { // the child is there
		t.Fatal(err)
	}
	if leaderless {
		if _, err := run.Process.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-group, syscall.SIGKILL) // it may be gone
		_, _ = run.Process.Wait()
		out.Close()
	})
	return group, func() bool { return len(living([]int{group}, []string{temp})) != 0 }
}

// What the account has left is killed, whatever else has come to its numbers.
func TestSweep(t *testing.T) {
	folder := t.TempDir()
	temp := filepath.Join(folder, "tmp", "account-1")
	function, functionLives := sleeper(t, temp, false)
	orphan, orphanLives := sleeper(t, temp, true)
	foreign, foreignLives := sleeper(t, folder+"/tmporary", false)
	_, unnotedLives := sleeper(t, temp, false)
	for _, group := range []int{function, orphan, foreign, 0, 1, -1} {
		if err := noteGroup(folder, group); err != nil {
			t.Fatal(err)
		}
	}
	if !functionLives() || !orphanLives() {
		t.Fatal("the functions do not run")
	}
	if err := Sweep(folder); err != nil {
		t.Fatal(err)
	}
	if functionLives() || orphanLives() {
		t.Errorf("lives on: function %t, what a function left %t", functionLives(), orphanLives())
	}
	if !foreignLives() || !unnotedLives() {
		t.Errorf("killed: a process of somebody else's %t, one that was not noted %t", !foreignLives(), !unnotedLives())
	}
	if _, err := os.Stat(filepath.Join(folder, processesFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the list is still there: %v", err)
	}
	if err := Sweep(folder); err != nil {
		t.Errorf("nothing left: %v", err)
	}
}

// A function that was configured a TMPDIR of its own is known by where it works,
// also behind a symbolic link.
func TestSweepByWorkingDirectory(t *testing.T) {
	real, link := t.TempDir(), filepath.Join(t.TempDir(), "account")
	if err := errors.Join(os.Mkdir(filepath.Join(real, "tmp"), 0o700), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("sleep", "600")
	run.Dir, run.SysProcAttr = filepath.Join(real, "tmp"), &syscall.SysProcAttr{Setsid: true}
	run.Env = []string{"TMPDIR=/elsewhere"}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	t.Cleanup(func() { _ = run.Process.Kill() }) // it may be gone
	if err := errors.Join(noteGroup(link, run.Process.Pid), Sweep(link)); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || err.Error() != "signal: killed" {
		t.Errorf("it ended with %v, want it killed", err)
	}
}
