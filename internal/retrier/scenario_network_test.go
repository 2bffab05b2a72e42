package retrier_test

import (
	"crypto/x509"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// unreachable are the ways for a request to come to nothing before anybody has
// answered it. Whether the last two took effect, nobody can tell.
var unreachable = map[string]error{
	"no such host":        &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.sagemaker.eu-west-1.amazonaws.com", IsNotFound: true}},
	"nobody vouches":      x509.UnknownAuthorityError{},
	"connection refused":  &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED},
	"stale connection":    io.EOF,
	"connection is reset": &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET},
}

// TestScenario34NoConnection has one delivery find no way to SageMaker or
// Scheduler, at each call: an error, and the next one calls with the token that
// was claimed, where a claim had been written.
func TestScenario34NoConnection(t *testing.T) {
	for name, fault := range unreachable {
		for _, op := range []string{opDescribe, opSteps, opRetry, opSchedule} {
			t.Run(name+", "+op, func(t *testing.T) {
				t.Parallel()
				notReached(t, op, fault)
			})
		}
	}
}

func notReached(t *testing.T, op string, fault error) {
	r, run := newRig(t, inProcess), atOnce
	if op == opSchedule {
		run = waiting
	}
	e := r.fail("churn", run.After(minute), awstest.KeepsRunning())
	r.aws.Events()
	r.erred(r.deliver(e, on(op, 0, false, fault)))
	before := r.record(e.ARN)
	if claims := op == opRetry || op == opSchedule; claims != (before.Kind == retry.Claimed) {
		t.Errorf("the record stands %q after %s found no way", before.Kind, op)
	}
	r.asynchronously(e.JSON())
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
	for _, c := range r.aws.Calls(opRetry) {
		if before.Kind == retry.Claimed && c.Token != before.Claim.Token {
			t.Error("another token was sent than the one that was claimed")
		}
	}
}

// TestScenario38TokenForgotten loses the answer of a retry that took effect, and
// has SageMaker forget its token before anybody delivers again: the look before
// the call tells, and none is made.
func TestScenario38TokenForgotten(t *testing.T) {
	t.Parallel()
	for _, memory := range []time.Duration{time.Nanosecond, time.Minute} {
		for name, then := range map[string]func(*rig, awstest.Event){
			"the event again": func(r *rig, e awstest.Event) { r.said(r.deliver(e), retry.Ignore, retry.Superseded) },
			"another copy":    func(r *rig, e awstest.Event) { r.said(r.deliver(e.Again("x")), retry.Ignore, retry.Superseded) },
			"the sweep":       func(r *rig, _ awstest.Event) { r.sweep() },
		} {
			t.Run(name+", after "+memory.String(), func(t *testing.T) {
				r := newRig(t, under(awstest.Unknowns{TokenMemory: memory}), inProcess)
				e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
				r.aws.Events()
				r.erred(r.deliver(e, on(opRetry, 1, true, errCrash)))
				r.pass(5 * minute)
				then(r, e)
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
				r.stands(e.ARN, retry.MovedOn)
				if n := r.aws.Count(opRetry); n != 1 {
					t.Errorf("%d calls, want the one whose answer was lost", n)
				}
			})
		}
	}
}
