package main

import (
	"strings"
	"testing"
)

func TestHoldErrors(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"hold --note x --yes", "Error: --for: expected how long, "},
		{"hold --for 1h --yes", "Error: --note: expected why, "},
		{"hold --for 1h --stack gone --note=", "Error: --note: expected why, got nothing\n"},
		{"hold --for 1h --yes --note \u202e", "Error: --note: expected why, got nothing\n"},
		{"hold --for 1h --note x --yes", "Error: --yes: expected a scope by name, as nobody is asked: --account, --all, --pipeline NAME or --class CLASS\n"},
		{"hold --for 1h --note x --yes --account=false", "Error: --account: expected no value, got false: leave it out\n"},
		{"hold --for 1h --note x --all=false", "Error: --all: expected no value, got false: leave it out\n"},
		{"release --all=false", "Error: --all: expected no value, got false: leave it out\n"},
		{"hold --for soon --note x", "Error: --for: expected a length such as 45m, 2h or 1d12h, got \"soon\"\n"},
		{"hold --for 7 --note x", "Error: --for: expected a length such as 45m, 2h or 1d12h, got \"7\"\n"},
		{"hold --for -2h --note x", "Error: --for: expected a length such as 45m, 2h or 1d12h, got \"-2h\"\n"},
		{"hold --for 0s --note x", "Error: --for: expected up to 28d, got 0s\n"},
		{"hold --for 28d1s --note x", "Error: --for: expected up to 28d, got 672h0m1s\n"},
		{"hold --for 1h --note x --pipeline a_b", "Error: --pipeline: expected the name of one pipeline (letters and digits, dashes between them, 256 at most), got \"a_b\"\n"},
		{"hold --for 1h --note x --pipeline=", "got \"\"\n"},
		{"hold --for 1h --note x --pipeline -a", "got \"-a\"\n"},
		{"hold --for 1h --note x --pipeline pay*", "got \"pay*\"\n"},
		{"hold --for 1h --note x --pipeline \u212a9", "--pipeline: expected the name of one pipeline"},
		{"hold --for 1h --note x --pipeline " + strings.Repeat("x", 257), "--pipeline: expected the name of one pipeline"},
		{"hold --for 1h --note x --class capcity", "got \"capcity\": did you mean capacity?\n"},
		{"hold --for 1h --note x --class=", "Error: --class: expected one of capacity, quota_contention, "},
		{"hold --for 1h --note x --all --account", "Error: --account: expected without --all\n"},
		{"hold --for 1h --note x --all --pipeline y", "Error: --all: expected without --pipeline\n"},
		{"hold --for 1h --note x --yes --dry-run", "Error: --dry-run: expected without --yes\n"},
		{"hold --for 1h --note " + strings.Repeat("x", 257), "Error: --note: expected at most 256 bytes, got 257\n"},
		{"hold --for 1h --note x --author " + strings.Repeat("x", 257), "Error: --author: expected at most 256 bytes, got 257\n"},
		{"hold --for 1h --note x --stack gone", "Error: there is no stack named gone"},
		{"hold --for 1h --note x churn", "Error: expected `mulligan hold --for LENGTH"},
		{"hold --for 1h --note x --pipline y", "Error: unknown flag: --pipline: did you mean --pipeline?"},
		{"release --for 1h", "Error: unknown flag: --for"},
		{"release --class capcity", "did you mean capacity?\n"},
		{"holds --limit 3", "Error: --limit: expected with --history\n"},
		{"holds --history --limit 0", "Error: --limit: expected 1 or more, got 0\n"},
		{"holds --stack gone", "Error: there is no stack named gone"},
		{"outcomes --pipeline a_b", "Error: --pipeline: expected the name of one pipeline"},
		{"outcomes --profile gone", "Error: no AWS credentials"},
	} {
		g := newGuard()
		g.answers = "y\n"
		_, problems, code := g.types(t, strings.Split(test.args, " ")...)
		if code != exitError || !strings.Contains(problems, test.want) {
			t.Errorf("%s: exit %d, %s\nwant exit %d and %q", test.args, code, problems, exitError, test.want)
		}
		if rev := g.current(t).Rev; rev != 0 {
			t.Errorf("%s: rev %d was written", test.args, rev)
		}
	}
}

// A user without a name, as in a container, has to give one.
func TestHoldByNobody(t *testing.T) {
	g := newGuard()
	g.author = ""
	_, problems, code := g.types(t, "hold", "--account", "--for", "1h", "--note", "x", "--yes")
	if want := "Error: --author: expected who does it, as your user has no name here\n"; code != exitError || problems != want {
		t.Errorf("exit %d, %q, want %q", code, problems, want)
	}
	g.fine(t, "hold", "--account", "--for", "1h", "--note", "x", "--yes", "--author", "ci")
}

// What a person types cannot break a line, wherever it is told.
func TestHoldHostileTexts(t *testing.T) {
	g := newGuard()
	out := g.fine(t, "hold", "--all", "--for", "1h", "--note", "a\nHeld: nothing\x1b[2J\u202e", "--author", "eve\n\x07", "--yes")
	out += g.fine(t, "holds") + g.fine(t, "holds", "--history") + g.fine(t, "release", "--all", "--note", "x\ny", "--yes")
	if strings.ContainsAny(out, "\x1b\x07\u202e") || strings.Contains(out, "\nHeld: nothing") {
		t.Errorf("not plain: %q", out)
	}
	changes, err := g.kept.History(t.Context(), 9)
	if err != nil || len(changes) != 2 || changes[0].Note != "x y" || changes[1].Author != "eve" || changes[1].Note != "a Held: nothing [2J" {
		t.Errorf("got %+v, error %v", changes, err)
	}
}
