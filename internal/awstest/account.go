package awstest

import (
	"net/http"
	"sync"
	"time"
)

// Config says what an [Account] is like. The zero value is usable.
type Config struct {
	// Now is the account's clock. Nil means time.Now. It is read with the
	// account locked, so it must not use the account.
	Now func() time.Time
	// Number, Region and Partition name the account in ARNs. Empty means
	// 123456789012, us-east-1 and aws. A request signed for another Region is
	// a violation.
	Number, Region, Partition string
	// Groups are the schedule groups that exist, beside "default".
	Groups []string
	// Unknowns settles what AWS leaves undocumented.
	Unknowns Unknowns
	// Quirks disturbs schedules that come due.
	Quirks FiringQuirks
	// StopTakes is how long a stopped execution is Stopping. Zero: no time.
	StopTakes time.Duration
	// PageSize is how many steps or executions a page holds where the request asks for more
	// or does not say. Zero means 10; at most 100, as in the service.
	PageSize int
	// RunningLimit is the quota of executions that run at one time; a retry
	// beyond it meets ResourceLimitExceeded. Zero: no limit.
	RunningLimit int
	// Quotas are how many instances may run at one time, by the quota's name, such
	// as "ml.g5.xlarge for training job usage". One that is not here has no limit.
	// See Script.Quota.
	Quotas map[string]int
	// QuotaTakes is how long it takes until a run has failed that found no instance
	// free. Zero means 2 seconds, as was seen.
	QuotaTakes time.Duration
	// EventCopies is how many more events, with ids of their own, follow each
	// event. SageMaker documents that it may send several for one change.
	EventCopies int
	// Authorize stands in for IAM. It is asked for every request to SageMaker
	// that was understood, before any fault and any effect, outside every lock:
	// action is what policies call it ("sagemaker:RetryPipelineExecution"),
	// resource the ARN of the execution, job or pipeline as the request spells it,
	// as IAM minds case, or * for a search and a list of the pipelines.
	// A *[Refusal] is answered as AccessDeniedException, an [ErrUnknownKey] as
	// UnrecognizedClientException; any other error means that the asking failed,
	// and is answered as InternalFailure. None is a violation. Nil: everybody may
	// do everything.
	Authorize func(who Caller, action, resource string) error
	// Denied are operations of SageMaker, such as "Search", that IAM allows to
	// nobody, whatever Authorize says.
	Denied []string
	// OnEvent receives each event as it happens, outside every lock, on the
	// goroutine that brought it about: a request is answered only when it has
	// returned, so a receiver that takes its time hands the event on. Nil:
	// events queue up, see Account.Events.
	OnEvent func(Event)
}

// An Account is one AWS account in one Region, as far as it concerns pipelines
// and schedules. It is an http.Handler for both services.
type Account struct {
	mu         sync.Mutex
	config     Config
	executions map[string]*execution // by lower-cased ARN
	order      []*execution
	agenda     agenda
	used       map[string]int // instances by quota
	tokens     map[string]usedToken
	schedules  map[string]*Schedule // by group/name
	groups     map[string]bool
	calls      []*Call
	violations []string
	faults     map[string][]Fault
	hook       func(op string, nth int, r Request) Fault
	seen       map[string]int // requests per operation, for the hook
	queue      []Event        // not yet taken by Events
	history    []Event        // every event that was emitted
	unsent     []Event        // those that were not
	outbox     []Event        // for OnEvent, handed over after unlocking
	lost       int            // events still to be lost
	serial     int            // numbers execution ids and event ids
}

// New opens an account.
func New(c Config) *Account {
	a := &Account{
		config:     c.withDefaults(),
		executions: map[string]*execution{},
		used:       map[string]int{},
		tokens:     map[string]usedToken{},
		schedules:  map[string]*Schedule{},
		groups:     map[string]bool{"default": true},
		faults:     map[string][]Fault{},
		seen:       map[string]int{},
	}
	for _, g := range c.Groups {
		a.groups[g] = true
	}
	return a
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Number = or(c.Number, "123456789012")
	c.Region = or(c.Region, "us-east-1")
	c.Partition = or(c.Partition, "aws")
	if c.QuotaTakes <= 0 {
		c.QuotaTakes = 2 * time.Second
	}
	if c.PageSize <= 0 || c.PageSize > maxPage {
		c.PageSize = 10
	}
	return c
}

// Configure changes the account while it runs: switches, limits, quirks. The
// clock, the names and OnEvent may be changed too; mind requests under way.
func (a *Account) Configure(change func(*Config)) {
	a.do(func(time.Time) {
		change(&a.config)
		a.config = a.config.withDefaults()
		for _, g := range a.config.Groups {
			a.groups[g] = true
		}
	})
}

// Tick applies the scripted changes that have come due. Everything else does
// so too; Tick is for programs that wait for events and have nothing to ask.
func (a *Account) Tick() { a.do(func(time.Time) {}) }

// NextChange tells when the next scripted change comes due, and whether there
// is one at all. A program that hurries its clock jumps there.
func (a *Account) NextChange() (next time.Time, ok bool) {
	a.do(func(time.Time) {
		if c := a.agenda.next(); c != nil {
			next, ok = c.due, true
		}
	})
	return next, ok
}

// do runs f under the lock, after what has come due, and then hands out the
// events that this brought about, with the lock released, so that a receiver
// may call the account.
func (a *Account) do(f func(now time.Time)) {
	events, receive := a.locked(f)
	for _, e := range events {
		receive(e)
	}
}

func (a *Account) locked(f func(now time.Time)) ([]Event, func(Event)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.config.Now()
	a.applyDue(now)
	f(now)
	a.applyDue(now) // a run that takes no time ends in the same breath
	events := a.outbox
	a.outbox = nil
	return events, a.config.OnEvent
}

// ServeHTTP answers one request of either service.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in, refusal := a.read(r)
	call := a.record(in)
	if refusal != nil {
		a.do(func(time.Time) { a.violate("%s: %s", in.Op, refusal.message) })
		a.finish(w, call, *refusal)
		return
	}
	if refusal := a.authorize(in); refusal != nil {
		a.finish(w, call, *refusal)
		return
	}
	fault := a.faultFor(in.Request)
	if !fault.waits(r.Context()) {
		a.answered(call, answer{code: "(client gave up)"})
		return
	}
	if fault.refuses() && !fault.AfterEffect {
		out := a.refuse(in, fault)
		a.spoil(w, r, call, fault, out)
		return
	}
	a.spoil(w, r, call, fault, a.handle(in))
}

// handle is the service itself: the request is understood, nothing disturbs it.
func (a *Account) handle(in request) (out answer) {
	a.do(func(now time.Time) {
		in.At = now
		out = operations[in.Op].serve(a, in)
	})
	out.protocol = in.protocol
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
