package model

// Said is what a delivery answers: the reason of retry.Decision, which belongs to
// one verdict, or for Superseded, Expired and the like to the one used here.
type Said uint8

// The answers.
const (
	Nothing Said = iota
	Retryable
	BackingOff
	RefusedForNow
	SharedBudgetEmpty
	HeldBack
	LookingAgain
	Exhausted
	Expired
	CannotRetry
	StoppedByPerson
	Duplicate
	Superseded
	NotFailed
	WasRecovered
	InError // no answer: another delivery could change the outcome
)

var said = [...]string{
	"", "retry retryable", "wait backing_off", "wait refused_for_now", "wait shared_budget_empty", "wait held",
	"wait looking_again", "stop budget_exhausted", "stop expired", "stop cannot_retry", "stop stopped_by_person",
	"ignore duplicate", "ignore superseded", "ignore not_failed", "ignore recovered", "error",
}

func (s Said) String() string { return said[s] }

// Effect is what follows a write.
type Effect uint8

// The effects.
const (
	Answer     Effect = iota
	Call              // RetryPipelineExecution
	WakeSoon          // a schedule in a minute
	WakeLater         // a schedule in hours
	lookFirst         // go on to look
	countApart        // a second write for the unit: without the guard CountInClaim
)

// A Move is what a plan comes to.
type Move struct {
	Writes bool
	Takes  bool // a unit of the shared budget
	Tally  bool // the outcome of the retry on record is counted
	Then   Effect
	Said   Said
	Record Record // to write; without a write the record that the effect is for
}

// A view is what one plan depends on: retry.Situation.
type view struct {
	c     *Config
	w     *World // for what a clock says, and nothing else
	r     Record
	n     Notice
	f     Facts
	sweep bool
	ended Stamp // that the notice names; what a recalled notice has lost is 0
	sent  Stamp // when it was sent, if it says so
	held  bool
	empty bool
}

// Facts are what one look at SageMaker showed.
type Facts struct {
	Described, Listed bool
	Both              bool // of an end that is no failure, SageMaker showed a failure
	Status            Status
	Modified, Round   Stamp
	Running           bool
}

func (f *Facts) failed() bool { return f.Status == Failed }

type identity uint8

const (
	sameFailure identity = iota
	newFailure
	unsure
)

func (v *view) identify() identity {
	switch {
	case v.r.unmet():
		return newFailure
	case v.f.Modified == v.r.Modified:
		return sameFailure
	case v.f.Round > v.r.Round && v.c.on(RoundTells), v.r.leftFailed() && v.c.on(LeftFailed):
		return newFailure
	default:
		return unsure
	}
}

// failureEnded is when the failure that is shown ended.
func (v *view) failureEnded() Stamp {
	switch {
	case v.identify() != newFailure:
		return v.r.Ended
	case v.f.Round == 0 || v.r.leftFailed() || v.endedAt(v.f.Modified):
		return v.f.Modified
	default:
		return v.f.Round
	}
}

// endedAt tells whether the notice is of a failure at that time.
func (v *view) endedAt(modified Stamp) bool {
	return !v.n.tellsEnd() && v.ended != 0 && v.ended == modified
}

func (v *view) expired() bool { return v.failureEnded() <= v.w.Expired }

// writing completes a move with the record that it writes.
func (v *view) writing(m Move, r Record) Move {
	if r.Modified != v.r.Modified {
		m.Tally = m.Tally || v.r.runs() && v.f.failed() && v.identify() == newFailure
		r.Outcome, r.Watch = NoOutcome, NoWatch
	}
	m.Writes, m.Record = true, r
	return m
}

func (v *view) aliased() Record {
	r := v.r
	r.Aliases |= v.n.alias()
	return r
}

func (v *view) meet() Record {
	r := v.aliased()
	r.Ended, r.Modified, r.Round = v.failureEnded(), v.f.Modified, v.f.Round
	return r
}

func (v *view) close(r Record, k Kind, s Said) Move {
	r.Kind, r.Pause = k, Pause{}
	return v.writing(Move{Said: s}, r)
}

func (v *view) duplicate() Move { return Move{Said: Duplicate, Record: v.r} }

func (v *view) finished() Move { return v.unpaused(v.duplicate()) }

// unpaused ends with the notice a doubt that is left of it.
func (v *view) unpaused(m Move) Move {
	if v.r.Pause.Reason == NoPause {
		return m
	}
	r := v.r
	r.Pause = Pause{}
	return v.writing(m, r)
}

func (v *view) waitOnClaim() Move {
	return Move{Said: BackingOff, Then: WakeLater, Record: v.r}
}

func (v *view) waitOn(p Pause) Move {
	m := Move{Then: WakeLater, Record: v.r}
	switch p.Reason {
	case Looking:
		m.Said, m.Then = LookingAgain, WakeSoon
	case Shared:
		m.Said = SharedBudgetEmpty
	default:
		m.Said = HeldBack
	}
	return m
}
