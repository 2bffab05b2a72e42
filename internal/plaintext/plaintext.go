// Package plaintext makes text from elsewhere (reasons, error messages, event
// ids) fit to leave Mulligan: bounded, on one line, and looking like what it is.
package plaintext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Line cuts text to at most limit characters, with an ellipsis where something
// was cut off, and turns into a space whatever could break a log line, a terminal
// or the reading order: control and formatting characters, bad UTF-8.
func Line(text string, limit int) string {
	if len(text) <= limit && strings.IndexFunc(text, odd) < 0 { // as nearly all of it is
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteString("…")
			break
		}
		n++
		if odd(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// odd tells what does not print, bad UTF-8 included, which reads as the
// replacement character.
func odd(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }

// JSON is JSON as encoding/json writes it, without such characters: they are
// escaped, which leaves the values what they are. The ends of lines stay.
func JSON(text string) string {
	if strings.IndexFunc(text, oddInJSON) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch high, low := utf16.EncodeRune(r); {
		case !oddInJSON(r):
			b.WriteRune(r)
		case high == unicode.ReplacementChar:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

func oddInJSON(r rune) bool { return r != '\n' && odd(r) }
