package model

// The invariants. An empty one is none that broke.
const (
	I1         = "I1: no more effective retries than N"
	I2         = "I2: at most one effective retry per failure"
	I3         = "I3: every failure ends in one verdict, and the right one"
	I4         = "I4: effective <= used <= N, and equal in the end but for what people did"
	I5         = "I5: no call without a claim that was written before"
	I6         = "I6: the same token, the same parameters"
	I7         = "I7: what is done with stays so"
	I8         = "I8: used never decreases"
	I9         = "I9: nothing is claimed without a unit of the shared budget"
	I10        = "I10: whatever is open has a way to its end"
	HeldClaim  = "hold: nothing is claimed or called under a hold that was there before"
	OneOutcome = "outcome: counted once, and never left open"
)

// holds checks a state; "" if nothing is broken in it.
func (c *Config) holds(s *State) string {
	w, all := &s.World, uint8(0)
	for _, n := range w.Effective {
		if n > 1 {
			return I2
		}
		all += n
	}
	switch {
	case w.Broke != 0:
		return broken[w.Broke]
	case all > c.Budget:
		return I1
	case all > s.Record.Used || s.Record.Used > c.Budget:
		return I4
	default:
		return ""
	}
}

// What a step can break that no state shows.
const (
	brokeI5 = iota + 1
	brokeI6
	brokeI7
	brokeI8
	brokeI9
	brokeHold
	brokeOutcome
)

var broken = [...]string{"", I5, I6, I7, I8, I9, HeldClaim, OneOutcome}

// judged checks a write before it is made.
func (c *Config) judged(s *State, d *Delivery) {
	w, was, is := &s.World, &s.Record, &d.Record
	unstarted := is.Claim.Unstarted > was.Claim.Unstarted
	switch {
	case is.Used < was.Used:
		w.Broke = brokeI8
	case was.done() && !is.done() && is.Modified == was.Modified && !unstarted:
		w.Broke = brokeI7
	case d.Takes && w.Empty && c.Shared:
		w.Broke = brokeI9
	case is.Used > was.Used && w.Hold:
		w.Broke = brokeHold
	}
	if d.Said == Expired {
		w.TooOld = is.Modified
	}
	if !d.Tally {
		return
	}
	bit := uint8(1) << was.Claim.Retry
	if w.Tallied&bit != 0 {
		w.Broke = brokeOutcome
	}
	w.Tallied |= bit
}

// called checks a call before it is made.
func (c *Config) called(s *State, d *Delivery) {
	w, claim := &s.World, &d.Record.Claim
	switch {
	case d.Held:
		w.Broke = brokeHold
	case s.Record.Used < d.Called.Retry:
		w.Broke = brokeI5
	case s.Record.Claim.Token == claim.Token && s.Record.Claim.Setting != c.asked(w, d):
		w.Broke = brokeI6
	}
}

// asked is what a call asks for beside its token.
func (c *Config) asked(w *World, d *Delivery) uint8 {
	if c.on(StoredSetting) {
		return d.Record.Claim.Setting
	}
	return w.Setting
}

// good tells whether a state in which nothing goes on is one that the design
// promises; else which promise is broken.
func (c *Config) good(s *State) string {
	w, r, effective := &s.World, &s.Record, uint8(0)
	for _, n := range w.Effective {
		effective += n
	}
	if c.Protocol != Mulligan { // it knows of no failure, only of units
		r = &Record{Kind: Closed, Used: r.Used}
	}
	switch {
	case r.open():
		return I10
	case w.Status == Failed && !r.done():
		return I3
	case w.Status == Failed && r.Used < c.Budget && !w.MayStop && w.FailedAt[w.Failures] > w.Expired && w.TooOld != r.Modified:
		return I3
	case r.Used != effective && !w.Excused:
		return I4
	case r.Kind == Retried && r.Outcome == NoOutcome:
		return OneOutcome
	default:
		return ""
	}
}
