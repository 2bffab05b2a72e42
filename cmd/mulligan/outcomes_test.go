package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// applies puts a policy in force.
func (g *guard) applies(t *testing.T, policy string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	g.desk.fine(t, "apply", file, "--yes")
}

func TestOutcomes(t *testing.T) {
	g := newGuard()
	golden(t, "holds/outcomes-none.txt", g.fine(t, "outcomes")+g.fine(t, "outcomes", "--pipeline", "Churn")+g.fine(t, "outcomes", "--json"))
	n := 0
	for _, tally := range []struct {
		pipeline string
		class    cause.Class
		result   retry.Result
		same     bool
		times    int
	}{
		{"payments-daily", cause.Capacity, retry.WasRecovered, false, 10},
		{"payments-daily", cause.Capacity, retry.FailedAnew, false, 1},
		{"payments-daily", cause.Capacity, retry.FailedAnew, true, 2},
		{"churn", cause.Throttling, retry.WasRecovered, false, 3},
		{"churn", cause.ServiceFault, retry.WasStopped, false, 1},
		{"churn", cause.ServiceFault, retry.EndedElse, false, 1},
		{"churn", cause.Network, retry.FailedAnew, true, 1},
	} {
		for range tally.times {
			n++
			g.commits(t, fmt.Sprint(n), retry.Change{Tally: &retry.Tally{Pipeline: tally.pipeline, Class: tally.class, Result: tally.result, Same: tally.same}})
		}
	}
	golden(t, "holds/outcomes.txt", g.fine(t, "outcomes"))
	golden(t, "holds/outcomes-pipeline.txt", g.fine(t, "outcomes", "--pipeline", "Payments-Daily")+g.fine(t, "outcomes", "--pipeline", "payments"))
	golden(t, "holds/outcomes-json.txt", g.fine(t, "outcomes", "--json", "--pipeline", "churn"))
}

// The commands ask the table where the ledger is one.
func TestHoldsOfATable(t *testing.T) {
	in := place{ledger: &ledger.Policies{}}
	if kept, err := holdsOf(in); err != nil || kept == nil {
		t.Errorf("got %v, error %v", kept, err)
	}
	in.ledger = ledger.NewMemory()
	if _, err := holdsOf(in); err == nil {
		t.Error("got no error of a ledger that has no holds for people")
	}
}
