package plaintext

import (
	"strings"
	"testing"
)

// TestWorkIsBounded: a line costs what its bound costs, however long the text is,
// and nothing where the text is fine.
func TestWorkIsBounded(t *testing.T) {
	for _, unit := range []string{"x", "\n", "\u202e", "\xff", "\U0001f4a5"} {
		long := strings.Repeat(unit, 1<<20)
		if n := testing.AllocsPerRun(3, func() { Line(long, 400) }); n > 16 {
			t.Errorf("%q: %.0f allocations", unit, n)
		}
	}
	if n := testing.AllocsPerRun(3, func() { Line("plain text, é", 400) }); n != 0 {
		t.Errorf("%.0f allocations for what is fine", n)
	}
}

func TestJSON(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"a\": \"é b\"\n}": "{\n  \"a\": \"é b\"\n}",
		"\"\u009b\u202e\x7f\"":   `"\u009b\u202e\u007f"`,
		"\"\U000e0041\ufffd\"":   `"\udb40\udc41\ufffd"`,
		"\"\xff\"":               `"\ufffd"`,
	} {
		if got := JSON(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
