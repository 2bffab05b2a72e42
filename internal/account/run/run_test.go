package main

import (
	"errors"
	"maps"
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

func TestCommandNamesItsWords(t *testing.T) {
	for _, arguments := range [][]string{nil, {"sideways"}} {
		if err := command(t.Context(), arguments); err == nil || !strings.Contains(err.Error(), "up") || !strings.Contains(err.Error(), "down") {
			t.Errorf("%q: got %v, want the commands named", arguments, err)
		}
	}
}

func TestOneAtATime(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "account")
	if there, err := runs(folder); there || err != nil {
		t.Errorf("an empty place: got %t, %v, want none", there, err)
	}
	release, err := lock(folder)
	if err != nil {
		t.Fatal(err)
	}
	if there, err := runs(folder); !there || err != nil {
		t.Errorf("while it is held: got %t, %v, want one", there, err)
	}
	if _, err := lock(folder); !errors.Is(err, errRuns) {
		t.Errorf("a second one: got %v, want %v", err, errRuns)
	}
	release()
	if there, err := runs(folder); there || err != nil {
		t.Errorf("after it ended: got %t, %v, want none", there, err)
	}
}

// What a killed account left is cleared away, and its number, which may be
// another process's by now, is left alone.
func TestDownAfterAKill(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "account")
	if err := down(folder, quiet); err != nil {
		t.Errorf("nothing there: %v", err)
	}
	if err := (account.State{PID: os.Getpid()}).Write(folder); err != nil {
		t.Fatal(err)
	}
	if err := down(folder, quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}
