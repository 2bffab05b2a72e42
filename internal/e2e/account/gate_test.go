//go:build e2e

package account

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// A gate stands between the functions and AWS. It passes every request on to
// the service that its signature names.
type gate struct {
	emulator, sageMaker atomic.Pointer[httputil.ReverseProxy]

	mu    sync.Mutex
	seen  []passage
	plans []*plan
}

// A passage is a request that came to the gate.
type passage struct {
	op     string          // "RetryPipelineExecution", "TransactWriteItems", "CreateSchedule", ...
	body   string          // in lower case, as the ledger's keys are
	client string          // the address it came from: of one process
	server string          // the address it came to
	gone   <-chan struct{} // closed when nobody waits for its answer any more
}

// about tells whether the request concerns an execution, a pipeline, a table:
// whatever its body names.
func (p passage) about(words string) bool { return strings.Contains(p.body, strings.ToLower(words)) }

// A moment is just before the nth request of an operation (from 1) about
// something, or just after it took effect and before its answer is sent.
type moment struct {
	about string // an execution's ARN, or part of it
	op    string
	nth   int
	after bool
}

func (m moment) String() string {
	word := "before "
	if m.after {
		word = "after "
	}
	return word + m.op + " " + strconv.Itoa(m.nth)
}

// A plan is something to be done, once, at a moment. Where act returns false,
// the request goes no further and the answer is act's.
type plan struct {
	moment
	left int // how many more requests until it is the nth
	act  func(http.ResponseWriter, passage) (passes bool)
}

// lead tells where the services are.
func (g *gate) lead(emulator, sageMaker string) {
	g.emulator.Store(proxy(emulator))
	g.sageMaker.Store(proxy(sageMaker))
}

// proxy leaves the Host as it was signed. It says why a request had no answer,
// unless whoever asked is gone: functions are killed here all the time.
func proxy(to string) *httputil.ReverseProxy {
	target, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				fmt.Fprintf(os.Stderr, "gate: %s: %v\n", operation(r), err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
}

// at plans something for a moment.
func (g *gate) at(m moment, act func(http.ResponseWriter, passage) (passes bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.plans = append(g.plans, &plan{moment: m, left: m.nth, act: act})
}

// calls lists the operations about something, in the order of their arrival.
func (g *gate) calls(about string) (ops []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.seen {
		if p.about(about) {
			ops = append(ops, p.op)
		}
	}
	return ops
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever sent it is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	p := passage{op: operation(r), body: strings.ToLower(string(body)), client: r.RemoteAddr, gone: r.Context().Done()}
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		p.server = here.String()
	}
	before, after := g.arrives(p)
	if before != nil && !before.act(w, p) {
		return
	}
	answer := httptest.NewRecorder()
	g.service(r).ServeHTTP(answer, r)
	if after != nil && !after.act(w, p) {
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// arrives notes a request and finds what is planned for it.
func (g *gate) arrives(p passage) (before, after *plan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, p)
	for _, plan := range g.plans {
		if plan.op != p.op || !p.about(plan.about) {
			continue
		}
		if plan.left--; plan.left != 0 {
			continue
		}
		if plan.after {
			after = plan
		} else {
			before = plan
		}
	}
	return before, after
}

func (g *gate) service(r *http.Request) http.Handler {
	if strings.Contains(r.Header.Get("Authorization"), "/sagemaker/aws4_request") {
		return g.sageMaker.Load()
	}
	return g.emulator.Load()
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
