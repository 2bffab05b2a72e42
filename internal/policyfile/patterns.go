package policyfile

import (
	"fmt"
	"strings"

	"mulligan/internal/policy"
)

// maxPattern is the length of a pipeline's name (SageMaker API reference,
// CreatePipeline: up to 256 characters, letters, digits and dashes between).
const maxPattern = 256

// pattern is one of pipelines' names, "" if it can fit none.
func (v value) pattern() string {
	text := v.scalar("payments-*")
	switch {
	case text == "":
	case strings.Trim(text, strings.ReplaceAll(nameLetters, "_", "")+"*") != "":
		v.wrong("no pattern of pipelines' names, which have letters, digits and dashes: "+quote(text), `write them with "*" for any run of characters, as in payments-*`)
	case len(text) > maxPattern:
		v.wrong(fmt.Sprintf("a pattern of %d characters; names have at most %d", len(text), maxPattern), "shorten it")
	case text[0] == '-' || text[len(text)-1] == '-':
		v.wrong("no pipeline's name begins or ends with a dash, so "+quote(text)+" fits none", `write "*" there`)
	default:
		return text
	}
	return ""
}

// words is what a step's reason must say, "" if that is nothing.
func (v value) words() string {
	text := v.prose(maxProse)
	v.regular(text)
	if text != "" && strings.Trim(text, "* ") == "" {
		v.wrong("a message of nothing but * is in every reason", "write words of the reason or leave it out")
		return ""
	}
	return text
}

// anyRun stands for what a "*" of one pattern may stand for when another pattern is
// held against it: a character that no pattern has, so that only a "*" fits it.
const anyRun = "\x00"

// covers tells whether every name that the pattern b fits is fitted by a.
func covers(a, b string) bool { return policy.Match(a, strings.ReplaceAll(b, "*", anyRun)) }

// coversAll is covers for lists, of which the empty one fits every name.
func coversAll(a, b []string) bool {
	if len(a) == 0 {
		return true
	}
	for _, one := range b {
		if !coversOne(a, one) {
			return false
		}
	}
	return len(b) > 0
}

func coversOne(a []string, b string) bool {
	for _, one := range a {
		if covers(one, b) {
			return true
		}
	}
	return false
}

// says tells whether every reason that says the words of b says those of a.
func says(a, b string) bool {
	return a == "" || b != "" && policy.Mentions(a, strings.ReplaceAll(b, "*", anyRun))
}

// meets tells whether some name is fitted by both patterns.
func meets(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	// last[j]: the pattern a up to here and the first j characters of b can meet.
	last := make([]bool, len(b)+1)
	last[0] = true
	for j := range len(b) {
		last[j+1] = last[j] && b[j] == '*'
	}
	for i := range len(a) {
		row := make([]bool, len(b)+1)
		row[0] = last[0] && a[i] == '*'
		for j := range len(b) {
			switch {
			case a[i] == '*' || b[j] == '*':
				row[j+1] = last[j+1] || row[j] || last[j]
			default:
				row[j+1] = last[j] && a[i] == b[j]
			}
		}
		last = row
	}
	return last[len(b)]
}
