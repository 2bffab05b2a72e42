//go:build e2e

package account

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A change is one of a stack's life: from the last of some releases to another.
type change struct {
	name  string
	from  []release
	to    release
	fails bool          // half-way; CloudFormation undoes it
	works release       // what works afterwards
	again line          // how one that waited and fails again ends, with Retry units used
	delay time.Duration // of what is new
}

func changes(t *testing.T) []change {
	slow := parameters{"MaxRetries": "5", "BackoffInterval": "50", "BackoffMaxDelay": "50"}
	quick := parameters{"MaxRetries": "1", "BackoffInterval": "2", "BackoffMaxDelay": "2"}
	patient := parameters{"MaxRetries": "2", "BackoffInterval": "50", "BackoffMaxDelay": "50"}
	older := release{parameters: slow}
	generous := release{parameters: parameters{"MaxRetries": "5", "BackoffInterval": "2", "BackoffMaxDelay": "2"}}
	return []change{
		{
			name: "upgrade", from: []release{older}, to: asNewer(t, quick), works: asNewer(t, quick),
			again: line{Verdict: "stop", Reason: "budget_exhausted", Retry: 1},
			delay: 2 * time.Second,
		},
		{
			name: "rollback", from: []release{generous, asNewer(t, patient)}, to: generous, works: generous,
			again: line{Verdict: "stop", Reason: "budget_exhausted", Retry: 5},
			delay: 2 * time.Second,
		},
		{
			name: "half-way", from: []release{older}, to: asNewer(t, quick), fails: true, works: older,
			again: line{Verdict: "wait", Reason: "backing_off", Retry: 2},
			delay: 50 * time.Second,
		},
	}
}

// TestChange changes a stack while retries wait and failures keep coming: an
// upgrade of code and parameters, its rollback by hand, and one that
// CloudFormation undoes half-way. Nothing is lost or doubled; what waits comes
// due when its claim says, whichever version made the claim and whatever is
// allowed by now; what is new goes by what was deployed (scenarios 39, 78).
func TestChange(t *testing.T) {
	t.Parallel()
	for _, c := range changes(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			name := "life-" + c.name
			var s *stack
			for _, r := range c.from {
				s = shared.released(t, home, name, r)
			}
			s.administrator(t).applies(eachForItself)
			before := s.version(t)
			waiting := s.wait(t)
			stop := s.keepsFailing(t)
			c.deploy(t, s)
			changed := time.Now()
			under := stop()

			if after := s.version(t); (after == before) != c.fails {
				t.Errorf("alias: version %s before and %s after", before, after)
			}
			c.delaysNew(t, s)
			for _, st := range under {
				st.succeeds(1)
				st.settles(retry.Retried, 1)
			}
			c.finishes(t, waiting, changed)
			if letters, err := s.deadLetters(); err != nil || len(letters) != 0 {
				t.Errorf("dead letters: got %d (%v), want none", len(letters), err)
			}
		})
	}
}

// deploy makes the change, as far as it goes.
func (c change) deploy(t *testing.T, s *stack) {
	t.Helper()
	to, want := c.to, "UPDATE_COMPLETE"
	if c.fails {
		to, want = c.to.failing(t, s.Outputs["LedgerTable"]), "UPDATE_ROLLBACK_COMPLETE"
	}
	out, err := shared.release(t, home, s.Name, to)
	if (err != nil) != c.fails {
		t.Fatalf("sam deploy: %v\n%s", err, out)
	}
	if c.fails && !aliasMoved.MatchString(out) {
		t.Errorf("it failed before it had moved the alias\n%s", out)
	}
	if got := shared.look(t, home, s.Name); got.Status != want || got.Outputs["LedgerTable"] != s.Outputs["LedgerTable"] {
		t.Fatalf("got %s, ledger %s, want %s, ledger %s", got.Status, got.Outputs["LedgerTable"], want, s.Outputs["LedgerTable"])
	}
}

// aliasMoved is the event of an update that has come to the alias.
var aliasMoved = regexp.MustCompile(`UPDATE_COMPLETE +AWS::Lambda::Alias`)

// A waiter is a story whose retry waits.
type waiter struct {
	*story
	line   // that says so
	script []awstest.Run
}

// wait lets executions fail that then wait: some whose retry will succeed, one
// whose second retry it is, and one that fails again.
func (s *stack) wait(t *testing.T) (waiting []waiter) {
	t.Helper()
	throttled := awstest.FailsAt("Train", awstest.ReasonThrottled)
	// A run takes its time: one failure is told from the next by the second of its end.
	capacity := awstest.FailsAt("Train", awstest.ReasonCapacity).After(2 * time.Second)
	for _, script := range [][]awstest.Run{
		{capacity, awstest.Succeeds()}, {capacity, awstest.Succeeds()}, {capacity, awstest.Succeeds()},
		{throttled, capacity, awstest.Succeeds()},
		{capacity},
	} {
		waiting = append(waiting, waiter{story: s.fails(t, awstest.Script{Pipeline: "waits", Runs: script}), script: script})
	}
	for i := range waiting {
		waiting[i].line = waiting[i].awaits("wait", "backing_off")
	}
	return waiting
}

// keepsFailing lets an execution fail every half second until it is stopped.
// Each is retried at once, and then succeeds.
func (s *stack) keepsFailing(t *testing.T) (stop func() []*story) {
	stopped, done := make(chan struct{}), make(chan struct{})
	var under []*story
	fail := func() {
		under = append(under, s.fails(t, awstest.Script{
			Pipeline: fmt.Sprint("under-", len(under)%3), Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.Succeeds()},
		}))
	}
	go func() {
		defer close(done)
		beat := time.NewTicker(500 * time.Millisecond)
		defer beat.Stop()
		for {
			fail()
			select {
			case <-stopped:
				fail() // when the change is over
				return
			case <-beat.C:
			}
		}
	}()
	return func() []*story {
		close(stopped)
		<-done
		t.Logf("%d executions failed while the stack changed", len(under))
		return under
	}
}

// delaysNew shows that a new failure goes by what was deployed.
func (c change) delaysNew(t *testing.T, s *stack) {
	t.Helper()
	st := s.fails(t, awstest.Script{Pipeline: "new", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.Succeeds()}})
	waits := st.awaits("wait", "backing_off")
	if waits.Build != c.works.build && c.works.build != "" {
		t.Errorf("new failure: decided on by build %q, want %q", waits.Build, c.works.build)
	}
	trail, err := st.decisions()
	if err != nil || len(trail) == 0 {
		t.Fatalf("new failure: %d decisions (%v)", len(trail), err)
	}
	// Half the delay to the whole of it, and up to the next whole second.
	if delay := waits.Due.Sub(trail[0].At); delay < c.delay/2 || delay > c.delay+time.Second {
		t.Errorf("new failure: due after %s, want %s to %s", delay, c.delay/2, c.delay)
	}
}

// finishes shows that what waited is retried when its claim says, by the
// version that works then.
func (c change) finishes(t *testing.T, waiting []waiter, changed time.Time) {
	t.Helper()
	late := 0
	for _, w := range waiting {
		n := w.Retry
		w.until("the retry that waited", func() bool { return w.retried() >= n })
		if at := w.standIn().Retries(w.arn)[n-1].At; at.Before(w.Due) {
			t.Errorf("%s: retried at %s, before it was due at %s", w.arn, at, w.Due)
		}
		if w.Due.After(changed) {
			late++
			c.workedBy(t, w)
		}
		if len(w.script) == 1 {
			c.failsAgain(t, w)
			continue
		}
		w.succeeds(n)
		w.settles(retry.Retried, n)
	}
	if late == 0 {
		t.Error("the change took so long that nothing came due after it")
	}
	t.Logf("%d of %d came due after the change", late, len(waiting))
}

// workedBy shows which build carried out the retry that waited.
func (c change) workedBy(t *testing.T, w waiter) {
	t.Helper()
	found := w.awaitsRetry(line{Verdict: "retry", Reason: "retryable", Retry: w.Retry})
	if isNewer := found.Build == "newer"; isNewer != (c.works.build == "newer") || found.Door != "wake" {
		t.Errorf("%s: retried by build %q at the door %q, want build %q at a wake", w.arn, found.Build, found.Door, c.works.build)
	}
}

// failsAgain shows that the next failure goes by what is allowed by now.
func (c change) failsAgain(t *testing.T, w waiter) {
	t.Helper()
	found := w.awaitsRetry(c.again)
	if found.Class != "capacity" {
		t.Errorf("%s: got class %q, want capacity", w.arn, found.Class)
	}
	if record, err := w.record(); err != nil || record.Used != c.again.Retry {
		t.Errorf("%s: units used: got %d (%v), want %d", w.arn, record.Used, err, c.again.Retry)
	}
}
