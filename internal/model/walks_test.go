package model

import (
	"math/rand"
	"slices"
	"testing"
)

// walks is how many random lives the tie follows, and pace how many steps of each.
const (
	walks = 1000
	pace  = 150
)

// tieConfig is what the real corridor is compared under: all numbers are those of
// package retry. A policy that changes is not among it, nor a claim that is frozen
// for hours before it is written: its unit is taken as of when it was planned, so that
// the real budget has it back by then, and the model's has not.
func tieConfig(seed int64) *Config {
	c := &Config{
		Budget: 1 + uint8(seed%3), StaleLooks: 5, UnsureLooks: 3, BehindLooks: 1, Failures: mostFailures,
		Trouble: 40, Kinds: ^Settings, Crowd: slots, Waits: seed%5 == 0, Shared: seed%4 == 0, Burns: seed%7 == 0,
	}
	if c.Shared {
		c.Kinds &^= Freezes
	}
	return c
}

// TestCodeFollowsModel has the real corridor live random lives of the model: the same
// calls in the same order, the same record after each step, the same answers.
func TestCodeFollowsModel(t *testing.T) {
	steps, seen := 0, [acts]int{}
	for seed := range int64(walks) {
		random := rand.New(rand.NewSource(seed))
		tied := newTie(tieConfig(seed))
		for range pace {
			next := tied.allowed()
			if len(next) == 0 {
				break
			}
			chosen := next[random.Intn(len(next))]
			if rare := kindOf[chosen.Label.Act]&(Losses|Refusals|Conflicts|Unstarts|Lags|Amnesia) != 0; chosen.Label.Act.trouble() && !rare && random.Intn(6) > 0 {
				continue
			}
			if err := tied.follow(chosen); err != nil {
				tied.ends()
				t.Fatalf("seed %d: %v", seed, err)
			}
			seen[chosen.Label.Act]++
			steps++
		}
		tied.ends()
	}
	t.Logf("%d walks, %d steps", walks, steps)
	for act, n := range seen {
		if n < 20 && kindOf[act] != Settings {
			t.Errorf("%q came %d times", names[act], n)
		}
	}
}

// allowed are the transitions that real time has room for.
func (t *tie) allowed() []Transition {
	all := t.c.Next(&t.state, nil)
	kept := all[:0]
	for _, next := range all {
		changes := next.To.World.Modified > t.state.World.Modified
		minute := next.Label.Act == Minute || next.Label.Act == FreezeMinute
		if changes && (t.quick >= mostQuick || next.To.World.Modified > mostModified) || minute && t.minutes >= mostMinute {
			continue
		}
		kept = append(kept, next)
	}
	return kept
}

// A kind is what one step of the model can be told from another by, for the cover.
type kind struct {
	act          Act
	at, then     At // of the delivery that makes it
	said         Said
	sweep, fresh bool
	was, is      Kind
	paused, puts PauseReason
	answer       Answered
}

func kindOfStep(from *State, step *Transition) kind {
	d, to := &from.Deliveries[step.Label.Slot], &step.To.Deliveries[step.Label.Slot]
	return kind{
		step.Label.Act, d.At, to.At, step.Said, d.Sweep || to.Sweep, d.Fresh, from.Record.Kind, step.To.Record.Kind,
		from.Record.Pause.Reason, step.To.Record.Pause.Reason, to.Answer,
	}
}

// coverStates bounds the search for kinds of steps: two troubles of any kind, as far
// as one gets.
const coverStates = 200_000

// TestCodeFollowsEveryKindOfStep leads the real corridor along a shortest way to
// every kind of step that the model is found to make, with a shared budget and
// without.
func TestCodeFollowsEveryKindOfStep(t *testing.T) {
	for _, seed := range []int64{20, 7} {
		c := tieConfig(seed)
		c.Trouble, c.Failures, c.Budget = 2, 2, 2
		ways := map[kind][]Label{}
		c.Walk(coverStates, func(from *State, step Transition, trace func() []Label) {
			if k := kindOfStep(from, &step); ways[k] == nil {
				ways[k] = trace()
			}
		})
		if len(ways) < 1000 {
			t.Errorf("only %d kinds of steps were found", len(ways))
		}
		steps, left := 0, 0
		for _, way := range ways {
			switch room, err := followed(c, way); {
			case err != nil:
				t.Fatal(err)
			case !room:
				left++
			default:
				steps += len(way)
			}
		}
		t.Logf("%d kinds of steps, %d steps on the ways to them; %d are left to the walks", len(ways), steps, left)
		if left > len(ways)/5 {
			t.Errorf("for %d of %d kinds real time has no room", left, len(ways))
		}
	}
}

// followed leads the real corridor along a way of the model; false: real time has no
// room for it.
func followed(c *Config, way []Label) (room bool, err error) {
	tied := newTie(c)
	defer tied.ends()
	for _, l := range way {
		next := tied.allowed()
		at := slices.IndexFunc(next, func(t Transition) bool { return t.Label == l })
		if at < 0 {
			return false, nil
		}
		if err := tied.follow(next[at]); err != nil {
			return true, err
		}
	}
	return true, nil
}

// TestConflictBeforeAStaleAnswer has the call refused for a moment, as for an
// execution between two steps, and the Describe after that show the time before the
// failure: nobody has moved the execution on.
func TestConflictBeforeAStaleAnswer(t *testing.T) {
	a := func(act Act) Label { return Label{Act: act} }
	room, err := followed(tieConfig(1), []Label{
		{Act: Deliver, Notice: noticeOf(1, 0)}, a(Describe), a(ListSteps), a(Step),
		a(Conflict), a(LagDescribe), a(Describe), a(ListSteps), a(Step),
	})
	if err != nil || !room {
		t.Errorf("room %t: %v", room, err)
	}
}

// TestEveryLook has stale reads, and edits, last for as many looks as a doubt is
// worth: each act comes as soon as it can, and otherwise what happens by itself.
func TestEveryLook(t *testing.T) {
	for _, acts := range [][]Act{{LagDescribe}, {LagRunning}, {PersonEdits}, {Refuse, PersonEdits}, {LoseBefore, PersonEdits}} {
		tied := newTie(tieConfig(1))
		for range 200 {
			next := slices.DeleteFunc(tied.allowed(), func(n Transition) bool {
				wanted := len(acts) > 0 && n.Label.Act == acts[0]
				return n.Label.Act == CatchUp || n.Label.Act.trouble() && !wanted
			})
			if len(next) == 0 {
				break
			}
			chosen := next[0]
			if at := slices.IndexFunc(next, func(n Transition) bool { return n.Label.Act.trouble() }); at >= 0 {
				chosen, acts = next[at], acts[1:]
			}
			if err := tied.follow(chosen); err != nil {
				t.Fatal(err)
			}
		}
		tied.ends()
		if len(acts) > 0 {
			t.Errorf("%q never came", names[acts[0]])
		}
	}
}
