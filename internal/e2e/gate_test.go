//go:build e2e

package e2e

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// traffic is every request that the function made, of all services together,
// and what a test wants done about some of them.
type traffic struct {
	mu   sync.Mutex
	seen []string // operations, in the order of their arrival
	acts map[moment]func(http.ResponseWriter) (passes bool)
}

// A moment is just before the nth request of an operation reaches its service,
// or just after it was answered and took effect. nth counts from 1.
type moment struct {
	op    string
	nth   int
	after bool
}

func before(op string, nth int) moment { return moment{op, nth, false} }
func after(op string, nth int) moment  { return moment{op, nth, true} }

func (m moment) String() string {
	word := "before "
	if m.after {
		word = "after "
	}
	return word + m.op + " " + strconv.Itoa(m.nth)
}

// at does something at a moment, once. Where act does not let it pass, a
// request never reaches its service, or its answer never reaches the function.
func (tr *traffic) at(m moment, act func(http.ResponseWriter) (passes bool)) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.acts == nil {
		tr.acts = map[moment]func(http.ResponseWriter) bool{}
	}
	tr.acts[m] = act
}

// refuse answers the nth request of an operation with an error of AWS's, in
// the shape of JSON 1.0, as DynamoDB does.
func (tr *traffic) refuse(op string, nth int, code, message string) {
	tr.at(before(op, nth), func(w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"__type":"com.amazon.coral.service#` + code + `","message":"` + message + `"}`))
		return false
	})
}

// calls counts the requests so far, by operation.
func (tr *traffic) calls() map[string]int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	count := map[string]int{}
	for _, op := range tr.seen {
		count[op]++
	}
	return count
}

// forget starts counting anew.
func (tr *traffic) forget() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen = nil
}

// gate lets requests through to a service.
func (tr *traffic) gate(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		op := operation(r)
		nth := tr.count(op)
		if !tr.act(moment{op, nth, false}, w) {
			return
		}
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, r)
		if !tr.act(moment{op, nth, true}, w) {
			return
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	})
}

func (tr *traffic) count(op string) (nth int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen = append(tr.seen, op)
	for _, seen := range tr.seen {
		if seen == op {
			nth++
		}
	}
	return nth
}

func (tr *traffic) act(m moment, w http.ResponseWriter) (passes bool) {
	tr.mu.Lock()
	act := tr.acts[m]
	delete(tr.acts, m)
	tr.mu.Unlock()
	return act == nil || act(w)
}

// operation is what a request asks for, in either protocol.
func operation(r *http.Request) string {
	if _, op, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return op
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/schedules/") {
		return "CreateSchedule"
	}
	return r.Method + " " + r.URL.Path
}

// sameCalls asserts on the calls since the traffic was last forgotten. Their
// order is left open: two of them go side by side.
func (tr *traffic) sameCalls(t *testing.T, want ...string) {
	t.Helper()
	counted := map[string]int{}
	for _, op := range want {
		counted[op]++
	}
	if got := tr.calls(); !maps.Equal(got, counted) {
		t.Errorf("calls: got %v, want %v", got, counted)
	}
}
