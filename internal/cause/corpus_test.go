package cause

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// judged is a reason with the judgement that a person gave it.
type judged struct {
	ID       string `json:"id"`
	Message  string `json:"message"`
	StepType string `json:"step_type"`
	Class    Class  `json:"class"`
	Label    Label  `json:"label"`
}

// sharedCorpus is a collection of failures beside the repository. The package
// does not need it: where it is absent, its own examples are tested alone.
const sharedCorpus = "../../../shared/corpus/failures.jsonl"

func load(t testing.TB, path string) []judged {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []judged
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var j judged
		if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
			t.Fatalf("%s:%d: %v", path, len(all)+1, err)
		}
		all = append(all, j)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// score counts how readings compare with judgements.
type score struct {
	rows, class, unknown, transient int
	broken                          []string // permanent, read as transient
	labels                          map[[2]Label]int
	missed                          []string
}

func rate(all []judged) score {
	s := score{labels: map[[2]Label]int{}}
	for _, j := range all {
		got := ReadReason(j.Message, j.StepType)
		s.rows++
		s.labels[[2]Label{j.Label, got.Label}]++
		if got.Class == j.Class {
			s.class++
		}
		if got.Class == Unknown && j.Class != Unknown {
			s.unknown++
		}
		if j.Label == Transient {
			s.transient++
		}
		if j.Label == Permanent && got.Label == Transient {
			s.broken = append(s.broken, j.ID)
		}
		if got.Class != j.Class || got.Label != j.Label {
			s.missed = append(s.missed, fmt.Sprintf("%s: got %s %s by %q, want %s %s", j.ID, got.Label, got.Class, got.Rule, j.Label, j.Class))
		}
	}
	return s
}

// TestPromises holds the readings against the thresholds that the project
// promises, on the package's own examples and on the shared collection.
func TestPromises(t *testing.T) {
	for _, path := range []string{"testdata/reasons.jsonl", sharedCorpus} {
		all := load(t, path)
		if all == nil && path == sharedCorpus {
			t.Logf("no shared collection of failures here: tested on the package's own examples alone")
			continue
		}
		checkPromises(t, path, rate(all))
	}
}

func checkPromises(t *testing.T, path string, s score) {
	t.Helper()
	t.Logf("%s: %d reasons, %d classes right, %d unknown, %d of %d transient found", path, s.rows, s.class, s.unknown, s.labels[[2]Label{Transient, Transient}], s.transient)
	for _, want := range []Label{Permanent, Ambiguous, Transient} {
		t.Logf("  %s read as permanent %d, ambiguous %d, transient %d", want,
			s.labels[[2]Label{want, Permanent}], s.labels[[2]Label{want, Ambiguous}], s.labels[[2]Label{want, Transient}])
	}
	for _, miss := range s.missed {
		t.Logf("  %s", miss)
	}
	if s.rows < 80 {
		t.Errorf("%s: %d reasons, want at least 80", path, s.rows)
	}
	if len(s.broken) > 0 {
		t.Errorf("%s: permanent read as transient: %v", path, s.broken)
	}
	atLeast(t, path+": transient found", s.labels[[2]Label{Transient, Transient}], s.transient, 90)
	atLeast(t, path+": classes right", s.class, s.rows, 85)
	atLeast(t, path+": not unknown", s.rows-s.unknown, s.rows, 90)
}

func atLeast(t *testing.T, what string, part, whole, percent int) {
	t.Helper()
	if part*100 < whole*percent {
		t.Errorf("%s: %d of %d, want at least %d %%", what, part, whole, percent)
	}
}

// TestOwnExamples wants every one of the package's own examples right.
func TestOwnExamples(t *testing.T) {
	all := load(t, "testdata/reasons.jsonl")
	classes := map[Class]bool{}
	for _, j := range all {
		classes[j.Class] = true
		got := ReadReason(j.Message, j.StepType)
		if got.Class != j.Class || got.Label != j.Label {
			t.Errorf("%s %q: got %s %s by rule %q, want %s %s", j.ID, j.Message, got.Label, got.Class, got.Rule, j.Label, j.Class)
		}
	}
	if len(classes) != 17 {
		t.Errorf("%d classes have examples, want all 17", len(classes))
	}
}

// TestWrappersChangeNothing wraps every example as SageMaker's layers do. What
// a reason means must not hang on who passed it on.
func TestWrappersChangeNothing(t *testing.T) {
	const sentence = "\nRetry not appropriate on execution of step with PipelineExecutionArn arn:aws:sagemaker:eu-west-1:111122223333:pipeline/no-capacity/execution/e1 and StepId Throttling. No retry policy configured for the exception type SERVICE_FAULT_X."
	for _, j := range load(t, "testdata/reasons.jsonl") {
		want := ReadReason(j.Message, j.StepType)
		for _, reason := range []string{
			"UnexpectedStatusException: Error for Training job internal-error-503: Failed. Reason: " + j.Message,
			strings.ReplaceAll(j.Message, " ", "\n  "),
			j.Message + cutOwn(j.Message, sentence),
		} {
			got := ReadReason(reason, j.StepType)
			if got.Class != want.Class || got.Label != want.Label {
				t.Errorf("%s: %q: got %s %s by %q, want %s %s", j.ID, reason, got.Label, got.Class, got.Rule, want.Label, want.Class)
			}
		}
	}
}

// cutOwn leaves the sentence out where the message has its own.
func cutOwn(message, sentence string) string {
	if strings.Contains(message, "Retry not appropriate") {
		return ""
	}
	return sentence
}

// TestNoTransientBesideDenial joins every permanent example of a lasting fact
// with transient ones: the permanent must win in either order.
func TestNoTransientBesideDenial(t *testing.T) {
	all := load(t, "testdata/reasons.jsonl")
	lasting := []Class{AccessDenied, OutOfMemory, DiskFull, QuotaZero, DataMissing}
	for _, bad := range all {
		if bad.Label != Permanent || !slices.Contains(lasting, bad.Class) {
			continue
		}
		for _, good := range all {
			if good.Label != Transient {
				continue
			}
			for _, reason := range []string{bad.Message + " " + good.Message, good.Message + " " + bad.Message} {
				if got := ReadReason(reason, ""); got.Label == Transient {
					t.Errorf("%q: transient by %q, but %s is in it", reason, got.Rule, bad.ID)
				}
			}
		}
	}
}
