//go:build e2e

package account

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// stopsAt has the process that makes a request stand still at a moment and tells
// which one it is. Where the request goes on, its answer lies there until the
// process goes on.
func (a *ailing) stopsAt(m moment, goesOn bool, stopped chan<- int) {
	a.halts(m, func(pid int) bool {
		stopped <- pid
		if !goesOn {
			panic(http.ErrAbortHandler)
		}
		return true
	})
}

// hasEnded tells whether a process is no more, or only waits to be forgotten.
func hasEnded(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// A function that hangs at a call until its time is up: Lambda ends it and
// delivers again, and it comes to the same as after a kill (scenarios 19, 20).
func TestTimedOutAtEveryCall(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	all := s.moments(t, retriedAtOnce)
	hung, pids := make([]*ailing, len(all)), make([]chan int, len(all))
	for i, m := range all {
		pids[i] = make(chan int, 1)
		hung[i] = s.ails(t, retriedAtOnce, m.String(), func(a *ailing) { a.stopsAt(m, false, pids[i]) })
	}
	for i, m := range all {
		t.Run(m.String(), func(t *testing.T) {
			a := hung[i].in(t)
			a.ends(1, 1)
			pid := <-pids[i]
			a.until("the end of the function that hung", func() bool { return hasEnded(pid) })
			a.endedInSilence()
		})
	}
}

// A function that stands still after a call, and goes on with what it remembers
// when another delivery has dealt with the failure, changes nothing any more
// (scenario 21). It does so within its time: at the end of that Lambda, in AWS
// and here, lets no process live on.
func TestThawedAfterEveryCall(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	for _, m := range s.moments(t, retriedAtOnce) {
		if !m.after {
			continue
		}
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			stopped := make(chan int, 1)
			a := s.ails(t, retriedAtOnce, "thawed", func(a *ailing) {
				a.runs[1] = awstest.KeepsRunning() // its success would change the record, too
				a.stopsAt(m, true, stopped)
			})
			a.until("the moment", func() bool { return len(stopped) == 1 })
			pid := <-stopped
			thaw := sync.OnceValue(func() error { return syscall.Kill(pid, syscall.SIGCONT) }) // once: the process may stand still for another test by then
			t.Cleanup(func() { _ = thaw() })                                                   // for a test that failed before it came to it
			a.again()
			a.ends(1, 1)
			before := a.now()
			if err := thaw(); err != nil {
				t.Fatal(err)
			}
			a.until("the end of the delivery that stood still", func() bool { return len(a.log.of(a.arn)) > 1 })
			after := a.now()
			if before.Kind == retry.MovedOn && after.Kind == retry.Retried {
				before = after // it had the answer of a call that took effect, and knew better
			}
			if after.Rev != before.Rev || after.Used != before.Used {
				t.Errorf("the record before: %+v\nafter: %+v", before, after)
			}
			a.ends(1, 1)
			a.unharmed()
		})
	}
}
