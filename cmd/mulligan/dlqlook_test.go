package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"mulligan/internal/account"
	"mulligan/internal/letters"
	"mulligan/internal/retry"
)

func TestDLQList(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	golden(t, "dlq/list.txt", m.fine(t, "list"))
	golden(t, "dlq/list-json.txt", m.fine(t, "list", "--json"))
	if left := m.office.Left(); strings.Contains(left, "(") || len(strings.Fields(left)) != 4 {
		t.Errorf("left %s", left)
	}
}

func TestDLQListBeside(t *testing.T) {
	out := newMailroom(t).fine(t, "list")
	if want := "There are no dead letters in stack mulligan (eu-west-1, account 123456789012).\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	m := newMailroom(t, allShapes(t)...)
	if out := m.fine(t, "list", "--max", "2"); !strings.Contains(out, "\n2 letters, 1 of them not understood") || !strings.Contains(out, "There may be more letters") {
		t.Errorf("got %s", out)
	}
	m.office.Refuse["ChangeMessageVisibilityBatch"] = "AccessDenied"
	if out := m.fine(t, "list"); !strings.Contains(out, "4 letters could not be given back, and will be hidden for 1m (it needs sqs:ChangeMessageVisibility)") {
		t.Errorf("got %s", out)
	}
	if out := m.fine(t, "list"); !strings.Contains(out, "There are no dead letters") || !strings.Contains(out, "About 4 are hidden: somebody else is reading") {
		t.Errorf("got %s", out)
	}
	if _, problems, code := m.types(t, "show", byRule); code != exitError || !strings.Contains(problems, "4 are hidden now") {
		t.Errorf("exit %d, %s", code, problems)
	}
}

func TestDLQShow(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	m.claimed(t)
	golden(t, "dlq/show-function.txt", m.fine(t, "show", byFunction))
	golden(t, "dlq/show-rule.txt", m.fine(t, "show", byRule))
	golden(t, "dlq/show-schedule.txt", m.fine(t, "show", "77AA"))
	golden(t, "dlq/show-nobody.txt", m.fine(t, "show", "9"))
	out := m.fine(t, "show", byFunction, "--json")
	golden(t, "dlq/show-function-json.txt", out)
	var got struct{ Payload string }
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Payload != deadEvent {
		t.Errorf("the payload is not as it was: %v\n got %q\nwant %q", err, got.Payload, deadEvent)
	}
}

// What others wrote breaks no terminal and fills no screen, in any form.
func TestDLQHostile(t *testing.T) {
	evil := "\u009b2J\u202e\x01" + strings.Repeat("x", 100_000)
	m := newMailroom(t,
		dead("3f-\x1b[2J", 1, evil, map[string]string{"RULE_ARN": evil, "ERROR_CODE": evil}),
		dead("deep", 2, strings.Repeat("[", 5000)+strings.Repeat("]", 5000), nil), dead("", 3, "", nil))
	m.stack.Prefix = ""
	for _, args := range []string{"list", "list --json", "show 3f", "show 3f --json", "show deep"} {
		out := m.fine(t, strings.Fields(args)...)
		for _, r := range out {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: got %q in it", args, r)
				break
			}
		}
		if !strings.HasSuffix(args, "show 3f --json") && len(out) > 40_000 {
			t.Errorf("%s: %d bytes", args, len(out))
		}
	}
}

func TestDLQFinds(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	for typed, want := range map[string]string{
		"3f2a": `Error: "3f2a" is the beginning of 2 ids, such as ` + byFunction + " and " + byRule + ": type more of it\n",
		"0000": "Error: no letter has an id that begins with \"0000\": `mulligan dlq list` lists those that are there\n",
		"":     "Error: expected the id of a letter, or its beginning, got nothing\n",
	} {
		if _, problems, code := m.types(t, "show", typed); code != exitError || problems != want {
			t.Errorf("%q: exit %d, %q\nwant %q", typed, code, problems, want)
		}
	}
}

// Ids are told apart by as much as it takes.
func TestDLQShortIDs(t *testing.T) {
	short := shortIDs([]letters.Letter{{Message: letters.Message{ID: byFunction}}, {Message: letters.Message{ID: byRule}}, {Message: letters.Message{ID: "abc"}}, {Message: letters.Message{ID: bySchedule}}})
	for id, want := range map[string]string{byFunction: byFunction, byRule: byRule, "abc": "abc", bySchedule: "77aa0b1c"} {
		if short[id] != want {
			t.Errorf("got %s, want %s", short[id], want)
		}
	}
}

// closedLedger is a ledger that its user may not read.
type closedLedger struct{ policies }

func (closedLedger) Read(context.Context, retry.ExecutionARN, []retry.Bucket, ...string) (retry.State, error) {
	return retry.State{}, errors.New("dynamodb:BatchGetItem on table Ledger is not allowed")
}

func TestDLQShowWithoutLedger(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	m.desk.ledger = closedLedger{m.memory}
	out := m.fine(t, "show", byFunction)
	if !strings.Contains(out, "not known: dynamodb:BatchGetItem on table Ledger is not allowed\n") || !strings.Contains(out, "depends on the ledger") {
		t.Errorf("got %s", out)
	}
	if out = m.fine(t, "show", byFunction, "--json"); !strings.Contains(out, `"ledger_problem": "dynamodb:BatchGetItem`) {
		t.Errorf("got %s", out)
	}
}

func TestDLQOutlook(t *testing.T) {
	read := func(body string) letters.Letter {
		return letters.Read(letters.Message{Body: body, Attributes: map[string]string{"RULE_ARN": "r"}}, newDesk().stack.Home)
	}
	event, day := read(deadEvent), 24*time.Hour
	for name, test := range map[string]struct {
		o    outlook
		want string
	}{
		"new":         {outlook{l: event, now: midnight}, "judge the failure as if its event came now"},
		"old":         {outlook{l: event, now: midnight.Add(day)}, "stop it as expired: it is 29h old, and the stack's ExpireAfter is 24h."},
		"claimed":     {outlook{l: event, record: retry.Record{Kind: retry.Claimed}}, "go on with the retry that is claimed"},
		"parked":      {outlook{l: event, record: retry.Record{Kind: retry.Parked}}, "The failure on record waits"},
		"retried":     {outlook{l: event, record: retry.Record{Kind: retry.Retried}}, "it is a duplicate, and ignored"},
		"unread":      {outlook{l: event, blind: errors.New("x")}, "depends on the ledger"},
		"off":         {outlook{l: event, in: newDesk().stack}, "the stack's mode is off"},
		"foreign":     {outlook{l: read(strings.ReplaceAll(deadEvent, "123456789012", "210987654321"))}, "ignore it: foreign, detail.pipelineExecutionArn: expected account"},
		"malformed":   {outlook{l: read("{}")}, "ignore it: malformed, source: expected"},
		"no payload":  {outlook{l: letters.Letter{}}, "There is nothing to send on"},
		"another end": {outlook{l: letters.Letter{Payload: []byte("{}"), Notice: retry.Notice{Status: "Succeeded"}}}, "settle the retry"},
	} {
		test.o.in = newDesk().stack
		test.o.in.Settings.ExpireAfter = day
		if name == "off" {
			test.o.in.Mode = retry.ModeOff
		}
		if got := test.o.String(); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s\nwant %s", name, got, test.want)
		}
	}
}

func TestDLQMostly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Minute: "1m", 61*time.Second + time.Millisecond: "1m1s", 90*time.Minute + time.Second: "1h30m", 24 * time.Hour: "24h", 80*time.Hour + 1: "3 days",
	} {
		if got := mostly(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestDLQReadable(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":[1]}`:                      "{\n  \"a\": [\n    1\n  ]\n}",
		"no\tjson\x00":                   `no\u0009json\u0000`,
		strings.Repeat("é", maxShown):    strings.Repeat("é", maxShown/2) + fmt.Sprintf("\n... and %d bytes more, which --json shows", maxShown),
		strings.Repeat("[", 1001) + "\n": strings.Repeat("[", 1001) + "\n",
	} {
		if got := readable([]byte(in)); got != want {
			t.Errorf("%.20q: got %.200q, want %.200q", in, got, want)
		}
	}
}

func TestDLQErrors(t *testing.T) {
	for args, want := range map[string]string{
		"list --max 0":           "Error: --max: expected 1 to 10000, got 0\n",
		"list --max 10001":       "Error: --max: expected 1 to 10000, got 10001\n",
		"list x":                 "Error: expected `mulligan dlq list [flags]`, got \"x\"\n",
		"show":                   "Error: expected `mulligan dlq show ID [flags]`, got nothing\n",
		"replay":                 "Error: expected the ids of letters, or --all, one of them; `mulligan dlq list` lists the letters\n",
		"replay --all 3f":        "Error: expected the ids of letters, or --all, one of them; `mulligan dlq list` lists the letters\n",
		"list --stack gone":      "Error: there is no stack named gone\n",
		"lst":                    "Error: unknown command \"lst\" for \"mulligan dlq\": did you mean list?\n",
		"list --local --stack x": "Error: --local: expected without --stack\n",
	} {
		m := newMailroom(t, allShapes(t)...)
		if _, problems, code := m.types(t, strings.Fields(args)...); code != exitError || problems != want {
			t.Errorf("%s: exit %d, %q\nwant %q", args, code, problems, want)
		}
	}
	m := newMailroom(t)
	m.stack.Letters = ""
	if _, problems, code := m.types(t, "list"); code != exitError || !strings.Contains(problems, "has no outputs DeadLettersUrl and RetrierAlias") {
		t.Errorf("exit %d, %s", code, problems)
	}
	m = newMailroom(t)
	m.office.Refuse["ReceiveMessage"] = "AccessDenied"
	if _, problems, code := m.types(t, "list"); code != exitError || !strings.HasPrefix(problems, "Error: sqs:ReceiveMessage on queue mulligan-DeadLetters-1 is not allowed") {
		t.Errorf("exit %d, %s", code, problems)
	}
}

// Whoever is interrupted gives the letters back, and says so.
func TestDLQInterrupted(t *testing.T) {
	for _, test := range []struct{ args, at string }{
		{"list", "ReceiveMessage"}, {"show " + byRule, "ReceiveMessage"}, {"replay --all --yes", "ReceiveMessage"}, {"replay --all --yes", "Invoke"},
	} {
		m := newMailroom(t, allShapes(t)...)
		ctx, cancel := context.WithCancel(t.Context())
		m.ctx = ctx
		m.office.Before = func(call string) {
			if call == test.at {
				cancel()
			}
		}
		_, problems, code := m.types(t, strings.Fields(test.args)...)
		if want := "Error: interrupted: every letter that was taken is back in the queue\n"; code != exitError || problems != want || strings.Contains(m.office.Left(), "(") {
			t.Errorf("%s: exit %d, %q, left %s", test.args, code, problems, m.office.Left())
		}
		cancel()
	}
}

// In the local account everything is asked at its one address.
func TestDLQLocal(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	m.local = account.State{Region: "eu-west-1", Number: "123456789012", Endpoint: *m.cfg.BaseEndpoint, LogGroup: "g", Stack: "mulligan"}
	if out := m.fine(t, "list", "--local"); !strings.Contains(out, "\n4 letters, ") {
		t.Errorf("got %s", out)
	}
	out := m.fine(t, "replay", "--local", byRule, "--yes")
	if !strings.Contains(out, "1 of 1 letter queued. `mulligan log --follow` shows the verdicts.") || len(m.office.Payloads()) != 1 {
		t.Errorf("got %s", out)
	}
}
