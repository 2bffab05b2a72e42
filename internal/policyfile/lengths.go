package policyfile

import (
	"strconv"
	"strings"
	"time"
)

// longest is how long an execution can live (SageMaker quota "pipeline execution
// timeout", 672 hours): nothing about one can take longer.
const longest = 28 * 24 * time.Hour

// length is a duration, 0 if it is faulty or not there.
func (v value) length() time.Duration {
	return v.lengthIn(v.scalar("90m or 1h30m"))
}

// lengthIn is length for a part of the value's text.
func (v value) lengthIn(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, ok := parseLength(text)
	switch {
	case !ok && digits(text):
		v.wrong("a duration without its unit: "+excerpt(text), withUnits(text))
	case !ok:
		v.wrong("not a duration: "+quote(text), asWritten(text))
	case d <= 0:
		v.wrong("a duration that is not positive: "+excerpt(text), "write 90m or 1h30m, or leave the key out")
	case d%time.Second != 0:
		v.wrong("not whole seconds: "+excerpt(text), "write "+Length(max(d.Round(time.Second), time.Second)))
	case d > longest:
		v.wrong(excerpt(text)+" is longer than 28d, as long as an execution can live", "write 28d or less")
	default:
		return d
	}
	return 0
}

// parseLength reads Go's durations, and whole days before them: 2d, 1d12h.
func parseLength(text string) (time.Duration, bool) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		d, err := time.ParseDuration(text)
		return d, err == nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || !digits(strings.TrimPrefix(days, "-")) {
		return 0, false
	}
	n = max(min(n, maxDays), -maxDays)
	whole := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return whole, true
	}
	d, err := time.ParseDuration(rest)
	return whole + min(d, longest), err == nil && d >= 0
}

// maxDays are far out of bounds, and far from overflow.
const maxDays = 10_000

// ParseLength reads a duration as policies write it: Go's, and whole days before
// them, as 90m, 2d or 1d12h. It takes none below zero.
func ParseLength(text string) (time.Duration, bool) {
	d, ok := parseLength(text)
	return d, ok && d >= 0 && d < maxDays*24*time.Hour
}

// Length writes a duration as policies do: 1h30m, not 1h30m0s; 2d, not 48h.
func Length(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
