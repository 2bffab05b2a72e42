package retrier_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// walks is how many random lives are tried, each under its own seed.
const walks = 300

// A walk is one random life of a few executions: their events in any order and
// any number, wakes, crashes, faults and people, all drawn from one seed.
type walk struct {
	*rig
	random   *rand.Rand
	mu       sync.Mutex // guards random, which concurrent looks draw from
	arns     []string
	events   []awstest.Event // every failure's, for late and repeated delivery
	waiting  [][]byte        // in Lambda's queue: new, or left by an error
	troubled bool
}

// TestRandomWalks holds the invariants after every step, and at the end, with
// all trouble over and everything delivered, that nothing is left open or lost.
func TestRandomWalks(t *testing.T) {
	variations := awstest.Variations()
	names := slices.Sorted(maps.Keys(variations))
	for seed := range int64(walks) {
		name := names[int(seed)%len(names)]
		t.Run(fmt.Sprintf("seed %d, %s", seed, name), func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, seed, variations[name])
			for range 30 {
				w.next()
				w.spent()
			}
			w.end()
		})
	}
}

func newWalk(t *testing.T, seed int64, u awstest.Unknowns) *walk {
	w := &walk{random: rand.New(rand.NewSource(seed)), troubled: true}
	w.rig = newRig(t, under(u), inProcess, with(func(s *settings) {
		s.MaxRetries = 1 + w.draw(4)
		s.AccountRetriesPerHour, s.PipelineRetriesPerDay = 1+w.draw(10), 1+w.draw(10)
		s.ExpireAfter = 2 * week
	}))
	w.aws.OnRequest(w.fault)
	for i := range 1 + w.draw(3) {
		script := awstest.Script{Pipeline: fmt.Sprintf("p%d", i/2)}
		for range 2 + w.draw(4) {
			script.Runs = append(script.Runs, w.run())
		}
		w.arns = append(w.arns, w.aws.Add(script))
	}
	return w
}

func (w *walk) draw(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.Intn(n)
}

func (w *walk) chance(percent int) bool { return w.draw(100) < percent }

func (w *walk) run() awstest.Run {
	lasts := time.Duration(5+w.draw(600)) * time.Second
	switch w.draw(8) {
	case 0:
		return awstest.Succeeds().After(lasts)
	case 1:
		return awstest.FailsBeforeSteps().After(lasts)
	case 2:
		return bug.After(lasts)
	case 3, 4:
		return waiting.After(lasts)
	default:
		return atOnce.After(lasts)
	}
}

// fault disturbs one request in ten. Reads are disturbed in ways that the SDK
// does not pause for, as its pauses are real time.
func (w *walk) fault(op string, _ int, _ awstest.Request) awstest.Fault {
	if !w.troubled || !w.chance(10) {
		return awstest.Fault{}
	}
	faults := []awstest.Fault{{Code: "AccessDeniedException"}, {Body: awstest.Truncated}, {Body: awstest.WrongType}}
	if op == opRetry {
		faults = append(faults, awstest.Fault{Status: 500}, awstest.Fault{Status: 503, AfterEffect: true},
			awstest.Fault{Code: "ResourceLimitExceeded"}, awstest.Fault{Code: "ResourceLimitExceeded"}, awstest.Fault{Code: "ThrottlingException"},
			awstest.Fault{Code: "ConflictException"}, awstest.Fault{Body: awstest.Foreign})
	}
	return faults[w.draw(len(faults))]
}

// next lets one random thing happen.
func (w *walk) next() {
	arn := w.arns[w.draw(len(w.arns))]
	switch n := w.draw(100); {
	case n < 30:
		w.fromQueue()
	case n < 45 && len(w.events) > 0:
		w.push(w.events[w.draw(len(w.events))].Again(fmt.Sprint(w.draw(5))).JSON())
	case n < 70:
		if due, ok := w.aws.NextDue(); ok {
			w.passTo(due)
			w.aws.Fire(w.clock(), func(input []byte) { w.push(input) })
		}
	case n < 85:
		w.pass(time.Duration(w.draw(900)) * time.Second)
	case n < 90:
		_ = w.aws.HumanRetry(arn)
	case n < 93:
		_ = w.aws.Stop(arn)
	case n < 95:
		w.aws.EditDescription(arn, fmt.Sprint(n))
	case n < 96 && len(w.waiting) > 0: // lost: an event is sent at best effort, and a queue may drop
		i := w.draw(len(w.waiting))
		w.waiting = slices.Delete(w.waiting, i, i+1)
	case n < 97:
		w.hold([]string{retry.HoldOfAll, retry.HoldOfPipeline("p0"), retry.HoldOfClass("capacity")}[w.draw(3)], time.Duration(1+w.draw(90))*time.Minute)
	case n < 98:
		w.sweep(w.taps()...)
	default:
		w.pass(time.Duration(w.draw(4)) * time.Hour)
	}
	w.gather()
}

// gather queues the events of new failures.
func (w *walk) gather() {
	for _, e := range w.aws.Events() {
		if matched(e) {
			w.events = append(w.events, e)
			w.push(e.JSON())
		}
	}
}

func (w *walk) push(payload []byte) { w.waiting = append(w.waiting, payload) }

// fromQueue delivers any one payload; an error puts it back.
func (w *walk) fromQueue() {
	if len(w.waiting) == 0 {
		return
	}
	i := w.draw(len(w.waiting))
	payload := w.waiting[i]
	w.waiting = slices.Delete(w.waiting, i, i+1)
	if o := w.invoke(payload, w.taps()...); o.err != nil {
		w.push(payload)
	}
}

// taps cut a delivery off, hold the ledger's answer back, or let another
// delivery overtake it.
func (w *walk) taps() []tap {
	k, after := 1+w.draw(7), w.chance(50)
	switch n := w.draw(100); {
	case !w.troubled || n < 60:
		return nil
	case n < 80:
		return []tap{crash(k, after)}
	case n < 90:
		return []tap{on(opCommit, 1+w.draw(2), after, errLedger)}
	default:
		return []tap{meanwhile(k, after, func() { w.fromQueue(); w.pass(time.Second) })}
	}
}

// spent holds what is true at every moment: never more retries than units.
func (w *walk) spent() {
	w.Helper()
	for _, arn := range w.arns {
		if effective, used := len(w.aws.Retries(arn)), w.record(arn).Used; effective > used || used > w.settings.MaxRetries {
			w.Fatalf("%s: %d retries took effect, %d of %d units were spent", arn, effective, used, w.settings.MaxRetries)
		}
	}
}

// end delivers everything, with no trouble any more, and audits: an execution
// that rests in Failed was stopped with a reason, and nothing waits. What was
// lost is found by the sweep.
func (w *walk) end() {
	w.troubled = false
	for sweeps := 0; sweeps < 40; {
		w.gather()
		switch {
		case len(w.waiting) > 0:
			w.fromQueue()
		case !w.step():
			w.pass(20 * minute)
			w.sweep()
			sweeps++
		}
	}
	w.audit()
	w.verdicts()
}

// sweep looks at what the index lists as past due, and at failures without a record.
func (w *walk) sweep(taps ...tap) {
	for _, standing := range []retry.Standing{retry.StandsClaimed, retry.StandsParked, retry.StandsRetried} {
		open, _, err := w.ledger.Open(context.Background(), standing, "")
		if err != nil {
			w.Fatal(err)
		}
		for _, o := range open {
			if o.Standing == retry.StandsParked || o.Due.Before(w.clock()) {
				w.swept(o.Execution.String(), taps...)
			}
		}
	}
	for _, e := range w.aws.Executions() {
		if record := w.record(e.ARN); e.Status == awstest.Failed && !e.Modified.Equal(record.Failure.LastModified) {
			w.swept(e.ARN, taps...)
		}
	}
}

func (w *walk) verdicts() {
	for _, e := range w.aws.Executions() {
		record := w.record(e.ARN)
		switch {
		case e.Status == awstest.Failed && record.Kind != retry.Closed &&
			!(record.Kind == retry.MovedOn && record.Decision.Verdict == retry.Stop): // stopped when a call may have been made
			w.Errorf("%s rests in Failed (run %d), and its record stands %q: %+v", e.ARN, e.Run, record.Kind, record)
		case record.Kind != "" && !closed(record.Kind):
			w.Errorf("%s is %s, and its record stands %q: %+v", e.ARN, e.Status, record.Kind, record)
		}
	}
}
