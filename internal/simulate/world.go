package simulate

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// terms are what the deployment allows.
type terms struct {
	settings policy.Settings
	policies []*Policy // those that people apply; nil is the built-in one
}

// trouble is how much of it there is.
type trouble struct {
	steps                           int // before the faults end
	faulty                          int // calls in a hundred that something happens to
	crowded                         int // steps in a hundred that begin another invocation while one is under way
	freezes                         bool
	stepLag, describeLag, searchLag time.Duration // how stale an answer can be
	forgets                         time.Duration // how long SageMaker remembers a token; 0: for ever
	denied                          bool          // SageMaker's search is refused
	loseLogs                        bool
}

// functionTimeout is that of the template's Retrier.
const functionTimeout = 20 * time.Second

// longestFreeze is how long an invocation can stand still and go on after all.
const longestFreeze = 15 * time.Minute

func newRun(o Options, c *choices, tell bool) *run {
	r := &run{
		choices: c, options: o, now: start, telling: tell, ledger: ledger.NewMemory(), digest: offset,
		byKey: map[string]*life{}, declined: map[string]bool{}, takes: map[string][]taken{}, claimed: map[string]claimed{}, sweepAt: start.Add(sweepEvery),
	}
	r.holds = ledger.NewMemoryHolds(r.ledger)
	r.store = without(o.Without, r)
	r.drawTrouble()
	r.drawTerms()
	r.aws = awstest.New(r.drawAccount())
	for i := range r.books {
		r.books[i] = policy.NewBook(r.settings)
	}
	if r.policies[0] != nil {
		r.apply(r.policies[0])
	}
	for i := range 1 + of(c, []int{0, 0, 0, 1, 1, 2, 4}) {
		r.add(i)
	}
	return r
}

func (r *run) drawTrouble() {
	r.steps = of(r.choices, []int{60, 30, 60, 100, 100, 200})
	r.faulty = of(r.choices, []int{0, 4, 8, 15, 25})
	r.crowded = of(r.choices, []int{0, 10, 25, 50})
	r.freezes = r.chance(30)
	r.denied = r.chance(10)
	r.loseLogs = r.chance(5)
	if r.chance(40) { // longer than any invocation can hold a call back
		if r.forgets = 2 * time.Minute; r.freezes {
			r.forgets = longestFreeze + 2*time.Minute
		}
	}
}

// drawTerms draws the deployment's limits and the policies.
func (r *run) drawTerms() {
	r.settings = policy.Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60,
		BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour, FunctionTimeout: functionTimeout,
	}
	if r.options.Policy != nil {
		r.policies = []*Policy{r.options.Policy}
		return
	}
	r.settings.MaxRetries = of(r.choices, []int{3, 1, 2, 3})
	r.settings.PipelineRetriesPerDay = of(r.choices, []int{20, 1, 2, 4})
	r.settings.AccountRetriesPerHour = of(r.choices, []int{60, 1, 2, 4})
	r.settings.BackoffInterval = of(r.choices, []time.Duration{5 * time.Minute, 5 * time.Minute, 10 * time.Second})
	r.policies = []*Policy{nil}
	if r.chance(50) {
		for range 1 + r.n(2) {
			r.policies = append(r.policies, of(r.choices, drawn()))
		}
		if r.chance(50) {
			r.policies[0], r.policies[1] = r.policies[1], r.policies[0]
		}
	}
}

// drawAccount settles what nobody knows of SageMaker one way.
func (r *run) drawAccount() awstest.Config {
	lags := []time.Duration{0, 0, 0, time.Second, 5 * time.Second, 15 * time.Second}
	r.stepLag, r.describeLag, r.searchLag = of(r.choices, lags), of(r.choices, lags), of(r.choices, append(lags, 10*time.Minute))
	return awstest.Config{
		Now: func() time.Time { return r.now }, Number: home.Account, Region: home.Region, OnEvent: r.happened,
		StopTakes: of(r.choices, []time.Duration{0, 30 * time.Second, 5 * time.Minute}), RunningLimit: of(r.choices, []int{0, 0, 0, 1, 2}),
		EventCopies: of(r.choices, []int{0, 0, 0, 1}),
		Unknowns: awstest.Unknowns{
			TokenMemory: r.forgets, BurnsRefusedTokens: r.chance(20), RetryResumesStopped: r.chance(20), RetryMovesStart: r.chance(20),
			WrongStatusCode: of(r.choices, []string{"", "ConflictException"}), TokenMismatchCode: of(r.choices, []string{"", "ValidationException"}),
			CountsAttempts: r.chance(20), AppendsRows: r.chance(20), NoExecutingEvent: r.chance(20),
		},
	}
}

// add starts an execution, and draws what its runs end in.
func (r *run) add(i int) {
	l := &life{nth: i + 1, created: r.now, events: map[string]bool{}, claims: map[int]*spent{}, tokens: map[string]int32{}}
	script := awstest.Script{Pipeline: r.pipeline(i / 2), IgnoresRetries: of(r.choices, []int{0, 0, 0, 0, 0, 0, 1, 2})}
	l.ignored = script.IgnoresRetries > 0
	if r.chance(5) {
		script.DisplayName, script.Description = hostile, hostile
	}
	l.ends = r.options.ends
	if l.ends == nil {
		l.ends = r.drawEnds()
	}
	for _, e := range l.ends {
		script.Runs = append(script.Runs, e.run)
	}
	r.lives = append(r.lives, l)
	l.set(r.aws.Add(script))
	r.byKey[l.key] = l
}

// drawEnds draws what the runs of an execution end in; the last stands for all
// that follow.
func (r *run) drawEnds() (ends []end) {
	for nth := range 1 + of(r.choices, []int{1, 1, 2, 3, 4}) {
		ends = append(ends, r.drawEnd(nth))
	}
	last := of(r.choices, []end{succeeds, succeeds, fails["bug"]})
	last.run = last.run.After(10 * time.Minute)
	return append(ends, last)
}

// pipeline names a pipeline, so that the sections of a given policy are met.
func (r *run) pipeline(i int) string {
	if r.options.Policy != nil {
		var names []string
		for _, s := range r.options.Policy.Document.Pipelines {
			for _, pattern := range s.Pipelines {
				names = append(names, strings.ReplaceAll(pattern, "*", "a"))
			}
		}
		if len(names) > 0 && r.chance(70) {
			return of(r.choices, names)
		}
	}
	return fmt.Sprintf("churn-%d", i+1)
}

// hostile is a text such as strangers write.
const hostile = "a\x1b[31m\u202e\n\"<!channel> {{.}} ${jndi:x}\t\u0000z"

// apply puts a policy in force; nil: the built-in one.
func (r *run) apply(p *Policy) {
	v := ledger.Version{Author: "a person", At: r.now}
	in := inForce{r.now, retry.Enforce}
	if p != nil && p.Document.Mode != "" {
		in.mode = p.Document.Mode
	}
	r.modes = append(r.modes, in)
	if p != nil {
		v.Source, v.Body, v.Hash = p.Source, p.Body, p.Hash
	}
	stands, err := r.ledger.Current(background)
	if err == nil {
		_, err = r.ledger.Apply(background, v, stands.Rev)
	}
	if err != nil {
		panic(err) // it was compiled, and nobody else applies one
	}
}

// Totals are what runs came to, all together.
type Totals struct {
	Runs        int
	Steps       int
	Invocations int
	Calls       int
	MostCalls   int // in one invocation of the retrier
	Failures    int // ends in Failed
	Claims      int
	Retries     int // that took effect
	Recovered   int // executions that ended Succeeded after one
	DeadLetters int
	Faults      map[string]int
	Verdicts    map[string]int // "verdict, reason" of what was decided
	Virtual     time.Duration
}
