package model

// stepOf is one step of a delivery of the protocols that others would build first.
// They know nothing but the event, and count in one item per execution, under the
// condition that it is below N.
//
// The lock of ExpiringLock is one item per event id: State.Soon are those that are
// held, Ripe those that have expired, and Later those that are done.
func (c *Config) stepOf(s *State, d *Delivery) Said {
	switch {
	case d.At == AtRead && c.Protocol == ExpiringLock:
		return d.lock(s)
	case d.At == AtSettle:
		s.Soon.remove(d.Notice)
		s.Ripe.remove(d.Notice)
		s.Later.add(d.Notice)
		return d.answers()
	case d.Notice.tellsEnd():
		d.Said = NotFailed
		return d.answers()
	default:
		return c.count(s, d)
	}
}

// lock takes the lock of the event, also from somebody whose time is over.
func (d *Delivery) lock(s *State) Said {
	switch {
	case s.Later.has(d.Notice):
		d.Said = Duplicate
		return d.answers()
	case s.Soon.has(d.Notice):
		return d.fails(s)
	}
	s.Ripe.remove(d.Notice)
	s.Soon.add(d.Notice)
	d.At = AtWrite
	return Nothing
}

// count takes a unit, if one is left.
func (c *Config) count(s *State, d *Delivery) Said {
	if s.Record.Used >= c.Budget {
		d.Said = Exhausted
		return c.closes(d)
	}
	s.Record.Used++
	d.At = AtCall
	if c.Protocol != PlainCounter {
		d.Record.Claim.Token = Token(d.Notice.id())
	}
	return Nothing
}

// answered is the end of such a delivery: what is no success comes again.
func (c *Config) answered(s *State, d *Delivery) Said {
	switch d.Answer {
	case Refused:
		return d.fails(s)
	case StatusWrong:
		d.Said = Superseded
	default:
		d.Said = Retryable
	}
	return c.closes(d)
}

func (c *Config) closes(d *Delivery) Said {
	if c.Protocol == ExpiringLock {
		d.At = AtSettle
		return Nothing
	}
	return d.answers()
}
