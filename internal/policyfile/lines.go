package policyfile

import "strings"

// What is read of a file's lines where its YAML cannot be: only to propose what to
// write.

// keyValue takes "  - key: value # why" apart.
func keyValue(line string) (key, value string, ok bool) {
	line = withoutComment(line[leading(line):])
	key, value, ok = strings.Cut(line, ":")
	if !ok || key == "" || strings.ContainsAny(key, ` "'[]{},`) {
		return "", "", false
	}
	return excerpt(key), strings.TrimSpace(value), true
}

// columnOf is where the first key of a line stands, 0 if the line says nothing.
func columnOf(line string) int {
	if n := leading(line); n < len(line) && line[n] != '#' {
		return n + 1
	}
	return 0
}

// leading counts the spaces and dashes before a line's first key.
func leading(line string) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || strings.HasPrefix(line[n:], "- ")) {
		n++
	}
	return n
}

// plainFrom is the plain value that begins at a place; between brackets it ends at
// the next comma or bracket.
func plainFrom(text string, at place, bracketed bool) string {
	lines := strings.Split(text, "\n")
	if at.line > len(lines) {
		return ""
	}
	line := lines[at.line-1]
	rest := strings.TrimPrefix(line, firstRunes(line, at.column-1))
	if end := strings.IndexAny(rest, ",[]{}"); bracketed && end >= 0 {
		rest = rest[:end]
	}
	return withoutComment(rest)
}

// withoutComment cuts a comment off, and the spaces before it. A line of quotes
// keeps what follows them.
func withoutComment(line string) string {
	if i := strings.Index(line, " #"); i >= 0 && !strings.ContainsAny(line[i:], `"'`) {
		line = line[:i]
	}
	return strings.TrimSpace(line)
}

func firstRunes(line string, n int) string {
	for i := range line {
		if n == 0 {
			return line[:i]
		}
		n--
	}
	return line
}

// inQuotes writes a text as YAML does in quotes. Those that it has around it are
// not written twice.
func inQuotes(text string) string {
	for _, quote := range []string{`"`, "'"} {
		if inner, found := strings.CutPrefix(text, quote); found && strings.HasSuffix(inner, quote) {
			text = strings.TrimSuffix(inner, quote)
		}
	}
	if !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
