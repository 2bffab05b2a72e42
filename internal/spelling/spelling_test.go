package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"message", "step_type", "id", "used", "policy"}
	for word, want := range map[string]string{
		"mesage": "message", "mesasge": "message", "Message": "message", "stepType": "step_type", "step-type": "step_type", "polcy": "policy",
		"message": "", "label": "", "i": "", "": "", "uesd": "used", strings.Repeat("x", 10_000): "",
	} {
		if got := Nearest(word, known, 2); got != want {
			t.Errorf("%.20q: got %q, want %q", word, got, want)
		}
	}
}
