package model

// time adds time going by. While deliveries are under way it does only for those
// that are frozen.
func (e *enabled) time() {
	s := e.from
	minute, hours := Minute, Hours
	if !s.idle() {
		minute, hours = FreezeMinute, FreezeHours
	}
	doubt := s.Record.Pause.Reason == Looking && !s.Record.Pause.Due
	if s.Soon != 0 || doubt || minute == FreezeMinute {
		e.world(minute, func(s *State) { e.c.minute(s) })
	}
	if e.c.Protocol != Mulligan {
		return
	}
	later := s.Record
	later.hours(s.World.Modified)
	if s.Soon|s.Later != 0 || later != s.Record || hours == FreezeHours || s.World.Empty && s.Record.Kind == Parked {
		e.world(hours, func(s *State) { e.c.hours(s) })
	}
	if s.World.LagsDescribe || s.World.LagsSteps != NoLag {
		e.world(CatchUp, func(s *State) { s.World.caughtUp() })
	}
}

func (w *World) caughtUp() { w.Before, w.LagsDescribe, w.LagsSteps = Snapshot{}, false, NoLag }

// minute goes by: what was put off for a doubt is due, and whatever is under way
// is older than the time-out. A read that is stale from the start of a doubt is
// not any more after the doubt's last look.
func (c *Config) minute(s *State) {
	w, p := &s.World, &s.Record.Pause
	lags := w.LagsDescribe || w.LagsSteps != NoLag
	if !lags || p.Reason == Looking && p.Visit >= c.StaleLooks {
		w.caughtUp()
	}
	w.Minutes |= 1 << w.Modified
	s.each(func(r *Record) { r.minute() })
	s.age()
	s.Ripe |= s.Soon
	s.Soon = 0
}

// hours go by: whatever waits is due, and no read is stale.
func (c *Config) hours(s *State) {
	w := &s.World
	w.caughtUp()
	w.Hours |= 1 << w.Modified
	w.Hold, w.Empty = false, false
	s.each(func(r *Record) { r.hours(w.Modified) })
	s.age()
	s.Ripe |= s.Soon | s.Later
	s.Soon, s.Later = 0, 0
	for i := range s.Deliveries {
		d := &s.Deliveries[i]
		d.Held, d.Empty = false, false
	}
}

// each does something to the record and to what deliveries know of it: an instant
// is the same for all.
func (s *State) each(do func(*Record)) {
	do(&s.Record)
	for i := range s.Deliveries {
		if s.Deliveries[i].At != Idle {
			do(&s.Deliveries[i].Record)
		}
	}
}

func (s *State) age() {
	for i := range s.Deliveries {
		s.Deliveries[i].Old = s.Deliveries[i].At != Idle
	}
}

// run adds what the run that is under way may do by itself.
func (e *enabled) run() {
	w := &e.from.World
	if w.Status != Executing {
		return
	}
	if !w.Ran {
		e.world(StepStarts, func(s *State) { s.World.Ran = true })
	}
	if w.Failures < e.c.Failures {
		how := FailsBefore
		if w.Ran {
			how = FailsInStep
		}
		e.world(how, func(s *State) { s.Queue.add(s.World.fail(e.c, how == FailsInStep)) })
	}
	e.world(Succeeds, func(s *State) { s.Queue.add(s.World.end(e.c, Succeeded)) })
}

// disturbances adds trouble with notices and reads.
func (e *enabled) disturbances() {
	s, w := e.from, &e.from.World
	for f := uint8(1); f <= w.Failures; f++ {
		for copy := range uint8(copies) {
			if n := noticeOf(f, copy); !s.Queue.has(n) {
				e.about(Repeat, n, func(s *State) { s.Queue.add(n) })
			}
		}
	}
	if w.EndedAt != 0 && !s.Queue.has(endNotice) {
		e.about(Repeat, endNotice, func(s *State) { s.Queue.add(endNotice) })
	}
	for n := sweepNotice; n < 2*nameless; n++ {
		if s.Queue.has(n) {
			e.about(LoseEvent, n, func(s *State) { s.Queue.remove(n) })
		}
		if (s.Soon | s.Later).has(n) {
			e.about(LoseWake, n, func(s *State) { s.Soon.remove(n); s.Later.remove(n) })
			e.about(FireEarly, n, func(s *State) { s.Soon.remove(n); s.Later.remove(n); s.Ripe.add(n) })
		}
	}
	if w.Before.Modified == 0 || w.LagsDescribe || w.LagsSteps != NoLag {
		return
	}
	e.world(LagDescribe, func(s *State) { s.World.LagsDescribe = true })
	if w.Status == Failed && w.Round == w.Modified {
		e.world(LagRunning, func(s *State) { s.World.LagsSteps = Running })
		if w.Failures > 1 {
			e.world(LagOlder, func(s *State) { s.World.LagsSteps = Older })
		}
	}
}

func (e *enabled) about(a Act, n Notice, do func(*State)) {
	e.add(Label{Act: a, Notice: n}, func(s *State) Said { do(s); return Nothing })
}

// surroundings adds what people, the policy and other executions do.
func (e *enabled) surroundings() {
	s, w := e.from, &e.from.World
	if w.Status == Failed && w.Failures < e.c.Failures {
		e.world(PersonRetries, func(s *State) { s.World.start(e.c); s.World.Person, s.World.Excused = true, true })
	}
	if w.Status == Failed && w.Modified < mostModified {
		e.world(PersonEdits, func(s *State) { s.World.change(e.c); s.World.Excused = true })
	}
	if w.Status == Executing {
		e.world(PersonStops, func(s *State) { s.Queue.add(s.World.end(e.c, Stopped)) })
	}
	if !s.young() && w.Accepted != [mostTokens]Token{} {
		e.world(Forget, func(s *State) { s.World.Accepted = [mostTokens]Token{} })
	}
	if !w.Hold {
		e.world(SetHold, func(s *State) { s.holds(true) })
	} else {
		e.world(ReleaseHold, func(s *State) { s.holds(false) })
	}
	if e.c.Shared && !w.Empty {
		e.world(TakeUnit, func(s *State) { s.World.Empty = true })
	}
	if w.Expired < w.Modified && s.idle() {
		e.world(Expire, func(s *State) {
			e.c.hours(s)
			s.World.Expired, s.World.Excused = s.World.Modified, true
		})
	}
	if w.Expired < w.Modified {
		e.world(ShortenAge, func(s *State) { s.World.Expired, s.World.Excused = s.World.Modified, true })
	}
	if w.Setting == 0 {
		e.world(ChangeSetting, func(s *State) { s.World.Setting = 1 })
	}
}

// mostModified keeps instants within what the masks of World can tell.
const mostModified = 14

// young tells whether a delivery is under way that may still call.
func (s *State) young() bool {
	for i := range s.Deliveries {
		if d := &s.Deliveries[i]; d.At != Idle && !d.Old {
			return true
		}
	}
	return false
}

func (s *State) holds(on bool) {
	s.World.Hold = on
	for i := range s.Deliveries {
		s.Deliveries[i].HoldSeen = false
	}
}
