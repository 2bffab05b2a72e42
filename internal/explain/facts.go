package explain

import (
	"fmt"
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// facts are those that the judgement had.
func (q Question) facts(j judged) *Facts {
	f := j.s.Facts
	told := &Facts{
		From: q.FactsFrom, Asked: !j.recalled, Gone: f.Gone, Detail: f.Detail, Status: f.Status, LastModified: f.LastModified,
		Parallelism: f.Parallelism, Steps: f.Steps, Running: f.Running, Rerun: again(f),
		NewerAsked: f.NewerAsked, Newer: f.Newer, Untold: f.Untold, Record: onRecord(j.s.State.Record, q.Policy.Budgets(j.s.Notice.Execution)),
	}
	if tally := j.move.Tally; tally != nil {
		told.Same = tally.Same
	}
	if j.asked != nil {
		told.Age = int(j.asked.Age.Seconds())
	}
	for _, step := range f.Failed {
		told.Failed = append(told.Failed, q.failed(step))
	}
	return told
}

// again are the steps that would run again: retry.Facts keep the first of each
// type alone, which is all that a policy needs.
func again(f retry.Facts) []retry.Rerun {
	var all []retry.Rerun
	for _, step := range f.Failed {
		all = append(all, retry.Rerun{Name: step.Name, Type: step.Type})
	}
	for _, r := range f.Rerun {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

func (q Question) failed(step cause.Step) Failed {
	f := Failed{Name: step.Name, Type: step.Type, Reason: step.Reason, JobARN: step.Ref}
	if step.Job == nil {
		return f
	}
	f.Looked, f.Job = true, jobSays(*step.Job)
	f.Missing = q.Recording != nil && !q.Recording.hasJob(step.Ref)
	return f
}

// jobSays is what a job says of itself.
func jobSays(j cause.Job) string {
	var all []string
	for _, part := range []struct{ name, text string }{
		{"status", j.Status}, {"secondary status", j.Secondary}, {"reason", j.Reason}, {"exit message", j.Exit},
		{"instance type", j.Instance},
	} {
		if part.text != "" {
			all = append(all, part.name+": "+part.text)
		}
	}
	return strings.Join(all, "; ")
}

func onRecord(r retry.Record, buckets []retry.Bucket) *Record {
	if r.Rev == 0 {
		return nil
	}
	told := &Record{
		Kind: r.Kind, Used: r.Used, Ended: r.Failure.LastModified, Repeats: r.Repeats, Granted: r.Granted,
		Verdict: r.Decision.Verdict, Reason: r.Decision.Reason, Outcome: r.Outcome.Result,
	}
	if r.Pause.For != "" {
		told.Waits, told.Until = forInWords(r.Pause.For, buckets), r.Pause.Due
	}
	if r.Kind == retry.Claimed {
		told.Due, told.Retry = r.Claim.Due, r.Claim.Retry
	}
	return told
}

// tried are all steps of the judgement in their order: what stands before the
// policy, the policy's own, and what stands behind it.
func (q Question) tried(j judged) []Tried {
	all := checks(j)
	for _, t := range j.tried {
		step := Tried{Kind: string(t.Kind), Name: t.Name, Applies: t.Applies, Why: plainSpans(t.Why)}
		if t.Name == sharedBudgets && t.Kind == policy.TriedGuard {
			step.Why = shared(q.Policy, *j.asked)
		}
		if t.Kind == policy.TriedRule && q.Place != nil {
			step.Place = q.Place(j.s.Notice.Execution.Pipeline, t.Name)
		}
		if t.Kind == policy.TriedRule && step.Place == "" && builtIn(t.Name) {
			step.Place = ofBuiltin
		}
		all = append(all, step)
	}
	all = append(all, crowd(j)...)
	if f := j.s.Facts; f.NewerAsked {
		why := "no newer execution of the pipeline has succeeded"
		if f.Newer != "" {
			why = "this newer execution of the pipeline has succeeded: " + f.Newer
		}
		all = append(all, Tried{Kind: check, Name: "newer_success", Applies: f.Newer != "", Why: why})
	}
	return all
}

// sharedBudgets is the guard for budgets that many failures share, by its name in
// policy.Tried.
const sharedBudgets = "shared_budgets"

// ofBuiltin is the place of the built-in rules.
const ofBuiltin = "built-in"

func builtIn(rule string) bool {
	return slices.ContainsFunc(policy.Builtin.Rules, func(r policy.Rule) bool { return r.Name == rule })
}

// check is a step of the judgement that is no matter of policy.
const check = "check"

// checks are the steps before the policy, up to the one that decided.
func checks(j judged) []Tried {
	d, f := j.move.Decision, j.s.Facts
	step := func(name string, applies bool, format string, args ...any) Tried {
		return Tried{Kind: check, Name: name, Applies: applies, Why: fmt.Sprintf(format, args...)}
	}
	mode := step("mode", j.s.Mode != retry.Enforce, "the mode is %s", j.s.Mode)
	known := step("on_record", j.asked == nil, "%s", knownSo(j))
	switch {
	case j.s.Mode == retry.ModeOff:
		return []Tried{mode}
	case j.recalled && d.Reason == retry.NotFailed:
		known.Applies = false
		return []Tried{mode, known, step("not_failed", true, "%s", d.Evidence)}
	case j.recalled:
		return []Tried{mode, known}
	case f.Gone:
		return []Tried{mode, step("gone", true, "SageMaker knows no such execution")}
	case d.Reason == retry.LookingAgain:
		return []Tried{mode, step("doubt", true, "%s", d.Evidence)}
	}
	clear := step("doubt", false, "what SageMaker shows fits what came in and what is on record")
	switch {
	case j.asked != nil:
	case d.Outcome != "":
		return []Tried{mode, clear, step("outcome", true, "%s", d.Evidence)}
	case d.Reason == retry.Superseded:
		return []Tried{mode, clear, step("moved_on", true, "%s", d.Evidence)}
	case d.Reason == retry.NotFailed:
		return []Tried{mode, clear, step("not_failed", true, "%s", d.Evidence)}
	}
	return []Tried{mode, clear, step("moved_on", false, "the execution is %s", f.Status), known}
}

// knownSo says what the ledger knows of the failure.
func knownSo(j judged) string {
	r, d := j.s.State.Record, j.move.Decision
	switch {
	case r.Rev == 0:
		return "nothing is on record about this execution"
	case d.Reason == retry.NotFailed:
		return "what is on record has no retry whose end is not known: " + string(r.Kind)
	case j.asked == nil && d.Verdict != retry.Ignore && r.Kind == retry.Retried:
		return "its retry was accepted, and the execution has never left the failure on record"
	case d.Reason == retry.Duplicate:
		return "this failure is on record, and it is done with: " + string(r.Kind)
	case j.asked == nil && r.Pause.For != "":
		return fmt.Sprintf("this failure is on record, and it waits for %s until %s", forInWords(r.Pause.For, bucketsOf(j)), clock(r.Pause.Due))
	case j.asked == nil && r.Kind == retry.Claimed:
		return fmt.Sprintf("this failure is on record, and its retry %d is claimed for %s", r.Claim.Retry, clock(r.Claim.Due))
	case j.asked == nil:
		return "this failure is on record, and it waits: " + string(r.Kind)
	case j.asked.Claimed:
		return fmt.Sprintf("this failure is on record, and its retry %d was claimed for %s", r.Claim.Retry, clock(r.Claim.Due))
	case shown(j):
		return fmt.Sprintf("this failure is on record, and not decided for good: %s", r.Kind)
	default:
		return fmt.Sprintf("the failure on record is an earlier one, of %s: %s", clock(r.Failure.LastModified), r.Kind)
	}
}

// shown tells whether the failure on record is the one that SageMaker shows.
func shown(j judged) bool { return j.s.Facts.LastModified.Equal(j.s.State.Record.Failure.LastModified) }
