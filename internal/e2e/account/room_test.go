//go:build e2e

package account

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// roomForFive has thirty failures come at once to a function that has room for
// five: the others are throttled, wait in Lambda's queue, and all are dealt
// with.
func (s *stack) roomForFive(t *testing.T) {
	var busy, most atomic.Int32
	released := make(chan struct{})
	release := sync.OnceFunc(func() { close(released) })
	t.Cleanup(release)
	var all []*ailing
	for n := range 30 {
		all = append(all, s.ails(t, retriedAtOnce, fmt.Sprint("crowd-", n), func(a *ailing) {
			a.at(moment{op: "BatchGetItem", nth: 1}, func(_ http.ResponseWriter, p passage) bool {
				most.Store(max(most.Load(), busy.Add(1)))
				defer busy.Add(-1)
				select {
				case <-released:
				case <-p.gone: // its function had no time left for it, and is free for the next
				}
				return true
			})
		}))
	}
	all[0].until("five at work", func() bool { return busy.Load() == 5 })
	_, err := s.lambda().Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String(s.Outputs["RetrierAlias"]), Payload: []byte(`{}`),
	}, func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
	var throttled *types.TooManyRequestsException
	if !errors.As(err, &throttled) {
		t.Errorf("called while five are at work: got %v, want it to be throttled", err)
	}
	release()
	for _, a := range all {
		a.ends(1, 1)
		a.unharmed()
	}
	if most.Load() > 5 {
		t.Errorf("%d were at work at the same time, want at most 5", most.Load())
	}
}

// roomForNone has a dozen failures come while nothing is reserved for the
// function: all are dead letters at once, whole, and come back when they are
// sent on.
func (s *stack) roomForNone(t *testing.T) {
	mend := sync.OnceFunc(withConcurrency(0)(t, s))
	t.Cleanup(mend)
	var all []*ailing
	for n := range 12 {
		all = append(all, s.ails(t, retriedAtOnce, fmt.Sprint("none-", n), nil))
	}
	events := map[*ailing][]byte{}
	for _, a := range all {
		events[a] = a.original()
		if len(a.gate.calls(a.id)) != 0 {
			t.Errorf("it ran: %v", a.gate.calls(a.id))
		}
	}
	mend()
	for _, a := range all {
		a.replay(events[a])
	}
	for _, a := range all {
		a.ends(1, 1)
	}
}

// killedWhileStarting kills the function's next process as soon as it is seen, in
// several rounds until one was seen before it had started. It leaves nothing
// behind, and the next one does everything (25).
func (s *stack) killedWhileStarting(t *testing.T) {
	for round := range 10 {
		s.endProcesses(t) // those that have started would take the event
		mark := len(s.emulatorLog(t))
		killed := make(chan int, 1)
		_, noted := s.notedSince(0)
		go s.killNext(noted, killed)
		a := s.ails(t, retriedAtOnce, fmt.Sprint("starting-", round), nil)
		a.until("a process to kill", func() bool { return len(killed) > 0 })
		a.ends(1, 1)
		a.unharmed()
		if strings.Contains(s.emulatorLog(t)[mark:], s.Resources["Retrier"]+": bootstrap exited during init") {
			return
		}
	}
	t.Error("no process of it died while it started, in ten rounds")
}

// killNext kills the next process of the function as soon as the emulator has
// noted that it started one. Looking through all of /proc would be too late often.
func (s *stack) killNext(noted int64, killed chan<- int) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		pids, size := s.notedSince(noted)
		for _, pid := range pids {
			if s.isProcess(pid) && syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed <- pid
				return
			}
		}
		noted = size
	}
}

// notedSince are the processes that the emulator noted after so many bytes of its
// notes, and how many bytes they are now. A line may be written by half.
func (s *stack) notedSince(bytes int64) (pids []int, size int64) {
	file, err := os.Open(filepath.Join(s.Folder, "processes"))
	if err != nil {
		return nil, bytes
	}
	defer file.Close()
	text, _ := io.ReadAll(io.NewSectionReader(file, bytes, 1<<20))
	whole := text[:strings.LastIndexByte(string(text), '\n')+1]
	for _, line := range strings.Fields(string(whole)) {
		if pid, err := strconv.Atoi(line); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, bytes + int64(len(whole))
}

func (s *stack) emulatorLog(t *testing.T) string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.Folder, "ministack.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(log)
}

// endProcesses kills the function's processes and waits until there are none.
func (s *stack) endProcesses(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		left := s.processes()
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("processes %v do not end", left)
		}
	}
}

// processes are those of the stack's function that live.
func (s *stack) processes() (pids []int) {
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		if pid, err := strconv.Atoi(filepath.Base(folder)); err == nil && s.isProcess(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// isProcess tells whether a process is the stack's function's, and lives.
func (s *stack) isProcess(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return err == nil && strings.Contains(string(text), "AWS_LAMBDA_FUNCTION_NAME="+s.Resources["Retrier"]+"\x00")
}
