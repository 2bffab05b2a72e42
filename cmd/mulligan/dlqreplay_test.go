package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/letters/letterstest"
	"mulligan/internal/retry"
)

// --all takes what is understood, and its exit code tells that something stays.
func TestDLQReplayAll(t *testing.T) {
	m := newMailroom(t, allShapes(t)...)
	out, problems, code := m.types(t, "replay", "--all", "--yes")
	golden(t, "dlq/replay-all.txt", out+problems)
	if code != exitError || m.office.Left() != byNobody {
		t.Errorf("exit %d, left %s", code, m.office.Left())
	}
	payloads := m.office.Payloads()
	for _, want := range []string{deadEvent, strings.ReplaceAll(deadEvent, "abc123", "def456"), deadWake(t)} {
		if len(payloads) != 3 || !slices.Contains(payloads, want) {
			t.Errorf("the function got %q\nwhich lacks %s", payloads, want)
		}
	}
	for i, call := range m.office.Calls() {
		if strings.HasPrefix(call, "DeleteMessage") != (i%2 == 1) {
			t.Errorf("calls %q: want each deletion after its invocation", m.office.Calls())
		}
	}
	if _, problems, code := m.types(t, "replay", "--all", "--yes"); code != exitError ||
		problems != "Error: nothing is replayed: 1 letter is not understood and left alone (9c00ffee): `mulligan dlq show 9c00ffee` tells more\n" {
		t.Errorf("again: exit %d, %q", code, problems)
	}
}

// Letters that are all understood leave nothing behind, and neither does nothing.
func TestDLQReplayClean(t *testing.T) {
	m := newMailroom(t, fromRule(1), fromFunction(byFunction, deadEvent, 2))
	m.fine(t, "replay", "--all", "--yes")
	if out := m.fine(t, "replay", "--all"); out != "There are no dead letters in stack mulligan (eu-west-1, account 123456789012): nothing to replay.\n" {
		t.Errorf("got %q", out)
	}
}

// Nothing is sent without a yes.
func TestDLQReplayAsks(t *testing.T) {
	for _, test := range []struct {
		name, answers, args string
		away                bool
		code, sent          int
		want                string
	}{
		{"yes", "yes\n", byRule, false, 0, 1, "Replay? [y/N] 3f2a91c0-0000-4000-8000-000000000002  churn/def456  queued: watch the log for its verdict\n1 of 1 letter queued."},
		{"no", "n\n", byRule, false, exitError, 0, "Error: nothing is replayed: the answer was not yes"},
		{"the end of input", "", byRule, false, exitError, 0, "Error: nothing is replayed: the answer was not yes"},
		{"nobody there", "y\n", "--all", true, exitError, 0, "Error: nothing is replayed: nobody is here to ask, standard input being no terminal; --yes goes on"},
		{"nobody there, decided before", "", byRule + " --yes", true, 0, 1, "1 of 1 letter queued."},
		{"twice the same", "", byRule + " " + byRule + " --yes", true, 0, 1, "1 of 1 letter queued."},
		{"an ambiguous one among them", "", "77aa 3f2a --yes", true, exitError, 0, `Error: nothing is replayed: "3f2a" is the beginning of 2 ids`},
		{"one that is not there", "", "77aa 0000 --yes", true, exitError, 0, "Error: nothing is replayed: no letter has an id that begins with \"0000\""},
	} {
		m := newMailroom(t, allShapes(t)...)
		m.answers, m.away = test.answers, test.away
		out, problems, code := m.types(t, append([]string{"replay"}, strings.Fields(test.args)...)...)
		if code != test.code || len(m.office.Payloads()) != test.sent || !strings.Contains(out+problems, test.want) || strings.Contains(m.office.Left(), "(") {
			t.Errorf("%s: exit %d, sent %d, left %s\n%s%s\nwant exit %d and %q", test.name, code, len(m.office.Payloads()), m.office.Left(), out, problems, test.code, test.want)
		}
	}
}

// By its id anything is sent that Lambda takes; what it does not take stays.
func TestDLQReplayStrangers(t *testing.T) {
	empty := strings.Replace(fromFunction("5", deadEvent, 1).Body, `"requestPayload"`, `"x"`, 1)
	m := newMailroom(t, dead("text", 1, "hello", nil), dead("json", 2, `{"a":1}`, nil), dead("more", 2, `{"a":"x"}`, nil), dead("empty", 3, empty, nil))
	m.office.Invoked = func(payload string) int {
		if strings.Contains(payload, "x") {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusAccepted
	}
	out, problems, code := m.types(t, "replay", "more", "json", "--yes")
	if code != exitError || m.office.Left() != "text more empty" || !slices.Equal(m.office.Payloads(), []string{`{"a":1}`}) ||
		!strings.Contains(out, "The function would ignore 2 of them, and 2 letters would be gone") || !strings.Contains(out, "more  -  not queued: lambda:InvokeFunction") ||
		!strings.Contains(problems, "1 letter stays that should have gone") {
		t.Errorf("exit %d, left %s, sent %q\n%s%s", code, m.office.Left(), m.office.Payloads(), out, problems)
	}
	for id, want := range map[string]string{"empty": "Lambda left the event out", "text": "what it holds is no JSON"} {
		if _, problems, code = m.types(t, "replay", id, "--yes"); code != exitError || !strings.Contains(problems, "letter "+id+" has nothing to send on: "+want) {
			t.Errorf("exit %d, %s", code, problems)
		}
	}
}

// A failing invocation keeps the letter.
func TestDLQReplayFails(t *testing.T) {
	m := newMailroom(t, fromRule(1), fromFunction(byFunction, deadEvent, 2))
	m.office.Invoked = func(string) int { return http.StatusServiceUnavailable }
	out, problems, code := m.types(t, "replay", "--all", "--yes")
	if code != exitError || len(m.office.Payloads()) != 0 || strings.Contains(m.office.Left(), "(") || len(strings.Fields(m.office.Left())) != 2 ||
		!strings.Contains(out, "not queued: lambda:InvokeFunction on ") || !strings.Contains(out, "  not replayed\n0 of 2 letters queued.\n") ||
		!strings.Contains(problems, "Error: 2 letters stay that should have gone") {
		t.Errorf("exit %d, left %s\n%s%s", code, m.office.Left(), out, problems)
	}
}

// A letter that was sent and not deleted is sent twice, and the failure has one
// verdict and one unit.
func TestDLQReplayTwice(t *testing.T) {
	w := newWatched(t, noCapacity)
	m := newMailroom(t, fromFunction(byFunction, string(w.event), 1))
	m.office.Refuse["DeleteMessage"] = "AccessDenied"
	out, problems, code := m.types(t, "replay", "--all", "--yes")
	if code != exitError || !strings.Contains(out, "queued, but still among the dead letters: sqs:DeleteMessage") || !strings.Contains(out, "Another replay of it is harmless") ||
		!strings.Contains(problems, "1 letter stays") {
		t.Errorf("exit %d\n%s%s", code, out, problems)
	}
	delete(m.office.Refuse, "DeleteMessage")
	m.fine(t, "replay", byFunction, "--yes")
	payloads := m.office.Payloads()
	if len(payloads) != 2 || m.office.Left() != "" {
		t.Fatalf("sent %d times, left %s", len(payloads), m.office.Left())
	}
	for i, payload := range payloads {
		w.event = []byte(payload)
		w.hears(t)
		state, err := w.memory.Read(t.Context(), parsed(t, w.arn), nil)
		if err != nil || state.Record.Kind != retry.Claimed || state.Record.Used != 1 {
			t.Errorf("after delivery %d: %s with %d units used, error %v", i+1, state.Record.Kind, state.Record.Used, err)
		}
	}
}

// Many letters fill no screen before the question.
func TestDLQReplayMany(t *testing.T) {
	var many []letterstest.Message
	for i := range 45 {
		many = append(many, fromFunction(fmt.Sprintf("%08x-0000", i), deadEvent, 1))
	}
	m := newMailroom(t, many...)
	m.answers = "n\n"
	out, _, code := m.types(t, "replay", "--all")
	if code != exitError || strings.Count(out, "\n") != 22 || !strings.Contains(out, "  and 25 more\n") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if out := m.fine(t, "replay", "--all", "--yes"); !strings.Contains(out, "45 of 45 letters queued.") || m.office.Left() != "" {
		t.Errorf("left %s\n%s", m.office.Left(), out)
	}
}
