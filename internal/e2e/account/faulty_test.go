//go:build e2e

package account

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mulligan/internal/awstest"
)

// faulty is the stack whose functions are killed, stopped and cut off: many at
// a time, so that one that hangs keeps no other waiting, and with delays that
// let all three deliveries of an event come before its retry is due. The account's
// bucket gives a unit a second: one that is full again within milliseconds, as the
// usual, makes claims of the same moment refuse one another's writes.
var faulty = parameters{"ReservedConcurrency": "100", "BackoffInterval": "12", "BackoffMaxDelay": "12", "AccountRetriesPerHour": "3600"}

// A course is a way that a failure can go.
type course struct {
	name    string
	reason  string
	person  bool     // who retries it before Mulligan has looked
	calls   []string // some that it has to make
	answers int      // of deliveries that nothing disturbs: the event's, the wake's
	retries int
}

var (
	retriedAtOnce = course{"at once", awstest.ReasonInternal, false, []string{"ListPipelineExecutions", "RetryPipelineExecution"}, 1, 1}
	waitsFirst    = course{"waiting", awstest.ReasonCapacity, false, []string{"ListPipelineExecutions", "CreateSchedule", "RetryPipelineExecution"}, 2, 1}
	byPerson      = course{"superseded", awstest.ReasonInternal, true, []string{"DescribePipelineExecution", "TransactWriteItems"}, 1, 0}
)

// An ailing story is one that something is planned for before it begins.
type ailing struct {
	*story
	course
	id     string // of the execution
	runs   []awstest.Run
	failed func() awstest.Event // of its failure
	person func()
	met    atomic.Int32 // how many plans came to pass
}

// ails lets an execution fail and go that course, with plans for moments on
// the way. Its pipeline is named after the test and those words.
func (s *stack) ails(t *testing.T, c course, words string, plan func(*ailing)) *ailing {
	t.Helper()
	name := strings.NewReplacer("/", "-", "_", "-", " ", "-", ",", "").Replace(strings.TrimPrefix(t.Name(), "Test") + "-" + words)
	a := &ailing{story: &story{stack: s, t: t}, course: c, id: fmt.Sprintf("%.6x", sha256.Sum256([]byte(s.prefix+name))), person: func() {}}
	name += "-" + a.id // the pipeline's calls name its execution too
	a.arn = fmt.Sprintf("arn:aws:sagemaker:%s:%s:pipeline/%s%s/execution/%s", s.home.Region, s.home.Number, s.prefix, name, a.id)
	a.runs = []awstest.Run{awstest.FailsAt("Train", c.reason), awstest.Succeeds()}
	a.failed = sync.OnceValue(func() awstest.Event {
		last, _ := a.standIn().LastEvent(a.arn)
		return last
	})
	if c.person {
		a.person = sync.OnceFunc(func() {
			if err := a.standIn().HumanRetry(a.arn); err != nil {
				t.Error(err)
			}
		})
	}
	s.gate.at(moment{about: a.id, op: "BatchGetItem", nth: 1}, func(http.ResponseWriter, passage) bool {
		a.sees()
		return true
	})
	if plan != nil {
		plan(a)
	}
	s.fails(t, awstest.Script{Pipeline: name, ID: a.id, Runs: a.runs})
	return a
}

// sees is at Mulligan's first request: nobody but a person has moved the
// execution on by then.
func (a *ailing) sees() {
	a.failed()
	a.person()
}

// at plans something for a moment of this execution. A person who is to be
// faster has acted by then.
func (a *ailing) at(m moment, act func(http.ResponseWriter, passage) bool) {
	m.about = a.id
	a.gate.at(m, func(w http.ResponseWriter, p passage) bool {
		a.sees()
		a.met.Add(1)
		return act(w, p)
	})
}

// in is the same story, told by a subtest.
func (a *ailing) in(t *testing.T) *ailing {
	a.t = t
	return a
}

// moments are those before and after every call that an execution makes on that
// course when nothing disturbs it. A call that is new among them is covered by
// every test that goes through them.
func (s *stack) moments(t *testing.T, c course) (all []moment) {
	t.Helper()
	nth := map[string]int{}
	for _, op := range s.callsOf(t, c) {
		nth[op]++
		all = append(all, moment{op: op, nth: nth[op]}, moment{op: op, nth: nth[op], after: true})
	}
	for _, op := range append(slices.Clone(c.calls), "BatchGetItem", "DescribePipelineExecution", "ListPipelineExecutionSteps", "TransactWriteItems") {
		if nth[op] == 0 {
			t.Fatalf("no call of %s among those of a failure that goes %s: %v", op, c.name, nth)
		}
	}
	return all
}

// calm lets executions that nothing is to disturb begin one after another: writes
// at the same moment make some try again.
var calm sync.Mutex

// callsOf are the calls of an execution on that course: the fewest that three of
// them made.
func (s *stack) callsOf(t *testing.T, c course) (calls []string) {
	t.Helper()
	for _, a := range s.calm(t, c) {
		a.ends(c.answers, c.retries)
		if made := s.gate.calls(a.id); calls == nil || len(made) < len(calls) {
			calls = made
		}
	}
	return calls
}

func (s *stack) calm(t *testing.T, c course) (all []*ailing) {
	t.Helper()
	calm.Lock()
	defer calm.Unlock()
	for n := range 3 {
		a := s.ails(t, c, fmt.Sprint("calm-", n), func(a *ailing) { a.runs[1] = awstest.KeepsRunning() }) // its end would be looked at, too
		a.until("an answer", func() bool { return len(a.answered()) > 0 })
		all = append(all, a)
	}
	return all
}
