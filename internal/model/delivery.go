package model

// At is which call a delivery makes next.
type At uint8

// The calls, in the order of the way of one failure.
const (
	Idle       At = iota
	AtRead        // the ledger
	AtLook        // Describe and the step list
	AtWrite       // the claim, the wait or the end
	AtCall        // RetryPipelineExecution
	AtLookOver    // Describe and the step list after a wrong status
	AtSettle      // what the call was answered
	AtSchedule    // the schedule of a wait
	AtCount       // the unit by itself: without the guard CountInClaim
)

// Delivery is one delivery of a notice, between two of its calls.
type Delivery struct {
	At       At
	Notice   Notice
	Sweep    bool // its door
	Recalled bool // the notice was taken from the record
	Old      bool // older than the time-out: it starts no call any more
	Fresh    bool // the record still is as it was read
	Held     bool // the hold, as it was read
	HoldSeen bool // the holds still are as they were read
	Empty    bool // the shared budget, as it was read
	Facts    Facts
	Record   Record // as it was read; from the plan on, as it is to be
	Takes    bool
	Tally    bool
	Then     Effect
	Said     Said
	Called   key
	Answer   Answered
}

// view is what a plan of this delivery depends on.
func (c *Config) view(s *State, d *Delivery) view {
	v := view{c: c, w: &s.World, r: d.Record, n: d.Notice, f: d.Facts, sweep: d.Sweep, held: d.Held, empty: d.Empty && c.Shared}
	v.sent = s.World.named(d.Notice)
	if v.ended = v.sent; d.Recalled {
		v.ended = 0 // the ledger keeps the end as it was sent, and not as a time
	}
	return v
}

// read reads the ledger, and answers from the record where that is enough.
func (c *Config) read(s *State, d *Delivery) Said {
	d.Record, d.Fresh = s.Record, true
	d.Held, d.HoldSeen, d.Empty = s.World.Hold, true, s.World.Empty
	if d.Sweep && c.on(FirstNotice) {
		d.recall()
	}
	return c.begin(s, d)
}

// recall takes the notice that came first from the record.
func (d *Delivery) recall() {
	switch r := &d.Record; {
	case r.Pause.Reason != NoPause:
		d.Notice, d.Recalled = r.Pause.Notice, true
		if d.Notice&^nameless == endNotice {
			d.Notice = endRecalled | d.Notice&nameless
		}
	case r.Kind == Claimed && r.Claim.ID != sweepNotice:
		d.Notice = r.Claim.ID | nameless
	}
}

// begin is the way from a record that was just read.
func (c *Config) begin(s *State, d *Delivery) Said {
	v := c.view(s, d)
	m := v.recall()
	if m.Then == lookFirst && v.r.Kind == Claimed && v.r.Claim.Due != 0 && !c.on(LookFirst) {
		m = Move{Said: Retryable, Then: Call, Record: v.r}
	}
	if m.Then == lookFirst {
		d.At, d.Facts = AtLook, Facts{}
		return Nothing
	}
	return c.take(s, d, m)
}

// look makes one of the two calls of a look.
func (c *Config) look(s *State, d *Delivery, listing bool) Said {
	f, w := &d.Facts, &s.World
	if listing {
		f.Listed = true
		f.Round, f.Running = w.steps()
	} else {
		f.Described = true
		f.Status, f.Modified = w.describe()
	}
	endAlone := d.At == AtLook && d.Notice.tellsEnd() && !f.Both
	if endAlone && f.failed() {
		*f = Facts{Both: true} // now both
		return Nothing
	}
	if !endAlone && !(f.Described && f.Listed) {
		return Nothing
	}
	if !f.failed() {
		f.Running = false
	}
	v := c.view(s, d)
	if d.At == AtLookOver {
		return c.settles(s, d)
	}
	return c.take(s, d, v.plan())
}

// take goes on with a move.
func (c *Config) take(s *State, d *Delivery, m Move) Said {
	d.Record, d.Takes, d.Tally, d.Then, d.Said = m.Record, m.Takes, m.Tally, m.Then, m.Said
	if !m.Writes || m.Then == Call && !c.on(ClaimFirst) {
		return c.act(s, d)
	}
	if d.At != AtCall && d.At != AtLookOver && d.At != AtSettle {
		d.At = AtWrite
	} else {
		d.At = AtSettle
	}
	if !d.Takes && c.on(FreshLook) {
		d.Facts = Facts{} // what is planned next has a look of its own
	}
	return Nothing
}

// write commits what was planned, if what was read still stands.
func (c *Config) write(s *State, d *Delivery) Said {
	stale := !d.Fresh && c.on(Fence)
	held := d.Takes && !d.HoldSeen && c.on(HoldsCondition)
	empty := d.Takes && s.World.Empty && c.on(UnitCondition)
	if stale || held || empty {
		return c.refused(s, d, stale)
	}
	c.judged(s, d)
	s.Record = d.Record
	for i := range s.Deliveries {
		s.Deliveries[i].Fresh = false
	}
	d.Fresh = true
	if d.Takes && c.Shared {
		s.World.Empty = true
	}
	return c.act(s, d)
}

// refused learns what stands, and plans anew.
func (c *Config) refused(s *State, d *Delivery, stale bool) Said {
	d.Record, d.Fresh = s.Record, true
	if d.Takes {
		if !d.HoldSeen {
			d.Held, d.HoldSeen = s.World.Hold, true
		}
		d.Empty = d.Empty || s.World.Empty
	}
	if d.At == AtSettle {
		return c.settles(s, d)
	}
	if stale && c.on(FreshLook) {
		return c.begin(s, d)
	}
	v := c.view(s, d)
	return c.take(s, d, v.plan())
}

// act carries out what follows a write.
func (c *Config) act(s *State, d *Delivery) Said {
	switch d.Then {
	case Call:
		d.At, d.Called, d.Facts = AtCall, d.Record.key(), Facts{}
		return Nothing
	case WakeSoon, WakeLater:
		if c.on(Schedules) {
			*d = Delivery{At: AtSchedule, Notice: d.Notice, Sweep: d.Sweep, Then: d.Then, Said: d.Said, Old: d.Old}
			return Nothing
		}
	case countApart:
		d.At = AtCount
		return Nothing
	}
	return d.answers()
}

// answers ends the delivery with what it has to say.
func (d *Delivery) answers() Said {
	said := d.Said
	*d = Delivery{}
	return said
}

// settles plans what the answer to the call makes of the claim.
func (c *Config) settles(s *State, d *Delivery) Said {
	v := c.view(s, d)
	m := v.afterCall(d.Called, d.Answer, Retryable)
	if m.Writes {
		d.At = AtSettle
	}
	return c.take(s, d, m)
}

// plans makes the schedule of a wait.
func (d *Delivery) plans(s *State) Said {
	if d.Then == WakeSoon {
		s.Soon.add(d.Notice)
	} else {
		s.Later.add(d.Notice)
	}
	return d.answers()
}

// fails ends the delivery with an error: it is delivered again.
func (d *Delivery) fails(s *State) Said {
	if !d.Sweep {
		s.Queue.add(d.Notice)
	}
	*d = Delivery{}
	return InError
}
