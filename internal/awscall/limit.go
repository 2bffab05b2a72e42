package awscall

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNoTime says that a call was not started because the invocation could have
// ended before it. The next delivery has a whole invocation for it.
var ErrNoTime = errors.New("not enough time left in this invocation")

// reserve is what stays of an invocation after the last call: time to log and
// to hand the answer or error to the runtime.
const reserve = 500 * time.Millisecond

// Before is Within for a call that another one has to follow in this
// invocation: it wants time for that one too.
func Before(ctx context.Context, limit, next time.Duration) (context.Context, context.CancelFunc, error) {
	if _, cancel, err := Within(ctx, limit+next); err != nil {
		return nil, nil, err
	} else {
		cancel()
	}
	return Within(ctx, limit)
}

// Within bounds one operation, all its attempts together, by limit. It refuses
// with ErrNoTime where the context's deadline comes sooner, so that no call is
// cut off by the end of the invocation with its effect unknown.
func Within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc, error) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < limit+reserve {
		return nil, nil, fmt.Errorf("%w: the call may take %s", ErrNoTime, limit)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	return bounded, cancel, nil
}
