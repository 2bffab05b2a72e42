package model

// A Guard is one thing in the design that keeps something from going wrong. Config.Without
// takes guards away.
type Guard uint64

// The guards.
const (
	Fence          Guard = 1 << iota // a write demands the revision that was read
	FreshLook                        // a refused write is followed by a fresh look
	HoldsCondition                   // a claim demands the revision of the holds that was read
	HoldsAtCall                      // whoever calls a claim that it found looks at the holds
	UnitCondition                    // a claim demands a unit of the shared budget
	ClaimFirst                       // no call without a claim that was written before it
	CountInClaim                     // the unit is counted in the write that claims
	NeverRefund                      // a unit that was taken stays spent
	DueFirst                         // nobody calls before the claim is due
	Backoff                          // the next ordinal is due when nobody is left who knew the one before
	Deadline                         // no call starts after its invocation's time-out
	StoredToken                      // the token of a claim is derived, and sent again
	TokenRetry                       // ... from retry n and the round
	TokenOrdinal                     // ... from the ordinal
	StoredSetting                    // what a call asks for stands in the claim
	LookFirst                        // Describe before a call that rolls forward
	SameFailure                      // rolling forward wants the LastModifiedTime that the claim saw
	WrongStatus                      // a wrong status leads to Describe, which decides
	OlderAnswer                      // ... unless it shows the time before the failure
	Ambiguous                        // an answer that is none is an error, and no success
	OwnClaim                         // an answer settles the claim of its own failure
	AnyOrdinal                       // success settles the claim, whatever its ordinal
	StillClaimed                     // a refusal moves on the ordinal that was called, once
	Absorbing                        // what is done with stays so
	KnownEnd                         // an end that was dealt with is a duplicate, at the cost of one read
	NextOfSecond                     // a known end may be the next failure's, if they share a second
	OlderDoubt                       // an answer older than the record is not believed
	EventDoubt                       // an answer older than the event is not believed
	RunningDoubt                     // a Failed execution with a running step is not believed
	UnsureDoubt                      // a modification without a new round is looked at again
	PairDoubt                        // two answers of one look that do not fit are not believed
	RoundTells                       // a later round is a new failure
	LeftFailed                       // after a retry any later end is a new failure
	SpendUnsure                      // a due claim whose execution was modified without a round is spent
	GivenUpMovedOn                   // a claim that was due when it is given up may have been called
	Schedules                        // a wait has a schedule before it is answered
	Sweeps                           // what nothing brought is looked for
	Unstarted                        // a retry that never started is a claim again
	FirstNotice                      // the sweep gives way to the notice that came first
	SettledOnce                      // the outcome of a retry is counted once
)

// on tells whether a guard is there.
func (c *Config) on(g Guard) bool { return c.Without&g == 0 }
