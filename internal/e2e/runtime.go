//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Process is one instance of a function: its program behind a Runtime API that
// serves nobody else. It handles one invocation at a time, as in Lambda.
// Source: AWS Lambda developer guide, "Using the Lambda runtime API".
type Process struct {
	program     *exec.Cmd
	api         *http.Server
	invocations chan invocation
	outcomes    chan Outcome
	current     atomic.Int64  // number of the latest invocation
	ready       chan struct{} // closed when it asks for its first event
	asked       sync.Once
	exited      chan struct{} // closed when it has ended
	killed      sync.Once
	stdout      *os.File // written by the program itself: what it said before it answered is there
	stderr      *os.File
}

type invocation struct {
	number   int64
	event    []byte
	deadline time.Time
}

// Outcome is how one invocation ended. Exactly one of Answer, Error and Died
// says so.
type Outcome struct {
	Answer []byte
	Error  *FunctionError
	Died   bool     // the program ended, or had not answered at its deadline and was ended
	Lines  []string // what it wrote to standard output meanwhile
	Lost   bool     // the first of Lines may be missing; never from a Process
}

// FunctionError is an error that the function answered with.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// functionARN is what Lambda would say was invoked. The function has no use for it.
const functionARN = "arn:aws:lambda:eu-west-1:123456789012:function:local-retrier:live"

// StartProcess starts the program with that environment and no other; the
// address of its Runtime API is added. Its output goes to files in folder. The
// caller ends it by Kill.
func StartProcess(program, folder string, environment []string) (*Process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a Runtime API: %w", err)
	}
	p := &Process{
		program:     exec.Command(program),
		invocations: make(chan invocation), outcomes: make(chan Outcome, 1),
		ready: make(chan struct{}), exited: make(chan struct{}),
	}
	p.program.Env = append(environment, "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	p.api = &http.Server{Handler: p.routes(), ReadHeaderTimeout: 10 * time.Second}
	if err := p.open(folder); err != nil {
		listener.Close()
		return nil, err
	}
	go p.api.Serve(listener) // ends by Kill
	if err := p.program.Start(); err != nil {
		p.api.Close()
		return nil, fmt.Errorf("start the function: %w", err)
	}
	go func() {
		p.program.Wait()
		close(p.exited)
	}()
	return p, nil
}

func (p *Process) open(folder string) (err error) {
	if p.stdout, err = os.CreateTemp(folder, "stdout-*"); err != nil {
		return fmt.Errorf("open the function's output: %w", err)
	}
	if p.stderr, err = os.CreateTemp(folder, "stderr-*"); err != nil {
		return fmt.Errorf("open the function's output: %w", err)
	}
	p.program.Stdout, p.program.Stderr = p.stdout, p.stderr
	return nil
}

// WaitReady waits until the program asks for its first event, and tells whether
// it did: false if it ended instead, or is silent for the ten seconds that
// Lambda gives a function to start.
func (p *Process) WaitReady() bool {
	select {
	case <-p.ready:
		return true
	case <-p.exited:
	case <-time.After(10 * time.Second):
	}
	return false
}

// Invoke hands over one event and waits for what becomes of it. The program is
// told that it has the remaining time; a second after that it is killed.
func (p *Process) Invoke(event []byte, remaining time.Duration) Outcome {
	from := p.position()
	next := invocation{p.current.Add(1), event, time.Now().Add(remaining)}
	limit := time.NewTimer(max(remaining, 0) + time.Second)
	defer limit.Stop()
	out := Outcome{Died: true}
	select {
	case p.invocations <- next:
		select {
		case out = <-p.outcomes:
		case <-p.exited:
		case <-limit.C:
		}
	case <-p.exited:
	case <-limit.C:
	}
	if out.Died {
		p.Kill()
	}
	out.Lines = p.linesFrom(from)
	return out
}

// Kill ends the program as `kill -9` does, and its Runtime API with it. Again
// does nothing.
func (p *Process) Kill() {
	p.killed.Do(func() {
		p.program.Process.Kill() // fails only where it has ended
		<-p.exited
		p.api.Close()
	})
	<-p.exited
}

// Exited waits until the program has ended by itself, and tells its exit code
// and what it wrote to standard error. False: it had not after ten seconds.
func (p *Process) Exited() (code int, stderr string, ended bool) {
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		return 0, "", false
	}
	text, err := os.ReadFile(p.stderr.Name())
	if err != nil {
		text = []byte(err.Error())
	}
	return p.program.ProcessState.ExitCode(), string(text), true
}

// Close lets go of the output files.
func (p *Process) Close() error { return errors.Join(p.stdout.Close(), p.stderr.Close()) }

// routes are the three of the Runtime API that a function which starts needs.
func (p *Process) routes() http.Handler {
	mux := http.NewServeMux()
	const invocations = "/2018-06-01/runtime/invocation/"
	mux.HandleFunc("GET "+invocations+"next", p.next)
	mux.HandleFunc("POST "+invocations+"{id}/response", p.outcome(func(body []byte) (Outcome, error) {
		return Outcome{Answer: body}, nil
	}))
	mux.HandleFunc("POST "+invocations+"{id}/error", p.outcome(func(body []byte) (Outcome, error) {
		var e FunctionError
		err := json.Unmarshal(body, &e)
		return Outcome{Error: &e}, err
	}))
	return mux
}

// next holds the program's question until there is an event, as Lambda does.
func (p *Process) next(w http.ResponseWriter, r *http.Request) {
	p.asked.Do(func() { close(p.ready) })
	select {
	case <-r.Context().Done():
	case next := <-p.invocations:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", requestID(next.number))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(next.deadline.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", functionARN)
		w.Write(next.event)
	}
}

// outcome takes what the program says about the invocation under way, and
// refuses what it says about any other.
func (p *Process) outcome(read func([]byte) (Outcome, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.PathValue("id") != requestID(p.current.Load()) {
			http.Error(w, "no such invocation", http.StatusBadRequest)
			return
		}
		out, err := read(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.outcomes <- out
		w.WriteHeader(http.StatusAccepted)
	}
}

func requestID(number int64) string {
	return fmt.Sprintf("8c1f0a52-6d3e-4b7a-9f10-%012d", number)
}

// position is how much the program has written to standard output.
func (p *Process) position() int64 {
	about, err := os.Stat(p.stdout.Name())
	if err != nil {
		return 0
	}
	return about.Size()
}

func (p *Process) linesFrom(from int64) []string {
	text, err := os.ReadFile(filepath.Clean(p.stdout.Name()))
	if err != nil {
		return []string{err.Error()}
	}
	text = bytes.TrimRight(text[min(from, int64(len(text))):], "\n")
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\n")
}
