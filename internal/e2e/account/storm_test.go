//go:build e2e

package account

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestStorm has what many executions fail of alike make the others wait, by the
// built-in policy. Each part has causes of its own; the last one holds up every
// retry of the account, so that they go one after another on a stack of their own.
func TestStorm(t *testing.T) {
	t.Parallel()
	s := shared.released(t, home, "storm", release{})
	t.Run("ten fail alike", func(t *testing.T) { tenFailAlike(t, s) })
	t.Run("an instance type is scarce", func(t *testing.T) { instanceIsScarce(t, s) })
	t.Run("the call is refused", func(t *testing.T) { callIsRefused(t, s) })
}

// alike lets an execution of a pipeline of its own fail with a fault of the service.
func (s *stack) alike(t *testing.T, n int, then awstest.Run) *story {
	t.Helper()
	return s.fails(t, awstest.Script{Pipeline: fmt.Sprint("alike-", n), Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal), then}})
}

// Ten executions of ten pipelines fail with the same words. The breaker opens, one
// line and the alarm tell of it, once; the tenth is the probe, and what fails from
// then on waits. When the probe has succeeded the next sweep lets the others go.
func tenFailAlike(t *testing.T, s *stack) {
	for n := range 9 {
		s.alike(t, n, awstest.Succeeds()).recovers()
	}
	probe := s.alike(t, 9, awstest.KeepsRunning())
	opened := probe.awaits("retry", "probe")
	waiting := []*story{s.alike(t, 10, awstest.Succeeds()), s.alike(t, 11, awstest.Succeeds())}
	for _, st := range waiting {
		if l := st.awaits("wait", "held"); !strings.Contains(l.Evidence, "probes") {
			t.Errorf("it waits because %q, want the probe named", l.Evidence)
		}
	}
	lines := slices.DeleteFunc(s.log.all(), func(l line) bool { return l.Breaker == "" })
	if len(lines) != 1 || lines[0].Execution != probe.arn || opened.Breaker == "" {
		t.Errorf("lines of a breaker that opened: got %+v, want one, of the tenth failure", lines)
	}
	probe.until("the alarm", func() bool { return s.alarm(t, "BreakerAlarm") == "ALARM" })
	if out := s.viewer(t).gets("holds"); !containsAll(out, []string{"service_fault", probe.id()}) {
		t.Errorf("holds do not tell of the breaker and its probe:\n%s", out)
	}
	s.sweeps(t)
	s.waitsOn(t, waiting...)

	probe.standIn().Succeed(probe.arn)
	probe.recovers()
	s.sweeps(t)
	for _, st := range waiting {
		st.succeeds(1)
		st.settles(retry.Retried, 1)
		st.unharmed()
	}
}

// id is the last part of the ARN.
func (st *story) id() string { return st.arn[strings.LastIndex(st.arn, "/")+1:] }

// waitsOn checks that nothing was called for those that wait.
func (s *stack) waitsOn(t *testing.T, waiting ...*story) {
	t.Helper()
	for _, st := range waiting {
		record, err := st.record()
		if err != nil || record.Pause.Reason == "" || len(st.tokens()) != 0 {
			t.Errorf("the record is %q (%+v), %v, with %d calls, want it to wait", record.Kind, record.Pause, err, len(st.tokens()))
		}
	}
}

// An instance type that one execution found scarce is taken to be scarce by all
// that ask for it, until the first of them has got it; another type is not.
func instanceIsScarce(t *testing.T, s *stack) {
	short := func(pipeline, instance string, then awstest.Run) *story {
		return s.fails(t, awstest.Script{Pipeline: pipeline, Runs: []awstest.Run{
			awstest.Fails(awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity, Instance: instance}), then}})
	}
	first := short("first", "ml.g5.xlarge", awstest.KeepsRunning())
	first.awaits("wait", "backing_off")
	second, other := short("second", "ml.g5.xlarge", awstest.Succeeds()), short("other", "ml.p3.2xlarge", awstest.Succeeds())
	if l := second.awaits("wait", "scarce"); !strings.Contains(l.Evidence, "apacity") {
		t.Errorf("it waits because %q, want the capacity named", l.Evidence)
	}
	other.awaits("wait", "backing_off")
	other.succeeds(1)
	first.awaits("retry", "probe")
	s.sweeps(t)
	s.waitsOn(t, second)

	first.standIn().Succeed(first.arn)
	first.recovers()
	s.sweeps(t)
	second.succeeds(1)
	second.settles(retry.Retried, 1)
}

// SageMaker refuses the call three times for its quota of running executions.
// Each refusal waits on the same unit, by a schedule of its own that fires, and
// comes back with a token of its own (scenarios 27, 28, 39). A duplicate in the
// meantime changes nothing. Each wait is as long as the function can live. What
// fails meanwhile makes no call of its own, and goes when the call works again
// (59).
func callIsRefused(t *testing.T, s *stack) {
	st := s.runs(t, awstest.Succeeds())
	for n := range 3 {
		st.gate.at(moment{about: st.arn, op: retryOp, nth: n + 1}, refuse(http.StatusBadRequest, "ResourceLimitExceeded",
			"The account-level service limit for running pipeline executions is exceeded."))
	}
	failed := st.failUnheard(awstest.ReasonThrottled)
	waits := st.lateEvent(failed)
	if !waits.is("wait", "refused_for_now") {
		t.Fatalf("after the first refusal: got %s, want wait refused_for_now", waits)
	}
	if l := st.lateEvent(failed); !l.is("wait", "refused_for_now") || !l.Due.Equal(waits.Due) {
		t.Errorf("a duplicate: got %s, due %s, want wait refused_for_now, due %s", l, l.Due, waits.Due)
	}
	bystander := s.fails(t, awstest.Script{Pipeline: "bystander", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.Succeeds()}})
	bystander.awaits("wait", "scarce")
	for n := 2; n <= 4; n++ {
		st.until("the next call", func() bool { return len(st.tokens()) >= n })
	}
	s.waitsOn(t, bystander)
	st.succeeds(1)
	if record := st.settles(retry.Retried, 1); record.Claim.Ordinal != 4 || record.Claim.Retry != 1 {
		t.Errorf("settled as ordinal %d of retry %d, want ordinal 4 of retry 1", record.Claim.Ordinal, record.Claim.Retry)
	}
	st.calledTimes(4, 4)
	st.eachWoke(st.tokens()[1:])
	st.sendsOutcome()
	s.sweeps(t)
	bystander.succeeds(1)
	for _, each := range []*story{st, bystander} {
		each.unharmed()
	}
}

// sendsOutcome puts the last event on the bus, which was withheld, and waits until
// it is on record that the retry helped.
func (st *story) sendsOutcome() {
	st.t.Helper()
	ended, _ := st.standIn().LastEvent(st.arn)
	st.lateEvent(ended)
	st.recovers()
}

// eachWoke waits until the execution was woken by as many schedules as there are
// names, and none of them is left: each deletes itself when it has fired.
func (st *story) eachWoke(names []string) {
	st.t.Helper()
	st.until("every wake's line", func() bool {
		lines := st.log.of(st.arn)
		return len(slices.DeleteFunc(lines, func(l line) bool { return l.Door != "wake" })) == len(names)
	})
	st.until("the schedules to be gone", func() bool {
		left, err := st.schedules(st.t.Context())
		return err == nil && !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(left, n) })
	})
}

// alarm is the state of one of the stack's alarms.
func (s *stack) alarm(t *testing.T, id string) (state string) {
	t.Helper()
	var out struct{ MetricAlarms []struct{ StateValue string } }
	s.call(t, s.home, "monitoring", "GraniteServiceVersion20100801.DescribeAlarms", map[string]any{"AlarmNames": []string{s.Resources[id]}}, &out)
	if len(out.MetricAlarms) != 1 {
		t.Fatalf("%d alarms %s (%s), want one", len(out.MetricAlarms), id, s.Resources[id])
	}
	return out.MetricAlarms[0].StateValue
}
