package model

// recall answers from the record alone, as retry.Recall; Then is lookFirst where
// it cannot.
func (v *view) recall() Move {
	r := &v.r
	on := Move{Then: lookFirst}
	switch {
	case v.sweep:
		return on
	case v.n.tellsEnd():
		return v.recallEnd()
	case !v.c.on(KnownEnd), !r.knows(v.n), v.mayBeNext():
		return on
	case r.done():
		return v.duplicate()
	case r.Kind == Claimed && r.Claim.Due == 0:
		return v.waitOnClaim()
	case r.waits() && !r.Pause.Due:
		return v.waitOn(r.Pause)
	default:
		return on
	}
}

func (v *view) recallEnd() Move {
	r := &v.r
	switch {
	case r.runs(), r.Kind == Claimed, r.Kind == Parked, r.Pause.Reason != NoPause:
		return Move{Then: lookFirst}
	case r.Outcome != NoOutcome:
		return v.duplicate()
	default:
		return Move{Said: NotFailed, Record: v.r}
	}
}

func (v *view) mayBeNext() bool {
	claim := &v.r.Claim
	called := v.r.Kind == Retried || v.r.Kind == MovedOn && claim.Due >= v.r.Modified
	return v.c.on(NextOfSecond) && called && v.n.id() != claim.ID && claim.Due != 0 && v.ended > claim.Due
}

// doubt is how often what is shown is to be looked at again; 0: it is believed.
func (v *view) doubt() uint8 {
	r, f, failed := &v.r, &v.f, v.f.failed()
	status := v.n.tellsEnd()
	events := v.c.on(EventDoubt)
	switch {
	case f.Modified < r.Modified:
		return v.looks(OlderDoubt, v.c.StaleLooks)
	case status && f.Status == v.w.Status && !failed && f.Status != Executing:
		return 0
	case events && failed && (v.w.wentBy(f.Modified, v.ended) || status && v.ended > f.Modified):
		return v.c.StaleLooks
	case events && !failed && (max(v.ended, v.sent) > f.Modified || v.ended != 0 && v.ended >= f.Modified && r.leftFailed() && !r.knows(v.n)):
		return v.c.StaleLooks
	case !failed:
		return 0
	case f.Running:
		return v.looks(RunningDoubt, v.c.StaleLooks)
	}
	switch v.identify() {
	case sameFailure:
		if r.Kind == Parked && v.f.Round < r.Round {
			return v.c.StaleLooks
		}
		if events && r.done() && !r.knows(v.n) && v.ended > f.Modified {
			return v.c.StaleLooks
		}
	case unsure:
		return v.looks(UnsureDoubt, v.c.UnsureLooks)
	case newFailure:
		return v.oneBehind()
	}
	return 0
}

// oneBehind is how often a look is made again whose two answers do not fit.
func (v *view) oneBehind() uint8 {
	f := &v.f
	switch {
	case f.Round == 0 && !v.r.leftFailed():
		return 0
	case f.Modified > f.Round && !v.w.minuteSince(f.Modified):
		return v.looks(PairDoubt, v.c.BehindLooks)
	case f.Modified < f.Round:
		return v.looks(PairDoubt, v.c.StaleLooks)
	default:
		return 0
	}
}

func (v *view) looks(g Guard, n uint8) uint8 {
	if v.c.on(g) {
		return n
	}
	return 0
}

// lookAgain pauses for a minute; false: the doubt has been looked at often enough.
func (v *view) lookAgain(looks uint8) (Move, bool) {
	p := v.r.Pause
	again := p.Reason == Looking && p.Seen == v.f.Modified
	if again && !p.Due {
		return v.waitOn(p), true
	}
	visit := uint8(1)
	if again {
		visit = p.Visit + 1
	}
	if visit > looks {
		return Move{}, false
	}
	r := v.r
	r.Pause = Pause{Reason: Looking, Visit: visit, Seen: v.f.Modified, Notice: v.n}
	return v.writing(v.waitOn(r.Pause), r), true
}

// plan decides on what a look has shown, as retry.Plan.
func (v *view) plan() Move {
	if looks := v.doubt(); looks != 0 {
		if m, ok := v.lookAgain(looks); ok {
			return m
		}
	}
	if !v.f.failed() {
		return v.gotOn()
	}
	if v.f.Modified < v.r.Modified && v.c.on(OlderDoubt) {
		if v.r.done() {
			return v.finished()
		}
		return v.close(v.aliased(), Closed, CannotRetry)
	}
	switch v.identify() {
	case sameFailure:
		return v.resume()
	case unsure:
		return v.adopt()
	default:
		if v.r.Kind == Claimed && !v.c.on(SameFailure) {
			return v.rollForward(v.r)
		}
		return v.judge()
	}
}

func (v *view) gotOn() Move {
	r := &v.r
	if r.runs() || r.Outcome != NoOutcome && r.Kind == Retried && !v.c.on(SettledOnce) {
		if v.f.Status != Executing {
			return v.settleOutcome()
		}
		if v.sweep {
			next := v.r
			next.Watch, next.Pause = WatchLater, Pause{}
			return v.writing(Move{Said: NotFailed}, next)
		}
	}
	switch {
	case r.done() && (r.knows(v.n) || v.endedAt(r.Modified) || r.Outcome != NoOutcome):
		return v.finished()
	case r.done() && (v.n.tellsEnd() || v.sweep):
		return v.unpaused(Move{Said: NotFailed, Record: v.r})
	default:
		return v.supersede()
	}
}

func (v *view) supersede() Move {
	kind := MovedOn
	if v.r.leftFailed() {
		kind = v.r.Kind
	}
	return v.close(v.aliased(), kind, Superseded)
}

func (v *view) settleOutcome() Move {
	r, what := v.aliased(), WasRecovered
	r.Outcome = Recovered
	if v.f.Status == Stopped {
		r.Outcome, what = WasStopped, StoppedByPerson
	}
	r.Watch, r.Pause = NoWatch, Pause{}
	return v.writing(Move{Said: what, Tally: true}, r)
}

// resume goes on with the failure on record.
func (v *view) resume() Move {
	r := &v.r
	switch {
	case r.runs() && v.sweep && r.Watch == WatchNow && v.c.on(Unstarted):
		return v.startAgain()
	case r.done() && v.c.on(Absorbing):
		return v.finished()
	case r.Kind == Claimed:
		return v.rollForward(v.r)
	case r.Kind == Parked && !r.Pause.Due && !v.sweep:
		return v.waitOn(r.Pause)
	default:
		return v.judge()
	}
}

// adopt ends the doubt whether a modification without a new round is a new failure.
func (v *view) adopt() Move {
	r := v.r
	called := r.Kind == Claimed && v.wasDue() && v.c.on(SpendUnsure)
	if called || r.Kind == Parked {
		return v.judge()
	}
	m := v.duplicate()
	if r.Kind == Claimed {
		m = v.waitOnClaim()
	}
	r.Aliases |= v.n.alias()
	r.Modified, r.Pause = v.f.Modified, Pause{}
	return v.writing(m, r)
}

func (v *view) wasDue() bool { return v.r.Claim.Ordinal > 1 || v.r.Claim.Due != 0 }
