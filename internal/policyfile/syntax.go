package policyfile

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// syntax says where a text is no YAML, and how to mend it. The parser knows what
// it did not expect; what people did not mean is read from the lines around.
func syntax(err error, text string) *fault {
	var placed interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &placed) {
		return &fault{place{1, 1}, "not YAML", mendHere}
	}
	at, said := placeAt(placed.GetToken()), placed.GetMessage()
	lines := strings.Split(text, "\n")
	if at.line > len(lines) {
		at = place{len(lines), 1}
	}
	for _, known := range syntaxFaults {
		if strings.Contains(said, known.said) {
			if f := known.mend(lines, at); f != nil {
				return f
			}
		}
	}
	said, _, _ = strings.Cut(said, "\n")
	return &fault{at, "not YAML: " + said, mendHere}
}

const mendHere = "mend the syntax here or in the line before"

// syntaxFaults are what the parser says, and what is behind it; the first that
// gives a fault is told.
var syntaxFaults = []struct {
	said string
	mend func(lines []string, at place) *fault
}{
	{"could not find end character", openQuote},
	{"map key-value is pre-defined", behindQuote},
	{"mapping value is not allowed", colonInText},
	{"mapping value is not allowed", deeper},
	{"value is not allowed in this context", notBelow},
	{"must be specified", openBracket},
	{"not found", openBracket},
	{"could not find flow map", openBracket},
	{"non-map value is specified", noColon},
	{"unexpected key name", noColon},
	{"is a reserved character", reserved},
	{"unknown escape character", escape},
}

func openQuote(_ []string, at place) *fault {
	return &fault{at, "the quote that begins here is not closed", "write the same quote at the end of the text"}
}

// behindQuote is for text behind the end of a quote. Where a quote is not closed,
// the next one that begins ends it, and is the first that the parser finds odd.
func behindQuote(lines []string, at place) *fault {
	line := lines[at.line-1]
	if columnOf(line) == at.column { // the line begins here, so it is no quote
		return nil
	}
	before := firstRunes(line, at.column-1)
	for _, quote := range []string{`"`, "'"} {
		if strings.Count(before, quote)%2 == 0 {
			continue
		}
		for n := at.line - 1; n > 0; n-- {
			if i := strings.LastIndex(lines[n-1], quote); strings.Count(lines[n-1], quote)%2 == 1 {
				return openQuote(nil, place{n, len([]rune(lines[n-1][:i])) + 1})
			}
		}
	}
	if key, value, ok := keyValue(line); ok {
		return &fault{at, "the quote ends before this", "write " + key + ": " + inQuotes(value)}
	}
	return &fault{at, "the quote ends before this", "put all of the text in quotes"}
}

// colonInText is for a text that reads like one key more.
func colonInText(lines []string, at place) *fault {
	key, value, ok := keyValue(lines[at.line-1])
	if !ok || !strings.Contains(value, ": ") && !strings.HasSuffix(value, ":") {
		return nil
	}
	return &fault{at, `text that holds ": " must be in quotes`, "write " + key + ": " + inQuotes(value)}
}

// deeper is for a key that stands deeper than the one above it, which has a value
// already. The parser names the upper one.
func deeper(lines []string, at place) *fault {
	for n := at.line + 1; n <= len(lines); n++ {
		if column := columnOf(lines[n-1]); column > 0 {
			return misplaced(lines, place{n, column})
		}
	}
	return nil
}

// notBelow is for what begins in a column in which nothing can.
func notBelow(lines []string, at place) *fault { return misplaced(lines, at) }

// misplaced names the key above whose indentation comes closest. Those that are
// deeper than one between them and the key are closed by then.
func misplaced(lines []string, at place) *fault {
	key, _, ok := keyValue(lines[at.line-1])
	like, best, open := "", 0, maxLine
	for n := at.line - 1; ok && n > 0 && open > 1; n-- {
		above, _, is := keyValue(lines[n-1])
		column := columnOf(lines[n-1])
		if !is || column >= open {
			continue
		}
		if open = column; like == "" || distant(column, at.column) < distant(best, at.column) {
			like, best = above, column
		}
	}
	if like == "" || best == at.column {
		return nil
	}
	return &fault{at, "the key " + key + " is not indented as " + like + " above it is",
		"write " + key + " below " + like + ", with " + intText(best-1) + " spaces before it"}
}

func distant(a, b int) int { return max(a-b, b-a) }

func openBracket(_ []string, at place) *fault {
	return &fault{at, "a bracket is not closed, or a comma is missing", "write the bracket that closes, or the comma, here or in the line before"}
}

// noColon is for a line that is no key with its value.
func noColon(lines []string, at place) *fault {
	line := withoutComment(strings.TrimSpace(lines[at.line-1]))
	key, value, joined := strings.Cut(line, ":")
	if !joined {
		key, value, joined = strings.Cut(line, " ")
	}
	if !joined || value == "" || strings.ContainsAny(key, ` "'[]{}`) {
		return nil
	}
	return &fault{at, "a key ends with a colon and a space", "write " + key + ": " + strings.TrimSpace(value)}
}

func reserved(lines []string, at place) *fault {
	return &fault{at, "YAML keeps the character that this begins with to itself", "write it in quotes: " + inQuotes(plainFrom(strings.Join(lines, "\n"), at, false))}
}

func escape(_ []string, at place) *fault {
	return &fault{at, `in double quotes, "\" begins a character that cannot be typed`, `write "\\" for a backslash, or put the text in single quotes`}
}
