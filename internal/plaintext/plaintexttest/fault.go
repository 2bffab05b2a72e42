package plaintexttest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault says what keeps a text from being shown on one line; "" if nothing does:
// valid UTF-8 of at most that many characters, none of which controls a terminal,
// ends a line, or changes the order in which others are read.
func Fault(text string, most int) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("is no UTF-8: %.80q", text)
	}
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Sprintf("has %d characters, want at most %d: %.80q", n, most, text)
	}
	if i := strings.IndexFunc(text, controls); i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i:])
		return fmt.Sprintf("holds %U at byte %d: %.80q", r, i, text[max(0, i-40):])
	}
	return ""
}

// PageFault is Fault for a text of several lines, of which none is longer than
// that.
func PageFault(page string, most int) string {
	for line := range strings.Lines(page) {
		if fault := Fault(strings.TrimSuffix(line, "\n"), most); fault != "" {
			return "a line " + fault
		}
	}
	return ""
}

// controls tells the characters that act instead of being read: controls (C0, DEL
// and C1, hence every escape sequence), formats (bidirectional and zero-width
// ones, the byte order mark, tags), surrogates, private ones, and separators of
// lines and paragraphs.
func controls(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
}
