package model

// call is RetryPipelineExecution, from the request to the plan of what its answer
// means. How tells what happens to it: NoAnswer, what SageMaker would do by itself.
func (c *Config) call(s *State, d *Delivery, how Act) Said {
	if d.Old && c.on(Deadline) {
		return d.fails(s)
	}
	w, t := &s.World, c.sent(s, d)
	c.called(s, d)
	switch how {
	case LoseBefore:
		return c.lost(s, d)
	case Refuse:
		d.Answer = Refused
		if c.Burns {
			remember(&w.Burned, t)
		}
	case Conflict:
		d.Answer, w.MayStop = StatusWrong, true
	case Unstart:
		d.Answer, w.MayStop, w.Excused = Accepted, true, true
	default:
		d.Answer = c.effect(w, t, c.onAccountOf(w, d))
	}
	if how == LoseAfter {
		return c.lost(s, d)
	}
	if c.Protocol != Mulligan {
		return c.answered(s, d)
	}
	if !c.on(ClaimFirst) && d.Record.Kind == Claimed {
		d.At = AtWrite // only now
		d.Then = Answer
		return Nothing
	}
	if d.Answer == StatusWrong && c.on(WrongStatus) {
		d.At, d.Facts = AtLookOver, Facts{}
		return Nothing
	}
	return c.settles(s, d)
}

// lost is an answer that never came.
func (c *Config) lost(s *State, d *Delivery) Said {
	if c.on(Ambiguous) {
		return d.fails(s)
	}
	d.Answer = Accepted
	return c.settles(s, d)
}

// onAccountOf is the failure that a call is made for: the one on record or, where
// there is no record, the one that the notice tells of.
func (c *Config) onAccountOf(w *World, d *Delivery) uint8 {
	if c.Protocol != Mulligan {
		return d.Notice.failure()
	}
	f := w.Failures
	for f > 1 && w.FailedAt[f] > d.Called.Modified {
		f--
	}
	return f
}

// sent is the token that a call carries.
func (c *Config) sent(s *State, d *Delivery) Token {
	if !c.on(StoredToken) {
		return 0
	}
	return d.Record.Claim.Token
}

// effect is what SageMaker does with a call.
func (c *Config) effect(w *World, t Token, failure uint8) Answered {
	switch {
	case remembers(&w.Accepted, t):
		return Accepted
	case remembers(&w.Burned, t):
		return Refused
	case w.Status != Failed:
		return StatusWrong
	}
	remember(&w.Accepted, t)
	w.Effective[failure]++
	w.start(c)
	return Accepted
}
