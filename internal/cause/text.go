package cause

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// readAtMost bounds the text that is read, in bytes. A step's reason has at
	// most 1,024 characters (SageMaker API reference, PipelineExecutionStep).
	readAtMost = 8 << 10

	// evidenceRunes bounds the evidence, in runes.
	evidenceRunes = 200

	// evidenceLead is how much of the text before the match the evidence shows.
	evidenceLead = 60
)

// tidy makes a text of one line with single spaces and printable characters
// only. Of a text longer than readAtMost it keeps both ends, since a wrapper's
// words stand at the start and a traceback's exception at the end, and cut is
// true.
func tidy(s string) (text string, cut bool) {
	if len(s) > readAtMost {
		s, cut = s[:readAtMost/2]+" ... "+s[len(s)-readAtMost/2:], true
	}
	var b strings.Builder
	b.Grow(len(s))
	space := true // swallows leading spaces
	for _, r := range s {
		if ' ' < r && r < utf8.RuneSelf-1 { // nearly all of nearly every text
			space = false
			b.WriteByte(byte(r))
			continue
		}
		r, keep := plain(r)
		if !keep || r == ' ' && space {
			continue
		}
		space = r == ' '
		b.WriteRune(r)
	}
	return strings.TrimSuffix(b.String(), " "), cut
}

// plain maps white space and control characters to a space, typographic quotes
// to ASCII ones, and drops what does not print: bidirectional and zero-width
// characters could make the evidence read differently from what it is.
func plain(r rune) (out rune, keep bool) {
	switch {
	case r == '\u2018' || r == '\u2019':
		return '\'', true
	case r == '\u201c' || r == '\u201d':
		return '"', true
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' ', true
	case r == utf8.RuneError:
		return '?', true
	}
	return r, unicode.IsPrint(r)
}

// tidyName makes a step's name, at most 64 characters by the API, fit for
// records.
func tidyName(name string) string {
	text, _ := tidy(name)
	return clip(text, evidenceRunes)
}

// clip returns the first n runes of s, the last replaced by an ellipsis where
// something was left out.
func clip(s string, n int) string {
	count := 0
	last := 0
	for i := range s {
		if count == n {
			return s[:last] + "…"
		}
		last = i
		count++
	}
	return s
}

// lower lower-cases ASCII letters only, so that offsets in the result are
// offsets in s.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf
}

// window returns at most evidenceRunes runes of text around offset at, starting
// at a word.
func window(text string, at int) string {
	start := max(at-evidenceLead, 0)
	for start > 0 && start < at && text[start-1] != ' ' {
		start++
	}
	for start < len(text) && !utf8.RuneStart(text[start]) {
		start++
	}
	return clip(text[min(start, len(text)):], evidenceRunes)
}
