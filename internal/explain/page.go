package explain

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mulligan/internal/plaintext"
)

// Width is how wide a page is at most, in characters.
const Width = 100

// The columns of a page.
const (
	indent     = 2
	labelWidth = 19 // the width of a label with the space behind it
	maxLead    = 85 // what stands before a text leaves room for some of it
)

// maxText bounds one text from elsewhere on a page, in characters: a whole
// reason, which SageMaker cuts at 1,024.
const maxText = 1100

// page writes a story for people, in wrapped lines. The first error stays.
type page struct {
	out io.Writer
	err error
}

func (p *page) line(text string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(text, " "))
	}
}

// heading begins a part of the page.
func (p *page) heading(text string) {
	p.line("")
	p.paragraph(text, 0)
}

// field is a label with a text beside it; no text, no field.
func (p *page) field(label, text string) {
	if text != "" {
		p.hang(strings.Repeat(" ", indent)+pad(label, labelWidth), text)
	}
}

// paragraph is a wrapped text, indented by so much.
func (p *page) paragraph(text string, by int) { p.hang(strings.Repeat(" ", by), text) }

// hang writes a text behind a lead, its further lines below its beginning. A lead
// may name a rule, which the ledger's policy names as it likes.
func (p *page) hang(lead, text string) {
	lead = plaintext.Line(lead, maxLead)
	by := utf8.RuneCountInString(lead)
	for i, line := range wrap(plaintext.Line(text, maxText), Width-by) {
		if i > 0 {
			lead = strings.Repeat(" ", by)
		}
		p.line(lead + line)
	}
}

// pad fills a label up to a width, and keeps one space behind it.
func pad(label string, width int) string {
	return label + strings.Repeat(" ", max(width-utf8.RuneCountInString(label), 1))
}

// wrap breaks a text into lines at its spaces, and in a word where that alone
// is longer than a line.
func wrap(text string, width int) []string {
	lines, line := []string{}, ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; utf8.RuneCountInString(line) > width; {
			cut := []rune(line)
			lines, line = append(lines, string(cut[:width])), string(cut[width:])
		}
	}
	return append(lines, line)
}

// quote shows a text from elsewhere as such.
func quote(text string) string { return `"` + cmp.Or(strings.TrimSpace(text), "") + `"` }
