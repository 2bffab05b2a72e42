package event

import (
	"encoding/json"
	"fmt"

	"mulligan/internal/retry"
)

// What a wake says it is. Only Mulligan makes wakes; a forged one gains
// nothing, since whatever it names is looked up and checked like an event.
const (
	wakeSource  = "mulligan"
	wakeVersion = 1
)

// wake is the input of a one-time schedule: the notice that it brings back.
type wake struct {
	Source    string       `json:"source"`
	Version   int          `json:"version"`
	Execution string       `json:"execution"`
	Notice    retry.Notice `json:"notice"`
}

// WakePayload is what a schedule for the wake carries: the notice, and which
// wait the schedule ends.
func WakePayload(w retry.Wake, n retry.Notice) ([]byte, error) {
	n.Door, n.Wake = retry.DoorWake, w
	payload, err := json.Marshal(wake{wakeSource, wakeVersion, n.Execution.String(), n})
	if err != nil {
		return nil, fmt.Errorf("write the wake: %w", err)
	}
	return payload, nil
}

func parseWake(payload []byte, home retry.Home) (retry.Notice, *Problem) {
	var w wake
	if err := json.Unmarshal(payload, &w); err != nil {
		return malformed("the wake: expected what a schedule of Mulligan's carries: %s", explain(err))
	}
	if w.Version != wakeVersion {
		return malformed("version: expected a wake of version %d, got %d", wakeVersion, w.Version)
	}
	arn, err := retry.ParseExecutionARN(w.Execution)
	if err != nil {
		return malformed("execution: %s", err)
	}
	if p := owned(arn, home); p != nil {
		return retry.Notice{}, p
	}
	n := w.Notice
	if len(n.EventID) > maxEventID || max(len(n.Wake.Wait), len(n.Ended), len(n.Previous), len(n.Status)) > maxField || n.Wake.Again < 0 {
		return malformed("notice: expected an event id of at most %d characters, other texts of at most %d", maxEventID, maxField)
	}
	n.Door, n.Execution, n.EndedAt, n.Emitted = retry.DoorWake, arn, instant(n.Ended), kept(n.Emitted)
	return n, nil
}
