package model

// judge asks the policy about a failure that nothing was decided on yet. The policy
// is one: N retries, the first at once (unless Config.Waits), the others later.
func (v *view) judge() Move {
	switch {
	case v.expired():
		return v.close(v.meet(), Closed, Expired)
	case v.r.Used >= v.c.Budget:
		return v.close(v.meet(), Closed, Exhausted)
	case v.held:
		return v.park(Held)
	case v.empty:
		return v.park(Shared)
	default:
		return v.claim()
	}
}

func (v *view) park(why PauseReason) Move {
	r := v.meet()
	r.Kind = Parked
	return v.waitFor(r, why)
}

// waitFor makes a record wait for what others wait for too.
func (v *view) waitFor(r Record, why PauseReason) Move {
	visit := uint8(1)
	if p := v.r.Pause; p.Reason != NoPause && p.Seen == v.f.Modified {
		if p.Reason == why && !p.Due {
			return v.waitOn(p)
		}
		visit = min(p.Visit+1, mostVisits)
	}
	r.Pause = Pause{Reason: why, Visit: visit, Seen: v.f.Modified, Notice: v.n}
	return v.writing(v.waitOn(r.Pause), r)
}

// mostVisits is where visits that only name schedules are counted no further.
const mostVisits = 7

// rested tells whether the failure has waited for what others waited for too.
func (v *view) rested() bool {
	p := v.r.Pause
	return v.r.waits() && p.Reason != Looking && p.Reason != NoPause && p.Seen == v.f.Modified
}

// claim takes one unit for this failure.
func (v *view) claim() Move {
	backs := v.c.Waits || v.r.Used > 0
	if backs && v.rested() && v.w.hoursSince(v.failureEnded()) {
		backs = false
	}
	r := v.meet()
	r.Kind, r.Used, r.Pause = Claimed, r.Used+1, Pause{}
	r.Claim = Claim{ID: v.n.id(), Retry: r.Used, Ordinal: 1, Due: v.w.Modified, Setting: v.w.Setting}
	m := Move{Said: Retryable, Takes: true, Then: Call}
	if backs {
		r.Claim.Due = 0
		m.Said, m.Then = BackingOff, WakeLater
	}
	r.Claim.Token = v.token(&r)
	if !v.c.on(CountInClaim) {
		r.Used--
		m.Then = countApart
	}
	return v.writing(m, r)
}

// token derives the token of a record's claim.
func (v *view) token(r *Record) Token {
	t := Token(r.Claim.ID)
	if v.c.on(TokenRetry) {
		t |= Token(r.Round)<<5 | Token(r.Claim.Retry)<<9
	}
	if v.c.on(TokenOrdinal) {
		t |= Token(r.Claim.Ordinal) << 12
	}
	return t
}

// rollForward goes on with a claim.
func (v *view) rollForward(r Record) Move {
	switch {
	case v.expired():
		return v.giveUp(r)
	case r.Claim.Due == 0 && v.c.on(DueFirst):
		m := v.waitOnClaim()
		m.Record = r
		return m
	case v.held && v.c.on(HoldsAtCall):
		r.Aliases |= v.n.alias()
		return v.waitFor(r, Held)
	default:
		return Move{Said: Retryable, Then: Call, Record: r}
	}
}

// giveUp ends a claim that must not be called any more.
func (v *view) giveUp(r Record) Move {
	kind := Closed
	if (r.Claim.Ordinal > 1 || r.Claim.Due != 0) && v.c.on(GivenUpMovedOn) {
		kind = MovedOn
	}
	r.Aliases |= v.n.alias()
	return v.close(r, kind, Expired)
}

// mostUnstarted and mostConflicts are those of package retry.
const (
	mostUnstarted = 3
	mostConflicts = 3
)

// startAgain takes back the word of an accepted call that started nothing.
func (v *view) startAgain() Move {
	r := v.r
	r.Claim.Unstarted++
	if r.Claim.Unstarted > mostUnstarted {
		return v.close(r, Closed, CannotRetry)
	}
	r.Kind, r.Watch = Claimed, NoWatch
	v.r = r
	m := v.rollForward(r)
	if !m.Writes {
		m.Record = r
		m = v.writing(m, r)
	}
	return m
}
