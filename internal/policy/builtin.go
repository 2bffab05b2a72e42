package policy

import (
	"slices"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Builtin is the policy that holds where no other says something: for every
// class a place. Capacity and quota failures inside a step come back within
// seconds when they are retried at once, and each costs a retry; hence the wait
// before the call, not only after a refusal.
var Builtin = Document{
	Schema: Schema,
	Terms: Terms{
		Mode:       retry.Enforce,
		Superseded: &yes,
		Scarce:     &yes,
		// Ten within ten minutes are no accident, and few enough for a storm's other
		// thousands to be spared.
		Breaker: Breaker{Executions: &ten, Within: 10 * time.Minute},
		// Whether something scarce is free says nothing about the next time, and one
		// text fits all its failures. The more a text says, the more it says twice.
		Repeats: map[cause.Class]int{
			cause.Capacity: Unlimited, cause.QuotaContention: Unlimited, cause.SpotInterruption: Unlimited,
			cause.Throttling: Unlimited, cause.ServiceFault: 2, cause.Network: 1, cause.DependencyTimeout: 1,
		},
	},
	Rules: []Rule{
		{
			Name: "scarce", Verdict: retry.Wait, // something must free first
			When: When{
				Labels:  []cause.Label{cause.Transient},
				Classes: []cause.Class{cause.Capacity, cause.QuotaContention, cause.SpotInterruption},
			},
		},
		{
			Name: "passing", Verdict: retry.Retry, // at once, then backing off
			When: When{
				Labels:  []cause.Label{cause.Transient},
				Classes: []cause.Class{cause.Throttling, cause.ServiceFault, cause.Network, cause.DependencyTimeout},
			},
		},
		{
			Name: "doubtful", Verdict: retry.Wait, Limits: Limits{Retries: 1}, // may be anything: one careful retry
			When: When{
				Labels: []cause.Label{cause.Transient, cause.Ambiguous},
				Classes: []cause.Class{
					cause.Capacity, cause.QuotaContention, cause.SpotInterruption, cause.Throttling, cause.ServiceFault,
					cause.Network, cause.DependencyTimeout, cause.Unknown,
				},
			},
		},
		{
			Name: "lasting", Verdict: retry.Stop, // the same execution fails the same way again
			When: When{Labels: []cause.Label{cause.Transient, cause.Ambiguous, cause.Permanent}},
		},
	},
}

// builtIn tells whether a rule of that name is among them. Policy files cannot
// use their names.
func builtIn(name string) bool {
	return slices.ContainsFunc(Builtin.Rules, func(r Rule) bool { return r.Name == name })
}

var (
	yes = true
	ten = 10
)
