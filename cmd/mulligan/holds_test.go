package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// churn is an execution of the stack's account.
func churn(n string) retry.ExecutionARN {
	return retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "churn", ID: n}
}

// commits writes what the function writes beside the record of an execution.
func (g *guard) commits(t *testing.T, n string, c retry.Change) {
	t.Helper()
	c.Execution, c.Now, c.Expires, c.Record = churn(n), midnight, midnight.Add(time.Hour), retry.Record{Rev: 1}
	if _, written, err := g.memory.Commit(t.Context(), c); err != nil || !written {
		t.Fatalf("written %t, error %v", written, err)
	}
}

// storm is a ledger with breakers of all kinds.
func storm(t *testing.T) *guard {
	t.Helper()
	g := newGuard()
	opened, next := midnight.Add(-20*time.Minute), midnight.Add(5*time.Minute)
	g.commits(t, "a", retry.Change{Breakers: []retry.Breaker{
		{Scope: "scarce ml.p5.48xlarge", Rev: 1, Opened: opened, Why: "capacity: CapacityError: Unable to provision\x1b[2J", Probe: churn("a").Key(), Called: true, Next: next, Rate: 50},
		{Scope: "fingerprint 0123456789abcdef", Rev: 1, Opened: opened, Why: "service_fault: InternalServerError", Probe: churn("b").Key(), Next: next, Rate: 25, Failed: 1},
		{Scope: "class throttling", Rev: 1, Opened: midnight.Add(-90 * time.Second), Why: "throttling", Next: next, Rate: 5, Failed: 3},
		{Scope: retry.CallScope, Rev: 1, Rate: 60},
		{Scope: "class network", Rev: 1, Rate: 100},
		{Scope: "class capacity", Rev: 1, Seen: []retry.Sighting{{Execution: "x", At: midnight}}},
	}})
	return g
}

func TestHolds(t *testing.T) {
	g := newGuard()
	golden(t, "holds/none.txt", g.fine(t, "holds")+g.fine(t, "holds", "--json")+g.fine(t, "holds", "--history")+g.fine(t, "holds", "--history", "--json"))
	g = storm(t)
	g.fine(t, "hold", "--pipeline", "payments-daily", "--for", "2d", "--note", "bad input", "--yes")
	g.fine(t, "hold", "--account", "--for", "5m", "--note", "over by then", "--yes")
	g.fine(t, "hold", "--class", "capacity", "--for", "2h", "--note", strings.Repeat("long ", 50), "--author", "grace", "--yes")
	g.at = midnight.Add(10 * time.Minute)
	g.fine(t, "release", "--pipeline", "Payments-Daily", "--yes")
	g.fine(t, "hold", "--all", "--for", "90s", "--note", "everything is on fire", "--yes")
	golden(t, "holds/holds.txt", g.fine(t, "holds"))
	golden(t, "holds/holds-json.txt", g.fine(t, "holds", "--json"))
	golden(t, "holds/history.txt", g.fine(t, "holds", "--history"))
	golden(t, "holds/history-json.txt", g.fine(t, "holds", "--history", "--json", "--limit", "2"))
	if out := g.fine(t, "holds", "--history", "--limit", "4"); !strings.HasSuffix(out, "There are older ones: --limit shows more.\n") || strings.Count(out, "\n") != 7 {
		t.Errorf("got\n%s", out)
	}
}

// What is held no more is not shown, and not in the way of the next.
func TestHoldEnds(t *testing.T) {
	g := newGuard()
	g.fine(t, "hold", "--all", "--for", "1h", "--note", "x", "--yes")
	g.at = midnight.Add(time.Hour)
	var b heldBack
	if err := json.Unmarshal([]byte(g.fine(t, "holds", "--json")), &b); err != nil || len(b.Holds) != 0 {
		t.Errorf("got %+v, error %v", b, err)
	}
	if out := g.fine(t, "release", "--all", "--yes"); out != "Nothing was released: no hold on everything is set in stack mulligan (eu-west-1, account 123456789012).\n" {
		t.Errorf("got %q", out)
	}
	if out := g.fine(t, "hold", "--all", "--for", "1h", "--note", "y", "--yes"); strings.Contains(out, "takes the place") {
		t.Errorf("got\n%s", out)
	}
	if got := g.current(t); len(got.Holds) != 1 || got.Holds[0].Note != "y" || got.Rev != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestRelease(t *testing.T) {
	g := newGuard()
	g.answers = "y\n"
	g.fine(t, "hold", "--all", "--for", "2h", "--note", "for all", "--yes")
	g.fine(t, "hold", "--pipeline", "churn", "--for", "1h", "--note", "for one", "--yes")
	g.at = midnight.Add(time.Minute)
	golden(t, "holds/release.txt", g.fine(t, "release", "--pipeline", "churn", "--note", "mended")+"\n"+
		g.fine(t, "release", "--pipeline", "churn")+"\n"+
		g.fine(t, "release", "--all", "--dry-run"))
	if got := g.current(t); got.Rev != 3 || len(got.Holds) != 1 || got.Holds[0].Scope != "all" {
		t.Errorf("got %+v, want the hold on everything alone", got)
	}
	g.answers = "no\n"
	if _, problems, code := g.types(t, "release", "--all"); code != exitError || problems != "Error: nothing is written: the answer was not yes\n" {
		t.Errorf("exit %d, %q", code, problems)
	}
	changes, err := g.kept.History(t.Context(), 1)
	if err != nil || len(changes) != 1 || !changes[0].Released() || changes[0].Note != "mended" || changes[0].Author != "ada" || !changes[0].At.Equal(g.at) {
		t.Errorf("got %+v, error %v", changes, err)
	}
}

// A hold says which failures are lost to it, before it is set.
func TestHoldOutlasts(t *testing.T) {
	for _, test := range []struct{ policy, args, want string }{
		{"", "--all --for 1h", "(24h)"},
		{"team.yaml", "--all --for 13h", "(12h)"},
		{"sections", "--all --for 2h", "(24h, in sections of the policy down to 1h)"},
		{"sections", "--pipeline Churn-Daily --for 2h", "(1h)"},
		{"sections", "--pipeline payments --for 2h", "(24h)"},
	} {
		g := newGuard()
		g.desk.ledger = g.memory
		if test.policy == "sections" {
			g.applies(t, "version: 1\npipelines:\n  - name: churn\n    match: churn-*\n    expire_after: 1h\n  - name: slow\n    match: slow-*\n    expire_after: 3d\n")
		} else if test.policy != "" {
			g.desk.fine(t, "apply", at(test.policy), "--yes")
		}
		out := g.fine(t, append(strings.Fields("hold --dry-run --note x"), strings.Fields(test.args)...)...)
		if want := "Failures that reach expire_after " + test.want + " before its end expire, and are not retried.\n"; !strings.Contains(out, want) {
			t.Errorf("%s %s: got\n%s\nwant %q", test.policy, test.args, out, want)
		}
	}
}

func TestHoldOutsideThePrefix(t *testing.T) {
	g := newGuard()
	g.stack.Prefix = "Pay"
	out := g.fine(t, "hold", "--pipeline", "churn", "--for", "1h", "--note", "x", "--dry-run")
	if want := "Note: the stack handles pipelines whose names begin with Pay alone: failures of this one are ignored anyway.\n"; !strings.Contains(out, want) {
		t.Errorf("got\n%s", out)
	}
	if out := g.fine(t, "hold", "--pipeline", "payments", "--for", "1h", "--note", "x", "--dry-run"); strings.Contains(out, "begin with") {
		t.Errorf("got\n%s", out)
	}
}
