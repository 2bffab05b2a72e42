// Package plaintext makes text from elsewhere (reasons, error messages, event
// ids) fit to leave Mulligan: bounded, on one line, and looking like what it is.
package plaintext

import (
	"strings"
	"unicode"
)

// Line cuts text to at most limit characters, with an ellipsis where something
// was cut off, and turns into a space whatever could break a log line, a terminal
// or the reading order: control and formatting characters, bad UTF-8.
func Line(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteString("…")
			break
		}
		n++
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
