package cause

import (
	"slices"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
)

// FuzzRead reads a step with its job, whatever they say: a cause of the fixed
// tables, whose words are bounded and can be shown; the same again; a fingerprint
// that names and numbers do not change; and nothing that outweighs a Fail step.
func FuzzRead(f *testing.F) {
	for _, j := range load(f, "testdata/reasons.jsonl") {
		f.Add(j.Message, j.StepType, "Train", "Failed", "", "")
	}
	for _, text := range plaintexttest.Texts() {
		f.Add("CapacityError: "+text, text, text, text, text, text)
	}
	f.Add(strings.Repeat("account-level service limit ", 40), "", "", "", "", "")
	f.Add("InsufficientInstanceCapacity: ml.p4d.24xlarge, "+strings.Repeat("p3.2xlarge.", 9), "Training", "", "Interrupted", "", "")
	f.Add("The account-level service limit '"+strings.Repeat("\u00e9", 99)+" for training job usage' is 2 Instances, with current utilization of 2 Instances and a request delta of 1 Instances.", "", "", "", "", "")
	for name, unit := range hostile {
		f.Add(strings.Repeat(unit, 2*readAtMost/len(unit)), "Processing", name, "Stopped", strings.Repeat(unit, 300), strings.Repeat(unit, 300))
	}
	known := Rules()
	f.Fuzz(func(t *testing.T, reason, stepType, name, state, jobReason, exit string) {
		step := Step{Name: name, Type: stepType, Reason: reason, Job: &Job{Status: state, Secondary: state, Reason: jobReason, Exit: exit, Instance: exit}}
		checkNormal(t, reason)
		alone := ReadReason(reason, stepType)
		whole := Read([]Step{step})
		for _, c := range []Cause{alone, whole} {
			checkCause(t, c, known)
		}
		if again := Read([]Step{step}); again != whole {
			t.Errorf("first %+v, then %+v", whole, again)
		}
		if alone.Label == Permanent && alone.Confidence == High && whole.Label == Transient {
			t.Errorf("a job's words made %+v of %+v", whole, alone)
		}
		if worst := Read([]Step{step, {Type: "Fail"}}); worst.Label != Permanent {
			t.Errorf("beside a Fail step: %s", worst.Label)
		}
	})
}

// checkCause holds a cause to the fixed tables and to its bounds.
func checkCause(t *testing.T, c Cause, known []Rule) {
	t.Helper()
	checkEvidence(t, c.Evidence)
	checkScarce(t, c)
	for _, text := range []string{c.Evidence, c.Step, c.Scarce, c.Rule, c.Fingerprint} {
		if fault := plaintexttest.Fault(text, evidenceRunes); fault != "" {
			t.Errorf("a text %s", fault)
		}
	}
	if !slices.Contains(Classes(), c.Class) || !slices.Contains(Labels(), c.Label) || !slices.Contains([]Confidence{"", Low, Medium, High}, c.Confidence) {
		t.Errorf("of no table: %+v", c)
	}
	if c.Rule != "" && !slices.ContainsFunc(known, func(r Rule) bool { return r.Name == c.Rule && r.Class == c.Class }) {
		t.Errorf("no rule says so: %+v", c)
	}
	if (c.Rule == "") != (c.Class == Unknown) || len(c.Fingerprint) != 16 {
		t.Errorf("not whole: %+v", c)
	}
}

// FuzzNormal: a normal form is its own normal form's only reading, wrappers do not
// reach it, and what differs from run to run does not either.
func FuzzNormal(f *testing.F) {
	for _, j := range load(f, "testdata/reasons.jsonl") {
		f.Add(j.Message)
	}
	f.Fuzz(checkNormal)
}

// checkNormal is what FuzzNormal promises of one reason.
func checkNormal(t *testing.T, reason string) {
	n := Normal(reason)
	if n != Normal(reason) || n != strings.ToValidUTF8(n, "") {
		t.Errorf("%q: normal form %q is not stable or not text", reason, n)
	}
	if len(reason) >= longReason && len(n) > firmPrefix && !strings.Contains(strings.ToLower(reason), retrySentence) {
		t.Errorf("normal form has %d bytes", len(n))
	}
	if len(reason) >= longReason/2 || strings.Contains(strings.ToLower(reason), "retry not") {
		return
	}
	if got := Fingerprint("ClientError: " + reason); got != Fingerprint(reason) {
		t.Errorf("%q: wrapped it is %q, else %q", reason, Normal("ClientError: "+reason), n)
	}
	for _, run := range runs {
		if a, b := reason+" for "+run[0], reason+" for "+run[1]; Fingerprint(a) != Fingerprint(b) {
			t.Errorf("%q is %q, and %q is %q", a, Normal(a), b, Normal(b))
		}
	}
}

// runs are names, numbers and times as they differ between two runs of one
// execution.
var runs = [][2]string{
	{"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "abcdefab-cdef-abcd-efab-cdefabcdefab"},
	{"arn:aws:sagemaker:eu-west-1:111122223333:training-job/a-1", "arn:aws:sagemaker:eu-west-1:111122223333:training-job/b-22"},
	{"10.0.12.7:8080 now", "172.31.1.200:443 now"},
	{"2024-01-02T03:04:05.678Z", "2025-11-30T23:59:59Z"},
	{"pipelines-ztefwbnlgoif-Train-hJkLmNpQrS", "pipelines-0a1b2c3d4e5f-Train-ABCdefGHIj"},
	{"s3://bucket-a/x/y.csv", "s3://b/z"},
}
