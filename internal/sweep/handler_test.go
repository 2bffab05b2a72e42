package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// TestOff does nothing and says so.
func TestOff(t *testing.T) {
	w := newWorld(t)
	w.h.Mode = retry.ModeOff
	w.fail(execution("p", 1), time.Hour)
	r := w.swept(0)
	if len(w.ops) != 0 || r.Reason != "off" || !strings.Contains(w.log.String(), `"reason":"off"`) {
		t.Errorf("called %s, answered %+v", w.ops, r)
	}
}

// TestOthers leaves alone what is outside the prefix, in whatever case, and what
// another account's function left in a ledger that was taken over.
func TestOthers(t *testing.T) {
	foreign := execution("churn-a", 1)
	foreign.Account = "999999999999"
	for _, refused := range []bool{false, true} {
		w := newWorld(t)
		w.h.Prefix = "Churn-"
		if refused {
			w.refuses()
		}
		for n, name := range []string{"churn-a", "CHURN-B", "churn", "other"} {
			w.fail(execution(name, n), time.Hour)
			w.stands(retry.StandsClaimed, execution(name, n+10), 0, -time.Hour, "")
		}
		w.stands(retry.StandsParked, foreign, 0, -time.Hour, "")
		r := w.swept(0)
		if got := fmt.Sprint(w.ids()); got != "[e00000 e00001 e00010 e00011]" || r.Sweep.Passed != 3 {
			t.Errorf("refused %t: handled %s, %+v", refused, got, r.Sweep)
		}
		if n := w.count("FailedOf"); refused && n != 2 {
			t.Errorf("listed %d pipelines", n)
		}
	}
}

// TestOneBadExecution stops none of the others, whatever it does.
func TestOneBadExecution(t *testing.T) {
	for name, bad := range map[string]func() error{
		"error": func() error { return errors.New("line one\nline two") },
		"panic": func() error { panic("nil map") },
	} {
		w := newWorld(t)
		w.trouble = func(op string) error {
			if op == "Handle e00003" {
				return bad()
			}
			return nil
		}
		for n := range 9 {
			w.fail(execution("p", n), time.Hour)
		}
		r := w.swept(0)
		if len(w.records) != 8 || r.Sweep.Handled != 9 || r.Sweep.Errors != 1 || r.Verdicts["retry"] != 8 || !r.Sweep.Completed {
			t.Errorf("%s: %+v", name, r)
		}
		if len(r.Errors) != 1 || !strings.HasPrefix(r.Errors[0], execution("p", 3).String()+": ") || strings.Contains(r.Errors[0], "\n") {
			t.Errorf("%s: named %q", name, r.Errors)
		}
	}
}

// TestAilingPipeline gives nothing but errors, and is left after a few.
func TestAilingPipeline(t *testing.T) {
	w := newWorld(t)
	w.trouble = func(op string) error {
		if strings.HasPrefix(op, "Handle e000") {
			return fmt.Errorf("denied %s", strings.Repeat("x", 5000))
		}
		return nil
	}
	for n := range 90 {
		w.stands(retry.StandsClaimed, execution("ill", n), 0, -time.Hour, "")
	}
	w.stands(retry.StandsClaimed, execution("well", 100), 0, -time.Minute*5, "")
	r := w.swept(0)
	if got := w.ids(); len(got) != 5 || got[4] != "e00100" || r.Sweep.Errors != 4 || r.Sweep.Passed != 86 {
		t.Errorf("handled %s, %+v", got, r.Sweep)
	}
	if len(r.Errors) != maxErrors || w.log.Len() > 5000 {
		t.Errorf("%d errors named, in a line of %d", len(r.Errors), w.log.Len())
	}
}

// TestCannotBeRead is what makes an invocation an error, for the alarm: a queue, the
// failures or their records. Without the cursor all is searched.
func TestCannotBeRead(t *testing.T) {
	for name, test := range map[string]struct {
		fails string // what begins so
		want  bool
	}{
		"everything":             {"", true},
		"the queues":             {"Open", true},
		"SageMaker":              {"Search", true},
		"the cursor is not read": {"Cursor", false},
		"the cursor is not kept": {"KeepCursor", false},
		"records":                {"Known", true},
	} {
		w := newWorld(t)
		w.fail(execution("p", 1), time.Hour)
		w.trouble = func(op string) error {
			if strings.HasPrefix(op, test.fails) {
				return errors.New("no answer")
			}
			return nil
		}
		r, err := w.sweep(0)
		if got := err != nil; got != test.want || r.Sweep.Errors == 0 {
			t.Errorf("%s: got %v, %+v", name, err, r.Sweep)
		}
		if lines := strings.Count(w.log.String(), `"msg":"swept"`); lines != 1 || !strings.Contains(w.log.String(), "no answer") {
			t.Errorf("%s: logged %s", name, w.log.String())
		}
	}
}

// TestNothingToRead is an account without pipelines: that part was made.
func TestNothingToRead(t *testing.T) {
	for name, search := range map[string]error{"by search": nil, "by lists": errDenied} {
		w := newWorld(t)
		w.trouble = func(op string) error {
			if strings.HasPrefix(op, "Open") {
				return errors.New("no answer")
			}
			return map[string]error{"Search": search}[op]
		}
		if r := w.partly(0); !r.Sweep.Completed || r.Sweep.Errors != 3 {
			t.Errorf("%s: %+v", name, r.Sweep)
		}
	}
}

// TestTooLittleTime is said, rather than swept nothing for ever.
func TestTooLittleTime(t *testing.T) {
	w := newWorld(t)
	w.left = w.h.HandleTimeout
	if _, err := w.sweep(0); err == nil || len(w.ops) != 0 {
		t.Errorf("got %v, called %s", err, w.ops)
	}
}

// TestLine is what a sweep says, in the answer and in the log alike.
func TestLine(t *testing.T) {
	w := newWorld(t)
	w.fail(execution("p", 1), time.Hour)
	w.fail(execution("p", 2), time.Minute)
	w.stands(retry.StandsRetried, execution("p", 3), 0, -time.Hour, "")
	w.handle = func(n retry.Notice) (retry.Decision, error) {
		if n.Execution.ID == "e00003" {
			return retry.Decision{Verdict: retry.Ignore, Reason: retry.Recovered, Outcome: retry.WasRecovered}, nil
		}
		return retry.Decision{Verdict: retry.Wait, Reason: retry.Scarce, Breaker: "scarce ml.p4d.24xlarge", Problem: "not whole", Execution: n.Execution.String()}, nil
	}
	answer := w.swept(0)
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"breaker":"scarce ml.p4d.24xlarge"`) || !strings.Contains(lines[0], `"door":"sweep"`) {
		t.Fatalf("logged %s", lines)
	}
	var line struct {
		Level, Msg, Build string
		Report
	}
	if err := json.Unmarshal([]byte(lines[1]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Level != "WARN" || line.Msg != "swept" || line.Build != "test" || fmt.Sprint(line.Report) != fmt.Sprint(answer) {
		t.Errorf("logged %+v, answered %+v", line, answer)
	}
	want := Counts{
		Searched: "search", Since: "2026-05-03T06:00:00Z", Until: "2026-05-04T05:58:00Z", FullRound: true, Completed: true, Pages: 1,
		Failed: 2, Young: 1, Unknown: 1, Watched: 1, Handled: 2, Requests: 9,
	}
	if answer.Sweep != want || answer.Reasons["scarce"] != 1 || answer.Verdicts["ignore"] != 1 || answer.Outcomes["recovered"] != 1 {
		t.Errorf("got %+v\nwant %+v", answer, want)
	}
}
