package model

// Answered is what SageMaker said to a call.
type Answered uint8

// The answers; an answer that is lost is none of them.
const (
	NoAnswer Answered = iota
	Accepted
	Refused
	StatusWrong
)

// afterCall decides what an answer makes of the claim that was called, as
// retry.AfterCall.
func (v *view) afterCall(called key, a Answered, d Said) Move {
	r := v.r
	told := v.duplicate()
	if a == Accepted {
		told.Said = d
	}
	mine := r.key().sameClaim(called) || !v.c.on(OwnClaim)
	if !mine || r.Kind == Retried {
		return told
	}
	if a == Accepted && (r.Claim.Ordinal == called.Ordinal || v.c.on(AnyOrdinal)) {
		r.Kind, r.Pause, r.Outcome, r.Watch = Retried, Pause{}, NoOutcome, WatchLater
		return v.writing(told, r)
	}
	if v.c.on(StillClaimed) && (r.Kind != Claimed || r.Claim.Ordinal != called.Ordinal) {
		return told
	}
	switch {
	case a == Accepted:
		return told
	case a == StatusWrong && !v.c.on(WrongStatus):
		return v.close(v.aliased(), Closed, CannotRetry)
	case a == StatusWrong && !v.f.failed() && (v.f.Modified >= r.Modified || !v.c.on(OlderAnswer)):
		m := v.supersede()
		if !v.c.on(NeverRefund) {
			m.Record.Used--
		}
		return m
	case a == StatusWrong && r.Claim.Conflicts+1 > mostConflicts:
		return v.close(r, Closed, CannotRetry)
	default:
		return v.nextOrdinal(r, a)
	}
}

// nextOrdinal keeps the claim and its unit, and moves on to the next due time and
// token.
func (v *view) nextOrdinal(r Record, a Answered) Move {
	r.Claim.Ordinal = min(r.Claim.Ordinal+1, mostOrdinals)
	if a == StatusWrong {
		r.Claim.Conflicts++
	}
	r.Claim.Token, r.Claim.Due, r.Pause = v.token(&r), 0, Pause{}
	if !v.c.on(Backoff) {
		r.Claim.Due = v.w.Modified
	}
	return v.writing(Move{Said: RefusedForNow, Then: WakeLater}, r)
}

// mostOrdinals is where ordinals are counted no further. Only designs that are
// refused for ever come so far.
const mostOrdinals = 7
