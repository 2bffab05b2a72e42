package model

// Config is one design under one set of bounds.
type Config struct {
	Name string

	// The design.
	Without  Guard // taken away
	Protocol Protocol

	// What the design is set to.
	Budget                  uint8 // N
	StaleLooks, UnsureLooks uint8
	BehindLooks             uint8
	Waits                   bool // the first retry backs off too
	Shared                  bool // a shared budget of one unit

	// What SageMaker does that nobody documents.
	Burns    bool // a refusal uses the token up
	Stepless bool // the first run fails before any step has run

	// The bounds of the exploration.
	Failures uint8 // of the execution
	Trouble  uint8 // how often something of Kinds may happen, all together
	Kinds    Kinds
	Crowd    int // deliveries at the same time
}

// Protocol is whose deliveries are explored.
type Protocol uint8

// The protocols: Mulligan's, and what others would build first.
const (
	Mulligan     Protocol = iota
	PlainCounter          // a counter, and a token made up for each call
	EventCounter          // a counter, and a token of the event
	ExpiringLock          // a lock by event id that expires, the counter, and a token of the event
)

// Kinds are the kinds of trouble that may happen.
type Kinds uint32

// The kinds of trouble.
const (
	Crashes    Kinds = 1 << iota // a delivery ends anywhere, and comes again
	Deaths                       // ... and never comes again
	Losses                       // the answer to a call is lost, before or after its effect
	Refusals                     // ResourceLimitExceeded
	Conflicts                    // ConflictException, though the execution is Failed
	Duplicates                   // events are repeated, under the same or another id
	Strays                       // events and schedules are lost, or fire early
	Lags                         // Describe or the step list is stale
	People                       // somebody retries, stops or edits
	Freezes                      // a delivery is so slow that minutes or hours go by
	Amnesia                      // SageMaker forgets tokens
	Holds                        // somebody sets a hold, and releases it
	Others                       // another execution takes the unit of the shared budget
	Sweepers                     // a sweep comes in between
	Unstarts                     // an accepted retry never starts
	Ages                         // a failure gets too old
	Settings                     // the policy changes what a claim asks for
)

// slots is the most deliveries that a State has room for.
const slots = 2

// State is one state of the model: all that the future depends on.
type State struct {
	World       World
	Record      Record
	Deliveries  [slots]Delivery
	Queue       Notices // to be delivered
	Soon, Later Notices // schedules that are not due
	Ripe        Notices // schedules that are
	Trouble     uint8   // left
}

// Start is the state in which the execution has failed for the first time.
func (c *Config) Start() State {
	s := State{Trouble: c.Trouble}
	s.World.Status, s.World.Modified, s.World.Ran = Executing, 1, !c.Stepless
	s.Queue.add(s.World.fail(c, !c.Stepless))
	return s
}

// idle tells whether no delivery is under way.
func (s *State) idle() bool {
	for i := range s.Deliveries {
		if s.Deliveries[i].At != Idle {
			return false
		}
	}
	return true
}

// sought tells whether the sweep would find something to hand on.
func (s *State) sought() bool {
	later := s.World.Status == Failed && s.World.Modified > s.Record.Modified
	return s.Record.due() || later
}
