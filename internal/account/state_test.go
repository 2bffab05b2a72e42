package account

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindFromAnyFolderOfTheProject(t *testing.T) {
	project := t.TempDir()
	deep := filepath.Join(project, "internal", "account")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(deep); !errors.Is(err, ErrNone) {
		t.Errorf("nothing runs: got %v, want ErrNone", err)
	}
	want := State{PID: 7, Endpoint: "http://127.0.0.1:4566", Control: "http://127.0.0.1:4567", Region: "eu-west-1", Number: "123456789012", Stack: "mulligan", LogGroup: "logs"}
	if err := want.Write(filepath.Join(project, Folder)); err != nil {
		t.Fatal(err)
	}
	got, err := Find(deep)
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestReadSpoiledState(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, stateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Read(folder)
	if err == nil || !strings.Contains(err.Error(), "make account-down") {
		t.Errorf("got %v, want an error that names the way out", err)
	}
}
