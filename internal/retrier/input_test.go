package retrier_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// answerKeys are all that an answer may have.
var answerKeys = []string{"verdict", "reason", "execution", "pipeline", "class", "retry", "due", "evidence"}

// logKeys are what a log line may have beside an answer's keys.
var logKeys = append([]string{"time", "level", "msg", "request", "build", "policy", "took_ms", "door", "event", "error", "rule", "message", "parallelism", "policy_problem"}, answerKeys...)

// lines are the log lines so far, taken out: each has to be one JSON object with
// no other keys, on one line of printable characters.
func (r *rig) lines() (lines []map[string]any) {
	r.Helper()
	r.mu.Lock()
	text := bytes.Clone(r.log.Bytes())
	r.log.Reset()
	r.mu.Unlock()
	for line := range bytes.Lines(text) {
		fields := map[string]any{}
		if err := json.Unmarshal(line, &fields); err != nil {
			r.Errorf("not one JSON object a line: %.200q", line)
		}
		for key, value := range fields {
			if !slices.Contains(logKeys, key) {
				r.Errorf("the log has the key %q", key)
			}
			if s, ok := value.(string); ok && !printable(s) {
				r.Errorf("%s is not printable: %.200q", key, s)
			}
		}
		lines = append(lines, fields)
	}
	return lines
}

var unprintable = regexp.MustCompile(`[\p{C}\x{2028}\x{2029}]`)

func printable(s string) bool { return !unprintable.MatchString(s) }

// refusedAtTheDoor asserts that an input costs no call and one log line, and
// that its answer has documented keys only.
func (r *rig) refusedAtTheDoor(payload []byte, reason retry.Reason) {
	r.Helper()
	r.lines()
	o := r.invoke(payload)
	r.said(o, retry.Ignore, reason)
	if len(o.calls) != 0 {
		r.Errorf("called %v", o.calls)
	}
	if n := len(r.lines()); n != 1 {
		r.Errorf("%d log lines", n)
	}
	r.onlyDocumented(o)
}

func (r *rig) onlyDocumented(o outcome) {
	r.Helper()
	keys := map[string]any{}
	json.Unmarshal(o.raw, &keys)
	for key, value := range keys {
		if s, ok := value.(string); !slices.Contains(answerKeys, key) || ok && (!printable(s) || len(s) > 4*401) {
			r.Errorf("the answer has %q: %.100v", key, value)
		}
	}
}

// TestEventFiles hands every file of events/ to the function. Those that its
// README lists under "Everything else" are refused at the door, for the reason
// that stands there; the others ask the ledger and SageMaker.
func TestEventFiles(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "events")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, elsewhere, _ := strings.Cut(string(readme), "## Everything else")
	reasons := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\| `(\\w+)` \\|$").FindAllStringSubmatch(elsewhere, -1) {
		reasons[row[1]] = row[2]
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*.*"))
	if len(reasons) < 10 || len(files) <= len(reasons) {
		t.Fatalf("%d files, %d of them in the README's table", len(files), len(reasons))
	}
	for _, file := range files {
		name := filepath.Base(file)
		if name == "README.md" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			payload, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t)
			if reason, refused := reasons[name]; refused {
				r.refusedAtTheDoor(payload, retry.Reason(reason))
			} else if o := r.invoke(payload); len(o.calls) == 0 {
				t.Errorf("said %s, %s without asking anybody, error %v", o.Verdict, o.Reason, o.err)
			}
		})
	}
}

// TestScenarios72To74NoSuchEvent is everything that is no event of ours.
func TestScenarios72To74NoSuchEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce)
	with := func(change func(*awstest.Event)) []byte { c := e; change(&c); return c.JSON() }
	swap := func(old, new string) []byte { return bytes.ReplaceAll(e.JSON(), []byte(old), []byte(new)) }
	arn := func(arn string) []byte {
		return with(func(e *awstest.Event) { e.ARN, e.PipelineARN = arn, "" })
	}
	tests := map[string]struct {
		payload []byte
		reason  retry.Reason
	}{
		"72 nothing":                {nil, retry.Malformed},
		"72 not JSON":               {[]byte("Failed!\n"), retry.Malformed},
		"72 two objects":            {append(e.JSON(), e.JSON()...), retry.Malformed},
		"72 null detail":            {[]byte(`{"source":"aws.sagemaker","detail-type":"` + awstest.EventDetailType + `","detail":null}`), retry.Malformed},
		"72 detail is a text":       {[]byte(`{"source":"aws.sagemaker","detail-type":"` + awstest.EventDetailType + `","detail":"x"}`), retry.Malformed},
		"72 status is a number":     {swap(`"Failed"`, `7`), retry.Malformed},
		"72 another detail-type":    {swap("Execution Status", "Execution Step Status"), retry.Malformed},
		"72 another source":         {swap("aws.sagemaker", "aws.SageMaker"), retry.Malformed},
		"73 1 MB of nonsense":       {bytes.Repeat([]byte("x"), 1<<20), retry.Malformed},
		"73 1 MB of description":    {with(func(e *awstest.Event) { e.Description = strings.Repeat("x", 1<<20) }), retry.Malformed},
		"73 10,000 levels":          {[]byte(strings.Repeat(`{"detail":`, 10_000)), retry.Malformed},
		"73 100,000 levels":         {[]byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), retry.Malformed},
		"73 bad UTF-8":              {[]byte("{\"source\":\"\xff\xfe\"}"), retry.Malformed},
		"73 NUL and ANSI":           {[]byte(`{"source":"\u0000\u001b[31m\n\u202e"}`), retry.Malformed},
		"74 another account":        {swap(account, "999999999999"), retry.Foreign},
		"74 envelope's account":     {with(func(e *awstest.Event) { e.Account = "999999999999" }), retry.Foreign},
		"74 another Region":         {swap(region, "us-east-1"), retry.Foreign},
		"74 another partition":      {swap("arn:aws:", "arn:aws-cn:"), retry.Foreign},
		"74 ARN with a newline":     {arn(e.ARN + "\nX"), retry.Malformed},
		"74 ARN with a wildcard":    {arn(strings.Replace(e.ARN, "churn", "*", 1)), retry.Malformed},
		"74 ARN of 2,049":           {arn(e.ARN + strings.Repeat("a", 2049-len(e.ARN))), retry.Malformed},
		"74 ARN of a pipeline":      {arn(e.PipelineARN), retry.Malformed},
		"74 another pipeline":       {with(func(e *awstest.Event) { e.PipelineARN += "x" }), retry.Malformed},
		"74 no ARN":                 {arn(""), retry.Malformed},
		"a wake of another version": {[]byte(`{"source":"mulligan","version":2,"execution":"` + e.ARN + `"}`), retry.Malformed},
		"a wake without execution":  {[]byte(`{"source":"mulligan","version":1}`), retry.Malformed},
		"a wake of elsewhere":       {[]byte(`{"source":"mulligan","version":1,"execution":"` + strings.Replace(e.ARN, account, "999999999999", 1) + `"}`), retry.Foreign},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r.TB = t
			r.refusedAtTheDoor(test.payload, test.reason)
		})
	}
	r.TB = t
}

// TestOneLineForHostileText puts what breaks terminals and log lines wherever
// free text comes from: the event and the reason of a step.
func TestOneLineForHostileText(t *testing.T) {
	t.Parallel()
	hostile := "x\r\n{\"level\":\"FATAL\"}\x1b[2J\x00\u202e\u2066\u2028\ufeff<!channel>" + strings.Repeat("\u0301", 2000)
	for name, run := range map[string]awstest.Run{
		"stopped": awstest.FailsAt("Tr\nain", "AlgorithmError: ExecuteUserScriptError: "+hostile),
		"unknown": awstest.FailsAt("Train", hostile), "fail step": awstest.Fails(awstest.Step{Name: "No", Kind: awstest.FailStep, Reason: hostile}),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			e := r.fail("churn", run)
			e.DisplayName, e.Description, e.ID, e.Previous = hostile[:80], hostile[:3000], hostile[:60], awstest.Status(hostile[:40])
			for _, taps := range [][]tap{{on(opCommit, 1, false, errLedger)}, {on(opRead, 1, true, errHostile(hostile))}, nil, nil} {
				o := r.deliver(e, taps...)
				if o.err != nil && !printable(o.err.Error()) {
					t.Errorf("the error is not printable: %.200q", o.err)
				}
				if n := len(r.lines()); n != 1 {
					t.Errorf("%d log lines", n)
				}
				r.onlyDocumented(o)
			}
		})
	}
}

// errHostile is an error whose text somebody else wrote.
type errHostile string

func (e errHostile) Error() string { return string(e) }

// TestLogAndAnswerAgree has the same words in both.
func TestLogAndAnswerAgree(t *testing.T) {
	t.Parallel()
	for _, run := range []awstest.Run{atOnce, waiting, bug} {
		r := newRig(t)
		e := r.fail("churn", run, awstest.KeepsRunning())
		o := r.deliver(e)
		line, answer := r.lines()[0], map[string]any{}
		json.Unmarshal(o.raw, &answer)
		for _, key := range answerKeys {
			if line[key] != answer[key] {
				t.Errorf("%s: the log says %v, the answer %v", key, line[key], answer[key])
			}
		}
	}
}
