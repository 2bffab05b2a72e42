package retrier_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/pipelines"
	"mulligan/internal/retry"
)

// preempts calls the retry that Mulligan has claimed, as somebody could who
// knows how tokens are made and may retry.
func (r *rig) preempts(arn string) {
	r.Helper()
	cfg, err := awscall.Config(r.transport)
	if err != nil {
		r.Fatal(err)
	}
	cfg.BaseEndpoint = aws.String(r.url)
	parsed, err := retry.ParseExecutionARN(arn)
	if err != nil {
		r.Fatal(err)
	}
	got, err := pipelines.New(cfg).Retry(context.Background(), parsed, r.record(arn).Claim)
	if err != nil || got.Kind != retry.Accepted {
		r.Fatalf("somebody else's call: got %+v, %v", got, err)
	}
}

// TestThreatT6TokenIsTaken has somebody else call first with the very token that
// Mulligan is about to call with: while the claim waits, and between the look and
// the call. One retry takes effect, and the unit stays spent.
func TestThreatT6TokenIsTaken(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		t.Run("while it waits", func(t *testing.T) {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", waiting.After(minute), awstest.KeepsRunning())
			r.aws.Events()
			r.pass(lagging(r))
			r.said(r.deliver(e), retry.Wait, retry.BackingOff)
			r.preempts(e.ARN)
			r.pass(lagging(r))
			r.said(r.fire(), retry.Ignore, retry.Superseded)
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
		})
		t.Run("before the call", func(t *testing.T) {
			r := newRig(t, under(u), inProcess)
			e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
			r.aws.Events()
			r.pass(lagging(r))
			r.deliver(e, once(opRetry, false, func() { r.preempts(e.ARN); r.pass(lagging(r)) }))
			r.settle()
			r.effective(e.ARN, 1)
			r.used(e.ARN, 1)
			if kind := r.record(e.ARN).Kind; !closed(kind) {
				t.Errorf("the record stands %q", kind)
			}
		})
	})
}

// A carrier notes whether requests carry the credentials, which they have to.
type carrier struct {
	http.RoundTripper
	signed atomic.Bool
}

func (c *carrier) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.Contains(q.Header.Get("Authorization"), secrets[0]) && q.Header.Get("X-Amz-Security-Token") == secrets[2] {
		c.signed.Store(true)
	}
	return c.RoundTripper.RoundTrip(q)
}

// secrets are the role's, in the order of the variables that hold them.
var secrets = []string{"AKIAOFTHEROLE", "very-secret-key", "very-secret-session"}

// TestThreatT16CredentialsAreNotSaid looks for the role's credentials, the only
// secrets that a function has, in all that it says and keeps, whatever goes wrong
// with the calls that have an effect.
func TestThreatT16CredentialsAreNotSaid(t *testing.T) {
	for i, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, secrets[i])
	}
	for name, fault := range troubles {
		for op, run := range map[string]awstest.Run{opRetry: atOnce, opSchedule: waiting} {
			if said := saidAndKept(t, op, run, fault); slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(said, s) }) {
				t.Errorf("%s, %s: a secret is said: %s", op, name, said)
			}
		}
	}
}

// saidAndKept is everything that comes of two deliveries, the first of which is
// troubled: answers, errors, log lines, the record and its decisions.
func saidAndKept(t *testing.T, op string, run awstest.Run, fault awstest.Fault) (said string) {
	r := newRig(t)
	noting := &carrier{RoundTripper: r.transport}
	r.transport = noting
	e := r.fail("churn", run.After(minute), awstest.KeepsRunning())
	r.aws.Events()
	r.aws.FailNext(op, 1, fault)
	for range 2 {
		o := r.deliver(e)
		said += fmt.Sprintf("%s %v\n", o.raw, o.err)
	}
	trails, _, err := r.ledger.Decisions(context.Background(), 100)
	if err != nil || len(trails) == 0 || !noting.signed.Load() {
		t.Errorf("%d decisions, %v, signed %t", len(trails), err, noting.signed.Load())
	}
	return said + fmt.Sprintf("%s %+v %+v", r.log.String(), r.record(e.ARN), trails)
}
