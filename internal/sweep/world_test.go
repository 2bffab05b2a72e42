package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var (
	home  = retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
	dawn  = time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)
	every = 5 * time.Minute // between two sweeps
)

const expireAfter = 24 * time.Hour

// world is an account with its ledger: everything that the sweep talks to. Its
// clock moves only by pauses and by hand.
type world struct {
	t        *testing.T
	mu       sync.Mutex
	now      time.Time
	left     time.Duration // of the invocation; 0: no deadline
	pageSize int

	failed  []retry.Found // with when they were modified
	names   []string      // of pipelines beside those that failed
	records map[string]retry.Record
	broken  map[string]bool // records that cannot be read
	open    map[retry.Standing][]retry.Open
	closed  map[string]bool // gone from there when the index has caught up: before the next sweep
	cursor  string

	handle  func(retry.Notice) (retry.Decision, error) // nil: retries, and notes that in the ledger
	trouble func(op string) error                      // nil: none

	handled  []retry.Notice
	ops      []string
	since    []time.Time
	requests int
	log      bytes.Buffer
	h        *Handler
}

func newWorld(t *testing.T) *world {
	w := &world{
		t: t, now: dawn, pageSize: 100, records: map[string]retry.Record{}, broken: map[string]bool{}, open: map[retry.Standing][]retry.Open{},
	}
	w.h = &Handler{
		Home: home, Mode: retry.Enforce, ExpireAfter: expireAfter, HandleTimeout: 20 * time.Second, Requests: Requests, PerSecond: PerSecond,
		Build: "test", Search: w, Lists: w, Records: w, Cursors: w, Corridor: w, Log: slog.New(slog.NewJSONHandler(&w.log, nil)),
		Now: w.clock, Pause: func(_ context.Context, d time.Duration) { w.pass(d) },
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// execution names one of a pipeline's.
func execution(pipeline string, n int) retry.ExecutionARN {
	return retry.ExecutionARN{
		Partition: home.Partition, Region: home.Region, Account: home.Account, Pipeline: pipeline, ID: fmt.Sprintf("e%05d", n),
	}
}

// fail lets an execution fail that long ago, started an hour before.
func (w *world) fail(e retry.ExecutionARN, ago time.Duration) {
	w.failed = append(w.failed, retry.Found{Execution: e, LastModified: w.now.Add(-ago), Started: w.now.Add(-ago - time.Hour)})
}

// a bounded context has so much time left as the world says.
type bounded struct {
	context.Context
	w *world
}

func (b bounded) Deadline() (time.Time, bool) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	return time.Now().Add(b.w.left), b.w.left != 0
}

// sweep invokes the function, after a while.
func (w *world) sweep(after time.Duration) (Report, error) {
	w.t.Helper()
	w.now = w.now.Add(after)
	w.handled, w.ops, w.since, w.requests = nil, nil, nil, 0
	w.log.Reset()
	for standing, open := range w.open {
		w.open[standing] = slices.DeleteFunc(open, func(o retry.Open) bool { return w.closed[o.Execution.Key()] })
	}
	w.closed = map[string]bool{}
	answer, err := w.h.Invoke(bounded{context.Background(), w}, []byte(`{"source":"aws.events"}`))
	var r Report
	if err != nil { // then the line alone tells the rest
		last := strings.Split(strings.TrimSpace(w.log.String()), "\n")
		answer = []byte(last[len(last)-1])
	}
	if err := json.Unmarshal(answer, &r); err != nil {
		w.t.Fatal(err)
	}
	return r, err
}

// partly is a sweep of which a part could not be made.
func (w *world) partly(after time.Duration) Report {
	w.t.Helper()
	r, err := w.sweep(after)
	if err == nil {
		w.t.Error("the invocation ended well, and the alarm stays silent")
	}
	return r
}

// swept is a sweep that must not be an error.
func (w *world) swept(after time.Duration) Report {
	w.t.Helper()
	r, err := w.sweep(after)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// ids are the executions handled by the last sweep, in an order of their own:
// those side by side have none.
func (w *world) ids() []string {
	var ids []string
	for _, n := range w.handled {
		ids = append(ids, n.Execution.ID)
	}
	slices.Sort(ids)
	return ids
}

// note counts a request, and gives the trouble that it meets.
func (w *world) note(op string, cost int) error {
	w.ops, w.requests = append(w.ops, op), w.requests+cost
	if w.trouble != nil {
		return w.trouble(op)
	}
	return nil
}

// page cuts one page out of many.
func page[T any](w *world, all []T, at string) ([]T, string) {
	from, _ := strconv.Atoi(at)
	to := min(from+w.pageSize, len(all))
	if to == len(all) {
		return all[from:], ""
	}
	return all[from:to], strconv.Itoa(to)
}
