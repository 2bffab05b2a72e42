package main

import (
	"slices"
	"strings"
	"time"

	"mulligan/internal/plaintext"
)

// maxHappened bounds a line of a timeline, in characters: --json has all of it.
const maxHappened = 120

// timeline tells what happened, one line each, and the date where it changes. A
// sweep that does what the one right before it did is only counted.
func (p *simulatedPage) timeline(lines []simulatedLine) {
	date, alike := "", 0
	var before []simulatedLine
	for len(lines) > 0 {
		of := lines[:together(lines)]
		lines = lines[len(of):]
		if again(before, of) {
			alike++
		} else {
			alike = 0
			for _, l := range of {
				date = p.happened(date, l)
			}
		}
		if alike > 0 && !again(of, lines[:together(lines)]) {
			p.say("%-12s  and %s like it, the last at %s", "", several(alike, "more sweep"), of[0].At.Format(time.DateTime))
		}
		before = of
	}
}

// together is how many lines from the first on are of the same.
func together(lines []simulatedLine) int {
	for i, l := range lines {
		if l.Who != lines[0].Who {
			return i
		}
	}
	return len(lines)
}

// again tells whether a sweep does what the one before did.
func again(before, of []simulatedLine) bool {
	return len(of) > 0 && strings.HasPrefix(of[0].Who, "sweep ") &&
		slices.EqualFunc(before, of, func(a, b simulatedLine) bool { return a.What == b.What })
}

func (p *simulatedPage) happened(date string, l simulatedLine) string {
	on := l.At.Format(time.DateOnly)
	if on != date {
		p.say("\n%s", on)
	}
	p.say("%s  %-12s %s", l.At.Format("15:04:05.000"), plaintext.Line(l.Who, maxHappened), p.paint(plaintext.Line(l.What, maxHappened), l))
	return on
}

// paint colours what executions and people do, and what is broken, so that they
// stand out from the calls.
func (p *simulatedPage) paint(text string, l simulatedLine) string {
	codes := map[string]string{"execution": "36", "person": "33", "world": "32", "invariant": "31"}
	who, _, _ := strings.Cut(l.Who, " ")
	if codes[who] == "" || !p.colour {
		return text
	}
	return "\x1b[" + codes[who] + "m" + text + "\x1b[0m"
}
