package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// keeping is a ledger in memory with both sides of a person's.
type keeping struct {
	policies
	kept holds
}

func (k keeping) held() holds { return k.kept }

// guard is somebody who watches and stops retries: a desk with a clock.
type guard struct {
	*desk
	memory *ledger.Memory
	kept   holds
	at     time.Time
	zone   *time.Location
}

func newGuard() *guard {
	g := &guard{desk: newDesk(), memory: ledger.NewMemory(), at: midnight, zone: time.FixedZone("CET", 3600)}
	g.kept = ledger.NewMemoryHolds(g.memory)
	return g
}

// types runs mulligan with these arguments.
func (g *guard) types(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	g.desk.ledger = keeping{g.memory, g.kept}
	w := g.world()
	w.now, w.zone = func() time.Time { return g.at }, g.zone
	cmd := &cobra.Command{Use: "mulligan", SilenceUsage: true}
	cmd.AddGroup(&cobra.Group{ID: holdGroup, Title: "Holds:"})
	cmd.AddCommand(holdCommand(w), releaseCommand(w), holdsCommand(w), outcomesCommand(w))
	minded(cmd)
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetIn(strings.NewReader(g.answers))
	cmd.SetArgs(args)
	code = exitCode(cmd.ExecuteContext(t.Context()))
	return out.String(), problems.String(), code
}

// fine is types for what has to go well.
func (g *guard) fine(t *testing.T, args ...string) string {
	t.Helper()
	out, problems, code := g.types(t, args...)
	if code != 0 {
		t.Fatalf("%q: exit %d\n%s%s", args, code, out, problems)
	}
	return out
}

// current are the holds that stand.
func (g *guard) current(t *testing.T) retry.Holds {
	t.Helper()
	h, err := g.kept.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHoldHelp(t *testing.T) {
	all := ""
	for _, command := range []string{"hold", "release", "holds", "outcomes"} {
		all += "$ mulligan " + command + " --help\n" + newGuard().fine(t, command, "--help") + "\n"
	}
	golden(t, "holds/help.txt", all)
}

func TestHold(t *testing.T) {
	g := newGuard()
	g.answers = "y\n"
	golden(t, "holds/hold.txt", g.fine(t, "hold", "--for", "2h", "--note", "the feature store is being repaired"))
	want := retry.Hold{
		Scope: "account 123456789012 eu-west-1", Author: "ada", Note: "the feature store is being repaired",
		Since: midnight, Until: midnight.Add(2 * time.Hour),
	}
	if got := g.current(t); got.Rev != 1 || len(got.Holds) != 1 || got.Holds[0] != want {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	g.at = midnight.Add(30 * time.Minute)
	golden(t, "holds/hold-again.txt", g.fine(t, "hold", "--account", "--for", "45m", "--note", "longer", "--author", "grace"))
	if got := g.current(t); got.Rev != 2 || len(got.Holds) != 1 || got.Holds[0].Author != "grace" || !got.Holds[0].Until.Equal(g.at.Add(45*time.Minute)) {
		t.Errorf("got %+v, want grace's in place of ada's", got)
	}
}

func TestHoldScopes(t *testing.T) {
	for args, want := range map[string]struct{ scope, words string }{
		"--account":                  {"account 123456789012 eu-west-1", "account 123456789012 in eu-west-1"},
		"--all":                      {"all", "everything"},
		"--pipeline Payments-Daily":  {"pipeline payments-daily", "pipeline payments-daily"},
		"--class Quota-Contention":   {"class quota_contention", "failures of class quota_contention"},
		"--region eu-west-1 --all":   {"all", "everything"},
		"--pipeline=9 --stack other": {"pipeline 9", "pipeline 9"},
	} {
		g := newGuard()
		out := g.fine(t, append(strings.Fields("hold --for 1h --note x --yes "+args), "--author", "eve")...)
		if got := g.current(t); len(got.Holds) != 1 || got.Holds[0].Scope != want.scope || got.Holds[0].Author != "eve" {
			t.Errorf("%q: got %+v, want scope %s", args, got, want.scope)
		}
		if !strings.HasPrefix(out, "This holds "+want.words+" in stack mulligan (eu-west-1, account 123456789012).\n") {
			t.Errorf("%q: got\n%s\nwant it to name %s", args, out, want.words)
		}
		if out := g.fine(t, append([]string{"release", "--yes"}, strings.Fields(args)...)...); !strings.Contains(out, "Released: "+want.words+".\n") || len(g.current(t).Holds) != 0 {
			t.Errorf("release %q: got\n%s", args, out)
		}
	}
}

// Nothing is written without a yes.
func TestHoldAsks(t *testing.T) {
	for _, test := range []struct {
		name, answers, args string
		away                bool
		code, rev           int
		want                string // in the output or among the errors
	}{
		{"yes", "yes\n", "", false, 0, 1, "Hold it? [y/N] Held: everything, until "},
		{"no", "n\n", "", false, exitError, 0, "Error: nothing is written: the answer was not yes"},
		{"the end of input", "", "", false, exitError, 0, "Error: nothing is written: the answer was not yes"},
		{"nobody there", "y\n", "", true, exitError, 0, "Error: nothing is written: nobody is here to ask, standard input being no terminal; --yes goes on"},
		{"nobody there, decided before", "", "--yes", true, 0, 1, "Held: everything, until "},
		{"a dry run", "y\n", "--dry-run", true, 0, 0, "Nothing is written: this was a dry run."},
	} {
		g := newGuard()
		g.answers, g.away = test.answers, test.away
		args := strings.Fields("hold --all --for 1h --note x " + test.args)
		out, problems, code := g.types(t, args...)
		if code != test.code || g.current(t).Rev != test.rev || !strings.Contains(out+problems, test.want) {
			t.Errorf("%s: exit %d, rev %d\n%s%s\nwant exit %d, rev %d and %q", test.name, code, g.current(t).Rev, out, problems, test.code, test.rev, test.want)
		}
	}
}
