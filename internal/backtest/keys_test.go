package backtest

import (
	"strings"
	"testing"
)

func TestMisspeltKeys(t *testing.T) {
	for line, want := range map[string]string{
		`{"mesage": "x"}`:                               "in:1: mesage: expected a known key: did you mean message?",
		`{"message": "x", "steptype": "Training"}`:      "in:1: steptype: expected a known key: did you mean step_type?",
		`{"message": "x", "uesd": 1}`:                   "in:1: uesd: expected a known key: did you mean used?",
		`{"steps": [{"name": "a", "resaon": "x"}]}`:     "in:1: steps[0].resaon: expected a known key: did you mean reason?",
		`{"message": "x", "previous": "Bogus"}`:         `in:1: previous: expected Executing, Stopping, Stopped, Failed or Succeeded, got "Bogus"`,
		`{"Message": "x", "previous": "stopping"}`:      "",
		`{"message": "x", "user": "u", "used": 1}`:      "",
		`{"message": "x", "text": "t", "messages": []}`: "", // message is there
		`{"id": "a", "message": "x", "step_type": "API", "class": "network", "label": "transient", "why": "", "trap": "", "context": "", "evidence": "", "source": ""}`: "",
	} {
		got := ""
		for _, err := range Read("in", strings.NewReader(line)) {
			if err != nil {
				got = err.Error()
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
