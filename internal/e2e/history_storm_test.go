//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// storm is several processes at once, many of them with a fate, over a few
// executions. Whatever is not answered is delivered again, to another process.
type storm struct {
	*recorded
	t        *testing.T
	dice     *rand.Rand
	deaths   []death       // by process; who comes later is unharmed
	slots    chan struct{} // at most so many processes run at once, beside those that are frozen
	mu       sync.Mutex
	busy     int               // deliveries that are neither done nor frozen
	cold     map[*Process]bool // have given their slot away, since they froze
	pending  []awstest.Event
	restless string // what was not dealt with when it was last looked for
	crowd    []string
}

// The function's time-out and how long one stays frozen at most: a call that was
// refused is due again when nobody is left that knew the older token.
const (
	stormTimeout = "5"
	stormFreeze  = 4 * time.Second
)

// Copies of events, wakes and sweeps at once, while processes are killed and frozen
// by the dice: every failure is retried once, for one unit, and the history has an
// explanation.
func TestProcessesInAStorm(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := newStorm(t, seed)
			fails := s.failing()
			s.blows(fails)
			var all []string
			for arn, retries := range fails {
				all = append(all, arn)
				if retries == 0 {
					retries = min(len(s.Retries(arn)), 1) // the other one may have been let go since
				}
				s.endedWell(arn, retries)
			}
			c := s.explained(t, all...)
			t.Logf("%d processes, fates %v, %d requests; %d operations checked: %+v", len(s.processes), s.met, len(s.callsAfter(0)), c.All(), c)
		})
	}
}

// newStorm throws the dice for the first processes.
func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{t: t, dice: rand.New(rand.NewPCG(seed, 7)), slots: make(chan struct{}, 4), cold: map[*Process]bool{}}
	s.recorded = newRecorded(t, fmt.Sprint("Storm-", seed), map[string]string{"BACKOFF_INTERVAL": "1", "FUNCTION_TIMEOUT": stormTimeout})
	for range 50 {
		s.deaths = append(s.deaths, death{1 + s.dice.IntN(8), 1 + fate(s.dice.IntN(int(fates)-1))})
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.restless)
		}
	})
	s.fate = func(process, nth, _ int) fate {
		if process < len(s.deaths) && s.deaths[process].nth == nth {
			return s.deaths[process].by
		}
		return unharmed
	}
	s.ice.limit, s.ice.froze, s.ice.thawed = stormFreeze, s.froze, s.thawed
	return s
}

// failing adds the executions, with the number of the retries that they get. None:
// they want the same machines, so that one of them, the crowd, waits for the other.
func (s *storm) failing() map[string]int {
	internal, capacity := awstest.FailsAt("Train", awstest.ReasonInternal), awstest.FailsAt("Train", awstest.ReasonCapacity)
	add := func(pipeline string, silent int, ago time.Duration, runs ...awstest.Run) string {
		return s.Add(awstest.Script{Pipeline: pipeline, Silent: silent, Ago: ago, Runs: append(runs, awstest.KeepsRunning())})
	}
	conflicts := add("conflicts", 0, 0, internal)
	met := false
	s.OnRequest(func(op string, _ int, r awstest.Request) awstest.Fault {
		s.mu.Lock()
		defer s.mu.Unlock()
		if op != "RetryPipelineExecution" || !strings.EqualFold(r.ARN, conflicts) || met {
			return awstest.Fault{}
		}
		met = true
		return awstest.Fault{Code: "ConflictException", Status: http.StatusBadRequest}
	})
	s.crowd = []string{add("crowd", 0, 0, capacity), add("crowd", 0, 0, capacity)}
	return map[string]int{
		conflicts: 1, add("at-once", 0, 0, internal): 1, s.crowd[0]: 0, s.crowd[1]: 0,
		add("silent", 1, 5*time.Minute, internal): 1, add("twice", 0, 0, internal, internal.After(1500*time.Millisecond)): 2,
	}
}

// delivery is what a function is invoked with.
type delivery struct {
	binary string
	event  []byte
}

// blows delivers whatever there is, twice or more, and with it sweeps, until every
// failure is dealt with; then the runs succeed, and that is delivered too.
func (s *storm) blows(fails map[string]int) {
	s.t.Helper()
	until(s.t, time.Now().Add(2*time.Minute), func() bool {
		if work := s.due(); len(work) > 0 {
			s.round(append(work, delivery{sweeper(), []byte("{}")}))
		}
		return s.calm(fails)
	})
	for arn := range fails {
		if len(s.Retries(arn)) > 0 {
			s.Succeed(arn)
		}
	}
	s.round(s.due())
}

// due are the events that nobody has delivered yet, and the wakes whose time has
// come.
func (s *storm) due() (work []delivery) {
	for _, event := range append(s.pending, s.Events()...) {
		for n := range 3 {
			if event.Status != awstest.Executing {
				work = append(work, delivery{program, event.Again(fmt.Sprint(event.ID, n)).JSON()})
			}
		}
	}
	s.pending = nil
	s.Fire(time.Now(), func(input []byte) { work = append(work, delivery{program, input}, delivery{program, input}) })
	return work
}

// calm tells whether every failure is dealt with. The event of one that the sweep
// found and died over is sent at last.
func (s *storm) calm(fails map[string]int) bool {
	for arn, retries := range fails {
		r, _ := s.read(s.t, recordKey(arn))
		if r.Kind == "claimed" && len(s.Schedules()) == 0 {
			s.SendLate(arn)
		}
		if r.Kind == "claimed" || len(s.Retries(arn)) < retries {
			s.restless = fmt.Sprintf("%s: %d retries took effect, %d schedules: %+v", arn, len(s.Retries(arn)), len(s.Schedules()), r)
			return false
		}
	}
	s.pending = append(s.pending, s.Events()...)
	return len(s.pending) == 0 && s.crowdRetries() > 0
}

// crowdRetries are those that took effect in the crowd.
func (s *storm) crowdRetries() (n int) {
	for _, arn := range s.crowd {
		n += len(s.Retries(arn))
	}
	return n
}

// round delivers everything at once, each until it is answered, and thaws what is
// frozen when nothing else is left to be done.
func (s *storm) round(work []delivery) {
	s.busy = len(work)
	s.dice.Shuffle(len(work), func(i, j int) { work[i], work[j] = work[j], work[i] })
	var all sync.WaitGroup
	for _, d := range work {
		all.Go(func() { s.delivers(d) })
	}
	all.Wait()
	s.melt()
	s.passing.Wait() // what was late has come
}

// delivers hands an event to one process after the other until one answers.
func (s *storm) delivers(d delivery) {
	var out Outcome
	for tries := 0; out.Answer == nil && tries < 20; tries++ {
		s.slots <- struct{}{}
		p := s.start(s.t, d.binary)
		out = p.Invoke(d.event, timeOf(d.binary))
		p.Kill()
		s.mu.Lock()
		if !s.cold[p] {
			<-s.slots
		}
		s.mu.Unlock()
	}
	if out.Answer == nil {
		s.t.Errorf("it fails again and again: %s", told(out))
	}
	s.rests()
}

// froze gives the place of a frozen process to another.
func (s *storm) froze(p *Process) {
	s.mu.Lock()
	s.cold[p] = true
	<-s.slots
	s.mu.Unlock()
	s.rests()
}

func (s *storm) thawed(*Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy++
}

// rests is told of a delivery that is done or frozen: when nothing else is to be
// done, what is frozen thaws.
func (s *storm) rests() {
	s.mu.Lock()
	s.busy--
	last := s.busy <= 0
	s.mu.Unlock()
	if last {
		s.melt()
	}
}

// endedWell asserts on an execution that was to get so many retries.
func (s *storm) endedWell(arn string, retries int) {
	s.t.Helper()
	r, _ := s.read(s.t, recordKey(arn))
	tokens := map[string]bool{}
	for _, effective := range s.Retries(arn) {
		tokens[effective.Token] = true
	}
	if len(s.Retries(arn)) != retries || len(tokens) != retries || r.Used != retries {
		s.t.Errorf("%s: %d retries took effect, with %d tokens, for %d units, want %d: %+v", arn, len(s.Retries(arn)), len(tokens), r.Used, retries, r)
	}
	if r.Kind == "retried" && r.Outcome.Result != "recovered" {
		s.t.Errorf("%s: its outcome is %q", arn, r.Outcome.Result)
	}
}
