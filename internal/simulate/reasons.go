package simulate

import (
	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// untrue says why the reason for which a failure was left alone cannot be true;
// "": it can. It is asked only where the built-in policy decided alone.
func (r *run) untrue(l *life, f *failed) string {
	if len(r.policies) > 1 || r.policies[0] != nil {
		return ""
	}
	is := l.record
	switch is.Decision.Reason {
	case retry.PermanentCause, retry.UnknownCause:
		if f.transient() {
			return "its cause is transient"
		}
	case retry.BudgetExhausted:
		if is.Used < r.settings.MaxRetries && f.transient() {
			return "it has a unit left"
		}
	case retry.Expired:
		if is.Updated.Sub(l.failures[0].at) < r.settings.ExpireAfter { // one before any step may be taken for the one before it
			return "it is not that old"
		}
	case retry.SameFailureAgain:
		if len(l.failures) < 2 && !l.ignored { // one that never started, and whose description was edited, seems to be another
			return "it has not failed before"
		}
	case retry.CannotRetry:
		if r.faulty == 0 && f.end.name != "on purpose" && !l.ignored {
			return "nothing forbids it"
		}
	case retry.StoppedByPerson:
		if l.stops == 0 {
			return "nobody stopped it"
		}
	case retry.Superseded:
		if !r.replaced(l) {
			return "no newer execution has succeeded"
		}
	default:
		return "that is no reason to leave it alone"
	}
	return ""
}

// replaced tells whether a newer execution of the pipeline has succeeded.
func (r *run) replaced(l *life) bool {
	for _, o := range r.lives {
		newer := o != l && o.created.After(l.failures[0].at) && o.parsed.PipelineKey() == l.parsed.PipelineKey()
		if newer && o.status == awstest.Succeeded {
			return true
		}
	}
	return false
}
