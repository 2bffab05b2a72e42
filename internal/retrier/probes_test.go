package retrier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestProbeIsNeverReplaced has newer executions succeed in place of all that wait
// but the last: none of those takes the probe with it.
func TestProbeIsNeverReplaced(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.ExpireAfter = week }))
	old := r.crowd(11, short().After(minute), awstest.Succeeds().After(minute))
	keys := map[string]string{} // ARN by what the breaker calls it
	for i, e := range old[:10] {
		arn, err := retry.ParseExecutionARN(e.ARN)
		if err != nil {
			t.Fatal(err)
		}
		keys[arn.Key()] = e.ARN
		r.aws.Add(awstest.Script{Pipeline: fmt.Sprintf("p%d", i), Runs: []awstest.Run{awstest.Succeeds().After(time.Second)}})
	}
	r.pass(2 * time.Second)
	r.aws.Events()
	for range 24 {
		r.sweepsUntilSettled(5 * minute)
		if probe := keys[r.breaker("scarce "+scarceQuota).Probe]; probe != "" && closed(r.record(probe).Kind) {
			t.Errorf("%s probes %s after the first failed, and is done with", probe, r.clock().Sub(start))
		}
	}
	if took := r.firstRetry(old[10].ARN, start); took > 30*minute {
		t.Errorf("the one that needs it was retried after %s", took)
	}
}

// TestObservedOpensNothing says of no breaker that it opened where a retry is only
// observed.
func TestObservedOpensNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess)
	r.applies("version: 1\npipelines:\n  - {name: o, match: \"o*\", mode: observe}\n")
	r.crowd(9, atOnce, awstest.KeepsRunning())
	for i := range 5 {
		o := r.deliver(r.fail(fmt.Sprintf("o%d", i), atOnce, awstest.KeepsRunning()))
		r.said(o, retry.Stop, retry.Observing)
		if strings.Contains(o.Evidence, "wait from now on") {
			t.Errorf("evidence %q", o.Evidence)
		}
	}
	if n := strings.Count(r.log.String(), `"breaker":`); n != 0 || r.breaker("class service_fault").IsOpen() {
		t.Errorf("%d log lines say that a breaker opened; none did", n)
	}
}

// TestProbeWithoutBreakers takes the breakers of the probe's pipeline away while it
// probes: that it fails of the same thing counts all the same.
func TestProbeWithoutBreakers(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess)
	all := r.crowd(12, atOnce.After(time.Second), atOnce.After(minute), awstest.KeepsRunning())
	const scope = "class service_fault"
	if b := r.breaker(scope); !b.IsOpen() || !strings.Contains(b.Probe, "p9/execution/") {
		t.Fatalf("open %t, and %q probes", b.IsOpen(), b.Probe)
	}
	r.applies("version: 1\npipelines:\n  - {name: o, match: p9, breaker: {executions: 0}}\n")
	r.pass(2 * minute)
	r.deliver(r.failed(all[9].ARN))
	if !r.breaker(scope).IsOpen() {
		t.Error("the breaker closed although its probe failed of the same fault")
	}
}

// TestProbeThatAPersonTakes is retried by a person before it is due: the next one
// probes in its place, and is not kept waiting for news.
func TestProbeThatAPersonTakes(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) { s.ExpireAfter = week }))
	all := r.crowd(3, short().After(time.Second), awstest.KeepsRunning())
	humanRetry(r, all[0].ARN)
	r.aws.Events()
	r.sweepsUntilSettled(3 * time.Hour)
	for i, e := range all[1:] {
		if took := r.firstRetry(e.ARN, start); took > 30*minute {
			t.Errorf("%d was retried after %s", i+1, took)
		}
	}
}

// throttled is a rig whose first retry was refused once, for now.
func throttled(t *testing.T) (*rig, awstest.Event) {
	r := newRig(t, inProcess)
	e := r.fail("p", atOnce.After(time.Second), awstest.KeepsRunning())
	r.aws.FailNext(opRetry, 1, awstest.Fault{Code: "ThrottlingException"})
	r.said(r.deliver(e), retry.Wait, retry.RefusedForNow)
	return r, e
}

// TestOneThrottle lets everybody else go within the half hour after one call was
// refused once.
func TestOneThrottle(t *testing.T) {
	t.Parallel()
	r, _ := throttled(t)
	all := r.crowd(8, atOnce.After(time.Second), awstest.KeepsRunning())
	r.sweepsUntilSettled(2 * time.Hour)
	r.audit()
	for i, e := range all {
		if took := r.firstRetry(e.ARN, start); took > 35*minute {
			t.Errorf("%d was retried after %s", i, took)
		}
	}
}

// TestAcceptedIsNews has the call accepted that was refused before: whoever waits
// for it need not wait for what becomes of that retry.
func TestAcceptedIsNews(t *testing.T) {
	t.Parallel()
	r, first := throttled(t)
	other := r.fail("q", atOnce.After(time.Second), awstest.KeepsRunning())
	r.said(r.deliver(other), retry.Wait, retry.Scarce)
	r.sweepsUntilSettled(2 * time.Hour)
	accepted := r.aws.Retries(first.ARN)[0].At
	if apart := r.firstRetry(other.ARN, accepted); apart > 5*minute {
		t.Errorf("called %s after the other call was accepted", apart)
	}
}
