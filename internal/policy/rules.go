package policy

import "mulligan/internal/cause"

// chance is what a class of cause deserves.
type chance int

const (
	never   chance = iota // the same execution fails the same way again
	later                 // something scarce must free first: back off before the call
	soon                  // a passing fault: at once, then backing off
	careful               // may be anything: one retry, after a back-off
)

// chances says what each class deserves. Capacity and quota failures inside a
// step come back within seconds when they are retried at once, and each costs a
// retry; hence the wait before the call, not only after a refusal.
var chances = map[cause.Class]chance{
	cause.Capacity:         later,
	cause.QuotaContention:  later,
	cause.SpotInterruption: later,

	cause.Throttling:        soon,
	cause.ServiceFault:      soon,
	cause.Network:           soon,
	cause.DependencyTimeout: soon,

	cause.Unknown: careful,

	cause.QuotaZero:        never,
	cause.UserCode:         never,
	cause.OutOfMemory:      never,
	cause.DiskFull:         never,
	cause.ConfigValidation: never,
	cause.AccessDenied:     never,
	cause.Image:            never,
	cause.DataMissing:      never,
	cause.StoppedOrTimeout: never,
}

// chanceOf reads the table, with the label on top: what is permanent gets no
// chance whatever its class, and what may be either gets a careful one.
func chanceOf(c cause.Cause) chance {
	given := chances[c.Class]
	switch {
	case c.Label == cause.Permanent:
		return never
	case c.Label == cause.Ambiguous && given != never:
		return careful
	default:
		return given
	}
}
