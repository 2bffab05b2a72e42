package retry

import "slices"

// rollForward goes on with a claim: it waits until it is due, then makes the
// claimed call, unless the policy says that it must not be made any more.
func (s Situation) rollForward(r Record) Move {
	s = s.asGranted(r.Claim)
	d := s.Policy.Decide(s.claimed())
	if d.Verdict != Stop && s.Now.Before(r.Claim.Due) {
		return s.waitOnClaim()
	}
	scopes := s.claimScopes(r.Claim)
	if missing := s.mustAskScopes(append(scopes, s.scopesOf(r.Claim.Scopes)...)); len(missing) > 0 {
		return Move{Then: AskScopes, Scopes: missing}
	}
	if d.Verdict == Stop {
		return s.giveUp(r, d)
	}
	w, kept := s.keeps(d)
	p := s.pass(scopes, s.Now, kept)
	switch {
	case kept:
		return s.waitFor(r.withAlias(s.Notice), w, p.writes)
	case p.reason != "":
		return s.waitFor(r.withAlias(s.Notice), p.blocked(), p.writes)
	case s.mustAskNewer():
		return Move{Then: AskNewer}
	case s.superseded():
		return s.giveUp(r, s.supersession())
	default:
		return s.callClaimed(r, d, p)
	}
}

// claimScopes are the scopes that a claimed retry meets when it is called.
func (s Situation) claimScopes(c Claim) []Scope {
	scopes := []Scope{s.Breakers.ofCalls(refusedForNow)}
	for _, scope := range s.Breakers.of(c.Cause) {
		if slices.Contains(c.Scopes, scope.Key) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// callClaimed makes the claimed call. The probe of others writes down first that
// it is theirs.
func (s Situation) callClaimed(r Record, d Decision, p passage) Move {
	call := s.decision(Retry, Retryable, d.Evidence+s.Facts.untold())
	if p.probes {
		call.Reason = Probing
	}
	call.Retry, call.Rule, call.Message, call.Parallelism = r.Claim.Retry, r.Claim.Rule, r.Claim.Message, r.Claim.Parallelism
	move := Move{Decision: call, Then: Call}
	if len(p.writes) == 0 {
		return move
	}
	last := r.Decision
	r.Pause = Pause{}
	move = s.writing(move, r)
	move.Write.Decision, move.Breakers = last, p.writes
	return move
}

// giveUp ends a claimed retry that must not be made any more. Its unit is spent.
// One that was due may have been called, its answer lost: what fails next is a
// failure of its own.
func (s Situation) giveUp(r Record, d Decision) Move {
	full := s.ruled(d)
	full.Retry, full.Rule = r.Claim.Retry, r.Claim.Rule
	if s.wasDue() {
		full.Evidence += "; its retry was due, and a call whose answer was lost is not ruled out"
	}
	move := s.closing(r.withAlias(s.Notice), full)
	move.Breakers = s.handBack(r.Claim)
	if s.wasDue() {
		move.Write.Kind = MovedOn
	}
	return move
}

// wasDue tells whether the claim is or ever was due, so that it may have been called.
func (s Situation) wasDue() bool {
	claim := s.State.Record.Claim
	return claim.Ordinal > 1 || !s.Now.Before(claim.Due)
}

// asGranted is the situation with the cause that a claim was granted for. Jobs
// are not looked at again for it.
func (s Situation) asGranted(c Claim) Situation {
	if c.Cause.Class != "" && s.Facts.failed() {
		s.Facts.Cause = c.Cause
	}
	return s
}

// claimed is what the policy sees of the claimed retry.
func (s Situation) claimed() Case {
	claim := s.State.Record.Claim
	c := s.Case()
	c.Claimed, c.Retry, c.Token, c.Rule = true, claim.Retry, claim.Token, claim.Rule
	return c
}
