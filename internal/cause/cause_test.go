package cause

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestRead(t *testing.T) {
	const (
		passing = "CapacityError: Unable to provision requested ML compute capacity."
		lasting = "AlgorithmError: KeyError: 'label'"
		unclear = "no words that are known"
	)
	tests := []struct {
		name   string
		failed []Step
		want   Cause
	}{
		{"no step", nil, Cause{Class: Unknown, Label: Ambiguous}},
		{"one", []Step{{Name: "Train", Reason: passing}}, Cause{Class: Capacity, Label: Transient, Step: "Train", Rule: "no_capacity"}},
		{"permanent beats transient", []Step{{Name: "Train", Reason: passing}, {Name: "Prep", Reason: lasting}},
			Cause{Class: UserCode, Label: Permanent, Step: "Prep", Rule: "python_exception"}},
		{"unknown beats transient", []Step{{Name: "Train", Reason: passing}, {Name: "Prep", Reason: unclear}},
			Cause{Class: Unknown, Label: Ambiguous, Step: "Prep"}},
		{"permanent beats unknown", []Step{{Name: "Prep", Reason: unclear}, {Name: "Train", Reason: lasting}},
			Cause{Class: UserCode, Label: Permanent, Step: "Train", Rule: "python_exception"}},
		{"first of equals", []Step{{Name: "A", Reason: passing}, {Name: "B", Reason: "Rate exceeded"}},
			Cause{Class: Capacity, Label: Transient, Step: "A", Rule: "no_capacity"}},
		{"fail step", []Step{{Name: "Train", Reason: passing}, {Name: "Gate", Type: "Fail"}},
			Cause{Class: UserCode, Label: Permanent, Step: "Gate", Rule: "fail_step"}},
		{"name is cleaned", []Step{{Name: "a\x1b[31m\u202eb", Reason: passing}},
			Cause{Class: Capacity, Label: Transient, Step: "a [31mb", Rule: "no_capacity"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.failed)
			got.Evidence, got.Fingerprint, got.Confidence, got.Type = "", "", "", ""
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestOutermostCodeDecides: a passing code is believed beside words of a refusal
// only where the service's own sentence with it is the whole message.
func TestOutermostCodeDecides(t *testing.T) {
	const sentence = "An error occurred (ThrottlingException) when calling the CreateModel operation: Rate exceeded"
	tests := []struct {
		name, reason string
		want         Label
	}{
		{"alone", sentence, Transient},
		{"wrapped", "ClientError: botocore.errorfactory.ThrottlingException: " + sentence, Transient},
		{"goes on about the request", sentence + ". The call must be repeated", Transient},
		{"behind other words", "The step said: " + sentence, Transient},
		{"in a body", `Error: invalid response from CreateModel: {"Error"=>{"Message"=>"too many calls must wait", "Code"=>"Throttling"}}`, Transient},
		{"in a body behind a refusal", `The batch size must be even. {"Error": {"Code": "ThrottlingException"}}`, Ambiguous},
		{"behind a refusal", "The batch size must be even. " + sentence, Ambiguous},
		{"behind doubtful words", "connection refused. " + sentence, Ambiguous},
		{"behind another code", "An error occurred (ValidationException) when calling the CreateModel operation: no. " + sentence, Ambiguous},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ReadReason(tt.reason, "Model"); got.Label != tt.want {
				t.Errorf("%q: got %s by rule %q, want %s", tt.reason, got.Label, got.Rule, tt.want)
			}
		})
	}
}

// TestCutTextIsNotTrusted: a passing cause in a text that was not read whole
// may stand beside a lasting one that was left out.
func TestCutTextIsNotTrusted(t *testing.T) {
	got := ReadReason("InternalServerError: "+strings.Repeat("x ", readAtMost), "Training")
	if got.Class != ServiceFault || got.Label != Ambiguous {
		t.Errorf("got %s %s, want %s %s", got.Label, got.Class, Ambiguous, ServiceFault)
	}
}

func TestEvidenceShowsTheWords(t *testing.T) {
	got := ReadReason("ClientError: "+strings.Repeat("words before it ", 30)+"CUDA out of memory. Tried to\nallocate 2 GiB", "Training")
	if !strings.Contains(got.Evidence, "CUDA out of memory. Tried to allocate 2 GiB") {
		t.Errorf("evidence %q does not show what was matched", got.Evidence)
	}
	checkEvidence(t, got.Evidence)
}

func checkEvidence(t *testing.T, evidence string) {
	t.Helper()
	if n := utf8.RuneCountInString(evidence); n > evidenceRunes {
		t.Errorf("evidence has %d runes, want at most %d", n, evidenceRunes)
	}
	for _, r := range evidence {
		if !unicode.IsPrint(r) {
			t.Errorf("evidence %q holds %U", evidence, r)
		}
	}
}
