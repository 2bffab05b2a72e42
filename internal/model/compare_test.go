package model

import (
	"fmt"

	"mulligan/internal/retry"
)

// compare compares what is to be seen of both after a step.
func (t *tie) compare(l Label, said Said) error {
	got, err := t.alpha()
	if want := modelled(t.state.Record); err == nil && got != want {
		err = fmt.Errorf("the record is\n  %+v, in the model\n  %+v", got, want)
	}
	for slot := range t.processes {
		if err == nil && t.processes[slot] != nil {
			err = t.stands(slot, said)
		}
	}
	return err
}

// stands compares where a delivery stands, or what it has said.
func (t *tie) stands(slot int, said Said) error {
	p, d := t.processes[slot], &t.state.Deliveries[slot]
	if d.At != Idle {
		if want := expected(d); fmt.Sprint(p.parked) != fmt.Sprint(want) {
			return fmt.Errorf("delivery %c stands before %v (ended %t: %s, %s, error %v), in the model before %v",
				'A'+slot, p.parked, p.ended, p.said.Verdict, p.said.Reason, p.err, want)
		}
		return nil
	}
	t.processes[slot] = nil
	switch got := string(p.said.Verdict) + " " + string(p.said.Reason); {
	case !p.ended:
		p.die()
		return fmt.Errorf("delivery %c stands before %v, in the model it has ended: %s", 'A'+slot, p.parked, said)
	case said == InError && p.err != nil, said == BackingOff && p.said.Verdict == retry.Wait:
		return nil
	case p.err != nil || got != said.String():
		return fmt.Errorf("delivery %c says %s (error %v), in the model %s", 'A'+slot, got, p.err, said)
	}
	return nil
}

// expected are the calls before which a delivery of the model stands.
func expected(d *Delivery) []op {
	switch d.At {
	case AtWrite, AtSettle:
		return []op{opCommit}
	case AtCall:
		return []op{opRetry}
	case AtSchedule:
		return []op{opEnsure}
	}
	var calls []op
	if !d.Facts.Described {
		calls = append(calls, opDescribe)
	}
	if !d.Facts.Listed && (d.At == AtLookOver || !d.Notice.tellsEnd() || d.Facts.Both) {
		calls = append(calls, opSteps)
	}
	return calls
}

// ends lets go of processes that are still under way.
func (t *tie) ends() {
	for _, p := range t.processes {
		if p != nil && !p.ended {
			p.die()
		}
	}
}
