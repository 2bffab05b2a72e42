package model

// Next appends all that can happen next.
func (c *Config) Next(s *State, out []Transition) []Transition {
	e := enabled{c: c, from: s, out: out}
	e.deliveries()
	e.doors()
	e.time()
	e.run()
	if s.Trouble > 0 {
		e.disturbances()
		e.surroundings()
	}
	return e.out
}

// enabled collects transitions.
type enabled struct {
	c    *Config
	from *State
	out  []Transition
}

// add adds a transition, if its kind of trouble is allowed.
func (e *enabled) add(l Label, do func(*State) Said) {
	if l.Act.trouble() && (e.from.Trouble == 0 || e.c.Kinds&kindOf[l.Act] == 0) {
		return
	}
	e.out = append(e.out, Transition{Label: l, To: *e.from})
	t := &e.out[len(e.out)-1]
	if l.Act.trouble() {
		t.To.Trouble--
	}
	t.Said = do(&t.To)
}

// world adds a transition that no delivery makes.
func (e *enabled) world(a Act, do func(*State)) {
	e.add(Label{Act: a}, func(s *State) Said { do(s); return Nothing })
}

// deliveries adds the next call of each, and what may become of it.
func (e *enabled) deliveries() {
	for i := range e.from.Deliveries {
		slot, d := uint8(i), &e.from.Deliveries[i]
		own := func(a Act, do func(*State, *Delivery) Said) {
			e.add(Label{Act: a, Slot: slot}, func(s *State) Said { return do(s, &s.Deliveries[slot]) })
		}
		if d.At == Idle {
			continue
		}
		e.calls(d, own)
		own(Crash, func(s *State, d *Delivery) Said { d.fails(s); return Nothing })
		own(Die, func(_ *State, d *Delivery) Said { *d = Delivery{}; return Nothing })
	}
}

// calls adds the next call of a delivery.
func (e *enabled) calls(d *Delivery, own func(Act, func(*State, *Delivery) Said)) {
	c := e.c
	switch d.At {
	case AtLook, AtLookOver:
		if !d.Facts.Described {
			own(Describe, func(s *State, d *Delivery) Said { return c.look(s, d, false) })
		}
		if wanted := d.At == AtLookOver || !d.Notice.tellsEnd() || d.Facts.Both; wanted && !d.Facts.Listed {
			own(ListSteps, func(s *State, d *Delivery) Said { return c.look(s, d, true) })
		}
	case AtCall:
		for _, how := range []Act{Step, LoseBefore, LoseAfter, Refuse, Conflict, Unstart} {
			able := how == Step || !(d.Old && c.on(Deadline))
			if able && (how < Conflict || how == Conflict && e.from.World.Status == Failed || how == Unstart && e.from.World.Status == Failed) {
				own(how, func(s *State, d *Delivery) Said { return c.call(s, d, how) })
			}
		}
	default:
		own(Step, func(s *State, d *Delivery) Said { return c.step(s, d) })
	}
}

// step makes a call of a delivery that is neither a look nor the call.
func (c *Config) step(s *State, d *Delivery) Said {
	if c.Protocol != Mulligan {
		return c.stepOf(s, d)
	}
	switch d.At {
	case AtRead:
		return c.read(s, d)
	case AtWrite, AtSettle:
		return c.write(s, d)
	case AtCount:
		s.Record.Used++
		d.Record.Used++
		d.Then = Call
		return c.act(s, d)
	default:
		return d.plans(s)
	}
}

// doors adds deliveries that begin.
func (e *enabled) doors() {
	slot, free := e.from.free(e.c.Crowd)
	if !free {
		return
	}
	begin := func(a Act, n Notice, sweep bool, from func(*State) *Notices) {
		e.add(Label{Act: a, Slot: slot, Notice: n}, func(s *State) Said {
			if from != nil {
				from(s).remove(n)
			}
			s.Deliveries[slot] = Delivery{At: AtRead, Notice: n, Sweep: sweep}
			return e.c.step(s, &s.Deliveries[slot])
		})
	}
	for n := sweepNotice; n < 2*nameless; n++ {
		if e.from.Queue.has(n) {
			begin(Deliver, n, false, func(s *State) *Notices { return &s.Queue })
		}
		if e.from.Ripe.has(n) && e.c.Protocol == Mulligan {
			begin(Wake, n, false, func(s *State) *Notices { return &s.Ripe })
		}
	}
	if !e.c.on(Sweeps) || e.c.Protocol != Mulligan {
		return
	}
	switch waiting := e.from.Queue | e.from.Ripe | e.from.Soon | e.from.Later; {
	case e.from.idle() && waiting == 0:
		if e.from.sought() {
			begin(Sweep, sweepNotice, true, nil)
		}
	default:
		begin(SweepBetween, sweepNotice, true, nil)
	}
}

// free is a slot for a delivery.
func (s *State) free(crowd int) (uint8, bool) {
	for i := range crowd {
		if s.Deliveries[i].At == Idle {
			return uint8(i), true
		}
	}
	return 0, false
}
