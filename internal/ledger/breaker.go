package ledger

import (
	"fmt"
	"reflect"
	"sync"

	"mulligan/internal/retry"
)

// breakerPK is the partition of the breakers; their sort keys are their scopes.
const breakerPK = "breaker"

func breakerKey(scope string) item { return item{attrPK: text(breakerPK), attrSK: text(scope)} }

// breakerItems are the breakers of a change, in its order. They expire with what
// else it writes: nothing waits for one longer than records are kept.
func breakerItems(c retry.Change) ([]item, error) {
	written := make([]item, len(c.Breakers))
	for i, b := range c.Breakers {
		var err error
		if written[i], err = newItem(breakerKey(b.Scope), b, c.Expires); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// breakerFields are the attributes that every breaker has.
var breakerFields = sync.OnceValue(func() []string { return required(reflect.TypeFor[retry.Breaker]()) })

// readBreaker reads a breaker, or says why it must not be believed: one that read
// as closed would let everybody go at once. An absent item is one that was never
// opened or seen.
func readBreaker(scope string, it item) (retry.Breaker, error) {
	if len(it) == 0 {
		return retry.Breaker{Scope: scope}, nil
	}
	if err := whole(it, "breaker", breakerFields()); err != nil {
		return retry.Breaker{}, err
	}
	var b retry.Breaker
	if err := decode(it, &b); err != nil {
		return retry.Breaker{}, fmt.Errorf("expected a breaker of schema %s: %w", schema, err)
	}
	if b.Rev < 1 || b.Failed < 0 || b.Rate < 0 || b.Scope != scope {
		return retry.Breaker{}, fmt.Errorf("expected a breaker of schema %s, got rev %d, failed %d, rate %d, scope %.40q",
			schema, b.Rev, b.Failed, b.Rate, b.Scope)
	}
	return b, nil
}
