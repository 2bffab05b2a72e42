package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulligan/internal/deployment"
	"mulligan/internal/retry"
)

func TestTypedPlace(t *testing.T) {
	for _, test := range []struct {
		name      string
		at        where
		want      string
		toExplain string
	}{
		{"the usual one", where{stack: deployment.DefaultStack}, "", " --stack mulligan"},
		{"the local one", where{stack: deployment.DefaultStack, isLocal: true}, " --local", " --local"},
		{"another stack", where{stack: "mulligan-eu"}, " --stack mulligan-eu", " --stack mulligan-eu"},
		{"another account", where{stack: "x", aws: deployment.Options{Region: "eu-west-1", Profile: "ml"}}, " --stack x --region eu-west-1 --profile ml", " --stack x --region eu-west-1 --profile ml"},
		{"a profile of odd words", where{aws: deployment.Options{Profile: "it's; mine"}}, ` --profile 'it'\''s; mine'`, ` --profile 'it'\''s; mine'`},
	} {
		p := place{Deployment: deployment.Deployment{Stack: deployment.DefaultStack}, flags: test.at.typed()}
		if p.flags != test.want || p.toExplain() != test.toExplain {
			t.Errorf("%s: got %q and %q, want %q and %q", test.name, p.flags, p.toExplain(), test.want, test.toExplain)
		}
	}
}

// What a message tells to run acts on the deployment that was asked.
func TestCommandsActThere(t *testing.T) {
	const there = " --stack other --region eu-west-1"
	flags := strings.Fields(there)
	g := storm(t)
	m := newMailroom(t, append(allShapes(t), dead("json", 2, `{"a":1}`, nil))...)
	for _, test := range []struct{ got, want string }{
		{g.fine(t, append(strings.Fields("hold --all --for 1h --note x --yes"), flags...)...), "`mulligan release --all" + there + "`"},
		{g.fine(t, append(strings.Fields("release --class image"), flags...)...), "`mulligan release" + there + "`"},
		{g.fine(t, append(strings.Fields("holds"), flags...)...), "`mulligan explain" + there + " --execution ARN`"},
		{m.fine(t, append(strings.Fields("list"), flags...)...), "`mulligan dlq replay --all" + there + "`"},
		{m.fine(t, append(strings.Fields("list"), flags...)...), "`mulligan dlq show ID" + there + "`"},
		{m.refused(t, append(strings.Fields("show 0000"), flags...)...), "`mulligan dlq list" + there + "`"},
		{m.refused(t, append(strings.Fields("replay"), flags...)...), "`mulligan dlq list" + there + "`"},
		{m.fine(t, append(strings.Fields("replay --yes json"), flags...)...), "`mulligan dlq show ID" + there + "`"},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("got\n%s\nwant %s in it", test.got, test.want)
		}
	}
}

// refused is types for what has to fail.
func (m *mailroom) refused(t *testing.T, args ...string) string {
	t.Helper()
	_, problems, code := m.types(t, args...)
	if code != exitError {
		t.Fatalf("%q: exit %d", args, code)
	}
	return problems
}

// Nobody is behind the null device, nor behind a file.
func TestNobodyAnswers(t *testing.T) {
	for _, name := range []string{os.DevNull, filepath.Join(t.TempDir(), "file")} {
		in, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if answering(in) {
			t.Errorf("%s: somebody answers", name)
		}
		_ = in.Close() // it was read only
	}
}

func TestHoldOnWhatIsNeverRetried(t *testing.T) {
	const note = "Note: failures of class user_code are never retried under the policy in force: there is nothing to hold.\n"
	g := newGuard()
	if out := g.fine(t, strings.Fields("hold --class user_code --for 1h --note x --dry-run")...); !strings.Contains(out, note) {
		t.Errorf("got\n%s", out)
	}
	if out := g.fine(t, strings.Fields("hold --class capacity --for 1h --note x --dry-run")...); strings.Contains(out, "never") {
		t.Errorf("got\n%s", out)
	}
	g.desk.ledger = g.memory
	g.applies(t, "version: 1\nrules:\n  - name: flaky\n    when: {class: user_code}\n    verdict: retry\n")
	if out := g.fine(t, strings.Fields("hold --class user_code --for 1h --note x --dry-run")...); strings.Contains(out, "never") {
		t.Errorf("under a rule that retries it: got\n%s", out)
	}
}

func TestProbing(t *testing.T) {
	moment := func(time.Time) string { return "then" }
	const who = "arn:x"
	next, before, after := midnight, midnight.Add(-time.Second), midnight.Add(time.Second)
	for _, test := range []struct {
		row  breakerRow
		now  time.Time
		want string
	}{
		{breakerRow{Next: next}, before, "nobody; the next may from then"},
		{breakerRow{Next: next}, after, "nobody yet: it is whoever comes next"},
		{breakerRow{Probe: who, Called: true, Next: next}, before, who + ", called; no end of it is on record: if it has not failed by then, it has succeeded"},
		{breakerRow{Probe: who, Called: true, Next: next}, after, who + ", called; no end of it is on record: whoever comes next takes it to have succeeded"},
		{breakerRow{Probe: who, Next: next}, before, who + ", which waits for its call; given up for another at then"},
		{breakerRow{Probe: who, Next: next}, after, who + ", whose call is not on record; given up at then for whoever comes next"},
	} {
		if got := test.row.probing(moment, test.now); got != test.want {
			t.Errorf("got %q\nwant %q", got, test.want)
		}
	}
}

func TestEndedInWords(t *testing.T) {
	for want, r := range map[string]retry.Record{
		"": {Kind: retry.Parked},
		"that of the last retry is not known yet":                                         {Kind: retry.Retried},
		"the last retry is counted as recovered":                                          {Kind: retry.Retried, Outcome: retry.Outcome{Result: retry.WasRecovered}},
		"the last retry is counted as failed again, in the same step with the same words": {Outcome: retry.Outcome{Result: retry.FailedAnew, Same: true}},
	} {
		if got := ended(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A release of what is not set lists what is, as it is typed, and fills no screen.
func TestReleaseListsHolds(t *testing.T) {
	g := newGuard()
	seen := g.current(t)
	scopes := []string{retry.HoldOfAll, retry.HoldOfAccount("123456789012", "eu-west-1"), retry.HoldOfAccount("999999999999", "eu-west-1"), retry.HoldOfClass("capacity")}
	for i := range 19 {
		scopes = append(scopes, retry.HoldOfPipeline("p"+strings.Repeat("x", i)))
	}
	for _, scope := range scopes {
		hold := retry.Hold{Scope: scope, Author: "ada", Note: strings.Repeat("long ", 50), Since: midnight, Until: midnight.Add(time.Hour)}
		var err error
		if seen, err = g.kept.Place(t.Context(), hold, seen); err != nil {
			t.Fatal(err)
		}
	}
	out := g.fine(t, "release", "--pipeline", "churn", "--stack", "other")
	for _, want := range []string{
		"Nothing was released: no hold on pipeline churn is set", "\n  --all, set by ada", "\n  --account, set by ada", "\n  --class capacity, set by ada",
		"\n  --pipeline px, set by ada", "\n  account 999999999999 in eu-west-1, set by ada", "\n  and 3 more, which `mulligan holds --stack other` shows\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant %q", out, want)
		}
	}
	for line := range strings.Lines(out) {
		if len(line) > 300 {
			t.Errorf("%d bytes in a line: %s", len(line), line)
		}
	}
}
