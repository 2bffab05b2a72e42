//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/history"
	"mulligan/internal/retry"
)

// recorded is a world in which every process has a number, every request of it a
// fate, and all that reaches the ledger and SageMaker is recorded.
type recorded struct {
	*world
	wire     *history.Wire
	settings map[string]string                // of every process
	fate     func(process, nth, all int) fate // of the nth request of a process, counted from 1, and among all

	mu        sync.Mutex
	processes []*Process
	sent      []string    //  operations, in the order of their arrival
	nth       map[int]int // requests by process
	met       map[fate]int
	ice       ice
	passing   sync.WaitGroup // requests under way
}

// newRecorded makes one in which nothing befalls anybody.
func newRecorded(t *testing.T, table string, settings map[string]string) *recorded {
	t.Helper()
	nobody := func(*Process) {}
	w := &recorded{
		settings: settings, nth: map[int]int{}, met: map[fate]int{}, ice: ice{make(chan struct{}), remaining, nobody, nobody},
		fate: func(int, int, int) fate { return unharmed },
		wire: &history.Wire{Recorder: &history.Recorder{}, Client: sender, Bucket: budget},
	}
	w.world = newWorldBehind(t, table, func(service http.Handler) http.Handler { return w.meeting(w.wire.Around(service)) })
	return w
}

// budget is the bucket of a key, by the settings that the environment gives.
func budget(key string) retry.Bucket {
	if strings.HasPrefix(key, "budget#pipeline#") {
		return retry.Bucket{Key: key, Size: 20, Per: 24 * time.Hour}
	}
	return retry.Bucket{Key: key, Size: 60, Per: time.Hour}
}

// Every request says whose it is: the SDK adds the execution environment to the
// header User-Agent.
var senderWord = regexp.MustCompile(`exec-env/process-(\d+)`)

func sender(r *http.Request) int {
	number := senderWord.FindStringSubmatch(r.Header.Get("User-Agent"))
	if number == nil {
		panic("a request of no process: " + r.Header.Get("User-Agent"))
	}
	n, _ := strconv.Atoi(number[1]) // digits
	return n
}

// meeting lets every request meet its fate.
func (w *recorded) meeting(service http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		n := sender(r)
		w.mu.Lock()
		w.nth[n]++
		w.sent = append(w.sent, operation(r))
		f := w.fate(n, w.nth[n], len(w.sent))
		w.met[f]++
		p, ice := w.processes[n], w.ice
		w.passing.Add(1)
		w.mu.Unlock()
		defer w.passing.Done()
		p.meets(f, ice, service, rw, r)
	})
}

// callsAfter are the operations that were asked for after the first so many.
func (w *recorded) callsAfter(first int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent[first:])
}

// melt lets go of all that is frozen or late.
func (w *recorded) melt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.ice.thaw)
	w.ice.thaw = make(chan struct{})
}

// What `sam build` made beside the program that all tests share.
func sweeper() string {
	return filepath.Join(filepath.Dir(filepath.Dir(program)), "Sweeper", "bootstrap")
}

// start starts a process of a program and gives it a number.
func (w *recorded) start(t *testing.T, program string) *Process {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	variables := w.environment()
	timeout := variables["FUNCTION_TIMEOUT"]
	maps.Copy(variables, w.settings)
	if program == sweeper() { // it starts nothing that could take longer
		variables["FUNCTION_TIMEOUT"] = timeout
	}
	variables["AWS_EXECUTION_ENV"] = fmt.Sprintf("process-%d", len(w.processes))
	var environment []string
	for name, value := range variables {
		environment = append(environment, name+"="+value)
	}
	p, err := StartProcess(program, t.TempDir(), environment)
	if err != nil {
		t.Fatal(err)
	}
	w.processes = append(w.processes, p)
	t.Cleanup(func() {
		p.Kill()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}
