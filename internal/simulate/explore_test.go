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
		"a person retries first": first((*invocation).personRetries), "a copy overtakes, after": then((*invocation).overtaken),
	}
	singles = map[string]disturbance{
		"slow": (*invocation).slow, "breaks off": (*invocation).breaksOff, "answer lost": (*invocation).losesAnswer, "sent twice": (*invocation).twice,
		"late": (*invocation).late, "refused": (*invocation).refused, "killed before": (*invocation).killedBefore, "killed after": (*invocation).killedAfter,

		"a person retries first":   first((*invocation).personRetries),
		"a person retries after":   then((*invocation).personRetries),
		"a person edits first":     first(func(v *invocation) { v.edits(v.lives[0]) }),
		"a person edits after":     then(func(v *invocation) { v.edits(v.lives[0]) }),
		"a hold is set first":      first(func(v *invocation) { v.hold(v.lives[0]) }),
		"a hold is set after":      then(func(v *invocation) { v.hold(v.lives[0]) }),
		"deleted first":            first((*invocation).deletes),
		"deleted after":            then((*invocation).deletes),
		"a copy overtakes, first":  first((*invocation).overtaken),
		"a copy overtakes, after":  then((*invocation).overtaken),
		"a sweep overtakes, first": first((*invocation).swept),
		"a sweep overtakes, after": then((*invocation).swept),
		"15 seconds pass first":    first(func(v *invocation) { v.now = v.now.Add(15 * time.Second) }),
	}
)

// first has something happen before a call, then after it.
func first(happens func(*invocation)) disturbance {
	return func(v *invocation, c call) error {
		happens(v)
		return v.made(c)
	}
}

func then(happens func(*invocation)) disturbance {
	return func(v *invocation, c call) error {
		err := v.made(c)
		happens(v)
		return err
	}
}

func (v *invocation) personRetries() { v.retriesByHand(v.lives[0]) }

func (v *invocation) deletes() {
	v.aws.Delete(v.lives[0].arn)
	v.lives[0].gone = true
}

// overtaken has another event of the same end go all its way meanwhile.
func (v *invocation) overtaken() {
	if len(v.sent) == 0 {
		return
	}
	v.push(v.sent[len(v.sent)-1].Again("a").JSON(), "another event of the same end", 0)
	m := v.queue[len(v.queue)-1]
	v.take(m)
	v.invoke(m)
	v.runOut(v.running[len(v.running)-1])
}

// swept has a sweep go all its way meanwhile.
func (v *invocation) swept() {
	was := v.sweeping
	v.sweeping = false
	v.sweeps()
	v.runOut(v.running[len(v.running)-1])
	v.sweeping = was
}

// runOut lets another invocation go on to its end.
func (v *invocation) runOut(o *invocation) {
	if o == v {
		return
	}
	for open := true; open; {
		open = false
		for _, t := range v.tasks {
			if t.of == o && !t.ended && t.left == 0 && t != v.current {
				v.now = later(v.now, t.until)
				v.resume(t)
				open = true
				break
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

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
