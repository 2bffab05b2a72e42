package retry

import (
	"slices"
	"strings"
	"time"
)

// onTime is how late one may come that the line still counts on.
const onTime = 5 * time.Minute

// cameInVain puts the whole line before an open breaker off, where this is the
// first of it whose turn has come and that may not go.
func (s Situation) cameInVain(b Breaker) Breaker {
	turn, has := s.turnIn(BreakerLine(b.Scope))
	late := s.Now.Sub(turn.At.Add(b.Shift))
	if has && !turn.None && late >= 0 && late < onTime {
		b.Shift = b.Next.Sub(turn.At).Truncate(time.Millisecond)
	}
	return b
}

// behind tells whether others have turns in the line that this one must not jump.
func (s Situation) behind(line string) bool {
	last, someone := s.State.Lines[line]
	return someone && last.Add(s.shiftOf(line)).After(s.Now) && !slices.Contains(s.stood(), line)
}

// lineMoves tells whether a breaker that has closed still lets go of those that
// waited: a failure among successes slows it down, and does not open it.
func (s Situation) lineMoves(b Breaker) bool {
	last, someone := s.State.Lines[BreakerLine(b.Scope)]
	return someone && last.Add(b.Shift).After(s.Now)
}

// shiftOf is by how much the turns in a line are put off.
func (s Situation) shiftOf(line string) time.Duration {
	if !ofBreaker(line) {
		return 0
	}
	return s.State.Breakers[strings.TrimPrefix(line, BreakerLine(""))].Shift
}

// turnIn is the turn that it was given in a line.
func (s Situation) turnIn(line string) (Turn, bool) {
	for _, turn := range s.turns() {
		if turn.Line == line {
			return turn, true
		}
	}
	return Turn{}, false
}

// turns are those that this failure was given.
func (s Situation) turns() []Turn {
	if p := s.State.Record.Pause; p.Seen.Equal(s.Facts.LastModified) {
		return p.Turns
	}
	return nil
}

// stood are the lines in which its turn has come. The sweep lets those go early
// that have waited longest: where units lie idle as many as there are, before a
// breaker that has closed no more than its rate allows.
func (s Situation) stood() []string {
	var come []string
	for _, turn := range s.turns() {
		due := !turn.None && !s.Now.Before(turn.At.Add(s.shiftOf(turn.Line)))
		early := s.Notice.Door == DoorSweep && (!ofBreaker(turn.Line) || s.letsOne(turn.Line))
		if due || early {
			come = append(come, turn.Line)
		}
	}
	return come
}

// letsOne tells whether the breaker before which that line stands lets one go
// before its turn.
func (s Situation) letsOne(line string) bool {
	b := s.State.Breakers[strings.TrimPrefix(line, BreakerLine(""))]
	if b.Rev == 0 || b.IsOpen() {
		return false
	}
	_, lets := b.letOne(s.Breakers.Every, s.Now)
	return lets || !b.easing()
}

// letEarly counts one that the sweep lets go before its turn, or although the rate
// kept it back.
func (s Situation) letEarly(b Breaker) Breaker {
	turn, has := s.turnIn(BreakerLine(b.Scope))
	comes := has && !s.Now.Before(turn.At.Add(b.Shift)) && !s.thinnedOut(b)
	if has && !comes && b.easing() && s.sweepLets(b) {
		b, _ = b.letOne(s.Breakers.Every, s.Now)
	}
	return b
}

// sweepLets tells whether this is the sweep, and the breaker lets it let one go.
func (s Situation) sweepLets(b Breaker) bool {
	_, lets := b.letOne(s.Breakers.Every, s.Now)
	return lets && s.Notice.Door == DoorSweep
}

// thinnedOut tells whether, of those whose turn has come, this is one of those that
// the rate keeps back once more.
func (s Situation) thinnedOut(b Breaker) bool {
	turn, has := s.turnIn(BreakerLine(b.Scope))
	come := has && !s.Now.Before(turn.At.Add(b.Shift))
	return come && Spread(s.State.Record.Pause.Schedule)*fullRate >= float64(b.Rate)
}

// othersProbe tells whether the next probe of an open breaker is that of somebody
// who stands before this one. The sweep comes to the oldest first.
func (s Situation) othersProbe(b Breaker) bool {
	turn, has := s.turnIn(BreakerLine(b.Scope))
	if !has || turn.None {
		return s.isNew() && s.lineMoves(b)
	}
	return s.Notice.Door != DoorSweep && s.Now.Before(turn.At.Add(b.Shift))
}
