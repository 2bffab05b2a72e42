//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// flow is the way of one failure through the functions, from beginning to end.
type flow struct {
	name     string
	reason   string
	silent   bool // no event tells of the failure: the sweep finds it
	left     bool // the process that has the event dies between claim and call, and nobody delivers it again: the sweep finds the claim
	refused  bool // the first call is refused for now
	ends     bool // the retried run succeeds, and an event says so
	settings map[string]string
}

var flows = []flow{
	{name: "Ends", reason: awstest.ReasonInternal, ends: true},
	{
		name: "Waits", reason: awstest.ReasonCapacity,
		settings: map[string]string{"BACKOFF_INTERVAL": "1"},
	},
	{
		name: "Refused", reason: awstest.ReasonInternal, refused: true,
		settings: map[string]string{"BACKOFF_INTERVAL": "1", "FUNCTION_TIMEOUT": "1"},
	},
	{name: "Swept", reason: awstest.ReasonInternal, silent: true},
	{name: "Left", reason: awstest.ReasonInternal, left: true},
}

// changing are the requests that change something: there it matters in whose
// middle one dies.
var changing = map[string]bool{
	"TransactWriteItems": true, "UpdateItem": true, "RetryPipelineExecution": true, "CreateSchedule": true,
}

// death is one way to die.
type death struct {
	nth int // request of all
	by  fate
}

// deaths are all ways to die at these requests.
func deaths(calls []string) (all []death) {
	for i, op := range calls {
		all = append(all, death{i + 1, killedBefore}, death{i + 1, killedAfter})
		if changing[op] {
			all = append(all, death{i + 1, killedAmid})
		}
	}
	return all
}

// A process that takes a failure one step on its way is killed at each of its
// requests, before it, in the middle of it and after its effect: whoever gets the
// event, the wake or the sweep's turn next finishes it, with one retry that takes
// effect, for one unit, and a history that has an explanation.
func TestKilledAtEveryCall(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var calls []string
			t.Run("unharmed", func(t *testing.T) { calls, _ = f.lives(t, 0, unharmed) })
			eachOf(t, deaths(calls), calls, f.lives)
		})
	}
}

// eachOf lives with each of the deaths, a few at a time.
func eachOf(t *testing.T, all []death, calls []string, lives func(*testing.T, int, fate) ([]string, checked)) {
	t.Helper()
	var sum checked
	var mu sync.Mutex
	abreast(8, all, func(d death) {
		t.Run(fmt.Sprintf("%s %d, %s", d.by, d.nth, calls[d.nth-1]), func(t *testing.T) {
			_, c := lives(t, d.nth, d.by)
			mu.Lock()
			defer mu.Unlock()
			sum = sum.plus(c)
		})
	})
	t.Logf("%d times at %s: %d operations checked: %+v", len(all), strings.Join(calls, ", "), sum.All(), sum)
}

// abreast does something with everything, a few at a time.
func abreast[T any](few int, all []T, do func(T)) {
	queue := make(chan T)
	var workers sync.WaitGroup
	for range few {
		workers.Go(func() {
			for each := range queue {
				do(each)
			}
		})
	}
	for _, each := range all {
		queue <- each
	}
	close(queue)
	workers.Wait()
}

// lives takes one failure through the flow, in a world of its own, with that fate
// at the nth request of all. It returns the requests that were made, in order.
func (f flow) lives(t *testing.T, nth int, by fate) ([]string, checked) {
	w := newRecorded(t, fmt.Sprintf("%s-%d-%d", f.name, nth, by), f.settings)
	arn, event := f.begins(t, w)
	before := len(w.callsAfter(0))
	w.fate = func(_, _, all int) fate {
		if all == before+nth {
			return by
		}
		return unharmed
	}
	if f.silent || f.left {
		w.sweptUp(t, arn)
	} else {
		w.deliver(t, program, event.JSON())
	}
	w.wakesAll(t, arn)
	if f.ends {
		w.ended(t, arn)
	}
	calls := w.callsAfter(before)
	if r, _ := w.read(t, recordKey(arn)); r.Used != 1 || r.Kind != "retried" && r.Kind != "superseded" {
		t.Errorf("the record in the end: %+v", r)
	}
	if event.ID != "" {
		a := w.deliver(t, program, event.Again("later").JSON())
		same(t, "a later duplicate's verdict", said(t, a).Verdict, "ignore")
	}
	same(t, "effective retries", len(w.Retries(arn)), 1)
	return calls, w.explained(t, arn)
}

// begins has an execution fail, as the flow says.
func (f flow) begins(t *testing.T, w *recorded) (arn string, failed awstest.Event) {
	t.Helper()
	if f.refused {
		w.OnRequest(func(op string, nth int, _ awstest.Request) awstest.Fault {
			if op == "RetryPipelineExecution" && nth == 1 {
				return awstest.Fault{Code: "ResourceLimitExceeded", Status: http.StatusBadRequest}
			}
			return awstest.Fault{}
		})
	}
	if f.silent {
		runs := []awstest.Run{awstest.FailsAt("Train", f.reason), awstest.KeepsRunning()}
		return w.Add(awstest.Script{Runs: runs, Silent: 1, Ago: 5 * time.Minute}), failed
	}
	arn, failed = w.fails(t, f.reason)
	if f.left {
		w.fate = func(int, int, int) fate {
			if w.sent[len(w.sent)-1] == "RetryPipelineExecution" {
				return killedBefore
			}
			return unharmed
		}
		w.diesOver(t, failed.JSON())
		w.ages(t, arn)
	}
	return arn, failed
}

// diesOver has processes handle an event until one of them dies over it: on a busy
// machine one may give up before.
func (w *recorded) diesOver(t *testing.T, event []byte) {
	t.Helper()
	for range 10 {
		if w.start(t, program).Invoke(event, remaining).Died {
			return
		}
	}
	t.Fatal("nobody dies over it")
}

// sweptUp sweeps until nothing is left to be done. What a sweep died over, the next
// ones find where they look for it: a claim two minutes after it was due. What a
// sweep has not come to the end of is in its report, and the next one's to mend.
func (w *recorded) sweptUp(t *testing.T, arn string) {
	t.Helper()
	for range 10 {
		w.deliver(t, sweeper(), []byte("{}"))
		r, _ := w.read(t, recordKey(arn))
		switch r.Kind {
		case "":
		case "claimed":
			w.ages(t, arn)
		default:
			return
		}
	}
}

// timeOf is what an invocation has left at its start. A sweep has more, since it
// leaves alone what it would not come to the end of.
func timeOf(binary string) time.Duration {
	if binary == program {
		return remaining
	}
	return 3 * remaining
}

// deliver hands an event to a process, and to the next one if that dies over it or
// says that it failed, as Lambda and the dead-letter queue's replay do.
func (w *recorded) deliver(t *testing.T, binary string, event []byte) Outcome {
	t.Helper()
	var out Outcome
	for range 10 {
		p := w.start(t, binary)
		out = p.Invoke(event, timeOf(binary))
		p.Kill()
		if out.Answer != nil {
			return out
		}
	}
	t.Fatalf("it fails again and again: %s", told(out))
	return out
}

// wakesAll lets schedules fire and delivers what they carry until nothing waits.
func (w *recorded) wakesAll(t *testing.T, arn string) {
	t.Helper()
	until(t, time.Now().Add(time.Minute), func() bool {
		w.Fire(time.Now(), func(input []byte) { w.deliver(t, program, input) })
		r, _ := w.read(t, recordKey(arn))
		return len(w.Schedules()) == 0 && r.Kind != "claimed" && r.Kind != "parked"
	})
}

// ended has the retried run succeed, and delivers the event of it.
func (w *recorded) ended(t *testing.T, arn string) {
	t.Helper()
	w.Succeed(arn)
	event, _ := w.LastEvent(arn)
	w.deliver(t, program, event.JSON())
	r, _ := w.read(t, recordKey(arn))
	if r.Kind == "retried" {
		same(t, "outcome", r.Outcome.Result, "recovered")
	}
}
