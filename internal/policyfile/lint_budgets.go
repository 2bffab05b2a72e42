package policyfile

import (
	"fmt"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// deploymentExpires is the default of the template's parameter ExpireAfter, which
// holds where a policy does not say after what time failures expire.
const deploymentExpires = 24 * time.Hour

// breaker looks for one that takes any failure for a storm, and for a time that
// bounds nothing.
func (l *linter) breaker(b policy.Breaker) {
	switch {
	case b.Executions == nil:
	case *b.Executions == 1:
		l.warn("breaker.executions", "each execution that fails makes all others wait that fail of the same class", "write 2 or more, or 0 for no breaker")
	case *b.Executions == 0 && b.Within > 0:
		l.warn("breaker.within", "no breaker opens, so nothing is counted in this time", "leave it out")
	}
}

// lateUnits looks for shared budgets that fill so slowly that what waits for a
// unit of theirs may not live to take it.
func (l *linter) lateUnits(path string, t policy.Terms, own policy.Budgets) {
	expires, whose := t.ExpireAfter, ""
	if expires == 0 {
		expires, whose = deploymentExpires, ", the deployment's default"
	}
	for _, b := range []struct {
		key string
		policy.Budget
	}{{"pipeline", own.Pipeline}, {"account", own.Account}} {
		if b.Size == 0 || b.Refill == 0 {
			continue
		}
		if unit := (retry.Bucket{Size: b.Size, Per: b.Refill}).Interval(); unit > expires {
			l.warn(join(path, "budgets."+b.key),
				fmt.Sprintf("a unit takes %s to flow in, and failures expire after %s%s: one that finds it empty may expire before", Length(unit.Round(time.Second)), Length(expires), whose),
				"write a larger size, a shorter refill, or a longer expire_after")
		}
	}
}
