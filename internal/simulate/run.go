package simulate

import (
	"fmt"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// Options say what runs are like. The zero Options draw everything.
type Options struct {
	// Policy is in force in every run, under the deployment's usual settings. Nil:
	// the built-in policy and others, drawn.
	Policy *Policy
	// Safety: the faults never end, and nothing has to settle.
	Safety bool
	// Without is a guard of Guards that is taken away; "" is none.
	Without string

	ends   []end               // of each execution; nil: drawn
	forced map[int]disturbance // what befalls the n-th call of the run, from 1, whatever is drawn
	mute   bool                // no event comes
}

// A Policy is a compiled policy file.
type Policy struct {
	Source, Body, Hash string
	Document           *policy.Document
}

// A Violation is a promise that a run broke.
type Violation struct {
	Invariant string // of Invariants
	At        time.Time
	Detail    string
}

func (v *Violation) Error() string { return v.Invariant + ": " + v.Detail }

// A Result is what a run came to.
type Result struct {
	Seed      uint64
	Violation *Violation // nil: every invariant held
	Totals    Totals
	Digest    uint64  // of all that happened; the same seed has the same one anywhere
	Timeline  []Entry // where it was asked for

	made []int32
}

// Run is the run of one seed. tell keeps its timeline.
func Run(o Options, seed uint64, tell bool) Result {
	result := replay(o, fromSeed(seed), tell)
	result.Seed = seed
	return result
}

// replay is the run of these choices.
func replay(o Options, c *choices, tell bool) Result {
	r := newRun(o, c, tell)
	defer r.close()
	r.live()
	made := c.made
	if c.random == nil {
		made = c.made[:c.at]
	}
	r.totals.Runs, r.totals.Virtual = 1, r.now.Sub(start)
	return Result{Violation: r.broken, Totals: r.totals, Digest: r.digest, Timeline: r.timeline, made: made}
}

// start is when every run begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// A run is one life of a few executions. One goroutine owns it.
type run struct {
	*choices
	options Options
	now     time.Time
	aws     *awstest.Account
	ledger  *ledger.Memory
	holds   *ledger.MemoryHolds
	store   store // the ledger, less what was taken away
	books   [2]*policy.Book
	terms
	trouble

	lives   []*life
	byKey   map[string]*life
	queue   []*message // in Lambda's queue, or on the way to it
	timers  []*timer
	network []*late
	sent    []awstest.Event
	letters []*message // dead
	serials int        // of messages
	sweepAt time.Time

	nth      int // of the calls that were about to be made
	tasks    []*task
	readied  []*task
	current  *task
	running  []*invocation
	sweeping bool
	serial   int // of invocations

	calm     bool // the faults have ended
	calmAt   time.Time
	broken   *Violation
	takes    map[string][]taken // by bucket key
	claimed  map[string]claimed // by token
	totals   Totals
	digest   uint64
	telling  bool
	timeline []Entry
	arriving bool            // a request that nobody waits for
	declined map[string]bool // tokens that were refused
	modes    []inForce       // of the policies that were applied, in order
}

// live is trouble first, and then, unless only safety is asked for, peace.
func (r *run) live() {
	for range r.steps {
		if r.broken != nil {
			return
		}
		r.step()
	}
	if !r.options.Safety {
		r.settle()
	}
}

// close ends what still runs, so that no coroutine is left.
func (r *run) close() {
	for _, t := range r.tasks {
		t.of.dead = true
	}
	for len(r.tasks) > 0 {
		r.bury(r.tasks[0].of)
	}
}

// breaks notes the first promise that is broken.
func (r *run) breaks(invariant, format string, args ...any) {
	if r.broken == nil {
		r.broken = &Violation{invariant, r.now, fmt.Sprintf(format, args...)}
		r.tell("invariant", "%s IS BROKEN: %s", invariant, r.broken.Detail)
	}
}

// home is where everything is.
var home = retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
