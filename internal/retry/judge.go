package retry

import "maps"

// judge asks the policy about a failure that nothing was decided on yet.
func (s Situation) judge() Move {
	c := s.Case()
	d := s.Policy.Decide(c)
	guarded := d.Verdict == Stop && d.Rule == "" // whatever the cause is
	if jobs := s.Facts.unlooked(); len(jobs) > 0 && !guarded {
		return Move{Then: LookCloser, Jobs: jobs}
	}
	scopes := s.meets(d)
	if missing := s.mustAskScopes(append(scopes, s.answers()...)); len(missing) > 0 {
		return Move{Then: AskScopes, Scopes: missing}
	}
	w, kept := s.keeps(d)
	p := s.pass(scopes, later(s.Now, d.Due), kept || d.Verdict == Stop)
	p.writes = append(p.writes, s.helped()...)
	switch {
	case d.Verdict == Stop:
		return s.with(p, s.closing(s.meet(), s.ruled(d)))
	case kept:
		return s.with(p, s.park(d, w, p.writes))
	case p.reason != "":
		return s.with(p, s.park(d, p.blocked(), p.writes))
	case s.mustAskNewer():
		return Move{Then: AskNewer}
	case s.superseded():
		p = s.pass(scopes, s.Now, true)
		p.writes = append(p.writes, s.helped()...)
		return s.with(p, s.closing(s.meet(), s.ruled(s.supersession())))
	default:
		return s.with(p, s.claim(c, d, p, scopes))
	}
}

// keeps says what else than breakers keeps a retry that the policy would grant: a
// hold of a person's, or an empty budget.
func (s Situation) keeps(d Decision) (waiting, bool) {
	if w, held := s.held(); held && d.Verdict != Stop {
		return w, true
	}
	if d.Reason != SharedBudgetEmpty {
		return waiting{}, false
	}
	w := waiting{reason: d.Reason, forKey: d.Line.Key, why: d.Evidence, until: d.Due}
	if !d.Stands {
		w.line, w.line.Last = d.Line, s.expiry()
	}
	return w, true
}

// with completes a move by what the breakers are told.
func (s Situation) with(p passage, m Move) Move {
	if m.Write == nil {
		return m
	}
	m.Breakers = p.writes
	if p.opened != "" && s.Mode == Enforce {
		m.Decision.Breaker = p.opened
		m.Decision.Evidence += "; others that fail alike wait from now on (" + p.opened + ")"
		m.Write.Decision = m.Decision
	}
	return m
}

// claim takes one unit for this failure. A claim of an older failure that is
// still open is spent by the same write.
func (s Situation) claim(c Case, d Decision, p passage, scopes []Scope) Move {
	r := s.meet()
	due := s.Now.UTC()
	if d.Verdict == Wait {
		due = d.Due
	}
	if d.Verdict == Retry && p.probes {
		d.Reason = Probing
	}
	r.Kind, r.Used, r.Pause = Claimed, r.Used+1, Pause{}
	if d.Careful {
		r.Careful++
	}
	r.Granted = granting(r.Granted, d.Rule)
	r.Claim = Claim{
		EventID: s.Notice.EventID, Retry: c.Retry, Ordinal: 1, Token: c.Token, Due: due,
		Parallelism: d.Parallelism, Rule: d.Rule, Message: d.Message, Cause: s.Facts.Cause, Scopes: keysOf(scopes),
	}
	full := s.ruled(d)
	full.Retry = c.Retry
	move := Move{Decision: full, Takes: s.Policy.Budgets(s.Notice.Execution), Then: Call}
	if d.Verdict == Wait {
		move.Then, move.Wake = Schedule, s.wake(c.Token, due)
	}
	return s.writing(move, r)
}

// granting counts one more unit of a rule, in a copy.
func granting(granted map[string]int, rule string) map[string]int {
	if rule == "" {
		return granted
	}
	counted := make(map[string]int, len(granted)+1)
	maps.Copy(counted, granted)
	counted[rule]++
	return counted
}
