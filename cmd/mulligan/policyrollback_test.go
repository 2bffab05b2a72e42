package main

import (
	"fmt"
	"strings"
	"testing"
)

// threeRevs is a ledger in which team, tighter and team again were applied.
func threeRevs(t *testing.T) *desk {
	t.Helper()
	d := newDesk()
	for _, name := range []string{"team.yaml", "tighter.yaml", "doubtful.yaml"} {
		d.fine(t, "apply", at(name), "--yes")
	}
	return d
}

func TestPolicyRollback(t *testing.T) {
	d := threeRevs(t)
	d.answers = "y\n"
	golden(t, "policy/rollback.txt", d.fine(t, "rollback"))
	history, err := d.ledger.History(t.Context(), 10)
	if err != nil || len(history) != 4 || history[0].Hash != history[2].Hash || history[0].Author != "ada" {
		t.Errorf("got %+v, error %v", history, err)
	}
}

func TestPolicyRollbackTo(t *testing.T) {
	d := threeRevs(t)
	history, err := d.ledger.History(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	first := history[2]
	for _, test := range []struct{ to, hash, note string }{
		{"1", first.Hash, "rollback to policy " + first.Hash[:12]},
		{first.Hash[:8], first.Hash, "rollback to policy " + first.Hash[:12]},
		{"built-in", "", "rollback to the built-in policy"},
	} {
		d := threeRevs(t)
		d.fine(t, "rollback", test.to, "--yes")
		v, err := d.ledger.Current(t.Context())
		if err != nil || v.Rev != 4 || v.Hash != test.hash || v.Note != test.note {
			t.Errorf("%s: got %+v, error %v", test.to, v, err)
		}
		if v.Hash != "" && !strings.HasPrefix(v.Source, "version: 1") {
			t.Errorf("%s: the source is lost: %q", test.to, v.Source)
		}
	}
}

// Going back twice is going forth again, and from the built-in policy too.
func TestPolicyRollbackTwice(t *testing.T) {
	d := newDesk()
	d.fine(t, "apply", at("team.yaml"), "--yes")
	applied, _ := d.ledger.Current(t.Context())
	for i, want := range []string{"", applied.Hash, ""} {
		d.fine(t, "rollback", "--yes")
		if v, err := d.ledger.Current(t.Context()); err != nil || v.Hash != want {
			t.Errorf("rollback %d: got %q, want %q, error %v", i+1, v.Hash, want, err)
		}
	}
}

func TestPolicyRollbackErrors(t *testing.T) {
	for _, test := range []struct{ to, want string }{
		{"7", "Error: there is no rev 7: `mulligan policy history` lists those that are there\n"},
		{"0123456789", "Error: no policy with this hash was ever applied here: 0123456789; `mulligan policy history` lists those that were\n"},
		{"latest", "Error: expected the first digits of a policy's hash, in hexadecimal, got \"latest\"\n"},
	} {
		d := threeRevs(t)
		_, problems, code := d.types(t, "rollback", test.to, "--yes")
		if v, _ := d.ledger.Current(t.Context()); code != exitError || problems != test.want || v.Rev != 3 {
			t.Errorf("%s: exit %d, rev %d, %q, want %q", test.to, code, v.Rev, problems, test.want)
		}
	}
	_, problems, code := newDesk().types(t, "rollback", "--yes")
	if want := "Error: no policy was ever applied here: there is none to go back to\n"; code != exitError || problems != want {
		t.Errorf("of nothing: exit %d, %q, want %q", code, problems, want)
	}
	if out := newDesk().fine(t, "rollback", "built-in"); out != "The built-in policy is in force already in stack mulligan (eu-west-1, account 123456789012). Nothing is written.\n" {
		t.Errorf("to what is there: got %q", out)
	}
}

func TestPolicyHistory(t *testing.T) {
	d := newDesk()
	if out := d.fine(t, "history"); out != "No policy was ever applied to stack mulligan (eu-west-1, account 123456789012): the built-in one is in force.\n" {
		t.Errorf("of nothing: got %q", out)
	}
	for i := range 3 {
		d.fine(t, "apply", at([]string{"team.yaml", "tighter.yaml", "team.yaml"}[i]), "--yes", "--note", fmt.Sprintf("note\t%d \x1b[2J%s", i, strings.Repeat("x", 200)))
	}
	out := d.fine(t, "history", "--limit", "2")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[2], "* 3 ") || !strings.HasPrefix(lines[3], "  2 ") || lines[4] != "There are older ones: --limit shows more." {
		t.Errorf("got\n%s", out)
	}
	if strings.Contains(out, "\x1b") || len([]rune(lines[2])) > 200 {
		t.Errorf("not plain or not bounded: %q", out)
	}
	if _, problems, code := d.types(t, "history", "--limit", "0"); code != exitError || problems != "Error: --limit: expected 1 or more, got 0\n" {
		t.Errorf("exit %d %q", code, problems)
	}
	d.ledger = broken{d.ledger}
	if out := d.fine(t, "history"); !strings.HasPrefix(out, "Note: rev 9 cannot be read (schema 7): ") || strings.Contains(out, "\n*") {
		t.Errorf("unreadable: got\n%s", out)
	}
}
