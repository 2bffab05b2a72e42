package model

import "fmt"

// Act is what can happen in one step.
type Act uint8

// The acts. Those before Crash happen by themselves; the others are trouble.
const (
	Deliver       Act = iota // a notice of the queue, to a free slot
	Wake                     // a schedule that is due, to a free slot
	Sweep                    // because the search and its queues find something
	Describe                 // one call of a delivery, each
	ListSteps                //
	Step                     // the ledger, the schedule, the call with SageMaker's own answer
	Minute                   // goes by
	Hours                    // go by
	CatchUp                  // a stale read ends
	StepStarts               // of the run
	FailsInStep              // the run
	FailsBefore              // the run, before any step
	Succeeds                 // the run
	Crash                    // a delivery; its notice comes again
	Die                      // a delivery, for good
	LoseBefore               // the call never arrives, and there is no answer
	LoseAfter                // the call has its effect, and there is no answer
	Refuse                   // the call: ResourceLimitExceeded
	Conflict                 // the call, though the execution is Failed
	Unstart                  // the call is accepted, and nothing starts
	Repeat                   // an event, or its copy under another id, comes (again)
	LoseEvent                // of the queue
	LoseWake                 // a schedule
	FireEarly                // a schedule
	LagDescribe              // is stale from now on
	LagRunning               // the step list is, the failed step runs in it
	LagOlder                 // the step list is, its rows are those of the run before
	PersonRetries            //
	PersonStops              //
	PersonEdits              // the description
	FreezeMinute             // a minute goes by while deliveries are under way
	FreezeHours              // hours do
	Forget                   // SageMaker, all tokens
	SetHold                  //
	ReleaseHold              //
	TakeUnit                 // another execution
	SweepBetween             // a sweep comes while other things are under way
	Expire                   // days go by
	ChangeSetting            // the policy
	ShortenAge               // the policy, so that what has failed so far is too old
	acts                     // how many there are
)

var names = [acts]string{
	"deliver", "wake", "sweep", "describe", "list steps", "step", "a minute goes by", "hours go by", "reads catch up",
	"a step starts", "the run fails in a step", "the run fails before any step", "the run succeeds",
	"crash", "die", "lose the call", "lose the answer", "refuse the call", "answer Conflict", "accept and never start",
	"repeat", "lose", "lose the wake", "fire early", "Describe lags", "the failed step still runs in the list", "the list lags by a run",
	"somebody retries", "somebody stops it", "somebody edits it", "frozen for a minute", "frozen for hours", "tokens are forgotten",
	"a hold is set", "the hold is released", "others take the unit", "a sweep comes in between", "days go by", "the setting changes", "the policy shortens the age",
}

// trouble tells whether an act takes from Config.Trouble.
func (a Act) trouble() bool { return a >= Crash }

// kindOf is the kind of trouble that an act belongs to.
var kindOf = [acts]Kinds{
	Crash: Crashes, Die: Deaths, LoseBefore: Losses, LoseAfter: Losses, Refuse: Refusals, Conflict: Conflicts,
	Unstart: Unstarts, Repeat: Duplicates, LoseEvent: Strays, LoseWake: Strays, FireEarly: Strays,
	LagDescribe: Lags, LagRunning: Lags, LagOlder: Lags, PersonRetries: People, PersonStops: People,
	PersonEdits: People, FreezeMinute: Freezes, FreezeHours: Freezes, Forget: Amnesia, SetHold: Holds,
	ReleaseHold: Holds, TakeUnit: Others, SweepBetween: Sweepers, Expire: Ages, ChangeSetting: Settings, ShortenAge: Settings,
}

// A Label names one step: the act, the delivery or else the notice that it is about.
type Label struct {
	Act    Act
	Slot   uint8
	Notice Notice
}

// String is the label's line in a trace.
func (l Label) String() string {
	switch l.Act {
	case Deliver, Wake, Sweep, SweepBetween:
		return fmt.Sprintf("%c: %s %s", 'A'+l.Slot, names[l.Act], l.Notice)
	case Describe, ListSteps, Step, Crash, Die, LoseBefore, LoseAfter, Refuse, Conflict, Unstart:
		return fmt.Sprintf("%c: %s", 'A'+l.Slot, names[l.Act])
	case Repeat, LoseEvent, LoseWake, FireEarly:
		return names[l.Act] + " " + l.Notice.String()
	default:
		return names[l.Act]
	}
}

// A Transition is one step of the model.
type Transition struct {
	Label Label
	To    State
	Said  Said // where it ends a delivery
}
