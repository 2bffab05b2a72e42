//go:build e2e

package e2e

import (
	"net/http"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// killAt ends the process at a moment as `kill -9` does. What it was about to
// send is not sent, what it was about to hear it does not hear.
func (w *world) killAt(m moment, p *Process) {
	w.at(m, func(http.ResponseWriter) bool {
		p.Kill()
		return false
	})
}

// dies hands the event to a new process, which is killed at the moment.
func (w *world) dies(t *testing.T, event []byte, m moment, settings map[string]string) {
	t.Helper()
	p := w.instance(t, settings)
	w.killAt(m, p)
	if out := p.Invoke(event, remaining); !out.Died {
		t.Fatalf("killed %s, it was to die: %s", m, told(out))
	}
}

// A failure that is retried at once, the process killed between any two steps:
// Lambda delivers the event again, and one retry takes effect for one unit.
func TestKilledWhileRetrying(t *testing.T) {
	for _, test := range []struct {
		at    moment
		again string // the next delivery's answer
		kind  string // how the record ends
	}{
		{before("BatchGetItem", 1), "retry, retryable", "retried"},
		{after("BatchGetItem", 1), "retry, retryable", "retried"},
		{before("TransactWriteItems", 1), "retry, retryable", "retried"},
		{after("TransactWriteItems", 1), "retry, retryable", "retried"},
		{before("RetryPipelineExecution", 1), "retry, retryable", "retried"},
		// From here on the retry took effect, and the next delivery cannot know
		// that it was ours: the claim counts as spent, and nothing is called.
		{after("RetryPipelineExecution", 1), "ignore, superseded", "superseded"},
		{before("TransactWriteItems", 2), "ignore, superseded", "superseded"},
		{after("TransactWriteItems", 2), "ignore, duplicate", "retried"},
	} {
		t.Run(test.at.String(), func(t *testing.T) {
			w := newWorld(t, "Killed")
			arn, failed := w.fails(t, awstest.ReasonInternal)
			// A copy of an event that ended in the second of the retry could tell of the run after it, and is looked at.
			time.Sleep(time.Until(failed.End.Truncate(time.Second).Add(time.Second)))
			began := time.Now()
			w.dies(t, failed.JSON(), test.at, nil)

			next := w.instance(t, nil)
			same(t, "the next delivery", said(t, next.Invoke(failed.JSON(), remaining)).words(), test.again)
			ended := time.Now()
			r, _ := w.read(t, recordKey(arn))
			same(t, "kind", r.Kind, test.kind)
			w.onceMore(t, next, failed)
			same(t, "effective retries", len(w.Retries(arn)), 1)
			w.oneUnit(t, arn, began, ended)
		})
	}
}

// onceMore delivers the failure under another id, which must cost one read.
func (w *world) onceMore(t *testing.T, p *Process, failed awstest.Event) {
	t.Helper()
	w.forget()
	same(t, "a later duplicate", said(t, p.Invoke(failed.Again("later").JSON(), remaining)).words(), "ignore, duplicate")
	w.sameCalls(t, "BatchGetItem")
}

// A failure that has to wait, the process killed around its schedule: the next
// delivery sees to it that there is one.
func TestKilledWhileScheduling(t *testing.T) {
	for _, at := range []moment{
		before("TransactWriteItems", 1), after("TransactWriteItems", 1),
		before("CreateSchedule", 1), after("CreateSchedule", 1),
	} {
		t.Run(at.String(), func(t *testing.T) {
			w := newWorld(t, "Killed")
			arn, failed := w.fails(t, awstest.ReasonCapacity)
			began := time.Now()
			w.dies(t, failed.JSON(), at, nil)

			a := said(t, w.instance(t, nil).Invoke(failed.JSON(), remaining))
			same(t, "the next delivery", a.words(), "wait, backing_off")
			schedules := w.Schedules()
			same(t, "schedules", len(schedules), 1)
			same(t, "the schedule's due", schedules[0].Due.Equal(a.Due), true)
			same(t, "effective retries", len(w.Retries(arn)), 0)
			w.oneUnit(t, arn, began, time.Now())
		})
	}
}

// A wake that is due, killed on both sides of the effect. Scheduler delivers it
// again.
func TestKilledWhileWoken(t *testing.T) {
	quick := map[string]string{"BACKOFF_INTERVAL": "1"}
	for at, again := range map[moment]string{
		before("RetryPipelineExecution", 1): "retry, retryable",
		after("RetryPipelineExecution", 1):  "ignore, superseded",
	} {
		t.Run(at.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "Woken-"+at.op+map[bool]string{true: "-after"}[at.after])
			arn, failed := w.fails(t, awstest.ReasonCapacity)
			began := time.Now()
			waits := said(t, w.instance(t, quick).Invoke(failed.JSON(), remaining))
			same(t, "the event", waits.words(), "wait, backing_off")
			spent := time.Now()
			var wake []byte
			until(t, waits.Due.Add(time.Minute), func() bool {
				return w.Fire(time.Now(), func(input []byte) { wake = input }) > 0
			})
			w.dies(t, wake, at, quick)

			next := w.instance(t, quick)
			same(t, "the wake again", said(t, next.Invoke(wake, remaining)).words(), again)
			w.onceMore(t, next, failed)
			same(t, "effective retries", len(w.Retries(arn)), 1)
			w.oneUnit(t, arn, began, spent)
		})
	}
}

// All three deliveries that Lambda makes die after the claim. Whoever sends the
// event on from the dead-letter queue gets the one retry, for the same unit.
func TestKilledThreeTimesThenRedriven(t *testing.T) {
	w := newWorld(t, "Redriven")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	began := time.Now()
	for n := range 3 {
		w.dies(t, failed.JSON(), before("RetryPipelineExecution", n+1), nil)
	}
	same(t, "effective retries before", len(w.Retries(arn)), 0)
	p := w.instance(t, nil)
	same(t, "the redriven event", said(t, p.Invoke(failed.JSON(), remaining)).words(), "retry, retryable")
	same(t, "effective retries", len(w.Retries(arn)), 1)
	w.oneUnit(t, arn, began, time.Now())
}

// Killed while it opens its first connections, a process leaves nothing behind.
func TestKilledWhileStarting(t *testing.T) {
	w := newWorld(t, "KilledStarting")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	p := w.launch(t, nil)
	select {
	case <-w.connected:
	case <-time.After(10 * time.Second):
		t.Fatal("it opened no connection at its start")
	}
	p.Kill()
	w.sameCalls(t)
	next := w.instance(t, nil)
	same(t, "the next process", said(t, next.Invoke(failed.JSON(), remaining)).words(), "retry, retryable")
	same(t, "effective retries", len(w.Retries(arn)), 1)
}
