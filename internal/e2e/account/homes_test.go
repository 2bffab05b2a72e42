//go:build e2e

package account

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"mulligan/internal/account/host"
	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestTwoRegions deploys one stack in each of two Regions of an account, under
// one name: each handles the failures of its own Region, and its role is of no
// use in the other.
func TestTwoRegions(t *testing.T) {
	t.Parallel()
	west, central := host.Home{Number: "123456789012", Region: "eu-west-1"}, host.Home{Number: "123456789012", Region: "eu-central-1"}
	p := apart(t, host.Options{Homes: []host.Home{west, central}, IAM: true})
	one, other := p.released(t, west, "mulligan", release{}), p.released(t, central, "mulligan", release{})
	handlesItsOwn(t, one, other)
	for action, resource := range other.touchable() {
		role := "arn:aws:iam::" + west.Number + ":role/" + one.Resources["RetrierRole"]
		got, err := p.Simulate(t.Context(), west, role, action, resource, [2]string{"iam:PassedToService", "scheduler.amazonaws.com"})
		if err != nil || got != types.PolicyEvaluationDecisionTypeImplicitDeny {
			t.Errorf("%s on %s: got %s (%v), want %s", action, resource, got, err, types.PolicyEvaluationDecisionTypeImplicitDeny)
		}
	}
}

// TestTwoAccounts deploys one stack in each of two accounts, under one name.
// MiniStack enforces no IAM there.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	ours, theirs := host.Home{Number: "123456789012", Region: "eu-west-1"}, host.Home{Number: "210987654321", Region: "eu-west-1"}
	p := apart(t, host.Options{Homes: []host.Home{ours, theirs}})
	one, other := p.released(t, ours, "mulligan", release{}), p.released(t, theirs, "mulligan", release{})
	handlesItsOwn(t, one, other)
}

// handlesItsOwn has a pipeline fail in each of two homes, and puts the event of
// each on the bus of the other.
func handlesItsOwn(t *testing.T, one, other *stack) {
	t.Helper()
	for _, by := range [][2]*stack{{one, other}, {other, one}} {
		st := by[0].fails(t, awstest.Script{Pipeline: "own", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.Succeeds()}})
		st.awaits("wait", "backing_off")
		st.succeeds(1)
		st.settles(retry.Retried, 1)
		st.recovers()
		if !strings.Contains(st.arn, ":"+by[0].home.Region+":"+by[0].home.Number+":") {
			t.Errorf("%s is not of %+v", st.arn, by[0].home)
		}
		event, ok := st.standIn().LastEvent(st.arn)
		if !ok {
			t.Fatal("no event")
		}
		event.Status, event.Previous = awstest.Failed, awstest.Executing
		stranger := by[1].goesOn(t, st)
		calls := len(by[0].StandIn(by[0].home).CallsFor(st.arn)) + len(by[1].StandIn(by[1].home).CallsFor(st.arn))
		by[1].put(t, entry(event))
		stranger.awaits("ignore", "foreign")
		if record, err := stranger.record(); err != nil || record.Rev != 0 {
			t.Errorf("in the other ledger: got %+v (%v), want nothing", record, err)
		}
		if now := len(by[0].StandIn(by[0].home).CallsFor(st.arn)) + len(by[1].StandIn(by[1].home).CallsFor(st.arn)); now != calls {
			t.Errorf("a foreign event led to %d calls", now-calls)
		}
		if lines := len(by[0].log.of(st.arn)); lines == 0 {
			t.Error("the own log says nothing of it")
		}
	}
}
