package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

type ctx = context.Context

const outOfMemory = "AlgorithmError: , exit code: 137"

func TestPolicyApply(t *testing.T) {
	d := newDesk()
	d.answers = "y\n"
	golden(t, "policy/apply-first.txt", d.fine(t, "apply", at("team.yaml"), "--note", "the first one"))
	d.decided(t, "churn-daily", awstest.ReasonCapacity, outOfMemory)
	golden(t, "policy/apply-next.txt", d.fine(t, "apply", at("tighter.yaml"), "--author", "grace"))
	golden(t, "policy/apply-again.txt", d.fine(t, "apply", at("tighter.yaml")))
	v, err := d.ledger.Current(t.Context())
	if err != nil || v.Rev != 2 || v.Author != "grace" || !v.At.Equal(midnight) || !strings.HasPrefix(v.Source, "version: 1\n") {
		t.Errorf("got %+v, error %v", v, err)
	}
	golden(t, "policy/history.txt", d.fine(t, "history"))
}

// What goes is told too.
func TestPolicyApplyLess(t *testing.T) {
	d := newDesk()
	d.fine(t, "apply", at("tighter.yaml"), "--yes")
	golden(t, "policy/apply-less.txt", d.fine(t, "apply", at("doubtful.yaml"), "--dry-run"))
}

func TestPolicyOrder(t *testing.T) {
	for _, test := range []struct{ old, proposed, want string }{
		{"a b c", "a b c", ""},
		{"a b c", "a x b c y", ""},
		{"a b c", "c", ""},
		{"", "a b", ""},
		{"a b c d e", "a c b d e", "~ rules in another order: b, c -> c, b\n"},
		{"a b c", "c new a b", "~ rules in another order: a, b, c -> c, a, b\n"},
		{"gone a b", "b a", "~ rules in another order: a, b -> b, a\n"},
	} {
		var b strings.Builder
		writeOrder(&b, "", "rules", strings.Fields(test.old), strings.Fields(test.proposed))
		if b.String() != test.want {
			t.Errorf("%s to %s: got %q, want %q", test.old, test.proposed, b.String(), test.want)
		}
	}
}

// Nothing is written without a yes.
func TestPolicyApplyAsks(t *testing.T) {
	for _, test := range []struct {
		name, answers, args string
		away                bool
		code, rev           int
		want                string // in the output or among the errors
	}{
		{"yes", "yes\n", "", false, 0, 1, "Apply it? [y/N] Rev 1: policy"},
		{"Y without a line's end", "Y", "", false, 0, 1, "Rev 1: policy"},
		{"no", "n\n", "", false, exitError, 0, "Error: nothing is written: the answer was not yes"},
		{"nothing", "\n", "", false, exitError, 0, "Error: nothing is written: the answer was not yes"},
		{"the end of input", "", "", false, exitError, 0, "Error: nothing is written: the answer was not yes"},
		{"nobody there", "y\n", "", true, exitError, 0, "Error: nothing is written: nobody is here to ask, standard input being no terminal; --yes goes on"},
		{"nobody there, decided before", "", "--yes", true, 0, 1, "Rev 1: policy"},
		{"a dry run", "y\n", "--dry-run", true, 0, 0, "Nothing is written: this was a dry run."},
		{"both", "y\n", "--dry-run --yes", true, exitError, 0, "were all set"},
	} {
		d := newDesk()
		d.answers, d.away = test.answers, test.away
		out, problems, code := d.types(t, append([]string{"apply", at("team.yaml")}, strings.Fields(test.args)...)...)
		v, err := d.ledger.Current(t.Context())
		if err != nil || code != test.code || v.Rev != test.rev || !strings.Contains(out+problems, test.want) {
			t.Errorf("%s: exit %d, rev %d, error %v\n%s%s\nwant exit %d, rev %d and %q", test.name, code, v.Rev, err, out, problems, test.code, test.rev, test.want)
		}
	}
}

func TestPolicyApplyErrors(t *testing.T) {
	long := filepath.Join(t.TempDir(), "long.yaml")
	if err := os.WriteFile(long, []byte("version: 1\nexpire_after: 2h\n"+strings.Repeat("# "+strings.Repeat("x", 98)+"\n", 700)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, args string
		code       int
		want       string
	}{
		{"a faulty file", at("faulty.yaml"), exitBroken, "Error: the policy file has errors: " + at("faulty.yaml") + ": 3 errors, 0 warnings"},
		{"no file", "none.yaml", exitError, "Error: read policy none.yaml: no such file"},
		{"comments beyond what is kept", long, exitError, "and the ledger keeps at most 65536: shorten its comments"},
		{"a long note", at("team.yaml") + " --note " + strings.Repeat("x", 1025), exitError, "Error: --note: expected at most 1024 bytes, got 1025"},
		{"a long author", at("team.yaml") + " --author " + strings.Repeat("x", 257), exitError, "Error: --author: expected at most 256 bytes, got 257"},
		{"no such stack", at("team.yaml") + " --stack gone", exitError, "Error: there is no stack named gone"},
		{"no credentials", at("team.yaml") + " --profile gone", exitError, "Error: no AWS credentials"},
		{"a stack in the local account", at("team.yaml") + " --local --stack x", exitError, "local stack] were all set"},
		{"nothing in the local account", at("team.yaml") + " --local", exitError, "nothing is deployed in the local account"},
	} {
		d := newDesk()
		d.answers = "y\n"
		_, problems, code := d.types(t, append([]string{"apply"}, strings.Fields(test.args)...)...)
		if code != test.code || !strings.Contains(problems, test.want) {
			t.Errorf("%s: exit %d, %s\nwant exit %d and %q", test.name, code, problems, test.code, test.want)
		}
		if v, _ := d.ledger.Current(t.Context()); v.Rev != 0 {
			t.Errorf("%s: rev %d was written", test.name, v.Rev)
		}
	}
}

// Where a deployment is looked for.
func TestPolicyWhere(t *testing.T) {
	d := newDesk()
	d.local.Region, d.local.Endpoint, d.local.Stack, d.local.LogGroup = "us-east-1", "http://127.0.0.1:1", "own", "logs"
	for _, test := range []struct{ args, want string }{
		{"history", "  mulligan"},
		{"history --stack other --region eu-central-1", "eu-central-1  other"},
		{"history --local", "us-east-1 http://127.0.0.1:1 own"},
		{"show --region eu-central-1", "eu-central-1  mulligan"},
	} {
		d.fine(t, strings.Fields(test.args)...)
		if got := d.asked[len(d.asked)-1]; got != test.want {
			t.Errorf("%s: asked %q, want %q", test.args, got, test.want)
		}
	}
}

// raced is a ledger in which somebody applies a policy while the question is open.
type raced struct{ policies }

func (r raced) Decisions(ctx ctx, most int) ([]retry.Trail, bool, error) {
	v := ledger.Version{Author: "eve\x1b[2J", At: midnight}
	if _, err := r.policies.Apply(ctx, v, 0); err != nil {
		return nil, false, err
	}
	return r.policies.Decisions(ctx, most)
}

func TestPolicyApplyMoved(t *testing.T) {
	d := newDesk()
	d.ledger = raced{d.ledger}
	_, problems, code := d.types(t, "apply", at("team.yaml"), "--yes")
	for _, want := range []string{"Error: nothing is written: ", "rev 1", "by eve [2J", "; run this again to see what it would change now\n"} {
		if code != exitError || !strings.Contains(problems, want) {
			t.Errorf("exit %d\n%q\nwant %q", code, problems, want)
		}
	}
	if history, err := d.ledger.History(t.Context(), 9); err != nil || len(history) != 1 || history[0].Hash != "" {
		t.Errorf("got %+v, error %v: want what the other one applied, alone", history, err)
	}
}

// blind is a ledger whose decisions its user may not read.
type blind struct{ policies }

func (blind) Decisions(ctx, int) ([]retry.Trail, bool, error) {
	return nil, false, errors.New("dynamodb:Scan on table Ledger is not allowed")
}

func TestPolicyApplyWithoutDecisions(t *testing.T) {
	d := newDesk()
	d.ledger = blind{d.ledger}
	out := d.fine(t, "apply", at("team.yaml"), "--yes")
	if !strings.Contains(out, "No back-test, as the decisions on record cannot be read: dynamodb:Scan on table Ledger is not allowed\n") || !strings.Contains(out, "Rev 1: ") {
		t.Errorf("got\n%s", out)
	}
}

// What cannot be read can be replaced, and is told.
func TestPolicyApplyOverUnreadable(t *testing.T) {
	d := newDesk()
	d.ledger = broken{d.ledger}
	out := d.fine(t, "apply", at("team.yaml"), "--dry-run")
	if want := "Note: rev 9 cannot be read (schema 7), and neither can one before it: a function that starts retries nothing until another is applied\n"; !strings.Contains(out, want) {
		t.Errorf("got\n%s\nwant %q", out, want)
	}
}
