package sweep

import (
	"context"
	"fmt"

	"mulligan/internal/awscall"
	"mulligan/internal/event"
	"mulligan/internal/retry"
)

// eventID stands for the event that never came, the same in every sweep: two that
// find one failure make one token of it.
const eventID = "sweep"

const (
	abreast = 4 // failures handled side by side
	ails    = 3 // errors after which the rest of a pipeline is left to the next sweep
)

// handed is what became of one execution.
type handed struct {
	passed   bool // not handed on at all
	decision retry.Decision
	err      error
}

// hand takes executions down the corridor, a few side by side and in their order,
// as long as time and requests last: spare of these are to stay. It gives what
// became of those that it came to.
func (s *sweeping) hand(ctx context.Context, all []retry.ExecutionARN, spare int) []handed {
	became := make([]handed, 0, len(all))
	for len(became) < len(all) {
		few := all[len(became):min(len(became)+abreast, len(all))]
		came := s.handFew(ctx, few, spare)
		became = append(became, came...)
		if len(came) < len(few) {
			s.report.Sweep.Left += len(all) - len(became)
			break
		}
	}
	return became
}

// handFew takes executions down the corridor side by side.
func (s *sweeping) handFew(ctx context.Context, few []retry.ExecutionARN, spare int) []handed {
	became := make([]handed, 0, len(few)) // room for all: their places stay where they are
	var running []func()
	for i, execution := range few {
		passed := s.passes(execution)
		if !passed && !s.may(ctx, handleCost, spare) {
			break
		}
		became = append(became, handed{passed: passed})
		if !passed {
			s.seen[execution.Key()] = true
			place := &became[i]
			running = append(running, func() { *place = s.handle(ctx, execution) })
		}
	}
	if len(running) > 0 {
		s.abreast(running...)
	}
	s.count(ctx, few, became)
	return became
}

func (h *Handler) abreast(calls ...func()) {
	if h.Abreast != nil {
		h.Abreast(calls...)
	} else {
		retry.SideBySide(calls...)
	}
}

// passes tells whether an execution is not for this sweep: handled by it already,
// of elsewhere, or of a pipeline that gives nothing but errors.
func (s *sweeping) passes(execution retry.ExecutionARN) bool {
	return s.seen[execution.Key()] || !s.minds(execution) || s.ailing[execution.PipelineKey()] >= ails
}

// minds tells whether the execution is this deployment's to handle.
func (h *Handler) minds(execution retry.ExecutionARN) bool {
	return h.Home.Owns(execution) && h.mindsPipeline(execution.Pipeline)
}

func (h *Handler) mindsPipeline(name string) bool {
	return event.Outside(retry.Notice{Execution: retry.ExecutionARN{Pipeline: name}}, h.Prefix) == nil
}

// handle takes one execution down the corridor, for no longer than the retrier
// would: the next ordinal of a claim is not due before that.
func (h *Handler) handle(ctx context.Context, execution retry.ExecutionARN) (became handed) {
	ctx, cancel := context.WithTimeout(ctx, h.HandleTimeout)
	defer cancel()
	defer func() {
		if panicked := recover(); panicked != nil { // it would end every sweep at this execution
			became = handed{err: fmt.Errorf("panic: %v", panicked)}
		}
	}()
	d, err := h.Corridor.Handle(ctx, retry.Notice{Door: retry.DoorSweep, Execution: execution, EventID: eventID})
	return handed{decision: d, err: err}
}

// count counts what became of executions.
func (s *sweeping) count(ctx context.Context, few []retry.ExecutionARN, became []handed) {
	throttled := false
	for i, b := range became {
		if b.passed {
			s.report.Sweep.Passed++
			continue
		}
		s.report.Sweep.Handled++
		if b.err == nil {
			s.tally(ctx, b.decision)
			if b.decision.Reason == retry.Off { // the ledger alone was asked
				s.meter.giveBack(handleCost)
			}
			continue
		}
		s.fault(about(few[i].String(), b.err))
		s.ailing[few[i].PipelineKey()]++
		throttled = throttled || awscall.KindOf(b.err) == awscall.Throttled
	}
	if throttled {
		s.meter.throttled()
	}
}
