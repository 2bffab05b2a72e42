package host

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
)

func TestPairs(t *testing.T) {
	for _, test := range []struct {
		of   map[string]string
		want []string
	}{
		{nil, nil},
		{map[string]string{"Mode": "observe", "BackoffInterval": "2"}, []string{"--x", "BackoffInterval=2", "Mode=observe"}},
		{map[string]string{"PipelineNamePrefix": ""}, []string{"--x", `PipelineNamePrefix=""`}},
	} {
		if got := pairs("--x", test.of); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %q, want %q", test.of, got, test.want)
		}
	}
}

func TestPortInUseIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	if _, err := freePort(port); err == nil || !strings.Contains(err.Error(), "is in use by another program") {
		t.Errorf("got %v, want it said that port %d is in use", err, port)
	}
	if got, err := freePort(0); err != nil || got == 0 || got == port {
		t.Errorf("got %d, %v, want a free port", got, err)
	}
}

// What is missing is named, with the way to get it, and nothing is left running.
func TestMissingEmulator(t *testing.T) {
	folder := t.TempDir()
	_, err := Start(t.Context(), Options{Root: t.TempDir(), Folder: folder, Homes: []Home{{"123456789012", "eu-west-1"}}})
	if err == nil || !strings.Contains(err.Error(), "infra/local/install account") {
		t.Errorf("got %v, want the way to install it", err)
	}
}

func TestSAMErrorShort(t *testing.T) {
	long := strings.Repeat("Building\n", 100) + "Initiating deployment\n\nError: no such parameter\nfull stop\n"
	err := &SAMError{Command: "deploy", Output: long, Err: errors.New("exit status 1")}
	if got, want := err.Short(), "sam deploy failed:\nError: no such parameter\nfull stop"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(err.Error(), "Building") || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %q, want all of it", err)
	}
}

func TestRoleBehindAKey(t *testing.T) {
	r := Reach{Folder: t.TempDir()}
	lines := `{"key":"ASIA1","role":"arn:aws:iam::123456789012:role/a","function":"f"}` + "\n" +
		`{"key":"ASIA2","role":"arn:aws:iam::123456789012:role/ml/b","function":"g"}` + "\n"
	if err := os.WriteFile(filepath.Join(r.Folder, sessionsFile), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := r.role("ASIA2"); err != nil || got != "arn:aws:iam::123456789012:role/ml/b" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := r.role("ASIA3"); err == nil || !strings.Contains(err.Error(), "ASIA3") {
		t.Errorf("a key of nobody: got %v, want an error that names it", err)
	}
}

// An event that does not reach the bus is on record: a test that waits for its
// consequences would blame the function.
func TestCarrierTellsWhatWasLost(t *testing.T) {
	h := &Host{}
	h.events = newCarrier(func(_ context.Context, _ Home, e awstest.Event) error {
		if !json.Valid(e.JSON()) {
			t.Errorf("not JSON: %s", e.JSON())
		}
		if e.Status == awstest.Failed {
			return errors.New("no such bus")
		}
		return nil
	})
	a := awstest.New(awstest.Config{OnEvent: func(e awstest.Event) { h.events.carry(Home{}, e) }})
	arn := a.Add(awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity)}})
	h.events.busy.Wait()
	if err := h.Lost(); err == nil || !strings.Contains(err.Error(), arn) || strings.Contains(err.Error(), string(awstest.Executing)) {
		t.Errorf("got %v, want the Failed event of %s and no other", err, arn)
	}
}
