package main

import (
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// A breaker that another execution has opened is read from the ledger, the turn
// before it is told, and nobody's turn is taken.
func TestExplainLiveScarce(t *testing.T) {
	short := awstest.ReasonQuotaContention(4, 4, 1)
	w := newWatched(t, short)
	w.hears(t)
	probe := parsed(t, w.arn).Key()
	w.now = w.now.Add(10 * time.Second)
	w.arn = w.aws.Add(awstest.Script{Pipeline: "other", Runs: []awstest.Run{awstest.FailsAt("Train", short)}})
	for range 2 { // the second time as the first
		w.states(t, []string{
			"Verdict: wait, scarce\n", "ml.m5.large for training job usage, found scarce", "and nobody is before it", probe + ",", "Explaining takes none",
		}, "--stack", "mulligan", "--event", "-")
	}
	const scope = "scarce ml.m5.large for training job usage"
	state, err := w.memory.Read(t.Context(), parsed(t, w.arn), nil, scope)
	if _, queued := state.Lines[retry.BreakerLine(scope)]; err != nil || queued || state.Record.Rev != 0 || state.Breakers[scope].Rev != 1 {
		t.Errorf("it changed the ledger: rev %d, breaker rev %d, lines %v, %v", state.Record.Rev, state.Breakers[scope].Rev, state.Lines, err)
	}
}

// A hold comes with the read of the record.
func TestExplainLiveHeld(t *testing.T) {
	w := newWatched(t, noCapacity)
	holds := ledger.NewMemoryHolds(w.memory)
	hold := retry.Hold{Scope: retry.HoldOfPipeline("churn"), Author: "ada", Note: "repairs", Since: w.now, Until: w.now.Add(time.Hour)}
	if _, err := holds.Place(t.Context(), hold, retry.Holds{}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Verdict: wait, held\n", "the pipeline churn is held", "set by           ada", "note             repairs",
		"mulligan release --pipeline churn",
	}
	w.states(t, want, "--stack", "mulligan", "--event", "-")
	w.hears(t)
	w.states(t, append(want, "Decided by build b1."), "--stack", "mulligan", "--execution", w.arn)
	w.states(t, []string{"mulligan release --pipeline churn --stack other"}, "--stack", "other", "--execution", w.arn)
}
