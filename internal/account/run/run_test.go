package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulligan/internal/account"
)

func quiet(string, ...any) {}

func TestOverrides(t *testing.T) {
	got, err := overrides("Mode=observe  BackoffInterval=3")
	want := map[string]string{"Mode": "observe", "BackoffInterval": "3", "BackoffMaxDelay": "60"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, text := range []string{"Mode", "=observe", "Mode=off x"} {
		if _, err := overrides(text); err == nil || !strings.Contains(err.Error(), "PARAMETERS: expected Name=value") {
			t.Errorf("%q: got %v, want what was expected", text, err)
		}
	}
}

// Every parameter of the template gets its value, so that nothing of an earlier
// deployment stays.
func TestComplete(t *testing.T) {
	got, err := complete("../../..", map[string]string{"Mode": "observe"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Mode": "observe", "MaxRetries": "3", "BackoffInterval": "300", "PipelineNamePrefix": "", "ProtectLedger": "true", "RolePath": "/",
		"LogRetentionDays": "90", "KeptLedger": "", "AlarmTopicArn": "",
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s: got %q, %t, want %q", name, value, ok, want)
		}
	}
	text, err := os.ReadFile("../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Count(string(text), "\n    Default: ") - 1; len(got) != want { // all but Architecture
		t.Errorf("got %d parameters, want %d: %v", len(got), want, got)
	}
	_, err = complete("../../..", map[string]string{"Modee": "observe"})
	if err == nil || !strings.Contains(err.Error(), `no parameter "Modee"`) || !strings.Contains(err.Error(), "Mode, ") {
		t.Errorf("a misspelt name: got %v, want it named, and the right ones", err)
	}
}

func TestCommandSaysHowToUseIt(t *testing.T) {
	for _, arguments := range [][]string{nil, {"sideways"}, {"--help"}, {"up", "--port", "abc"}, {"up", "extra"}, {"down", "now"}} {
		if err := command(t.Context(), arguments); !errors.Is(err, errUsage) {
			t.Errorf("%q: got %v, want the usage", arguments, err)
		}
	}
	for _, port := range []string{"-5", "70000"} {
		if err := command(t.Context(), []string{"up", "--port", port}); err == nil || !strings.Contains(err.Error(), "from 1 to 65535, got "+port) {
			t.Errorf("port %s: got %v, want what was expected", port, err)
		}
	}
}

func TestOnLinuxOnly(t *testing.T) {
	if err := runnable("linux"); err != nil {
		t.Error(err)
	}
	if err := runnable("darwin"); err == nil || !strings.Contains(err.Error(), "virtual") {
		t.Errorf("got %v, want a way out", err)
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	u := up{folder: filepath.Join(t.TempDir(), "account"), port: port, say: quiet}
	want := fmt.Sprintf("port %d is in use by another program: end that, or choose another port: make account PORT=%d", port, other(port))
	if _, err := u.running(t.Context()); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOneServes(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "account")
	if pid, err := server(folder); pid != 0 || err != nil {
		t.Errorf("an empty place: got %d, %v, want none", pid, err)
	}
	release, err := lock(filepath.Join(folder, serving))
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := server(folder); pid != os.Getpid() || err != nil {
		t.Errorf("while it is held: got %d, %v, want this process", pid, err)
	}
	release()
	if pid, err := server(folder); pid != 0 || err != nil {
		t.Errorf("after it ended: got %d, %v, want none", pid, err)
	}
}

func TestOneWorksAtATime(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "account")
	release, err := alone(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := down(folder, quiet); err == nil || !strings.Contains(err.Error(), "is at work here") {
		t.Errorf("got %v, want it said that another one is at work", err)
	}
	release()
	if err := down(folder, quiet); err != nil {
		t.Error(err)
	}
}

// What a killed account left is cleared away, and its number, which may be
// another process's by now, is left alone.
func TestDownAfterAKill(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "account")
	if err := (account.State{PID: os.Getpid()}).Write(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, serving), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := down(folder, quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}
