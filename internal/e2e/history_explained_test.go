//go:build e2e

package e2e

import (
	"slices"
	"testing"

	"mulligan/internal/history"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// checked is what a history was found to be.
type checked struct {
	history.Counted
	Replayed int // answers that the twin gave too
}

func (c checked) plus(d checked) checked {
	return checked{c.Counted.Plus(d.Counted), c.Replayed + d.Replayed}
}

// explained asserts that all that was recorded has an explanation, that what
// stands in the end is part of it, and that the twin, asked the same in the order
// that explains it, gives the same answers and counts the same outcomes.
func (w *recorded) explained(t *testing.T, executions ...string) (c checked) {
	t.Helper()
	w.passing.Wait()
	table := ledger.NewDynamoDB(config(dynamoDBURL), w.table)
	w.lookAround(t, table, executions)
	verdict := history.Check(w.wire.Recorder.History())
	c.Counted = verdict.Count()
	for _, fault := range w.wire.Faults() {
		t.Error(fault)
	}
	if err := verdict.Fault(t.ArtifactDir()); err != nil {
		t.Error(err)
		return c
	}
	twin := ledger.NewMemory()
	var err error
	if c.Replayed, err = history.Replay(t.Context(), verdict.Order, twin); err != nil {
		t.Errorf("the twin: %v\n%s", err, verdict.Text())
	}
	counted, err := ledger.NewPolicies(config(dynamoDBURL), w.table).Holds().Outcomes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	twins, err := ledger.NewMemoryHolds(twin).Outcomes(t.Context())
	if err != nil || !slices.Equal(counted, twins) {
		t.Errorf("outcomes: the twin counts %+v, the table %+v; error %v", twins, counted, err)
	}
	return c
}

// lookAround looks at everything when all is over, past the gates.
func (w *recorded) lookAround(t *testing.T, table *ledger.DynamoDB, executions []string) {
	t.Helper()
	last := &history.Ledger{Under: table, Recorder: w.wire.Recorder, Client: len(w.processes)}
	for _, execution := range executions {
		arn, err := retry.ParseExecutionARN(execution)
		if err != nil {
			t.Fatal(err)
		}
		pipeline, account := budget("budget#pipeline#"+w.Execution(execution).PipelineARN), budget("budget#account#"+number+"#"+region)
		state := patiently(t, last, arn, []retry.Bucket{pipeline, account}, retry.CallScope)
		if scopes := state.Record.Claim.Scopes; len(scopes) > 0 {
			patiently(t, last, arn, nil, scopes...)
		}
	}
}
