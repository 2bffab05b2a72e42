package simulate

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A call is one call of an invocation to the outside.
type call struct {
	op     string
	about  string        // in timelines
	limit  time.Duration // what it may take, and what has to follow it
	writes bool
	effect func() error // an error is a refusal, and its answer
	refuse []error      // refusals that can be made up; nothing happens then
}

var (
	errBroken = errors.New("the connection broke off before the request was sent")
	errLost   = errors.New("no answer")
	errDown   = errors.New("InternalServerError: try again")
)

// pass makes a call, if what befalls it lets it.
func (v *invocation) pass(c call) error {
	switch {
	case v.dead:
		return errGone
	case v.current.deadline.Sub(v.now) < c.limit:
		return errNoTime
	}
	v.calls++
	v.totals.Calls++
	v.standStill()
	if v.frozen && !v.calm && c.op == "Commit" && v.chance(50) { // thawed when others have got on
		v.sleep(of(v.choices, []time.Duration{30 * time.Second, 2 * time.Minute, 6 * time.Minute, 14 * time.Minute}))
	}
	switch {
	case v.dead:
		return errGone
	case v.now.After(v.current.deadline) && !v.frozen:
		return errTimeout
	}
	v.passed(c)
	v.nth++
	if forced, ok := v.options.forced[v.nth]; ok {
		return forced(v, c)
	}
	likely := v.faulty / 3
	if c.writes {
		likely = v.faulty * 2
	}
	if !v.disturbed(likely) {
		return v.made(c)
	}
	return of(v.choices, c.disturbances())(v, c)
}

// passed notes that a call is about to be made.
func (v *invocation) passed(c call) {
	if v.calm || v.faulty == 0 {
		v.now = v.now.Add(ticks)
	} else {
		v.now = v.now.Add(ticks * time.Duration(1+v.n(20)))
	}
	v.mark(uint64(v.serial), uint64(v.now.UnixMilli()), hash(c.op))
}

// made makes the call. Its answer is on the way while others go on.
func (v *invocation) made(c call) error {
	err := c.effect()
	v.tell(v.name, "%s%s", c.about, told(err))
	if v.crowded > 0 && v.n(4) == 1 {
		v.standStill()
		if v.dead {
			return errGone
		}
	}
	return err
}

func told(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// disturbed tells whether something befalls a call or a message: never once the
// faults have ended.
func (r *run) disturbed(percent int) bool { return !r.calm && r.faulty > 0 && r.chance(percent) }

// A disturbance is what befalls a call.
type disturbance func(*invocation, call) error

// everywhere are those that every call can meet, the tamest first.
var everywhere = []disturbance{
	(*invocation).slow, (*invocation).breaksOff, (*invocation).losesAnswer, (*invocation).twice, (*invocation).late,
	(*invocation).killedBefore, (*invocation).killedAfter,
}

// disturbances are those that a call can meet.
func (c call) disturbances() []disturbance {
	if len(c.refuse) == 0 {
		return everywhere
	}
	return slices.Concat(everywhere, []disturbance{(*invocation).refused, (*invocation).refused, (*invocation).refused})
}

func (v *invocation) slow(c call) error {
	v.fault(c.op+" slow", v.name, "%s takes 4 s", c.op)
	v.now = v.now.Add(4 * time.Second)
	return v.made(c)
}

func (v *invocation) breaksOff(c call) error {
	v.fault(c.op+" fails", v.name, "%s fails before it is sent", c.op)
	return errBroken
}

func (v *invocation) losesAnswer(c call) error {
	c.effect()
	v.fault(c.op+" answer lost", v.name, "%s: it takes effect, and its answer is lost", c.about)
	return errLost
}

func (v *invocation) refused(c call) error {
	if len(c.refuse) == 0 {
		return v.breaksOff(c)
	}
	err := of(v.choices, c.refuse)
	v.fault(c.op+" refused", v.name, "%s is refused: %s", c.op, err)
	return err
}

func (v *invocation) killedBefore(c call) error { return v.killed(c, "before") }

func (v *invocation) killedAfter(c call) error {
	c.effect()
	return v.killed(c, "after")
}

// killed ends the process at this call.
func (v *invocation) killed(c call, when string) error {
	v.fault("killed "+when+" "+c.op, v.name, "is killed right %s: %s", when, c.about)
	v.dead = true
	return errGone
}

// twice has the transport send a request again whose first answer was lost: the
// second answer counts.
func (v *invocation) twice(c call) error {
	c.effect()
	v.fault(c.op+" sent twice", v.name, "%s: its answer is lost, and the transport sends it again", c.about)
	if v.standStill(); v.dead {
		return errGone
	}
	return v.made(c)
}

// late has a request reach its service after the process gave up on it, or died.
func (v *invocation) late(c call) error {
	if !c.writes {
		v.fault(c.op+" fails", v.name, "%s is answered with an error", c.op)
		return errDown
	}
	after := of(v.choices, []time.Duration{time.Second, 5 * time.Second, 15 * time.Second})
	what := fmt.Sprintf("what %s sent (%s)", v.name, c.op)
	v.fault(c.op+" late", v.name, "%s: it is on its way for %s, and nobody waits for it", c.op, after)
	v.sends(what, after, func() { c.effect() })
	if v.n(2) == 1 {
		v.dead = true
		return errGone
	}
	return errLost
}

// fault counts and tells of one.
func (r *run) fault(kind, who, format string, args ...any) {
	if r.totals.Faults == nil {
		r.totals.Faults = map[string]int{}
	}
	r.totals.Faults[kind]++
	r.tell(who, format, args...)
}
