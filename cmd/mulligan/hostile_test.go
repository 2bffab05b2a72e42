package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// wideScreen is the longest line that a listing makes of texts that others wrote:
// some columns, each bounded.
const wideScreen = 2500

// showable holds what a command printed to what a terminal may get.
func showable(t *testing.T, name string, printed ...string) {
	t.Helper()
	for _, page := range printed {
		if fault := plaintexttest.PageFault(page, wideScreen); fault != "" {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// tampered is a ledger in whose every text that stands.
type tampered struct {
	holds
	text string
}

func (h tampered) Current(context.Context) (retry.Holds, error) {
	held := retry.Hold{Scope: h.text, Author: h.text, Note: h.text, Since: midnight, Until: midnight.Add(time.Hour)}
	known := held
	known.Scope = retry.HoldOfPipeline(h.text)
	return retry.Holds{Rev: 1, Holds: []retry.Hold{held, known}}, nil
}

func (h tampered) Breakers(context.Context) ([]retry.Breaker, error) {
	var b retry.Breaker
	plaintexttest.Fill(&b, h.text)
	b.Opened, b.Next, b.Rate = midnight, midnight.Add(time.Hour), 50
	named := b
	named.Scope = "scarce " + h.text
	return []retry.Breaker{b, named}, nil
}

func (h tampered) History(context.Context, int) ([]ledger.HoldChange, error) {
	var c ledger.HoldChange
	plaintexttest.Fill(&c, h.text)
	readable := c
	readable.Fault = ""
	return []ledger.HoldChange{c, readable}, nil
}

func (h tampered) Outcomes(context.Context) ([]ledger.Outcome, error) {
	var o ledger.Outcome
	plaintexttest.Fill(&o, h.text)
	o.Recovered = 1
	return []ledger.Outcome{o}, nil
}

func TestHostileListings(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		g := newGuard()
		g.kept = tampered{g.kept, text}
		for _, args := range []string{"holds", "holds --history", "outcomes", "hold --all --for 1h --note x --yes", "release --all --yes", "hold --pipeline churn --for 1h --note x --dry-run"} {
			out, problems, _ := g.types(t, strings.Fields(args)...)
			showable(t, name+", "+args, out, problems)
		}
		for _, args := range []string{"holds --json", "holds --history --json", "outcomes --json"} { // which have all of a text
			out, _, _ := g.types(t, strings.Fields(args)...)
			if fault := plaintexttest.PageFault(out, len(out)); fault != "" {
				t.Errorf("%s, %s: %s", name, args, fault)
			}
		}
	}
}

// unsound is a ledger whose holds and policy cannot be read.
type unsound struct {
	holds
	text string
}

func (h unsound) Current(context.Context) (retry.Holds, error) {
	return retry.Holds{Fault: h.text}, nil
}

func TestHostileFaults(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		g := newGuard()
		g.kept = unsound{g.kept, text}
		for _, args := range []string{"holds", "hold --all --for 1h --note x --yes", "release --all --yes"} {
			out, problems, _ := g.types(t, strings.Fields(args)...)
			showable(t, name+", "+args, out, problems)
		}
	}
}

// What is typed and comes back in an answer is no different.
func TestHostileArguments(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		g := newGuard()
		for _, args := range [][]string{
			{"hold", "--pipeline", text, "--for", "1h", "--note", "x"}, {"hold", "--class", text, "--for", "1h", "--note", "x"},
			{"hold", "--all", "--for", text, "--note", "x"}, {"hold", "--all", "--for", "1h", "--yes", "--note", text, "--author", text}, {"holds"}, {"holds", "--history"},
			{"outcomes", "--pipeline", text},
		} {
			out, problems, _ := g.types(t, args...)
			showable(t, name+", "+args[0], out, problems)
		}
	}
}

func TestHostileLetters(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		text = strings.ToValidUTF8(text[:min(len(text), 5000)], "") // SQS holds nothing else
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		marks := map[string]string{"RULE_ARN": text, "ERROR_CODE": text, "ERROR_MESSAGE": text, "EXHAUSTED_RETRY_CONDITION": text, "RETRY_ATTEMPTS": text}
		m := newMailroom(t,
			dead(byNobody, 23, text, nil), dead(byRule, 22, deadEvent, marks), dead(bySchedule, 21, string(quoted), marks),
			fromFunction(byFunction, strings.Replace(deadEvent, `"e-1"`, string(quoted), 1), 20),
		)
		m.answers = text + "\n"
		for _, args := range []string{
			"list", "list --json", "show " + byNobody, "show " + byRule, "show " + bySchedule, "show " + byFunction, "show " + byFunction + " --json", "replay --all --dry-run", "replay " + byNobody, "replay --all",
		} {
			out, problems, _ := m.types(t, strings.Fields(args)...)
			if strings.HasSuffix(args, "--json") { // a payload is whole in it
				if fault := plaintexttest.PageFault(out, len(out)); fault != "" {
					t.Errorf("%s, %s: %s", name, args, fault)
				}
				continue
			}
			if strings.HasPrefix(args, "show") { // the beginning of it
				if fault := plaintexttest.PageFault(out, 8*maxShown); fault != "" || len(out) > 8*maxShown {
					t.Errorf("%s, %s: %d bytes: %s", name, args, len(out), fault)
				}
				continue
			}
			showable(t, name+", "+args, out, problems)
		}
	}
}

// TestHostileExplained asks about an execution whose steps, ledger and policy others
// have written.
func TestHostileExplained(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		text = strings.ToValidUTF8(text[:min(len(text), 700)], "")
		w := newWatched(t, "CapacityError: "+text)
		body, err := json.Marshal(policy.Document{Schema: policy.Schema, Rules: []policy.Rule{{Name: "a" + strings.ToValidUTF8(text[:min(len(text), 60)], ""), Verdict: retry.Wait, Message: text}}})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		v := ledger.Version{Hash: hex.EncodeToString(sum[:]), Body: string(body), Source: text, Author: "x" + strings.ToValidUTF8(text[:min(len(text), 100)], ""), Note: "y", At: midnight}
		if _, err := w.memory.Apply(t.Context(), v, 0); err != nil {
			t.Fatal(err)
		}
		w.hears(t)
		for _, args := range []string{
			"--stack mulligan --execution " + w.arn, "--stack mulligan --short --execution " + w.arn, "--stack mulligan --json --execution " + w.arn, "--stack mulligan --event -", "--event -", "--event - --json",
		} {
			out, problems, _ := w.explains(t, strings.Fields(args)...)
			showable(t, name+", "+args, out, problems)
		}
		for _, args := range []string{"show", "history", "diff", "rollback --dry-run"} {
			out, problems, _ := w.desk.types(t, strings.Fields(args)...)
			showable(t, name+", policy "+args, out, problems)
		}
	}
}

// TestHostileFiles are events, recordings, trails and policies of somebody else.
func TestHostileFiles(t *testing.T) {
	w := newWatched(t, noCapacity)
	file := filepath.Join(t.TempDir(), "file")
	for name, text := range plaintexttest.Texts() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, content := range []string{text, string(quoted), `{"source":` + string(quoted) + `}`, `{` + string(quoted) + `:1}`, `{"now":` + string(quoted) + `,"execution":{},"steps":{}}`} {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range []string{"--event " + file, "--trail " + file, "--event - --facts " + file, "--event - --policy " + file} {
				out, problems, _ := w.explains(t, strings.Fields(args)...)
				showable(t, name+", "+args[:8], out, problems)
			}
			out, problems, _ := w.desk.types(t, "lint", file)
			showable(t, name+", lint", out, problems)
		}
	}
}

// TestHostileLog shows lines that no function of ours has written.
func TestHostileLog(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		s := newScene(t, func(*scene, string) {})
		var line bytes.Buffer
		line.WriteString(`"msg":"decided"`)
		for _, key := range []string{"verdict", "reason", "class", "rule", "message", "evidence", "policy_problem", "door", "outcome", "breaker"} {
			line.WriteString(`,"` + key + `":` + string(quoted))
		}
		s.says("arn", 1, line.String())
		s.says("arn", 1, strings.Replace(line.String(), `"verdict":`+string(quoted), `"verdict":"stop"`, 1))
		s.says("arn", 2, `"error":`+string(quoted))
		s.says("arn", 3, `"msg":`+string(quoted))
		s.lines = append(s.lines, text, `{"time":"2026-03-01T00:00:04Z","execution":`+string(quoted)+`,"verdict":"stop"}`)
		out, problems, _ := s.run(t, "log")
		showable(t, name, out, problems)
	}
}
