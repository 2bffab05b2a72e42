package host

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	if _, err := FreePort(port); err == nil || !strings.Contains(err.Error(), "is in use by another program") {
		t.Errorf("got %v, want it said that port %d is in use", err, port)
	}
	if got, err := FreePort(0); err != nil || got == 0 || got == port {
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
	for _, in := range []Reach{r, {Folder: t.TempDir()}} {
		if _, err := in.role("ASIA3"); !errors.Is(err, awstest.ErrUnknownKey) || !strings.Contains(err.Error(), "ASIA3") {
			t.Errorf("a key of nobody: got %v, want an error that names it", err)
		}
	}
	if err := os.WriteFile(filepath.Join(r.Folder, sessionsFile), []byte(strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.role("ASIA1"); err == nil || errors.Is(err, awstest.ErrUnknownKey) {
		t.Errorf("a file that cannot be read: got %v, which does not make it a key of nobody", err)
	}
}

// Of deployments into a home that has no bucket yet, one goes first.
func TestFirstDeploymentIsAlone(t *testing.T) {
	b := buckets{made: map[Home]bool{}}
	home := Home{"123456789012", "eu-west-1"}
	var inside, most atomic.Int32
	both := make(chan struct{})
	deploy := func(err error, meet bool) {
		if got := b.with(home, func() error {
			most.Store(max(most.Load(), inside.Add(1)))
			defer inside.Add(-1)
			if meet {
				select {
				case both <- struct{}{}:
				case <-both:
				}
			}
			return err
		}); got != err {
			t.Errorf("got %v, want %v", got, err)
		}
	}
	deploy(errors.New("no bucket"), false)
	var first sync.WaitGroup
	for range 3 {
		first.Go(func() { deploy(errors.New("no bucket"), false) })
	}
	first.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at a time without a bucket, want one", most.Load())
	}
	deploy(nil, false)
	for range 2 { // each ends only if the other is there
		first.Go(func() { deploy(nil, true) })
	}
	first.Wait()
}

// A request that no home takes would be blamed on the function as well.
func TestLostRequests(t *testing.T) {
	h := &Host{options: Options{Homes: []Home{{"123456789012", "eu-west-1"}}}, standIns: map[Home]*awstest.Account{}}
	h.events = newCarrier(nil, nil)
	if err := h.serveSageMaker(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := h.Lost(); err != nil {
		t.Errorf("before any: %v", err)
	}
	answer, err := http.Post(h.SageMaker, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := h.Lost(); err == nil || !strings.HasPrefix(err.Error(), "to SageMaker: ") {
		t.Errorf("got %v, want the request that nobody signed", err)
	}
}

// An event that does not reach the bus is on record: a test that waits for its
// consequences would blame the function.
func TestCarrierTellsWhatWasLost(t *testing.T) {
	h := &Host{}
	var told []error // one is lost: nothing else writes it
	h.events = newCarrier(func(_ context.Context, _ Home, e awstest.Event) error {
		if !json.Valid(e.JSON()) {
			t.Errorf("not JSON: %s", e.JSON())
		}
		if e.Status == awstest.Failed {
			return errors.New("no such bus")
		}
		return nil
	}, func(err error) { told = append(told, err) })
	a := awstest.New(awstest.Config{OnEvent: func(e awstest.Event) { h.events.carry(Home{}, e) }})
	arn := a.Add(awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity)}})
	h.events.busy.Wait()
	defer h.events.close()
	if err := h.Lost(); err == nil || !strings.Contains(err.Error(), arn) || strings.Contains(err.Error(), string(awstest.Executing)) {
		t.Errorf("got %v, want the Failed event of %s and no other", err, arn)
	}
	if len(told) != 1 || !strings.Contains(told[0].Error(), arn) {
		t.Errorf("told at once: %v, want the same", told)
	}
}

// Whoever ends the host may take apart what the carrier uses.
func TestCarrierTakesNothingAfterItsEnd(t *testing.T) {
	var put atomic.Int32
	c := newCarrier(func(ctx context.Context, _ Home, _ awstest.Event) error {
		put.Add(1)
		<-ctx.Done()
		return ctx.Err()
	}, nil)
	c.carry(Home{}, awstest.Event{})
	var others sync.WaitGroup
	for range 20 { // while it ends
		others.Go(func() { c.carry(Home{}, awstest.Event{}) })
	}
	c.close()
	carried := put.Load()
	others.Wait()
	c.carry(Home{}, awstest.Event{})
	c.busy.Wait()
	if got := put.Load(); got != carried {
		t.Errorf("%d events went after the end", got-carried)
	}
	if err := c.lost(); err != nil {
		t.Errorf("got %v: what is broken off is not lost", err)
	}
}

// One set of connections serves every client, and a process that did not start
// the account needs none.
func TestClientsShareConnections(t *testing.T) {
	home, shared := Home{"123456789012", "eu-west-1"}, newConnections()
	r := Reach{connections: shared}
	if one, other := r.AWS(home).HTTPClient, r.AWS(home).HTTPClient; one != shared || other != shared {
		t.Errorf("got %p and %p, want %p", one, other, shared)
	}
	if got := (Reach{}).AWS(home).HTTPClient; got != nil {
		t.Errorf("got %v, want the SDK's own", got)
	}
}

// Rules with a rate fire as they say, as often as one is told, or never.
func TestRates(t *testing.T) {
	const variable = "ACCOUNT_RATE_SECONDS="
	for every, want := range map[time.Duration]string{0: "", 1500 * time.Millisecond: variable + "1.5", -1: variable + "0"} {
		environment := (&emulator{}).environment(Options{Every: every, Homes: []Home{{"123456789012", "eu-west-1"}}}, 4566, "")
		got := slices.DeleteFunc(environment, func(v string) bool { return !strings.HasPrefix(v, variable) })
		if strings.Join(got, " ") != want {
			t.Errorf("%v: got %q, want %q", every, got, want)
		}
	}
}
