package retry

// trail explains a move for good: all that it was decided on.
func (c *Corridor) trail(s Situation, m Move) Trail {
	stood := s.State.Record
	stood.Decision = Decision{} // it has a trail of its own
	return Trail{
		At: s.Now.UTC(), Build: c.Build, Policy: s.Version, Mode: s.Mode, Supersedes: s.Supersedes, Notice: s.Notice, Stood: stood, Facts: s.Facts,
		Balances: s.State.Full, Lines: s.State.Lines, Breakers: s.State.Breakers, Holds: s.holds(), Turn: s.Turn,
		Used: m.Write.Used, Ordinal: m.Write.Claim.Ordinal, Decision: m.Decision,
	}
}

// holds are those that were in force on the execution.
func (s Situation) holds() []Hold {
	var on []Hold
	if hold, stands := s.State.Holds.On(s.Notice.Execution, s.Facts.Cause.Class, s.Now); stands && s.State.Holds.Fault != "" {
		return []Hold{hold} // those that cannot be read hold everything
	}
	for _, hold := range s.State.Holds.Holds {
		if hold.covers(s.Notice.Execution, s.Facts.Cause.Class) && hold.Until.After(s.Now) {
			on = append(on, hold)
		}
	}
	return on
}

// State is what the decision was made on, as far as a trail keeps it.
func (t Trail) State() State {
	return State{Record: t.Stood, Full: t.Balances, Lines: t.Lines, Breakers: t.Breakers, Holds: Holds{Holds: t.Holds}}
}
