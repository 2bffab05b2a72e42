package explain

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

const events = "../../events/"

// settings are the template's own.
var settings = policy.Settings{
	MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60,
	BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour, FunctionTimeout: 20 * time.Second,
}

var template = Setting{
	Home: retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}, Mode: retry.Enforce,
	Settings: settings, Policy: policy.New(settings),
}

// ask is the question that a sample event asks, on its facts after change.
func ask(t *testing.T, name string, change func(facts map[string]any)) Question {
	t.Helper()
	payload, facts := file(t, events+name+".json"), file(t, events+"facts/"+name+".json")
	n, ignored := ReadEvent(payload, template, name)
	if ignored != nil {
		t.Fatalf("%s: %s", name, ignored.Evidence)
	}
	var all map[string]any
	if err := json.Unmarshal(facts, &all); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(all)
	}
	r, err := ReadRecording(encode(all))
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Setting: template, Notice: n, EventFrom: name}
	if err := q.Recorded(r, "facts"); err != nil {
		t.Fatal(err)
	}
	return q
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func tell(t *testing.T, q Question) *Story {
	t.Helper()
	story, err := q.Tell(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return story
}

func verdict(s *Story) string { return string(s.Verdict) + ", " + string(s.Reason) }

// object is an object inside of recorded facts.
func at(facts map[string]any, key string) map[string]any { return facts[key].(map[string]any) }

func firstStep(facts map[string]any) map[string]any {
	return at(facts, "steps")["PipelineExecutionSteps"].([]any)[0].(map[string]any)
}

func TestFactsDecide(t *testing.T) {
	newer := "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/newer"
	tests := []struct {
		name   string
		change func(map[string]any)
		want   string
		tried  string // the last step, and that it applies
	}{
		{"as they are", nil, "wait, backing_off", ""},
		{"a newer success", func(f map[string]any) { f["newer_success"] = newer }, "ignore, superseded", "newer_success"},
		{"moved on", func(f map[string]any) {
			at(f, "execution")["PipelineExecutionStatus"] = "Executing"
			at(f, "execution")["LastModifiedTime"] = "2026-11-20T06:24:40Z"
		}, "ignore, superseded", "moved_on"},
		{"an older answer", func(f map[string]any) { at(f, "execution")["LastModifiedTime"] = "2026-11-20T06:20:00Z" }, "wait, looking_again", "doubt"},
		{"too old", func(f map[string]any) { f["now"] = "2026-11-22T06:24:42Z" }, "stop, expired", "age"},
		{"no unit left", func(f map[string]any) { f["balances"] = map[string]any{"pipeline": "2026-11-21T06:24:42Z"} },
			"wait, shared_budget_empty", "shared_budgets"},
		{"words that nobody knows", func(f map[string]any) { firstStep(f)["FailureReason"] = "zeugma" }, "wait, backing_off", ""},
		{"out of memory", func(f map[string]any) { firstStep(f)["FailureReason"] = "AlgorithmError: , exit code: 137" }, "stop, permanent_cause", "lasting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story := tell(t, ask(t, "failed-capacity", tt.change))
			if got := verdict(story); got != tt.want {
				t.Errorf("got %s (%s), want %s", got, story.Evidence, tt.want)
			}
			last := story.Tried[len(story.Tried)-1]
			if tt.tried != "" && (last.Name != tt.tried || !last.Applies) {
				t.Errorf("the last step is %+v, want %s to apply", last, tt.tried)
			}
		})
	}
}

// What the CLI writes in either of its versions is the same to us.
func TestTimesOfTheCLI(t *testing.T) {
	want := tell(t, ask(t, "failed-capacity", nil))
	got := tell(t, ask(t, "failed-capacity", func(f map[string]any) {
		f["now"] = 1795155882
		at(f, "execution")["LastModifiedTime"] = 1795155877.402
		at(f, "execution")["CreationTime"] = 1795154411.026
		firstStep(f)["StartTime"], firstStep(f)["EndTime"] = 1795154560.311, 1795155875.87
		at(f, "execution")["AKeyOfTomorrow"] = map[string]any{"x": 1}
	}))
	a, _ := want.JSON()
	b, _ := got.JSON()
	if !bytes.Equal(a, b) {
		t.Errorf("got %s, want %s", b, a)
	}
}

func TestRecordingRefusals(t *testing.T) {
	good := string(file(t, events+"facts/failed-capacity.json"))
	tests := []struct{ name, text, want string }{
		{"no JSON", "no", "expected facts as events/README.md describes them"},
		{"two objects", "{} {}", "something follows"},
		{"an unknown key", strings.Replace(good, `"now"`, `"mow"`, 1), `unknown field "mow"`},
		{"no now", `{}`, `"now": expected when`},
		{"another age", strings.Replace(good, `"2026-11-20T06:24:42Z"`, `"0001-01-01T00:00:00Z"`, 1), `"now": expected a time as`},
		{"units for a time", strings.Replace(good, `"newer_success": ""`, `"balances": {"pipeline": 3}`, 1),
			`"balances.pipeline": expected a time as 2026-11-20T06:24:37Z or in seconds since 1970, got 3, which is before there was a SageMaker; a balance is the time when`},
		{"null for a time", strings.Replace(good, `"newer_success": ""`, `"balances": {"pipeline": null}`, 1), `"balances.pipeline": expected a time`},
		{"a broken time", strings.Replace(good, `"LastModifiedTime": "2026`, `"LastModifiedTime": "MMXXVI`, 1), `execution.LastModifiedTime: expected a time as 2026-11-20T06:24:37Z`},
		{"a broken time of a step", strings.Replace(good, `"EndTime": "2026`, `"EndTime": "MMXXVI`, 1), `steps.PipelineExecutionSteps[0].EndTime: expected a time as`},
		{"a number for a name", strings.Replace(good, `"StepName": "`, `"StepName": 7, "x": "`, 1), `steps.PipelineExecutionSteps[0].StepName: expected a string, got 7`},
		{"a text for a number", strings.Replace(good, `"AttemptCount": 1`, `"AttemptCount": "1"`, 1), `.AttemptCount: expected a whole number, got "1"`},
		{"an object for a list", `{"now": 1795155882, "execution": {}, "steps": {"PipelineExecutionSteps": {}}}`, `steps.PipelineExecutionSteps: expected a list, got {}`},
		{"texts for steps", `{"now": 1795155882, "execution": {}, "steps": {"PipelineExecutionSteps": ["x"]}}`, `steps.PipelineExecutionSteps[0]: expected an object, got "x"`},
		{"a broken job", `{"now": 1795155882, "execution": {}, "steps": {}, "jobs": [{"TrainingJobName": "j", "CreationTime": {}}]}`, `jobs[0].CreationTime: expected a time`},
		{"no time", strings.Replace(good, `"2026-11-20T06:24:42Z"`, `"yesterday"`, 1), "expected a time as 2026-11-20T06:24:37Z"},
		{"no execution", `{"now": 1795155882, "steps": {}}`, `"execution": expected`},
		{"no steps", `{"now": 1795155882, "execution": {}}`, `"steps": expected`},
		{"a list of steps", `{"now": 1795155882, "execution": {}, "steps": []}`, "expected a JSON object"},
		{"a job without a name", `{"now": 1795155882, "execution": {}, "steps": {}, "jobs": [{}]}`, "jobs[0]: expected ProcessingJobName, TrainingJobName, TransformJobName"},
		{"a record of tomorrow", `{"now": 1795155882, "execution": {}, "steps": {}, "record": {"shape": 2}}`, `unknown field "shape"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadRecording([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	r, err := ReadRecording([]byte(strings.Replace(good, `"newer_success": ""`, `"balances": {"galaxy": 1795155882}`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	q := ask(t, "failed-capacity", nil)
	if err := q.Recorded(r, "facts"); err == nil || !strings.Contains(err.Error(), "expected pipeline or account") {
		t.Errorf("a budget that is none: got %v", err)
	}
}

// Facts of another execution must not be taken for those of this one.
func TestFactsOfAnotherExecution(t *testing.T) {
	q := ask(t, "failed-capacity", nil)
	other := strings.ReplaceAll(string(file(t, events+"facts/failed-capacity.json")), "p4jn9xou8a8s", "another")
	r, err := ReadRecording([]byte(other))
	if err != nil {
		t.Fatal(err)
	}
	err = q.Recorded(r, "facts")
	for _, arn := range []string{q.Notice.Execution.String(), strings.Replace(q.Notice.Execution.String(), "p4jn9xou8a8s", "another", 1), "failed-capacity"} {
		if err == nil || !strings.Contains(err.Error(), arn) {
			t.Errorf("got %v, want %s in it", err, arn)
		}
	}
}

// What lacks something that cannot be gone without is named as the facts.
func TestFactsThatLackSomething(t *testing.T) {
	q := ask(t, "failed-capacity", func(f map[string]any) { delete(at(f, "execution"), "LastModifiedTime") })
	if _, err := q.Tell(context.Background()); err == nil || !strings.HasPrefix(err.Error(), "the facts, recorded in facts, are not what the AWS CLI prints: ") {
		t.Errorf("got %v", err)
	}
}

// Keys of the user's own may be called as he likes.
func TestOwnKeys(t *testing.T) {
	tell(t, ask(t, "failed-user-code", func(f map[string]any) {
		f["jobs"].([]any)[0].(map[string]any)["HyperParameters"] = map[string]any{"startTime": "2026-11-20T06:24:42Z", "leadTime": "five"}
	}))
}

func TestJobs(t *testing.T) {
	story := tell(t, ask(t, "failed-user-code", nil))
	if f := story.Facts.Failed[0]; !f.Looked || f.Missing || !strings.Contains(f.Job, "KeyError") || story.Cause.Rule != "python_exception" {
		t.Errorf("got %+v, %+v", f, story.Cause)
	}
	story = tell(t, ask(t, "failed-user-code", func(f map[string]any) { delete(f, "jobs") }))
	if f := story.Facts.Failed[0]; !f.Looked || !f.Missing || story.Cause.Label != cause.Ambiguous {
		t.Errorf("without its job: got %+v, %+v", f, story.Cause)
	}
}

// What a recording does not say is not passed over in silence.
func TestWhatIsNotRecorded(t *testing.T) {
	story := tell(t, ask(t, "failed-capacity", func(f map[string]any) { delete(f, "newer_success") }))
	if len(story.Notes) != 1 || !strings.Contains(story.Notes[0], "newer_success") {
		t.Errorf("got notes %q", story.Notes)
	}
}

// Reasons are other people's words: they neither reach the terminal as they are
// nor break its lines.
func TestHostileWords(t *testing.T) {
	story := tell(t, ask(t, "failed-capacity", func(f map[string]any) {
		firstStep(f)["FailureReason"] = "\x1b[2J\u202e\nVerdict: retry\r" + strings.Repeat("x", 3000)
	}))
	var out bytes.Buffer
	if err := story.Text(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > Width+1 {
			t.Errorf("%d columns: %.120s", utf8.RuneCountInString(line), line)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\r\u202e") || strings.Count(out.String(), "\nVerdict:") > 0 {
		t.Errorf("got\n%s", out.String())
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 900 * time.Millisecond: "1 s", 61 * time.Second: "1 min 1 s", 24 * time.Hour: "24 h",
		36*time.Hour + time.Second: "36 h", 49 * time.Hour: "2 d 1 h", 90 * time.Minute: "1 h 30 min",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
	if got, want := plainSpans("24h0m0s old of 6s, ml.g5s"), "24 h old of 6 s, ml.g5s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	got := wrap("ab  cd efghijklm n", 4)
	if want := "ab|cd|efgh|ijkl|m n"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Every reason, class and label has its words.
func TestWordsForAll(t *testing.T) {
	for _, r := range []retry.Reason{
		retry.Retryable, retry.BackingOff, retry.RefusedForNow, retry.SharedBudgetEmpty, retry.LookingAgain, retry.PermanentCause,
		retry.UnknownCause, retry.SameFailureAgain, retry.NeedsPerson, retry.BudgetExhausted, retry.Expired, retry.CannotRetry,
		retry.Probing, retry.Held, retry.Scarce, retry.Recovered, retry.StoppedByPerson, retry.Observing, retry.Duplicate, retry.Superseded, retry.NotFailed, retry.Malformed, retry.Foreign, retry.Off,
	} {
		if m := meanings[r]; m.means == "" || m.next == "" {
			t.Errorf("%s means nothing", r)
		}
	}
	grouped := 0
	for _, g := range labelled {
		grouped += len(g.classes)
	}
	for _, c := range cause.Classes() {
		if classes[c] == "" {
			t.Errorf("%s has no words", c)
		}
	}
	if grouped != len(cause.Classes()) {
		t.Errorf("%d classes are grouped of %d", grouped, len(cause.Classes()))
	}
	for _, l := range cause.Labels() {
		if labels[l] == "" {
			t.Errorf("%s has no words", l)
		}
	}
}
