package retry

import (
	"errors"
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext"
)

// runsAgain notes a step that a retry would run again.
func (f *Facts) runsAgain(step Step) {
	for _, r := range f.Rerun {
		if r.Type == step.Type {
			return
		}
	}
	f.Rerun = append(f.Rerun, Rerun{Name: step.Name, Type: step.Type})
}

// worstFirst keeps maxFailed steps. Where there are more, those that speak most
// against a retry come first: the cause read from what is kept is that of all.
func worstFirst(failed []cause.Step) []cause.Step {
	if len(failed) <= maxFailed {
		return failed
	}
	weight := make(map[cause.Step]int, len(failed))
	for _, step := range failed {
		weight[step] = severity(cause.Read([]cause.Step{step}).Label)
	}
	slices.SortStableFunc(failed, func(a, b cause.Step) int { return weight[b] - weight[a] })
	return failed[:maxFailed]
}

func severity(l cause.Label) int {
	return slices.Index([]cause.Label{cause.Transient, cause.Ambiguous, cause.Permanent}, l)
}

// maxJobLooks bounds the jobs that are looked at for one failure.
const maxJobLooks = 3

// unlooked are the failed steps whose text carries no cause, or does not name what
// ran short, and whose jobs were not looked at yet. Where another step cannot succeed, nothing they say matters.
func (f Facts) unlooked() []int {
	if f.Cause.Label == cause.Permanent {
		return nil
	}
	looked, left := 0, []int(nil)
	for i, step := range f.Failed {
		switch {
		case step.Job != nil:
			looked++
		case step.Bare(), step.Name == f.Cause.Step && step.Ref != "" && f.nameless():
			left = append(left, i)
		}
	}
	return left[:min(len(left), max(0, maxJobLooks-looked))]
}

// nameless tells whether some instance type ran short, and the text does not say
// which: its job does.
func (f Facts) nameless() bool {
	c := f.Cause
	return c.Label == cause.Transient && (c.Class == cause.Capacity || c.Class == cause.SpotInterruption) && c.Scarce == ""
}

// withJobs adds what the jobs of the steps at those places say, and reads the
// cause anew.
func (f Facts) withJobs(at []int, jobs []cause.Job) Facts {
	f.Failed = slices.Clone(f.Failed)
	for i, place := range at {
		f.Failed[place].Job = &jobs[i]
	}
	f.Cause = cause.Read(f.Failed)
	return f
}

// message is what the step that decided has to say, with its job's words.
func (f Facts) message() string {
	for _, step := range f.Failed {
		switch {
		case step.Name != f.Cause.Step:
		case step.Job == nil:
			return step.Reason
		default:
			return step.Reason + "\n" + step.Job.Reason + "\n" + step.Job.Exit
		}
	}
	return ""
}

// mark tells failures apart by what failed where; "" if no step failed.
func (f Facts) mark() string {
	if f.Cause.Fingerprint == "" {
		return ""
	}
	return f.Cause.Step + "#" + f.Cause.Fingerprint
}

// maxUntold bounds what is kept of a refusal, in characters: it stands in records.
const maxUntold = 300

// leaveUntold notes what SageMaker will never answer. The decision is made
// without it, and says so: a permission that is missing must not hold up every
// failure. Any other error is returned.
func (f *Facts) leaveUntold(what string, err error) error {
	if !errors.Is(err, ErrNotTold) {
		return err
	}
	f.Untold = append(f.Untold, what+": "+plaintext.Line(err.Error(), maxUntold))
	return nil
}

// untold is what evidence ends with.
func (f Facts) untold() string {
	if len(f.Untold) == 0 {
		return ""
	}
	return "; not known: " + strings.Join(f.Untold, "; ")
}
