//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

const copies = 20

// fails adds an execution that fails for that reason and, retried, runs; and
// gives the event of its failure.
func (w *world) fails(t *testing.T, reason string) (arn string, failed awstest.Event) {
	t.Helper()
	arn = w.Add(awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", reason), awstest.KeepsRunning()}})
	failed, ok := w.LastEvent(arn)
	if !ok {
		t.Fatal("the failure sent no event")
	}
	return arn, failed
}

// atOnce hands each process one copy of the failure, with an id of its own, all
// at the same time.
func atOnce(t *testing.T, processes []*Process, failed awstest.Event) []answer {
	t.Helper()
	outcomes := make([]Outcome, len(processes))
	var all sync.WaitGroup
	for i, p := range processes {
		all.Go(func() { outcomes[i] = p.Invoke(failed.Again(fmt.Sprint(i)).JSON(), remaining) })
	}
	all.Wait()
	answers := make([]answer, len(outcomes))
	for i, out := range outcomes {
		answers[i] = said(t, out)
	}
	return answers
}

// Twenty processes of the function, one failure, twenty ids: one retry takes
// effect and one unit is spent.
func TestTwentyDuplicatesRetriedAtOnce(t *testing.T) {
	w := newWorld(t, "TwentyAtOnce")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	began := time.Now()
	answers := atOnce(t, w.instances(t, copies), failed)
	ended := time.Now()

	retried := 0
	for _, a := range answers {
		if a.Verdict == "retry" {
			retried++
		}
	}
	if retried == 0 {
		t.Errorf("none of %d answered that it retried", copies)
	}
	same(t, "effective retries", len(w.Retries(arn)), 1)
	r, _ := w.read(t, recordKey(arn))
	same(t, "kind", r.Kind, "retried")
	w.oneUnit(t, arn, began, ended)
}

// The same where the failure has to wait: one claim, one schedule.
func TestTwentyDuplicatesWait(t *testing.T) {
	w := newWorld(t, "TwentyWait")
	arn, failed := w.fails(t, awstest.ReasonCapacity)
	began := time.Now()
	answers := atOnce(t, w.instances(t, copies), failed)
	ended := time.Now()

	r, decisions := w.read(t, recordKey(arn))
	same(t, "kind", r.Kind, "claimed")
	same(t, "decisions", len(decisions), 1)
	for i, a := range answers {
		same(t, fmt.Sprintf("answer %d", i), a.words(), "wait, backing_off")
		same(t, fmt.Sprintf("its due %d", i), a.Due.Equal(r.Claim.Due), true)
	}
	schedules := w.Schedules()
	same(t, "schedules", len(schedules), 1)
	same(t, "the schedule's due", schedules[0].Due.Equal(r.Claim.Due), true)
	same(t, "effective retries", len(w.Retries(arn)), 0)
	w.oneUnit(t, arn, began, ended)
}

// instances are that many processes, all ready.
func (w *world) instances(t *testing.T, n int) []*Process {
	t.Helper()
	processes := make([]*Process, n)
	for i := range processes {
		processes[i] = w.instance(t, nil)
	}
	return processes
}

// oneUnit asserts that one unit of each budget was spent: the execution's is a
// count, and a full bucket that one unit was taken from is full again one
// interval later.
func (w *world) oneUnit(t *testing.T, arn string, began, ended time.Time) {
	t.Helper()
	r, _ := w.read(t, recordKey(arn))
	same(t, "units of the execution", r.Used, 1)
	for bucket, interval := range map[string]time.Duration{
		"budget#pipeline#" + w.Execution(arn).PipelineARN: 24 * time.Hour / 20,
		"budget#account#" + number + "#" + region:         time.Hour / 60,
	} {
		full := w.fullAt(t, bucket)
		if full.Before(began.Add(interval).Truncate(time.Millisecond)) || full.After(ended.Add(interval)) {
			t.Errorf("%s is full again %s after the first call, want one interval of %s", bucket, full.Sub(began), interval)
		}
	}
}

// Three copies at the same time, through three containers of `sam local invoke`.
func TestDuplicatesThroughSAM(t *testing.T) {
	w := newWorld(t, ledgerTable)
	arn, failed := w.fails(t, awstest.ReasonInternal)
	outcomes := make([]Outcome, 3)
	t.Run("invoke", func(t *testing.T) {
		for i := range outcomes {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				event := write(t, "event.json", failed.Again(fmt.Sprint(i)).JSON())
				outcomes[i] = w.samInvoke(t, event, nil)
				said(t, outcomes[i])
			})
		}
	})
	same(t, "effective retries", len(w.Retries(arn)), 1)
	r, _ := w.read(t, recordKey(arn))
	same(t, "kind", r.Kind, "retried")
	same(t, "units", r.Used, 1)
}

// A delivery reads the claim that another took after it began, and before the
// call was made. The claim is due: there is nothing to wait for.
func TestClaimTakenWhileReading(t *testing.T) {
	w := newWorld(t, "TakenWhileReading")
	arn, failed := w.fails(t, awstest.ReasonInternal)
	reading, claimed, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	w.at(before("BatchGetItem", 1), func(http.ResponseWriter) bool { close(reading); return wait(claimed) })
	w.at(after("TransactWriteItems", 1), func(http.ResponseWriter) bool { close(claimed); return wait(done) })

	slow, fast := w.instance(t, nil), w.instance(t, nil)
	var slowly, quickly Outcome
	var both sync.WaitGroup
	both.Go(func() {
		defer close(done)
		slowly = slow.Invoke(failed.Again("slow").JSON(), remaining)
	})
	if !wait(reading) {
		t.Fatal("the first delivery does not read the ledger")
	}
	both.Go(func() { quickly = fast.Invoke(failed.JSON(), remaining) })
	both.Wait()

	same(t, "who read while it was claimed", said(t, slowly).words(), "retry, retryable")
	same(t, "who claimed", said(t, quickly).Verdict != "wait", true)
	same(t, "effective retries", len(w.Retries(arn)), 1)
	same(t, "schedules", len(w.Schedules()), 0)
	r, _ := w.read(t, recordKey(arn))
	same(t, "units", r.Used, 1)
}

// wait waits for something of which a test is sure that it comes within what
// one call may take.
func wait(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}
