package explain

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// checkStory writes a story in all forms: a page for a terminal, and JSON that
// means what the story says and can be shown on one too.
func checkStory(t *testing.T, name string, s *Story) {
	t.Helper()
	for form, write := range map[string]func(*bytes.Buffer) error{
		"text": func(out *bytes.Buffer) error { return s.Text(out) }, "short": func(out *bytes.Buffer) error { return s.Short(out) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			most := Width
			if strings.HasPrefix(line, "    ARN=") { // to be copied whole
				most = len("    ARN=…") + maxARN
			}
			if fault := plaintexttest.PageFault(line, most); fault != "" {
				t.Errorf("%s, %s: %s", name, form, fault)
			}
		}
	}
	if len(s.Evidence) > 10_000 { // JSON has all of it
		return
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var again Story
	if err := json.Unmarshal(text, &again); err != nil || utf8.ValidString(s.Evidence) && again.Evidence != s.Evidence {
		t.Errorf("%s: the JSON does not say it: %v", name, err)
	}
	if fault := plaintexttest.PageFault(string(text), len(text)); fault != "" {
		t.Errorf("%s, JSON: %s", name, fault)
	}
}

// TestNothingHostileIsTold fills every text of a story, whoever wrote it.
func TestNothingHostileIsTold(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		var s Story
		plaintexttest.Fill(&s, text)
		s.Facts.Asked, s.Tried[0].Applies, s.Retry, s.Parallelism = true, true, 1, 1
		checkStory(t, name+", open", &s)
		s.Open = ""
		checkStory(t, name, &s)
	}
}

// TestHostileLedger tells decisions of a ledger that somebody else has written.
func TestHostileLedger(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		q := ask(t, "failed-capacity", nil)
		var hold retry.Hold
		var breaker retry.Breaker
		plaintexttest.Fill(&hold, text)
		plaintexttest.Fill(&breaker, text)
		hold.Scope, hold.Until = retry.HoldOfAll, q.Now.AddDate(0, 0, 1)
		q.State.Holds = retry.Holds{Rev: 1, Holds: []retry.Hold{hold}}
		checkStory(t, name+", held", tell(t, q))
		var trail retry.Trail
		plaintexttest.Fill(&trail, text)
		trail.At, trail.Decision.Execution = q.Now, q.Notice.Execution.String()
		trail.Facts.Status, trail.Stood.Kind = retry.StatusFailed, retry.Unseen
		story, err := TellTrail(trail, template, text)
		if err == nil {
			story.After([]retry.Trail{trail})
			checkStory(t, name+", trail", story)
		}
	}
}

// TestHostileRules judges under a policy whose rules nobody's linter has seen.
func TestHostileRules(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		rules := []policy.Rule{
			{Name: text[:min(len(text), 64)], Verdict: retry.Stop, Message: text[:min(len(text), 800)], When: policy.When{Retry: policy.Range{From: 7}}},
			{Name: "b" + text[:min(len(text), 63)], Verdict: retry.Stop, NeedsPerson: true, Message: text[:min(len(text), 800)]},
		}
		q := ask(t, "failed-capacity", nil)
		q.Policy = policy.NewFrom(settings, &policy.Document{Schema: policy.Schema, Rules: rules}, strings.Repeat("a", 64))
		q.Place = func(string, string) string { return text }
		q.PolicyFrom, q.Problem, q.EventFrom, q.FactsFrom = text, text, text, text
		checkStory(t, name, tell(t, q))
	}
}

// TestHostileErrors: what keeps a recording from being read is told in one line.
func TestHostileErrors(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted := string(encode(text))
		for _, facts := range []string{
			text, quoted, `{"now":` + quoted + `}`, `{"now":"2026-03-01T00:00:00Z","execution":` + quoted + `,"steps":1}`,
			`{"record":{"rev":` + strings.Repeat("9", plaintexttest.Long) + `}}`, `{"record":{"updated":` + quoted + `}}`, `{` + quoted + `:1}`,
			`{"now":"2026-03-01T00:00:00Z","execution":{` + quoted + `:{"StepName":[` + quoted + `]}},"steps":{}}`,
			`{"now":"2026-03-01T00:00:00Z","execution":{},"steps":{},"balances":{` + quoted + `:"x"}}`,
			`{"now":"2026-03-01T00:00:00Z","execution":{},"steps":{},"holds":[{"scope":` + quoted + `}]}`,
			`{"now":"2026-03-01T00:00:00Z","execution":{},"steps":{},"breakers":[{"scope":` + quoted + `}]}`,
		} {
			_, err := ReadRecording([]byte(facts))
			_, other := ReadTrail([]byte(facts))
			_, third := ParseHome(text)
			for _, err := range []error{err, other, third} {
				if err == nil {
					t.Errorf("%s: no error", name)
				} else if fault := plaintexttest.Fault(err.Error(), maxFault+1); fault != "" {
					t.Errorf("%s: the error %s", name, fault)
				}
			}
		}
	}
}

// FuzzTell: whatever an event and what was recorded of it are, there is a story
// that can be shown, or an error.
func FuzzTell(f *testing.F) {
	for _, name := range []string{"failed-capacity", "failed-user-code", "failed-quota", "stopping-to-failed"} {
		payload, err := os.ReadFile(events + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		facts, err := os.ReadFile(events + "facts/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload, facts)
		f.Add(payload, bytes.ReplaceAll(facts, []byte("CapacityError"), []byte(`\u202e\u001b[2J`)))
	}
	f.Fuzz(func(t *testing.T, payload, facts []byte) {
		n, ignored := ReadEvent(payload, template, "event")
		if ignored != nil {
			checkStory(t, "ignored", ignored)
			return
		}
		q := Question{Setting: template, Notice: n, EventFrom: "event"}
		checkStory(t, "open", tell(t, q))
		r, err := ReadRecording(facts)
		if err == nil {
			err = q.Recorded(r, "facts")
		}
		var story *Story
		if err == nil {
			story, err = q.Tell(context.Background())
		}
		if err == nil {
			checkStory(t, "told", story)
		} else if fault := plaintexttest.Fault(err.Error(), 4*maxFault); fault != "" {
			t.Errorf("the error %s", fault)
		}
	})
}

// TestLargeEvents: a large event that is ignored is told in a few lines, at a
// cost in proportion.
func TestLargeEvents(t *testing.T) {
	for name, payload := range map[string]string{
		"text": strings.Repeat("x", 1<<20), "lists": strings.Repeat("[", 1<<20), "in a list": "[" + strings.Repeat(`"x",`, 1<<18) + `"x"]`,
		"resources": `{"resources":[` + strings.Repeat(`"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e",`, 1000) + `"x"]}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, s := ReadEvent([]byte(payload), template, "event")
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > uint64(200*len(payload)) {
			t.Errorf("%s: %d bytes for an event of %d", name, n, len(payload))
		}
		if s == nil {
			t.Fatalf("%s: not ignored", name)
		}
		checkStory(t, name, s)
		text, err := s.JSON()
		if err != nil || len(text) > 10_000 {
			t.Errorf("%s: %d bytes of JSON, %v", name, len(text), err)
		}
	}
}
