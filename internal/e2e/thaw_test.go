//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// thawing is a failure that two deliveries bring: the first of them is frozen, or
// killed while its request is still on its way, until the second is done.
type thawing struct {
	name  string
	sweep bool // the first is the sweep, which has found the failure itself
	wake  bool // both are wakes of one claim
	again bool // before it thaws, the retried run fails too, and that failure waits
}

var thaws = []thawing{
	{name: "Event"},
	{name: "FailedAgain", again: true},
	{name: "Woken", wake: true},
	{name: "SweptMeanwhile", sweep: true},
}

// Whatever a process was about to do when it froze, or had just done, and however
// late its request comes: another has taken the failure to its end, and nothing
// comes of it but what the runtime allows. One retry takes effect for one unit.
func TestThawedLate(t *testing.T) {
	for _, f := range thaws {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var calls []string
			t.Run("unharmed", func(t *testing.T) { calls, _ = f.lives(t, 0, unharmed) })
			var all []death
			for i := range calls {
				all = append(all, death{i + 1, frozenBefore}, death{i + 1, frozenAfter})
				if changing[calls[i]] {
					all = append(all, death{i + 1, killedAndLate})
				}
			}
			eachOf(t, all, calls, f.lives)
		})
	}
}

// lives takes a failure through both deliveries, with that fate at the nth request
// of the first. It returns the first's requests, in order.
func (f thawing) lives(t *testing.T, nth int, by fate) ([]string, checked) {
	settings := map[string]string{}
	if f.wake {
		settings["BACKOFF_INTERVAL"] = "1"
	}
	w := newRecorded(t, fmt.Sprintf("%s-%d-%d", f.name, nth, by), settings)
	arn, binary, first, second := f.begins(t, w)
	before := len(w.callsAfter(0))
	stuck := make(chan struct{})
	suspect := len(w.processes)
	w.fate = func(process, n, _ int) fate {
		if process != suspect || n != nth {
			return unharmed
		}
		close(stuck)
		return by
	}
	p, done := w.start(t, binary), make(chan struct{})
	go func() {
		defer close(done)
		p.Invoke(first, timeOf(binary))
		p.Kill()
	}()
	select {
	case <-stuck:
	case <-done:
	}
	calls := w.callsAfter(before)
	w.deliver(t, program, second)
	if f.again {
		w.failsAgain(t, arn)
	}
	w.melt()
	<-done
	w.passing.Wait()
	w.deliver(t, program, second) // whatever the first left, or failed over
	f.settled(t, w, arn)
	return calls, w.explained(t, arn)
}

// begins brings the world to where the two deliveries begin.
func (f thawing) begins(t *testing.T, w *recorded) (arn, binary string, first, second []byte) {
	t.Helper()
	switch {
	case f.sweep:
		runs := []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal), awstest.KeepsRunning()}
		arn = w.Add(awstest.Script{Runs: runs, Silent: 1, Ago: 5 * time.Minute})
		unsent := w.Unsent(arn)
		return arn, sweeper(), []byte("{}"), unsent[len(unsent)-1].JSON()
	case f.wake:
		arn, failed := w.fails(t, awstest.ReasonCapacity)
		w.deliver(t, program, failed.JSON())
		var wake []byte
		until(t, time.Now().Add(time.Minute), func() bool {
			return w.Fire(time.Now(), func(input []byte) { wake = input }) > 0
		})
		return arn, program, wake, wake
	}
	arn, failed := w.fails(t, awstest.ReasonInternal)
	return arn, program, failed.JSON(), failed.Again("copy").JSON()
}

// failsAgain has the retried run fail of something that has to wait, and delivers
// the event. It may fail in the second in which the run before it did.
func (w *recorded) failsAgain(t *testing.T, arn string) {
	t.Helper()
	w.Fail(arn, awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity})
	event, _ := w.LastEvent(arn)
	same(t, "the next failure", said(t, w.deliver(t, program, event.JSON())).Verdict, "wait")
}

// settled asserts on what came of it.
func (f thawing) settled(t *testing.T, w *recorded, arn string) {
	t.Helper()
	r, _ := w.read(t, recordKey(arn))
	units, kinds := 1, "retried superseded"
	if f.again {
		units, kinds = 2, "claimed"
	}
	if r.Used != units || !strings.Contains(kinds, r.Kind) {
		t.Errorf("the record in the end: %+v, want %d units, %s", r, units, kinds)
	}
	same(t, "effective retries", len(w.Retries(arn)), 1)
}
