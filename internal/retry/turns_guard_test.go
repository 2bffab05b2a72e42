package retry

import (
	"slices"
	"testing"
	"time"
)

// waitingWith is a failure that waits with a turn in a breaker's line and one in a
// bucket's, before a breaker that has closed.
func waitingWith(turn time.Time, b Breaker) Situation {
	line := BreakerLine(networkScope)
	r := recordOf(Parked, t0, t0)
	r.Pause = Pause{Reason: Held, For: line, Due: now, Seen: t0, Schedule: "s", Turns: []Turn{{Line: line, At: turn}, {Line: "bucket", At: turn}}}
	s := kept(r, failedFacts(t0, t0), b)
	s.State.Lines = map[string]time.Time{line: now.Add(time.Hour), "bucket": now.Add(time.Hour)}
	return s
}

// Whose turn has come, by the clock and the line's shift; the sweep may let go
// before that, and no more than a breaker's rate allows.
func TestTurnsThatHaveCome(t *testing.T) {
	line := BreakerLine(networkScope)
	tests := []struct {
		name           string
		turn           time.Duration
		breaker        Breaker
		door           Door
		before, bucket bool
	}{
		{"come", 0, Breaker{Rate: 100}, DoorWake, true, true},
		{"to come", time.Minute, Breaker{Rate: 100}, DoorWake, false, false},
		{"come, put off since", 0, Breaker{Rate: 100, Shift: time.Minute}, DoorWake, false, true},
		{"to come, brought forward since", time.Minute, Breaker{Rate: 100, Shift: -time.Minute}, DoorWake, true, false},
		{"to come, the sweep", time.Minute, Breaker{Rate: 100}, DoorSweep, true, true},
		{"to come, the sweep has let one go", time.Minute, Breaker{Rate: 50, Let: now}, DoorSweep, false, true},
		{"to come, the sweep, the breaker is open", time.Minute, Breaker{Rate: 100, Opened: t0}, DoorSweep, false, true},
	}
	for _, test := range tests {
		s := waitingWith(now.Add(test.turn), test.breaker)
		s.Notice.Door = test.door
		come := s.stood()
		if before, bucket := slices.Contains(come, line), slices.Contains(come, "bucket"); before != test.before || bucket != test.bucket {
			t.Errorf("%s: come before the breaker %t, the bucket %t; want %t, %t", test.name, before, bucket, test.before, test.bucket)
		}
	}
}

// A line that is put off as a whole is stood behind for as long.
func TestBehindAShiftedLine(t *testing.T) {
	s := kept(Record{}, failedFacts(t0, t0), Breaker{Rate: 100, Shift: time.Hour})
	line := BreakerLine(networkScope)
	if s.State.Lines = map[string]time.Time{line: now.Add(-time.Minute)}; !s.behind(line) {
		t.Error("the line was put off by an hour, and is not stood behind")
	}
}

// The first that comes in vain puts the line off; who comes long after its turn,
// or before it, does not.
func TestWhoPutsTheLineOff(t *testing.T) {
	for late, moves := range map[time.Duration]bool{0: true, time.Minute: true, onTime: false, -time.Minute: false} {
		s := waitingWith(now.Add(-late), Breaker{Opened: t0, Next: now.Add(time.Hour), Rate: 50})
		b := s.State.Breakers[networkScope]
		if got := s.cameInVain(b).Shift != 0; got != moves {
			t.Errorf("%s late: put off %t, want %t", late, got, moves)
		}
	}
}

// Of those whose turn has come the rate keeps a part back: all but the full rate's.
func TestThinnedOut(t *testing.T) {
	let := map[int]int{}
	for _, rate := range []int{20, 60, 100} {
		for i := range 300 {
			s := waitingWith(now, Breaker{Rate: rate})
			s.State.Record.Pause.Schedule = string(rune('a'+i%26)) + time.Duration(i).String()
			if !s.thinnedOut(s.State.Breakers[networkScope]) {
				let[rate]++
			}
		}
	}
	if let[100] != 300 || let[60] < 150 || let[60] > 210 || let[20] < 30 || let[20] > 90 {
		t.Errorf("let go by rate: %v of 300, want about 20, 60 and 100 %%", let)
	}
}
