package policyfile

import (
	"strconv"
	"strings"
	"time"
)

// likeLengths is shown where nothing tells what was meant.
const likeLengths = "write a number with its unit: 300s, 90m, 1h30m or 2d"

// withUnits proposes the lengths that a bare number can stand for. Seconds come
// first: the deployment's parameters are in seconds.
func withUnits(number string) string {
	var fit []string
	for _, unit := range []string{"s", "m", "h"} {
		if d, ok := parseLength(number + unit); ok && d > 0 && d <= longest {
			fit = append(fit, number+unit)
		}
	}
	switch n := len(fit); n {
	case 0:
		return likeLengths
	case 1:
		return "write " + fit[0]
	default:
		return "write " + strings.Join(fit[:n-1], ", ") + " or " + fit[n-1]
	}
}

// asWritten proposes the length that numbers and units in words say, such as
// "5 minutes" and "1 hour 30 min".
func asWritten(text string) string {
	whole, ok := time.Duration(0), false
	for rest := strings.TrimSpace(text); rest != ""; {
		var d time.Duration
		if d, rest, ok = cutLength(rest); !ok {
			return likeLengths
		}
		whole += d
	}
	if !ok || whole <= 0 || whole > longest || whole%time.Second != 0 {
		return likeLengths
	}
	return "write " + Length(whole)
}

// cutLength reads one number and the word behind it.
func cutLength(text string) (d time.Duration, rest string, ok bool) {
	word := strings.TrimLeft(text, "0123456789.")
	n, err := strconv.ParseFloat(text[:len(text)-len(word)], 64)
	word = strings.TrimLeft(word, " ")
	rest = strings.TrimLeft(word, letters)
	unit, known := unitWords[strings.ToLower(word[:len(word)-len(rest)])]
	if err != nil || !known || n > float64(longest/unit) {
		return 0, "", false
	}
	return time.Duration(n * float64(unit)), strings.TrimLeft(rest, " ,"), true
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// unitWords are the units as people write them, in lower case.
var unitWords = unitsOf(map[time.Duration]string{
	time.Second: "s sec secs second seconds", time.Minute: "m min mins minute minutes", time.Hour: "h hr hrs hour hours",
	24 * time.Hour: "d day days", 7 * 24 * time.Hour: "w week weeks",
})

func unitsOf(words map[time.Duration]string) map[string]time.Duration {
	units := map[string]time.Duration{}
	for unit, all := range words {
		for _, word := range strings.Fields(all) {
			units[word] = unit
		}
	}
	return units
}
