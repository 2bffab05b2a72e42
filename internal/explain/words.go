package explain

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// clock is an instant as people read it, to the second.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// span is a duration as people say it, in its two largest units.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	if d < time.Second {
		return "0 s"
	}
	units := []struct {
		name string
		unit time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	if d < 48*time.Hour {
		units = units[1:]
	}
	var parts []string
	for _, u := range units {
		n := d / u.unit
		d -= n * u.unit
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		} else if len(parts) > 0 {
			break
		}
	}
	return strings.Join(parts[:min(len(parts), 2)], " ")
}

// goSpan finds durations as Go writes them: 24h0m0s.
var goSpan = regexp.MustCompile(`\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s\b`)

// plainSpans rewrites the durations in a sentence as people say them.
func plainSpans(text string) string {
	return goSpan.ReplaceAllStringFunc(text, func(s string) string {
		d, err := time.ParseDuration(s)
		if err != nil {
			return s
		}
		return span(d)
	})
}

// count is a number with its noun: "1 step", "2 steps".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
