//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

const eventsFolder = root + "/events"

// promise is a row of events/README.md: what Mulligan says to a file.
type promise struct {
	file  string
	words string // the last column
	calls bool   // it is in the table of failures, whose answers take calls to AWS
}

var rowLine = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .* \\| (.*) \\|$")

// promises reads the tables of events/README.md. The first is about failures.
func promises(t *testing.T) (all []promise) {
	t.Helper()
	text, err := os.ReadFile(eventsFolder + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	const heading = "## Everything else"
	failures, others, found := strings.Cut(string(text), heading)
	if !found {
		t.Fatalf("events/README.md has no heading %q", heading)
	}
	for i, part := range []string{failures, others} {
		for _, row := range rowLine.FindAllStringSubmatch(part, -1) {
			all = append(all, promise{file: row[1], words: row[2], calls: i == 0})
		}
	}
	return all
}

// sameAs is how a row says that another one holds for its file too.
var sameAs = regexp.MustCompile("^as `([^`]+)`")

// keeps tells whether an answer is one that the row allows.
func (p promise) keeps(a answer) bool {
	return strings.Contains(p.words, "`"+a.Verdict+"`") && strings.Contains(p.words, "`"+a.Reason+"`")
}

// Every file has a row, every row has a file, and every failure has a story.
func TestEveryEventHasItsRow(t *testing.T) {
	var want []string
	entries, err := os.ReadDir(eventsFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != "README.md" && !entry.IsDir() {
			want = append(want, entry.Name())
		}
	}
	var rows, failures, heroes []string
	for _, p := range promises(t) {
		rows = append(rows, p.file)
		if p.calls {
			failures = append(failures, p.file)
		}
	}
	for _, s := range stories {
		heroes = append(heroes, s.files...)
	}
	sameNames(t, "rows of events/README.md", rows, want)
	sameNames(t, "failures that a test invokes", heroes, failures)
}

func sameNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// What is no failure of this account is ignored: no call to anybody, no error,
// and the field is named.
func TestIgnoredEvents(t *testing.T) {
	for _, p := range promises(t) {
		if p.calls {
			continue
		}
		t.Run(p.file, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "Ignored-"+p.file)
			a := said(t, w.samInvoke(t, filepath.Join(eventsFolder, p.file), map[string]string{"LEDGER_TABLE": w.table}))
			if "`"+a.Reason+"`" != p.words || a.Verdict != "ignore" {
				t.Errorf("got %s, want ignore, %s", a.words(), p.words)
			}
			if !strings.Contains(a.Evidence, "expected") {
				t.Errorf("evidence %q does not say what was expected", a.Evidence)
			}
			w.sameCalls(t)
		})
	}
}

// story is what becomes of some of the failures in events/, one after another
// in one world, through `sam local invoke`.
type story struct {
	files    []string // those that it invokes
	settings map[string]string
	tell     func(*narrator)
}

var stories = map[string]story{
	"retried once when due": {
		files:    []string{"failed-capacity.json", "failed-duplicate.json", "failed-mixed-case.json", "failed-again.json"},
		settings: map[string]string{"BACKOFF_INTERVAL": "20"},
		tell:     retriedOnceWhenDue,
	},
	"quota":             {files: []string{"failed-quota.json"}, tell: quotaWaits},
	"recovered":         {files: []string{"succeeded.json"}, tell: recovered},
	"end of no concern": {files: []string{"stopped.json"}, tell: endOfNoConcern},
	"user code":         {files: []string{"failed-user-code.json"}, tell: userCodeStops},
	"stopped by person": {files: []string{"stopping-to-failed.json"}, tell: personStops},
	"wake of nothing":   {files: []string{"wake.json"}, tell: wakeOfNothing},
}

// The calls of one look: the ledger, then SageMaker.
var look = []string{"BatchGetItem", "DescribePipelineExecution", "ListPipelineExecutionSteps"}

// A write follows a look. Before a retry is granted or made, the ledger is asked
// what others fail of alike, and for a newer execution; of what is short and not
// named, the job.
var (
	stopCalls     = append(slices.Clone(look), "TransactWriteItems")
	dueCalls      = append(slices.Clone(stopCalls), "BatchGetItem", "ListPipelineExecutions", "RetryPipelineExecution")
	retryCalls    = append(slices.Clone(dueCalls), "TransactWriteItems")
	waitCalls     = append(slices.Clone(stopCalls), "BatchGetItem", "ListPipelineExecutions", "CreateSchedule")
	capacityCalls = append(slices.Clone(waitCalls), "DescribeTrainingJob")
)

// narrator invokes the function with files of events/ and holds it to their rows.
type narrator struct {
	*world
	T        *testing.T
	settings map[string]string
	rows     map[string]promise
	told     map[string]bool
}

// event invokes with a file, asserts on the calls that it took, and on a row
// that allows the answer.
func (n *narrator) event(file string, calls ...string) answer {
	n.T.Helper()
	n.told[file] = true
	a := n.invoke(filepath.Join(eventsFolder, file), calls...)
	p := n.rows[file]
	if other := sameAs.FindStringSubmatch(p.words); other != nil {
		p = n.rows[other[1]]
	}
	if !p.keeps(a) {
		n.T.Errorf("%s: got %s; events/README.md promises %s", file, a.words(), p.words)
	}
	return a
}

func (n *narrator) invoke(path string, calls ...string) answer {
	n.T.Helper()
	n.forget()
	a := said(n.T, n.samInvoke(n.T, path, n.settings))
	n.sameCalls(n.T, calls...)
	return a
}

func TestFailures(t *testing.T) {
	rows := map[string]promise{}
	for _, p := range promises(t) {
		rows[p.file] = p
	}
	for name, s := range stories {
		t.Run(name, func(t *testing.T) {
			n := &narrator{newWorld(t, ledgerTable), t, s.settings, rows, map[string]bool{}}
			s.tell(n)
			for _, file := range s.files {
				if !n.told[file] {
					t.Errorf("%s was not invoked", file)
				}
			}
		})
	}
}

func quotaWaits(n *narrator) {
	arn := n.Add(awstest.Script{
		Pipeline: "demand-forecast", ID: "k2v8m0tq5wze",
		Runs: []awstest.Run{awstest.FailsAt("train", awstest.ReasonQuotaContention(4, 3, 2))},
	})
	started := time.Now()
	a := n.event("failed-quota.json", waitCalls...)
	same(n.T, "answer", a.words(), "wait, backing_off")
	same(n.T, "class", a.Class, "quota_contention")
	same(n.T, "execution", a.Execution, arn)
	same(n.T, "retry", a.Retry, 1)
	// BackoffInterval is 300 s by default; the delay is drawn from its upper half.
	if a.Due.Before(started.Add(150*time.Second)) || a.Due.After(time.Now().Add(301*time.Second)) {
		n.T.Errorf("due %s after the event, want 150 to 300 s", a.Due.Sub(started))
	}
}

func userCodeStops(n *narrator) {
	arn := n.Add(awstest.Script{
		Pipeline: "fraud-scoring", ID: "x7c1d9ra3nfy",
		Runs: []awstest.Run{awstest.FailsAt("score", awstest.ReasonUserCode)},
	})
	a := n.event("failed-user-code.json", stopCalls...)
	same(n.T, "answer", a.words(), "stop, permanent_cause")
	same(n.T, "class", a.Class, "user_code")
	stays(n, arn)
}

func personStops(n *narrator) {
	arn := n.Add(awstest.Script{Pipeline: "image-embedding", ID: "h5y2b6uj9slo", Runs: []awstest.Run{awstest.KeepsRunning()}})
	if err := n.Stop(arn); err != nil {
		n.T.Fatal(err)
	}
	n.Fail(arn, awstest.Step{Name: "embed", Reason: awstest.ReasonCapacity})
	same(n.T, "answer", n.event("stopping-to-failed.json", stopCalls...).words(), "stop, stopped_by_person")
	stays(n, arn)
}

// stays asserts that a stopped failure cost nothing and that nothing waits for it.
func stays(n *narrator, arn string) {
	n.T.Helper()
	r, decisions := n.read(n.T, recordKey(arn))
	same(n.T, "kind", r.Kind, "stopped")
	same(n.T, "units", r.Used, 0)
	same(n.T, "decisions", len(decisions), 1)
	same(n.T, "retries", len(n.Retries(arn)), 0)
	same(n.T, "schedules", len(n.Schedules()), 0)
}

func wakeOfNothing(n *narrator) {
	arn := n.Add(awstest.Script{
		Pipeline: "churn-training", ID: "p4jn9xou8a8s",
		Runs: []awstest.Run{awstest.FailsAt("train", awstest.ReasonCapacity)},
	})
	same(n.T, "answer", n.event("wake.json", capacityCalls...).words(), "wait, backing_off")
	r, _ := n.read(n.T, recordKey(arn))
	same(n.T, "kind", r.Kind, "claimed")
	same(n.T, "units", r.Used, 1)
}
