package plaintext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"mulligan/internal/plaintext/plaintexttest"
)

// FuzzLine: what comes out can be shown, is no longer than was asked for, and is
// what went in where that can be shown.
func FuzzLine(f *testing.F) {
	for _, text := range plaintexttest.Texts() {
		f.Add(text, 40)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = max(0, min(limit, 1000))
		got := Line(text, limit)
		if fault := plaintexttest.Fault(got, limit+1); fault != "" {
			t.Errorf("%.80q: %q %s", text, got, fault)
		}
		if again := Line(got, limit+1); again != got {
			t.Errorf("%.80q: %q, and again %q", text, got, again)
		}
		if utf8.RuneCountInString(text) <= limit {
			if utf8.RuneCountInString(got) != utf8.RuneCountInString(text) {
				t.Errorf("%q lost characters: %q", text, got)
			}
			if strings.IndexFunc(text, odd) < 0 && got != text {
				t.Errorf("%q came out as %q", text, got)
			}
		}
	})
}

// FuzzJSON: what comes out is printable, and means what it meant.
func FuzzJSON(f *testing.F) {
	for _, text := range plaintexttest.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written, err := json.MarshalIndent(map[string]string{text: text}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got := JSON(string(written))
		if fault := plaintexttest.PageFault(got, len(got)); fault != "" {
			t.Errorf("%.80q: %s", text, fault)
		}
		var was, is map[string]string
		if json.Unmarshal(written, &was) != nil || json.Unmarshal([]byte(got), &is) != nil || len(is) != 1 {
			t.Fatalf("%.80q: no JSON: %.80q", text, got)
		}
		for key, value := range was {
			if is[key] != value {
				t.Errorf("%.80q became %.80q", value, is[key])
			}
		}
	})
}
