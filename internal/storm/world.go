package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/runtimeapi"
)

// A contestant is one way to retry what failed.
type contestant struct {
	name  string
	hears func(awstest.Status) bool // its rule
	delay time.Duration             // before an event is handed to it
	// retrier takes the events, and the schedules that fire.
	retrier function
	// sweeper is invoked every so often, if there is one.
	sweeper *function
	// rests tells how many of the executions that have not succeeded it has not
	// done with, and why it has done with the others.
	rests func(ctx context.Context, unrecovered []string) (left int, why map[string]int, err error)
	// units are when it took a unit for each retry of the executions, by lower-cased
	// ARN; nil: it takes none.
	units func(ctx context.Context, executions []string) (map[string][]time.Time, error)
}

// world is what one contestant meets: an account of its own in the storm.
type world struct {
	shape
	aws    *awstest.Account
	url    string
	events *queue
	sweeps *queue

	mu       sync.Mutex
	invoked  map[string]int // invocations by function
	answers  map[string]int // of the retrier, by verdict and reason
	problems []string       // the first errors
	took     []time.Duration
}

// newWorld opens an account in which nothing has happened yet.
func newWorld(s shape, c *contestant) (w *world, stop func()) {
	w = &world{shape: s, events: newQueue(), sweeps: newQueue(), invoked: map[string]int{}, answers: map[string]int{}}
	w.aws = awstest.New(awstest.Config{
		Number: accountNumber, Region: region, Groups: []string{group}, PageSize: 100, Quotas: map[string]int{quota: s.Quota},
		OnEvent: func(e awstest.Event) {
			if c.hears(e.Status) {
				w.events.add(e.JSON(), c.delay)
			}
		},
	})
	w.url, stop = w.aws.Serve()
	return w, stop
}

// run lets the storm loose on the contestant, waits until all has ended, or
// patience has, and adds up.
func (w *world) run(ctx context.Context, c *contestant) (result, error) {
	begun := time.Now()
	if err := w.rage(ctx, c, begun); err != nil {
		return result{}, err
	}
	r := result{Name: c.name, Failed: w.Failures, Quiet: time.Since(begun)}
	return r, w.account(ctx, c, &r)
}

// rage is the storm from its begin to its end, when no function runs any more.
func (w *world) rage(ctx context.Context, c *contestant, begun time.Time) error {
	ctx, stop := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop(nil)
	serve := func(f *function, q *queue, answered func(runtimeapi.Answer)) {
		running.Go(func() {
			if err := f.serve(ctx, q, answered); err != nil {
				stop(err)
			}
		})
	}
	for range w.Processes {
		serve(&c.retrier, w.events, w.retried)
	}
	if c.sweeper != nil {
		serve(c.sweeper, w.sweeps, w.swept)
		running.Go(func() { w.sweep(ctx) })
	}
	running.Go(func() { w.tick(ctx) })
	w.blow(ctx)
	return w.settle(ctx, c, begun)
}

// blow makes the storm: some hold all instances there are, and everybody else
// fails for want of one.
func (w *world) blow(ctx context.Context) {
	for range w.Quota {
		w.aws.Add(w.holder())
	}
	begun := time.Now()
	every := w.Span / time.Duration(w.Failures)
	for n := range w.Failures {
		if wait := time.Until(begun.Add(time.Duration(n) * every)); wait > 5*time.Millisecond {
			rest(ctx, wait)
		}
		if ctx.Err() != nil {
			return
		}
		w.aws.Add(w.script(n))
	}
}

// imprecision is how late a schedule fires. Scheduler's is a minute (EventBridge
// Scheduler user guide, "Schedule types"); here seconds stand for minutes.
const imprecision = time.Second

// tick has come about what is due: ends of runs, and schedules.
func (w *world) tick(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		w.aws.Tick()
		if n%10 == 0 { // a look at the schedules goes through all of them
			w.aws.Fire(time.Now(), func(input []byte) { w.events.add(input, rand.N(imprecision)) })
		}
		rest(ctx, 50*time.Millisecond)
	}
}

// sweepsEvery is the rate of the sweeper's schedule, which is five minutes otherwise.
const sweepsEvery = 30 * time.Second

// sweep invokes the sweeper every so often, unless it is still at it.
func (w *world) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		rest(ctx, sweepsEvery)
		if w.sweeps.idle() {
			w.sweeps.add([]byte("{}"), 0)
		}
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// settle waits until nothing is to come of anything any more.
func (w *world) settle(ctx context.Context, c *contestant, begun time.Time) error {
	late := begun.Add(w.Patience)
	told, still := begun, 0
	for time.Now().Before(late) {
		rest(ctx, time.Second)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			w.tell(c, begun)
		}
		if !w.quiet() {
			still = 0
			continue
		}
		if still++; still < 3 {
			continue // what was on its way may have been overlooked
		}
		if left, _, err := c.rests(ctx, w.unrecovered()); err != nil || left == 0 {
			return err
		}
	}
	return nil
}

// quiet tells whether nothing is to come by itself.
func (w *world) quiet() bool {
	if !w.events.idle() {
		return false
	}
	if _, changes := w.aws.NextChange(); changes {
		return false
	}
	_, schedules := w.aws.NextDue()
	return !schedules && w.events.idle() // what was on its way has come meanwhile
}

// unrecovered are the ARNs of the storm's executions that have not succeeded.
func (w *world) unrecovered() (arns []string) {
	for _, e := range w.aws.Executions()[w.Quota:] {
		if e.Status != awstest.Succeeded {
			arns = append(arns, e.ARN)
		}
	}
	return arns
}

// tell says on standard error how far it is.
func (w *world) tell(c *contestant, begun time.Time) {
	failed, dead, waiting := w.events.counts()
	left := len(w.unrecovered())
	fmt.Fprintf(os.Stderr, "storm: %s after %s: %d of %d have not recovered, %d invocations wait, %d schedules, %d errors, %d dead letters\n",
		c.name, time.Since(begun).Round(time.Second), left, len(w.aws.Executions())-w.Quota, waiting, len(w.aws.Schedules()), failed, dead)
}

// maxProblems bounds the errors that are kept word for word.
const maxProblems = 10

// retried notes an answer of the retrier.
func (w *world) retried(a runtimeapi.Answer) {
	var said struct{ Verdict, Reason string }
	_ = json.Unmarshal([]byte(a.Body), &said) // the naive one says nothing
	w.mu.Lock()
	defer w.mu.Unlock()
	w.invoked["retrier"]++
	w.took = append(w.took, a.Took)
	switch {
	case a.Failed:
		w.note("retrier", a)
	case said.Verdict != "":
		w.answers[said.Verdict+", "+said.Reason]++
	}
}

// swept notes an answer of the sweeper.
func (w *world) swept(a runtimeapi.Answer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.invoked["sweeper"]++
	if a.Failed {
		w.note("sweeper", a)
	}
}

func (w *world) note(who string, a runtimeapi.Answer) {
	w.answers["error"]++
	if len(w.problems) < maxProblems {
		w.problems = append(w.problems, who+": "+a.Body)
	}
}
