package policyfile

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Bounds of a file. They are far from any policy that a person keeps in mind and
// keep the time of the YAML parser, which grows with the square of its tokens,
// below a second.
const (
	maxSource = 256 << 10 // bytes
	maxLine   = 500       // bytes: also bounds how deep a file can nest
	maxTokens = 20_000
	maxNested = 16 // of brackets
)

// place is where something stands, both from 1.
type place struct{ line, column int }

// fault is why a file cannot be read at all.
type fault struct {
	place
	message, instead string
}

// clean gives the text of a file, or says what in it is no text: nothing behind
// this has to expect control characters, which can also make a terminal show
// another file than the one that is read.
func clean(src []byte) (string, *fault) {
	start := place{1, 1}
	switch {
	case len(src) > maxSource:
		return "", &fault{start, fmt.Sprintf("the file has %d bytes, a policy at most %d", len(src), maxSource), "split it by account or leave rules out"}
	case !utf8.Valid(src):
		return "", &fault{placeOf(src), "not UTF-8", "save the file as UTF-8"}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff")) // a byte order mark, as some editors write
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	for i, line := range bytes.Split(src, []byte("\n")) {
		if f := cleanLine(line); f != nil {
			f.line = i + 1
			return "", f
		}
	}
	return string(src), nil
}

// cleanLine checks one line; the fault has no line number yet.
func cleanLine(line []byte) *fault {
	if len(line) > maxLine {
		return &fault{place{1, 1}, fmt.Sprintf("a line of %d bytes, more than %d", len(line), maxLine), "break it"}
	}
	column := 0
	for _, c := range string(line) {
		column++
		switch {
		case c == '\t':
			return &fault{place{1, column}, "a tab", "write spaces"}
		case !unicode.IsPrint(c) && !unicode.Is(unicode.Zs, c):
			return &fault{place{1, column}, fmt.Sprintf("the character %U, which does not show", c), "leave it out"}
		}
	}
	return nil
}

// placeOf is where the first byte stands that is not UTF-8.
func placeOf(src []byte) place {
	at := place{1, 1}
	for len(src) > 0 {
		c, size := utf8.DecodeRune(src)
		switch {
		case c == utf8.RuneError && size == 1:
			return at
		case c == '\n':
			at = place{at.line + 1, 1}
		default:
			at.column++
		}
		src = src[size:]
	}
	return at
}
