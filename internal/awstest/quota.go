package awstest

import (
	"slices"
	"strings"
	"time"
)

// occupy has the run that begins take an instance of the execution's quota. False:
// none is free.
func (a *Account) occupy(e *execution) bool {
	quota := e.script.Quota
	limit, limited := a.config.Quotas[quota]
	if limited && a.used[quota] >= limit {
		return false
	}
	if quota != "" {
		a.used[quota]++
		e.holds = quota
	}
	return true
}

// release gives back what the run has taken.
func (a *Account) release(e *execution) {
	if e.holds != "" {
		a.used[e.holds]--
		e.holds = ""
	}
}

// InUse is how many instances of a quota running executions have taken.
func (a *Account) InUse(quota string) (n int) {
	a.do(func(time.Time) { n = a.used[quota] })
	return n
}

// usages are the jobs that quotas are for, by the end of the quota's name.
var usages = []struct {
	suffix, call string
	kind         Kind
}{
	{" for processing job usage", "CreateProcessingJob", Processing},
	{" for transform job usage", "CreateTransformJob", Transform},
	{" for training job usage", "CreateTrainingJob", Training},
}

// usage is the call that a quota refuses, and the kind of step that makes it.
func usage(quota string) (call string, kind Kind) {
	for _, u := range usages {
		if strings.HasSuffix(quota, u.suffix) {
			return u.call, u.kind
		}
	}
	return "CreateTrainingJob", Training
}

// instance is the instance type that a quota is for, "" where it names none.
func instance(quota string) string {
	name, _, _ := strings.Cut(quota, " for ")
	if !strings.HasPrefix(name, "ml.") {
		return ""
	}
	return name
}

// findsNoneFree is what becomes of a run where no instance of its quota is free.
func (a *Account) findsNoneFree(e *execution, run Run) Run {
	step := Step{Name: e.firstStep(run)}
	limit, used := a.config.Quotas[e.script.Quota], a.used[e.script.Quota]
	_, step.Kind = usage(e.script.Quota)
	step.Reason = reasonQuota(e.script.Quota, e.ARN, step.Name, limit, used, 1)
	return Run{Ends: Failed, Failing: []Step{step}, Lasts: a.config.QuotaTakes}
}

// firstStep is the step at which a run begins: one that has failed before, else
// the first that the run names.
func (e *execution) firstStep(run Run) string {
	for i, s := range e.Steps {
		if (s.Status == Failed || s.Status == Stopped) && e.row(s.Name) == i {
			return s.Name
		}
	}
	if named := slices.Concat(run.Failing, run.Also); len(named) > 0 {
		return named[0].Name
	}
	return "Train"
}
