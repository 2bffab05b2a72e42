package simulate

import (
	"fmt"
	"testing"
	"time"
)

// flows are the ways through Mulligan, each a life without choices.
var flows = map[string]Options{
	"retried at once":         {ends: lifeOf("service")},
	"waits, then retried":     {ends: lifeOf("capacity")},
	"its job is asked":        {ends: lifeOf("job")},
	"fails twice":             {ends: lifeOf("service", "service")},
	"stopped":                 {ends: []end{after(fails["bug"])}},
	"found by the sweep":      {ends: lifeOf("service"), mute: true},
	"waits, found by a sweep": {ends: lifeOf("capacity"), mute: true},
}

func lifeOf(names ...string) (ends []end) {
	for _, name := range names {
		ends = append(ends, after(fails[name]))
	}
	return append(ends, after(succeeds))
}

func after(e end) end {
	e.run = e.run.After(time.Minute)
	return e
}

// singles are what befalls one call; of two calls, each of hard.
var (
	hard = map[string]disturbance{
		"killed before": (*invocation).killedBefore, "killed after": (*invocation).killedAfter, "answer lost": (*invocation).losesAnswer,
	}
	singles = map[string]disturbance{
		"slow": (*invocation).slow, "breaks off": (*invocation).breaksOff, "answer lost": (*invocation).losesAnswer, "sent twice": (*invocation).twice,
		"late": (*invocation).late, "refused": (*invocation).refused, "killed before": (*invocation).killedBefore, "killed after": (*invocation).killedAfter,
	}
)

// TestEveryFault has one thing befall one call, for each call of each flow and
// each thing, and then everything settle.
func TestEveryFault(t *testing.T) {
	for name, flow := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			for kind, one := range singles {
				for call := 1; ; call++ {
					o := flow
					o.forced = map[int]disturbance{call: one}
					runs++
					if !holds(t, o, fmt.Sprintf("call %d: %s", call, kind)) {
						break
					}
				}
			}
			t.Logf("%d runs", runs)
		})
	}
}

// TestEveryPairOfFaults has two things befall two calls, all pairs of them.
func TestEveryPairOfFaults(t *testing.T) {
	for name, flow := range flows {
		if !*all && name != "retried at once" {
			continue // make prove has them all
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			for firstKind, first := range hard {
				for secondKind, second := range hard {
					runs += pairs(t, flow, firstKind, secondKind, first, second)
				}
			}
			t.Logf("%d runs", runs)
		})
	}
}

func pairs(t *testing.T, flow Options, firstKind, secondKind string, first, second disturbance) (runs int) {
	for a := 1; ; a++ {
		for b := a + 1; ; b++ {
			o := flow
			o.forced = map[int]disturbance{a: first, b: second}
			runs++
			if !holds(t, o, fmt.Sprintf("call %d: %s, call %d: %s", a, firstKind, b, secondKind)) {
				if b == a+1 {
					return runs
				}
				break
			}
		}
	}
}

// holds makes the run without a choice, and tells whether it came to the last of
// the calls that are disturbed.
func holds(t *testing.T, o Options, what string) bool {
	t.Helper()
	result := replay(o, fromRecord(nil), false)
	if result.Violation != nil {
		t.Errorf("%s: %v", what, result.Violation)
		for _, e := range replay(o, fromRecord(nil), true).Timeline {
			t.Logf("%s %-12s %s", e.At.Format(time.TimeOnly), e.Who, e.What)
		}
		t.FailNow()
	}
	last := 0
	for call := range o.forced {
		last = max(last, call)
	}
	return result.Totals.Calls >= last
}
