package retrier_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// applies has the ledger hold a policy, as `mulligan policy apply` does.
func (r *rig) applies(source string) {
	r.Helper()
	file, findings := policyfile.Read("policy.yaml", []byte(source))
	if file == nil {
		r.Fatalf("the policy has faults: %v", findings)
	}
	r.stores(ledger.Version{Hash: file.Hash(), Body: string(file.Body()), Source: source, Author: "test", At: r.clock()})
}

func (r *rig) stores(v ledger.Version) {
	r.Helper()
	stands, err := r.ledger.Current(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	if _, err := r.ledger.Apply(context.Background(), v, stands.Rev); err != nil {
		r.Fatal(err)
	}
}

// TestPolicyCountsFromTheNextDecision: one handler, which reads the ledger no
// more often than before.
func TestPolicyCountsFromTheNextDecision(t *testing.T) {
	r := newRig(t)
	h := r.handler(&line{rig: r, cancel: func() {}})
	decide := func(e awstest.Event) (verdict string) {
		t.Helper()
		if _, err := h.Invoke(context.Background(), e.JSON()); err != nil {
			t.Fatal(err)
		}
		lines := r.lines()
		return lines[0]["verdict"].(string) + " " + lines[0]["policy"].(string)[:8]
	}
	before := decide(r.fail("churn", atOnce, awstest.KeepsRunning()))
	r.applies("version: 1\nrules: [{name: nothing, verdict: stop}]\n")
	after := decide(r.fail("churn", atOnce, awstest.KeepsRunning()))
	r.stores(ledger.Version{Author: "test", At: r.clock()})
	back := decide(r.fail("churn", atOnce, awstest.KeepsRunning()))
	if !strings.HasPrefix(before, "retry builtin") || !strings.HasPrefix(after, "stop ") || strings.Contains(after, "builtin") || back != before {
		t.Errorf("got %q, then %q, then %q", before, after, back)
	}
}

// TestPolicyThatCannotBeRead leaves the last good one in force and says so; a
// start without one decides nothing.
func TestPolicyThatCannotBeRead(t *testing.T) {
	r := newRig(t)
	r.applies("version: 1\nrules: [{name: nothing, verdict: stop}]\n")
	e := r.fail("churn", atOnce, awstest.KeepsRunning())
	r.said(r.deliver(e), retry.Stop, retry.NeedsPerson)
	newer := `{"schema":9,"rules":"of a later build"}`
	r.stores(ledger.Version{Hash: hashOf(newer), Body: newer, Author: "a later build", At: r.clock()})
	r.lines()
	r.said(r.deliver(r.fail("churn", atOnce, awstest.KeepsRunning())), retry.Stop, retry.NeedsPerson)
	if line := r.lines()[0]; line["level"] != "WARN" || !strings.Contains(line["policy_problem"].(string), "version 9") {
		t.Errorf("the log does not say it: %v", line)
	}

	first := newRig(t) // before which the built-in policy was in force
	first.stores(ledger.Version{Hash: hashOf(newer), Body: newer, Author: "a later build", At: first.clock()})
	first.said(first.deliver(first.fail("churn", atOnce, awstest.KeepsRunning())), retry.Retry, retry.Retryable)

	alone := newRig(t)
	for _, body := range []string{newer + " ", newer} {
		alone.stores(ledger.Version{Hash: hashOf(body), Body: body, Author: "a later build", At: alone.clock()})
	}
	e = alone.fail("churn", atOnce, awstest.KeepsRunning())
	if o := alone.deliver(e); o.err == nil || !strings.Contains(o.err.Error(), "version 9") || len(alone.aws.Retries(e.ARN)) != 0 {
		t.Errorf("got %s, %s, %v; want an error that names the version, and no retry", o.Verdict, o.Reason, o.err)
	}
}

const teamPolicy = `
version: 1
side_effects: [EMR, RegisterModel]
budgets:
  pipeline: {size: 2, refill: 1h}
same_failure: {service_fault: 0}
rules:
  - name: gpus
    when: {class: quota_contention}
    verdict: wait
    back_off: {first: 2m, longest: 10m}
    parallelism: halve
    message: fewer steps at once
pipelines:
  - {name: watched, match: "watched-*", mode: observe}
  - {name: left, match: "left-*", mode: off}
`

// TestPolicyInForce walks what a policy can say through the corridor.
func TestPolicyInForce(t *testing.T) {
	r := newRig(t, inProcess)
	r.applies(teamPolicy)
	contended := awstest.FailsAt("Train", awstest.ReasonQuotaContention(4, 4, 1)).After(minute)

	arn := r.aws.Add(awstest.Script{Pipeline: "churn", Parallelism: 8, Runs: []awstest.Run{contended, awstest.Succeeds()}})
	r.pass(minute)
	o := r.deliver(r.failed(arn))
	r.said(o, retry.Wait, retry.BackingOff)
	if line := r.lines()[0]; line["rule"] != "gpus" || line["message"] != "fewer steps at once" || line["parallelism"] != 4.0 {
		t.Errorf("the log says %v", line)
	}
	r.settle()
	if got := r.aws.Retries(arn); len(got) != 1 || got[0].Parallelism != 4 {
		t.Errorf("got retries %+v, want one with half of what ran at once", got)
	}

	load := awstest.Fails(awstest.Step{Name: "Load", Kind: awstest.EMR, Reason: awstest.ReasonInternal})
	r.said(r.deliver(r.fail("loads", load, awstest.Succeeds())), retry.Stop, retry.NeedsPerson)
	r.said(r.deliver(r.fail("watched-1", atOnce, awstest.Succeeds())), retry.Stop, retry.Observing)
	r.said(r.deliver(r.fail("left-1", atOnce, awstest.Succeeds())), retry.Ignore, retry.Off)

	again := r.fail("again", atOnce.After(minute))
	r.settle()
	r.effective(again.ARN, 1)
	if d := r.record(again.ARN).Decision; d.Reason != retry.SameFailureAgain {
		t.Errorf("ended in %s, %s", d.Verdict, d.Reason)
	}
}

// TestPolicyBudget: the policy's bucket holds beside the deployment's.
func TestPolicyBudget(t *testing.T) {
	r := newRig(t, inProcess)
	r.applies(teamPolicy)
	for _, want := range []retry.Reason{retry.Retryable, retry.Retryable, retry.SharedBudgetEmpty} {
		o := r.deliver(r.fail("busy", atOnce, awstest.KeepsRunning()))
		if o.Reason != string(want) {
			t.Errorf("got %s, %s (%s), want %s", o.Verdict, o.Reason, o.Evidence, want)
		}
	}
	r.said(r.deliver(r.fail("other", atOnce, awstest.KeepsRunning())), retry.Retry, retry.Retryable)
	start := r.clock()
	r.settle()
	if waited := r.clock().Sub(start); waited < 29*time.Minute || waited > time.Hour {
		t.Errorf("the parked one waited %s, want until a unit flowed in", waited)
	}
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// TestPolicyTurnedOff ends what waits: the wake says so and is the last one.
func TestPolicyTurnedOff(t *testing.T) {
	r := newRig(t, inProcess)
	e := r.fail("churn", waiting.After(minute), awstest.Succeeds())
	r.said(r.deliver(e), retry.Wait, retry.BackingOff)
	r.applies("version: 1\nmode: off\n")
	r.settle()
	r.effective(e.ARN, 0)
	r.stands(e.ARN, retry.Closed)
	if d := r.record(e.ARN).Decision; d.Reason != retry.Off {
		t.Errorf("ended in %s, %s (%s)", d.Verdict, d.Reason, d.Evidence)
	}
}

// TestPolicyBudgetsOfAColdStart: an instance that has just learnt of a budget
// decides as one that knows it.
func TestPolicyBudgetsOfAColdStart(t *testing.T) {
	for _, mode := range []retry.Mode{retry.Enforce, retry.Observe} {
		r := newRig(t, inProcess)
		r.applies("version: 1\nbudgets: {execution: {size: 1, refill: 10h}, pipeline: {size: 1, refill: 10h}}\n")
		e := r.fail("churn", atOnce.After(minute))
		r.said(r.deliver(e), retry.Retry, retry.Retryable)
		r.pass(minute)
		r.mode = mode // each delivery is a cold start here
		o := r.deliver(r.failed(e.ARN))
		if o.Reason != string(retry.BudgetExhausted) && !strings.Contains(o.Evidence, "would be stop, budget_exhausted") {
			t.Errorf("%s: got %s, %s (%s)", mode, o.Verdict, o.Reason, o.Evidence)
		}
	}
}
