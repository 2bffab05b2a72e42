package model

// Kind is how the failure on record stands, as retry.Kind.
type Kind uint8

// The kinds.
const (
	Unseen Kind = iota
	Claimed
	Retried
	MovedOn
	Closed
	Parked
)

// Record is retry.Record without its revision, which is each delivery's Fresh,
// and without what only explains.
type Record struct {
	Kind                   Kind
	Used                   uint8
	Modified, Round, Ended Stamp // the failure
	Aliases                uint8
	Claim                  Claim
	Pause                  Pause
	Outcome                Outcome
	Watch                  Watch
}

// Claim is retry.Claim.
type Claim struct {
	ID                            Notice
	Retry, Ordinal                uint8
	Token                         Token
	Due                           Stamp // as of when it is due; 0: not yet
	Conflicts, Unstarted, Setting uint8
}

// Pause is retry.Pause.
type Pause struct {
	Reason PauseReason
	Due    bool
	Visit  uint8
	Seen   Stamp
	Notice Notice
}

// PauseReason is why a record waits without a unit.
type PauseReason uint8

// The reasons.
const (
	NoPause PauseReason = iota
	Looking
	Shared
	Held
)

// Outcome is what became of a retry.
type Outcome uint8

// The outcomes.
const (
	NoOutcome Outcome = iota
	Recovered
	WasStopped
)

// Watch is whether the sweep is to look after a retry.
type Watch uint8

// The watches.
const (
	NoWatch Watch = iota
	WatchLater
	WatchNow
)

func (r *Record) done() bool       { return r.Kind == Retried || r.Kind == MovedOn || r.Kind == Closed }
func (r *Record) leftFailed() bool { return r.Kind == Retried || r.Kind == MovedOn }
func (r *Record) runs() bool       { return r.Kind == Retried && r.Outcome == NoOutcome }
func (r *Record) unmet() bool      { return r.Modified == 0 && r.Round == 0 && r.Ended == 0 }

func (r *Record) knows(n Notice) bool { return r.Aliases&n.alias() != 0 }

func (r *Record) waits() bool {
	return r.Kind == Parked || r.Kind == Claimed && r.Pause.Reason == Held
}

// open tells whether something is still to become of it.
func (r *Record) open() bool {
	return r.Pause.Reason != NoPause || r.Kind == Claimed || r.Kind == Retried && r.Outcome == NoOutcome && r.Watch != NoWatch
}

// due tells whether the sweep would find it in one of its queues.
func (r *Record) due() bool {
	switch {
	case r.Pause.Reason != NoPause:
		return r.Pause.Due
	case r.Kind == Claimed:
		return r.Claim.Due != 0
	default:
		return r.open() && r.Watch == WatchNow
	}
}

// minute lets the minute of a doubt go by.
func (r *Record) minute() {
	if r.Pause.Reason == Looking {
		r.Pause.Due = true
	}
}

// hours makes all that waits due.
func (r *Record) hours(now Stamp) {
	if r.Pause.Reason != NoPause {
		r.Pause.Due = true
	}
	if r.Claim.Retry != 0 && r.Claim.Due == 0 {
		r.Claim.Due = now
	}
	if r.Watch == WatchLater {
		r.Watch = WatchNow
	}
}

// key is what tells one claim from another, and one failure of it.
type key struct {
	ID              Notice
	Retry, Ordinal  uint8
	Modified, Round Stamp
}

func (r *Record) key() key {
	return key{r.Claim.ID, r.Claim.Retry, r.Claim.Ordinal, r.Modified, r.Round}
}

func (k key) sameClaim(o key) bool {
	k.Ordinal, o.Ordinal = 0, 0
	return k == o
}
