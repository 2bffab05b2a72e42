package retry

import "time"

// Standing says in which queue of the sweep an open record stands.
type Standing string

// The standings.
const (
	StandsClaimed Standing = "claimed" // ordered by when it is due
	StandsParked  Standing = "parked"  // waits without being due: ordered by the age of the failure, the oldest first
	StandsRetried Standing = "retried" // outcome not known yet: ordered by when to look after it
)

// Open is what the ledger's index tells of a record that something is still to
// become of.
type Open struct {
	Execution ExecutionARN // as it was spelled
	Standing  Standing
	Order     time.Time
	Due       time.Time // its schedule should have brought it back by then
	For       string    // parked: what it waits for, such as a Line's Key or a hold's Scope
}

// Open tells where the record stands in the sweep's queues; false: nothing is to
// become of it any more.
func (r Record) Open(arn ExecutionARN) (Open, bool) {
	o := Open{Execution: arn}
	switch {
	case r.Pause.Reason != "":
		o.Standing, o.Order, o.Due, o.For = StandsParked, r.waitsSince(), r.Pause.Due, r.Pause.For
	case r.Kind == Claimed:
		o.Standing, o.Order, o.Due = StandsClaimed, r.Claim.Due, r.Claim.Due
	case r.Kind == Retried && r.Outcome.Result == "" && !r.Watch.IsZero():
		o.Standing, o.Order, o.Due = StandsRetried, r.Watch, r.Watch
	default:
		return Open{}, false
	}
	return o, true
}

// waitsSince is the age by which those that wait are let go.
func (r Record) waitsSince() time.Time {
	if r.Failure.Ended.IsZero() {
		return r.Pause.Due
	}
	return r.Failure.Ended
}

// Found is an execution in Failed, as a search shows it.
type Found struct {
	Execution    ExecutionARN
	LastModified time.Time // zero where the search does not tell
	Started      time.Time
}
