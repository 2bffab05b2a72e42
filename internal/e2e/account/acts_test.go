//go:build e2e

package account

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What a test can have done at a moment.

// refuse answers with an error of AWS's.
func refuse(status int, code, message string) func(http.ResponseWriter, passage) bool {
	return func(w http.ResponseWriter, p passage) bool {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if p.op == "CreateSchedule" {
			w.Header().Set("X-Amzn-Errortype", code)
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":"%s","message":%q,"Message":%q}`, code, message, message)
		return false
	}
}

// lose breaks the connection off: planned after a request, its answer is lost.
func lose(http.ResponseWriter, passage) bool { panic(http.ErrAbortHandler) }

// halts has the process that makes a request stand still at a moment, and then
// does something about it. Where the request takes effect first, the process
// stands still from before that, or it might give up waiting for its answer on a
// busy machine.
func (a *ailing) halts(m moment, then func(pid int) (passes bool)) {
	var pid int
	freeze := func(p passage) {
		var err error
		if pid, err = owner(p); err == nil {
			err = syscall.Kill(pid, syscall.SIGSTOP)
		}
		if err == nil {
			err = hasStopped(pid)
		}
		if err != nil {
			a.t.Errorf("halt %s: %v", m, err)
			panic(http.ErrAbortHandler)
		}
	}
	if !m.after {
		a.at(m, func(_ http.ResponseWriter, p passage) bool {
			freeze(p)
			return then(pid)
		})
		return
	}
	a.gate.at(moment{about: a.id, op: m.op, nth: m.nth}, func(_ http.ResponseWriter, p passage) bool {
		a.sees()
		freeze(p)
		return true
	})
	a.at(m, func(http.ResponseWriter, passage) bool { return then(pid) })
}

// killed ends a process that stands still, and its connection.
func (a *ailing) killed(pid int) (passes bool) {
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		a.t.Errorf("kill: %v", err)
	}
	panic(http.ErrAbortHandler)
}

// hasStopped waits until a process that was told to stop has: on a busy machine
// its other threads may run on for a while, and see the connection break.
func hasStopped(pid int) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(threads) == 0 {
			return fmt.Errorf("process %d is gone: %w", pid, err)
		}
		if !slices.ContainsFunc(threads, runsOn) {
			return nil
		}
	}
	return fmt.Errorf("process %d does not stop", pid)
}

// runsOn tells whether a thread is in another state than stopped (proc(5), the
// letter after the name, which stands in parentheses).
func runsOn(stat string) bool {
	text, err := os.ReadFile(stat)
	_, after, _ := strings.Cut(string(text), ") ")
	return err == nil && !strings.HasPrefix(after, "T")
}

// owner is the process that has the client's side of a request's connection,
// found as lsof finds it: addresses to socket, socket to process. Linux only.
func owner(p passage) (pid int, err error) {
	socket, err := socketOf(p.client, p.server)
	if err != nil {
		return 0, err
	}
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, err
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == "socket:["+socket+"]" {
			return strconv.Atoi(strings.Split(link, "/")[2])
		}
	}
	return 0, fmt.Errorf("no process has the connection from %s", p.client)
}

// socketOf finds the socket that is connected from one address to the other. One
// of them is not enough: two connections may come from the same port.
func socketOf(from, to string) (inode string, err error) {
	ends := make([]string, 2)
	for i, address := range []string{from, to} {
		_, port, _ := strings.Cut(address, ":")
		number, err := strconv.Atoi(port)
		if err != nil {
			return "", fmt.Errorf("%q is no address: %w", address, err)
		}
		ends[i] = fmt.Sprintf(":%04X", number)
	}
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return "", err
	}
	for _, line := range strings.Split(string(table), "\n") {
		fields := strings.Fields(line)
		if len(fields) > 9 && strings.HasSuffix(fields[1], ends[0]) && strings.HasSuffix(fields[2], ends[1]) && fields[9] != "0" {
			return fields[9], nil
		}
	}
	return "", fmt.Errorf("no connection from %s to %s", from, to)
}
