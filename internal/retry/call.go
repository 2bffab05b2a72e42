package retry

import (
	"context"
	"errors"
	"fmt"
)

// call makes the claimed call, for the reason that was decided, and settles what
// it was answered.
func (c *Corridor) call(ctx context.Context, s Situation, decided Decision) (Decision, error) {
	called := s.State.Record
	called.Decision = decided
	answer, err := c.Pipelines.Retry(ctx, s.Facts.ARN, called.Claim)
	if err != nil {
		return Decision{}, fmt.Errorf("retry the execution: %w", err)
	}
	if answer.Kind == WrongStatus {
		if s.Facts, err = c.look(ctx, Notice{Execution: s.Notice.Execution}); err != nil {
			return Decision{}, err
		}
	}
	for try := range maxPlans {
		s.Now = c.Now()
		move := AfterCall(s, called, answer)
		if try >= maxPlans/2 { // others keep writing the breakers: what they learn is worth less than this record
			move.Breakers = nil
		}
		stands, applied, err := c.commit(ctx, s, move)
		if err != nil {
			return Decision{}, err
		}
		s.State = stands
		if applied {
			return c.act(ctx, s, move)
		}
	}
	return Decision{}, errors.New("the record kept changing under this delivery")
}
