package event

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// documentedWake is what a schedule carries for the documented event.
const documentedWake = `{"source":"mulligan","version":1,"execution":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e",` +
	`"notice":{"door":"wake","event_id":"e-1","ended":"2026-03-15T16:10:10Z","emitted":"2026-03-15T16:10:11Z","wake":{"wait":"x","again":1}}}`

// FuzzParse: whatever the bytes are, there is a problem whose words can be shown,
// or a notice whose every field keeps to its bounds, about an execution of home,
// which comes back from a wake as it went.
func FuzzParse(f *testing.F) {
	f.Add([]byte(documented))
	f.Add([]byte(documentedWake))
	for _, large := range largeEvents() {
		f.Add(large)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		n, problem := Parse(payload, home)
		if again, other := Parse(payload, home); again != n || (other == nil) != (problem == nil) || !bytes.Equal(payload, before) {
			t.Fatalf("got %+v, then %+v", n, again)
		}
		if problem != nil {
			checkProblem(t, n, problem)
			return
		}
		checkNotice(t, n)
		checkWake(t, n)
	})
}

// FuzzWake: a notice with any words goes into a schedule and comes back as it went,
// or is refused where a word is longer than an event's could be. Of bytes that are
// changed on the way nothing comes that a wake could not bear.
func FuzzWake(f *testing.F) {
	f.Add("e-1", "2026-03-15T16:10:10Z", "Executing", "", "token", 0, int64(1773591011), 0, byte(0))
	f.Add(strings.Repeat("x", maxEventID), "9999-12-31T23:59:59-01:00", "Stopping", "Succeeded", strings.Repeat("a", maxField), 1<<62, int64(-1), 60, byte('9'))
	for _, text := range plaintexttest.Texts() {
		f.Add(text, text, text, text, text, 1, int64(0), 100, byte('"'))
	}
	f.Fuzz(func(t *testing.T, id, ended, previous, status, wait string, again int, emitted int64, at int, changed byte) {
		n, _ := Parse([]byte(documented), home)
		n.Door, n.EventID, n.Ended, n.EndedAt, n.Previous, n.Status = retry.DoorWake, text(id), text(ended), instant(text(ended)), text(previous), text(status)
		n.Wake, n.Emitted = retry.Wake{Wait: text(wait), Again: again & (1<<62 - 1)}, kept(time.Unix(emitted, 0))
		payload, err := WakePayload(n.Wake, n)
		if err != nil {
			t.Fatalf("no schedule can carry %+v: %v", n, err)
		}
		fits := len(n.EventID) <= maxEventID && max(len(n.Ended), len(n.Previous), len(n.Status), len(n.Wake.Wait)) <= maxField
		got, problem := Parse(payload, home)
		switch {
		case problem != nil && (fits || problem.Reason != retry.Malformed):
			t.Errorf("%s came as %+v", payload, problem)
		case problem == nil && got != n:
			t.Errorf("went as %+v, came as %+v", n, got)
		}
		payload[max(at, -at, 0)%len(payload)] = changed
		if got, problem := Parse(payload, home); problem != nil {
			checkProblem(t, got, problem)
		} else {
			checkNotice(t, got)
			checkWake(t, got)
		}
	})
}

// text is a string as JSON keeps it.
func text(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// largeEvents are those that no file should hold.
func largeEvents() map[string][]byte {
	field := func(text string) []byte { return []byte(with("SomeDescription", text)) }
	return map[string][]byte{
		"1 MB of one letter":     bytes.Repeat([]byte("x"), 1<<20),
		"1 MB of brackets":       bytes.Repeat([]byte("["), 1<<20),
		"1 MB of NUL":            make([]byte, 1<<20),
		"1 MB in a field":        field(strings.Repeat("x", 1<<20)),
		"a field to the limit":   field(strings.Repeat("x", maxBytes-len(documented)+len("SomeDescription"))),
		"escapes to the limit":   field(strings.Repeat(`\u202e`, (maxBytes-len(documented))/6)),
		"1,000 times one key":    []byte(strings.Repeat(`{"id":"`+strings.Repeat("y", 200)+`"},`, 1000)),
		"10,000 keys of detail":  []byte(with(`"detail":{`, `"detail":{`+strings.Repeat(`"executionEndTime":"1970-01-01",`, 7_000))),
		"100,000 levels":         []byte(strings.Repeat(`{"detail":`, 100_000)),
		"9,000 levels and sound": field(`","x":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `,"y":"`),
		"a number of 200 KB":     []byte(with(`"315c1398-40ff-a850-213b-158f73kd93ir"`, strings.Repeat("9", 200_000))),
		"an ARN of 200 KB":       []byte(with("p4jn9xou8a8s", strings.Repeat(":/", 100_000))),
	}
}

func checkProblem(t *testing.T, n retry.Notice, p *Problem) {
	t.Helper()
	if n != (retry.Notice{}) {
		t.Errorf("a notice beside a problem: %+v", n)
	}
	if fault := plaintexttest.Fault(p.Evidence, 1000); p.Evidence == "" || fault != "" {
		t.Errorf("the evidence %q %s", p.Evidence, fault)
	}
	switch p.Reason {
	case retry.Malformed:
		if p.Execution != (retry.ExecutionARN{}) {
			t.Errorf("malformed, and about %s", p.Execution)
		}
	case retry.Foreign, retry.NotFailed:
		checkARN(t, p.Execution)
	default:
		t.Errorf("the reason is %q", p.Reason)
	}
}

func checkARN(t *testing.T, arn retry.ExecutionARN) {
	t.Helper()
	if again, err := retry.ParseExecutionARN(arn.String()); err != nil || again != arn {
		t.Errorf("%+v is not what it names: %+v, %v", arn, again, err)
	}
}

// checkNotice holds every field to what the package promises of it.
func checkNotice(t *testing.T, n retry.Notice) {
	t.Helper()
	checkARN(t, n.Execution)
	if !home.Owns(n.Execution) {
		t.Errorf("%s is not of home", n.Execution)
	}
	for _, text := range []struct {
		value string
		most  int
	}{{n.EventID, maxEventID}, {n.Ended, maxField}, {n.Previous, maxField}, {n.Status, maxField}, {n.Wake.Wait, maxField}, {n.Wake.Name, 0}} {
		if len(text.value) > text.most || !utf8.ValidString(text.value) {
			t.Errorf("got %q, want at most %d bytes", text.value, text.most)
		}
	}
	for _, at := range []time.Time{n.EndedAt, n.Emitted, n.Wake.Due} {
		if y := at.Year(); at != at.UTC() || y < 1 || y > 9999 {
			t.Errorf("the time %s cannot be kept", at)
		}
	}
	_, ends := end(n.Status)
	switch {
	case n.Door == retry.DoorEvent && (n.Wake != retry.Wake{} || n.Status != "" && !ends):
		t.Errorf("no event says %+v", n)
	case n.Door != retry.DoorEvent && (n.Door != retry.DoorWake || n.Wake.Again < 0):
		t.Errorf("no wake says %+v", n)
	}
}

// checkWake takes a notice through a schedule and back.
func checkWake(t *testing.T, n retry.Notice) {
	t.Helper()
	payload, err := WakePayload(n.Wake, n)
	if err != nil {
		t.Fatalf("no schedule can carry %+v: %v", n, err)
	}
	want := n
	want.Door = retry.DoorWake
	if got, problem := Parse(payload, home); problem != nil || got != want {
		t.Errorf("went as %+v, came as %+v, %+v", want, got, problem)
	}
	if kept, err := json.Marshal(n); err != nil || len(kept) > 8*(maxEventID+4*maxField)+400 {
		t.Errorf("the notice is kept in %d bytes, %v", len(kept), err)
	}
}
