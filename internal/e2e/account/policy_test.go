//go:build e2e

package account

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// team is a policy that says something else than the built-in one of everything
// that it speaks of.
const team = `version: 1
side_effects: [EMR]
breaker: {executions: 0}
scarce: false
rules:
  - name: no-gpus
    when: {class: capacity}
    verdict: stop
    needs_person: true
    message: no GPUs before Monday
  - name: fewer-at-once
    when: {class: quota_contention}
    verdict: retry
    parallelism: halve
pipelines:
  - {name: watched, match: "*-watched", mode: observe}
  - {name: backfills, match: "*-backfill", superseded: false}
`

// TestPolicyIsApplied applies a policy to a running stack, as a person with just
// the permissions for that. The next failure is judged by it, for not one call
// more, until it is taken back.
func TestPolicyIsApplied(t *testing.T) {
	t.Parallel()
	s := shared.released(t, home, "judged", release{})
	o := s.applier(t)
	if out := o.gets("policy", "history"); !strings.Contains(out, "No policy was ever applied to stack judged") {
		t.Errorf("the history before:\n%s", out)
	}
	before := map[string]judgement{}
	for name, c := range cases {
		before[name] = s.judges(t, "before-"+name, c)
	}
	s.reader(t).maySeeOnly(team)
	version := shortHash(t, o.applies(team))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := s.judges(t, name, c)
			if !got.is(c.verdict, c.reason) || got.Rule != c.rule || got.Message != c.message || !strings.HasPrefix(got.Policy, version+"-") {
				t.Errorf("got %s by rule %q of policy %s, saying %q; want %s %s by %q of %s, saying %q",
					got.line, got.Rule, got.Policy, got.Message, c.verdict, c.reason, c.rule, version, c.message)
			}
			if c.verdict == before[name].Verdict && len(got.calls) > len(before[name].calls) {
				t.Errorf("calls: %v, by the built-in policy %v", got.calls, before[name].calls)
			}
			if reads := len(slices.DeleteFunc(slices.Clone(got.calls), func(op string) bool { return op != "BatchGetItem" })); reads != 1 {
				t.Errorf("the ledger was read %d times, want once: %v", reads, got.calls)
			}
		})
	}
	for _, show := range []struct{ args, want []string }{
		{[]string{"policy", "show"}, []string{version, "no-gpus", "MaxRetries"}},
		{[]string{"policy", "history"}, []string{"* 1 ", version, "ada"}},
		{[]string{"policy", "rollback", "built-in", "--yes", "--author", "ben"}, []string{"Rev 2: the built-in policy by ben", "Back-test on the"}},
		{[]string{"policy", "history"}, []string{"* 2 ", "built-in", "ben", "  1 ", version}},
	} {
		if out := o.gets(show.args...); !containsAll(out, show.want) {
			t.Errorf("mulligan %q lacks one of %q\n%s", show.args, show.want, out)
		}
	}
	// Of another type, since by the built-in policy the first one has been scarce from the first failure on.
	if back := s.judges(t, "after-capacity", judged{run: awstest.Fails(awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity, Instance: "ml.p4d.24xlarge"})}); !back.is("wait", "backing_off") || back.Policy != before["capacity"].Policy {
		t.Errorf("taken back, it is %s by policy %s, want it as before, by %s", back.line, back.Policy, before["capacity"].Policy)
	}
}

// maySeeOnly tries to apply a policy without the permission to write, which is
// named, or to read the decisions, which leaves the back-test out.
func (o *operator) maySeeOnly(source string) {
	o.t.Helper()
	out, problems, code := o.types("policy", "apply", o.file("policy.yaml", source), "--yes")
	if code != 1 || !containsAll(out, []string{"+ rule no-gpus", "No back-test", "dynamodb:Scan"}) || !strings.Contains(problems, "dynamodb:PutItem") {
		o.t.Errorf("exit %d\n%s\n%s\nwant exit 1, and the permissions that are missing named", code, out, problems)
	}
}

// A judged failure is one, and what has to come of it under team.
type judged struct {
	run                            awstest.Run
	verdict, reason, rule, message string
	overtaken                      bool // by a newer execution that succeeds
}

var cases = map[string]judged{
	"capacity": {
		run: awstest.FailsAt("Train", awstest.ReasonCapacity), verdict: "stop", reason: "needs_person", rule: "no-gpus", message: "no GPUs before Monday",
	},
	"contention":  {run: awstest.FailsAt("Train", awstest.ReasonQuotaContention(4, 4, 1)), verdict: "retry", reason: "retryable", rule: "fewer-at-once"},
	"left alone":  {run: awstest.FailsAt("Train", awstest.ReasonInternal), verdict: "retry", reason: "retryable", rule: "passing"},
	"watched":     {run: awstest.FailsAt("Train", awstest.ReasonInternal), verdict: "stop", reason: "observing", rule: "passing"},
	"backfill":    {run: awstest.FailsAt("Train", awstest.ReasonInternal), verdict: "retry", reason: "retryable", rule: "passing", overtaken: true},
	"side effect": {run: awstest.Fails(awstest.Step{Name: "Load", Kind: awstest.EMR, Reason: awstest.ReasonInternal}), verdict: "stop", reason: "needs_person", rule: "passing"},
}

// A judgement is what came of a failure at once, and the calls that it took.
type judgement struct {
	line
	calls []string
}

// judges lets an execution of a pipeline of its own fail and be judged.
func (s *stack) judges(t *testing.T, pipeline string, c judged) judgement {
	t.Helper()
	pipeline = strings.ReplaceAll(pipeline, " ", "-")
	name := s.prefix + pipeline
	if c.overtaken {
		s.gate.at(moment{about: "/" + name + "/", op: "DescribePipelineExecution", nth: 1}, s.newer(t, pipeline))
	}
	st := s.fails(t, awstest.Script{Pipeline: pipeline, Parallelism: 8, Runs: []awstest.Run{c.run, awstest.KeepsRunning()}})
	var first line
	st.until("a verdict", func() bool {
		lines := st.log.of(st.arn)
		if len(lines) > 0 {
			first = lines[0]
		}
		return len(lines) > 0
	})
	calls := slices.DeleteFunc(s.gate.calls("pipeline/"+name), func(op string) bool { return op == "BatchGetItem" }) // for whichever end
	for range st.requests("BatchGetItem") {
		calls = append(calls, "BatchGetItem")
	}
	if retries := st.standIn().Retries(st.arn); first.Rule == "fewer-at-once" && (first.Parallelism != 4 || len(retries) != 1 || retries[0].Parallelism != 4) {
		t.Errorf("retried as %+v, which the log tells as parallelism %d; want half of 8", retries, first.Parallelism)
	}
	st.unharmed()
	return judgement{first, calls}
}

var hashOfRev = regexp.MustCompile(`Rev \d+: policy ([0-9a-f]{12}) by ada\. It counts from the next decision on\.`)

// shortHash is what `policy apply` calls the policy by, as versions do.
func shortHash(t *testing.T, out string) string {
	t.Helper()
	found := hashOfRev.FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("nothing was applied:\n%s", out)
	}
	return found[1]
}

func containsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// TestParametersAreCeilings applies a policy that asks for more than the stack
// allows: more retries, longer waits, and to act where it only observes.
func TestParametersAreCeilings(t *testing.T) {
	t.Parallel()
	const greedy = `version: 1
mode: enforce
budgets: {execution: {size: 10}, pipeline: {size: 100000, refill: 1h}}
back_off: {first: 1h, longest: 6h}
rules:
  - name: as-often-as-it-takes
    when: {class: capacity}
    verdict: wait
    limits: {retries: 10}
`
	s := shared.released(t, home, "bounded", release{})
	out := s.applier(t).applies(greedy)
	for _, name := range []string{"MaxRetries", "BackoffMaxDelay"} {
		if !strings.Contains(out, name) {
			t.Errorf("nothing says that %s bounds it:\n%s", name, out)
		}
	}
	st := s.fails(t, awstest.Script{Pipeline: "greedy", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity)}})
	waits := st.awaits("wait", "backing_off")
	if longest := 6 * time.Second; waits.Rule != "as-often-as-it-takes" || time.Until(waits.Due) > longest {
		t.Errorf("by rule %s it waits until %s, want %s at most", waits.Rule, waits.Due, longest)
	}
	st.awaits("stop", "budget_exhausted")
	st.settles(retry.Closed, 3)
	st.calledTimes(3, 3)

	observing := shared.stack(t, parameters{"Mode": "observe"})
	observing.applier(t).applies(greedy)
	watched := observing.fails(t, awstest.Script{Pipeline: "greedy", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal)}})
	watched.awaits("stop", "observing")
	watched.settles(retry.Closed, 0)
	watched.calledTimes(0, 0)
}
