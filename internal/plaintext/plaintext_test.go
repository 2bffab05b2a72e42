package plaintext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	hostile := "a\nb\x00\x1b[31mred\u202egnp.exe\xff" + strings.Repeat("é", 100)
	got := Line(hostile, 20)
	if utf8.RuneCountInString(got) > 21 || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\x00\x1b\u202e\ufffd") {
		t.Errorf("got %q", got)
	}
	if got := Line("plain text", 20); got != "plain text" {
		t.Errorf("got %q, want it as it was", got)
	}
}
